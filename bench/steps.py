"""What the scripts share that measure a large run against a small one, step by step."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable, Iterator
from typing import TypeVar

from sayso.runtime import Runtime

T = TypeVar("T")


def timed(took: dict[str, float], step: str, do: Callable[[], T]) -> T:
    """What a step gives, with the seconds of processor time that it took noted under its name."""
    began = time.process_time()
    found = do()
    took[step] = time.process_time() - began
    return found


def until_idle(look: Callable[[Runtime], object], here: Runtime) -> None:
    """Look again and again, until nothing is left to do."""
    while look(here):
        pass


def most_memory() -> float:
    """The most memory that this process has had so far, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def show(measure: Callable[..., Iterator[str]]) -> None:
    """Print each line as soon as it is measured, for the numbers on the command line, or for the script's own."""
    for line in measure(*map(int, sys.argv[1:3])):
        print(line, flush=True)
