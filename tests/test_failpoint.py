"""Failpoints: what an armed point does, and that one which is not armed does nothing."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sayso import failpoint, message


@pytest.fixture(autouse=True)
def disarmed() -> Iterator[None]:
    yield
    failpoint.disarm()


def _run(spec: str, point: str) -> int:
    code = f"from sayso import failpoint as f; f.arm({spec!r}, 0); f.hit({point!r}); print('alive')"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode


def test_every_crash_of_the_fault_model_has_a_point_in_its_order():
    numbers = [sentence.partition(":")[0] for sentence in failpoint.POINTS.values()]
    assert numbers == [f"C{n}" for n in range(1, 14)]


def test_the_code_passes_only_points_that_exist():
    source = Path(failpoint.__file__).parent
    passed = {
        name for file in source.rglob("*.py") for name in re.findall(r'\.hit\("(\w+)"\)', file.read_text("utf-8"))
    }
    assert {"mid_request", "before_answer_read"} <= passed <= set(failpoint.POINTS)


@pytest.mark.parametrize("point", failpoint.POINTS)
def test_a_point_that_is_not_armed_does_nothing(point: str):
    failpoint.arm(None, 0)
    failpoint.hit(point)


@pytest.mark.parametrize("point", failpoint.POINTS)
def test_an_armed_point_raises_under_its_name_and_under_its_number(point: str):
    for name in (point, failpoint.POINTS[point].partition(":")[0]):
        failpoint.arm(f"{name}:raise", 0)
        with pytest.raises(failpoint.FailpointHit, match=point):
            failpoint.hit(point)


def test_the_other_points_do_nothing_while_one_is_armed():
    failpoint.arm("C6:raise", 0)
    for point in set(failpoint.POINTS) - {"after_claim_commit"}:
        failpoint.hit(point)


def test_a_point_that_was_disarmed_does_nothing():
    failpoint.arm("C6:raise", 0)
    failpoint.disarm()
    failpoint.hit("after_claim_commit")


def test_arming_a_second_point_disarms_the_first():
    failpoint.arm("C6:raise", 0)
    failpoint.arm("C7:raise", 0)
    failpoint.hit("after_claim_commit")


def test_of_many_threads_that_pass_an_armed_point_it_acts_on_one():
    failpoint.arm("C3:raise", 0)
    start, struck = threading.Barrier(32), []

    def pass_it() -> None:
        start.wait()
        for _ in range(100):
            try:
                failpoint.hit("during_screening")
            except failpoint.FailpointHit as error:
                struck.append(error)

    threads = [threading.Thread(target=pass_it) for _ in range(32)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(struck) == 1


def test_kill_ends_the_process_with_a_signal_nobody_can_catch():
    assert _run("C6:kill", "after_claim_commit") == -signal.SIGKILL


def test_kill_spares_a_process_that_passes_other_points():
    assert _run("C6:kill", "mid_request") == 0


def test_pause_holds_the_thread_for_the_time_it_was_armed_with():
    failpoint.arm("during_screening:pause", 0.05)
    started = time.monotonic()
    failpoint.hit("during_screening")
    assert time.monotonic() - started >= 0.05


@pytest.mark.parametrize("spec", ["C14:kill", "c6:kill", "nowhere:raise", ":kill"])
def test_an_unknown_point_is_refused_with_the_list_of_points(spec: str):
    with pytest.raises(message.Unsafe, match="before_intake_commit, after_intake_commit"):
        failpoint.arm(spec, 0)


@pytest.mark.parametrize("spec", ["C6", "C6:", "C6:explode", "C6:kill:now"])
def test_an_unknown_action_is_refused_with_the_list_of_actions(spec: str):
    with pytest.raises(message.Unsafe, match="kill, pause, raise"):
        failpoint.arm(spec, 0)


def test_a_refused_spec_leaves_nothing_armed():
    failpoint.arm("C6:raise", 0)
    with pytest.raises(message.Unsafe):
        failpoint.arm("C6:explode", 0)
    failpoint.hit("after_claim_commit")
