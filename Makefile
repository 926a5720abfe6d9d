# The first `make` sets up .venv; later ones only when pyproject.toml or requirements.lock has changed.
.PHONY: run test lint lock demo bench clean

run: .venv/.ready
	.venv/bin/sayso run

# One test: make test ARGS="-n 0 tests/test_store_moves.py -k conflict"
test: .venv/.ready
	.venv/bin/pytest -n auto $(ARGS)

lint: .venv/.ready
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy -p sayso -p sayso_providers -p sayso_config

# A jeweller's day with fake vendors; needs no keys.
demo: .venv/.ready
	.venv/bin/sayso demo $(ARGS)

bench: .venv/.ready
	.venv/bin/python -m bench $(ARGS)

# After a change of dependencies; newer versions of all: make lock ARGS=--upgrade
lock:
	UV_SYSTEM_CERTS=1 $$(command -v .venv/bin/uv || echo uv) pip compile --quiet --no-config \
	    --universal --python-version 3.11 --no-header --no-annotate \
	    --generate-hashes --extra dev $(ARGS) pyproject.toml -o requirements.lock

# Back to a fresh clone, except for instance/, which holds somebody's messages.
clean:
	rm -rf .venv build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage
	find . -name __pycache__ -prune -exec rm -rf {} +

.venv/.ready: pyproject.toml requirements.lock
	sh scripts/bootstrap.sh
	@touch $@
