"""Checking processes: little time and memory, no way out, and the tool goes on whatever happens."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from lti_tool.credentials.recognition.documents import Fetched
from lti_tool.credentials.recognition.pool import CheckingPool, Limits
from tests.credentials.outside import NOW, Issuer, Web, raw

CONFINED = """
import socket, sys
from lti_tool.credentials.recognition import child
child.get_warm()
child.give_away(256 * 1024 * 1024)
tried = []
for attempt in (
    lambda: open("/etc/passwd"),
    lambda: socket.socket(),
    lambda: bytearray(300 * 1024 * 1024),
):
    try:
        attempt()
    except (OSError, MemoryError) as error:
        tried.append(type(error).__name__)
sys.stdout.write(" ".join(tried))
"""


def test_a_checking_process_can_open_no_file_and_no_connection() -> None:
    done = subprocess.run(
        [sys.executable, "-c", CONFINED], capture_output=True, text=True, check=True
    )
    assert done.stdout == "OSError OSError MemoryError"


def test_a_check_that_takes_too_long_is_ended_and_the_next_one_is_done() -> None:
    web = Web()
    uni = Issuer(web)
    pool = CheckingPool(size=1, limits=Limits(seconds=0.0))
    verdict = pool.check(raw(uni.sign(uni.credential())), fetch=web.fetch, now=NOW)
    assert [reason.code for reason in verdict.reasons] == ["took-too-long"]
    assert verdict.outcome == "invalid"
    pool.close()
    assert CheckingPool(size=1).check(b"{}", fetch=web.fetch, now=NOW).outcome == "invalid"


def test_a_process_that_dies_is_replaced() -> None:
    web = Web()
    uni = Issuer(web)
    pool = CheckingPool(size=1)
    signed = raw(uni.sign(uni.credential()))

    def kill(_: str) -> Fetched:
        found = _children()
        for number in found:
            subprocess.run(["kill", "-9", str(number)], check=True)
        return Fetched(0)

    assert pool.check(signed, fetch=kill, now=NOW).reasons[0].code == "took-too-much"
    assert pool.check(signed, fetch=web.fetch, now=NOW).outcome == "unknown issuer"
    pool.close()


def test_a_process_does_many_checks_and_then_a_fresh_one_takes_its_place() -> None:
    web = Web()
    pool = CheckingPool(size=1, limits=Limits(checks=2))
    pool.check(b"{}", fetch=web.fetch, now=NOW)
    first = _children()
    assert len(first) == 1
    pool.check(b"{}", fetch=web.fetch, now=NOW)
    assert _children().isdisjoint(first)
    pool.close()
    assert _children() == set()


def test_with_all_processes_at_work_a_check_says_so() -> None:
    web = Web()
    uni = Issuer(web)
    pool = CheckingPool(size=1, limits=Limits(patience=0.05))
    is_fetching, goes_on = threading.Event(), threading.Event()

    def slow(url: str) -> Fetched:
        is_fetching.set()
        goes_on.wait(20)
        return web.fetch(url)

    signed = raw(uni.sign(uni.credential()))
    thread = threading.Thread(target=lambda: pool.check(signed, fetch=slow, now=NOW))
    thread.start()
    assert is_fetching.wait(20)
    verdict = pool.check(signed, fetch=web.fetch, now=NOW)
    goes_on.set()
    thread.join()
    pool.close()
    assert [reason.code for reason in verdict.reasons] == ["check-busy"]


def test_a_warm_process_answers_within_300_ms() -> None:
    web = Web()
    uni = Issuer(web)
    pool = CheckingPool(size=1)
    signed = raw(uni.sign(uni.credential()))
    times = []
    for _ in range(6):
        begun = time.monotonic()
        assert pool.check(signed, fetch=web.fetch, now=NOW).outcome == "unknown issuer"
        times.append(time.monotonic() - begun)
    pool.close()
    assert sorted(times[1:])[2] < 0.3, times


def test_a_pool_gets_warm_ahead_and_keeps_no_more_processes_than_its_size() -> None:
    pool = CheckingPool(size=1)
    pool.warm()
    pool.warm()
    assert pool.check(b"{}", fetch=Web().fetch, now=NOW).outcome == "invalid"
    assert len(_children()) == 1
    pool.close()


def _children() -> set[int]:
    """Return the checking processes of this process."""
    own = Path(f"/proc/self/task/{threading.main_thread().native_id}/children")
    return {
        int(number)
        for number in own.read_text("ascii").split()
        if b"recognition.child" in Path(f"/proc/{number}/cmdline").read_bytes()
    } - _OTHERS


_OTHERS: set[int] = set()


@pytest.fixture(autouse=True)
def _leave_out_others() -> None:
    """What tests before these have left running is not looked at."""
    _OTHERS.clear()
    _OTHERS.update(_children())
