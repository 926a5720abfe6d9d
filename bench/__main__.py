"""`python -m bench [--quick] [postgresql://…]`: the figures of docs/speed.md, as ratios from one run."""

from __future__ import annotations

import sys

from bench import crowd, facts, intake, latency, memory


def main() -> None:
    """Print one line a figure."""
    quick = "--quick" in sys.argv
    for line in memory.measure(1.0 if quick else 3.0):
        print(line, flush=True)
    for line in intake.measure(1.0 if quick else 6.0, 1 if quick else 3):
        print(line, flush=True)
    for line in facts.measure(1500 if quick else 12_000):
        print(line, flush=True)
    for line in crowd.measure(crowd.FEW * 10 if quick else crowd.QUICK, 30 if quick else 300):
        print(line, flush=True)
    for database in (word for word in sys.argv[1:] if word.startswith("postgresql")):
        for line in intake.measure(1.0 if quick else 6.0, 1 if quick else 3, database=database):
            print(f"PostgreSQL: {line}", flush=True)
    for line in latency.measure(5 if quick else 100):
        print(line, flush=True)


if __name__ == "__main__":
    main()
