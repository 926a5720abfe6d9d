#!/bin/sh
# Sets up .venv with exactly what requirements.lock lists, and this project in it; `make` calls it when that has changed.
set -eu
cd "$(dirname "$0")/.."
export UV_SYSTEM_CERTS=1 UV_PYTHON_DOWNLOADS=never PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore

say() {
    echo "bootstrap: $*" >&2
}

new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

works() {
    "$@" --version >/dev/null 2>&1
}

install_with() { # the installer's command line, up to and with "install"
    "$@" --require-hashes -r requirements.lock && "$@" --no-deps --no-build-isolation -e .
}

need_venv_module() {
    "$python" -c 'import ensurepip, venv' 2>/dev/null && return
    package=$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
    if ! works apt-get; then
        say "$python has no venv module; install uv, or a Python that has one."
        exit 1
    elif [ "$(id -u)" != 0 ]; then
        say "$python has no venv module. Run this, then make again: sudo apt-get install -y $package"
        exit 1
    fi
    say "installing $package"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package"
}

python=
for name in python3 python3.13 python3.12 python3.11; do
    if new_enough "$name"; then
        python=$name
        break
    fi
done
if [ -z "$python" ]; then
    say "needs Python 3.11 or newer; python3 here is $(python3 --version 2>/dev/null || echo missing)."
    exit 1
fi

if works uv; then
    say "setting up .venv with uv"
    if ! new_enough .venv/bin/python; then
        rm -rf .venv
        uv venv --quiet --python "$python" .venv
    fi
    install_with uv pip install --quiet --python .venv/bin/python
    exit
fi

say "setting up .venv with $python (half a minute)"
if ! new_enough .venv/bin/python || ! works .venv/bin/python -m pip; then
    need_venv_module
    rm -rf .venv
    "$python" -m venv .venv
fi
if .venv/bin/python -m pip install --quiet uv && install_with .venv/bin/uv pip install --quiet --python .venv/bin/python; then
    exit
fi
say "uv could not do it; trying pip"
install_with .venv/bin/python -m pip install --quiet --no-compile
