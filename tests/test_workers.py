"""Work shared out to other processes: what comes out is what one process finds."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool

import pytest

from safepassage.workers import Crew, _forgiving, cores, unheard

HERE = os.getpid()


def _twice(pids: tuple[int, float], item: int) -> tuple[int, bool]:
    """Twice as much, and whether another process found it."""
    asker, seconds = pids
    time.sleep(seconds)
    return 2 * item, os.getpid() != asker


def _dies(asker: int, item: int) -> int:
    if os.getpid() != asker:
        os._exit(1)
    time.sleep(0.05)
    return 2 * item


def test_one_process_does_all_itself() -> None:
    """Without others nothing is pickled or started."""
    with Crew((HERE, 0.0), 1) as crew:
        assert crew.run(_twice, [3, 1, 2]) == [(6, False), (2, False), (4, False)]


def test_results_come_in_the_order_of_the_items() -> None:
    """Whoever does an item, its result stands where the item stood, and others do have a part."""
    told: list[int] = []
    items = list(range(100))
    with Crew((HERE, 0.05), 2) as crew:
        found = crew.run(_twice, items, told.append)
    assert [value for value, _ in found] == [2 * item for item in items]
    assert [item for item, (_, other) in zip(items, found, strict=True) if not other] == told
    assert any(other for _, other in found)


def test_a_dead_process_costs_nothing_but_time() -> None:
    """What a process that dies had taken is done by the one that asks."""
    with Crew(HERE, 2) as crew:
        assert crew.run(_dies, [1, 2, 3, 4]) == [2, 4, 6, 8]


def test_a_pool_may_break_after_work_was_taken_back() -> None:
    """The others that wait for the pool are told as well, whatever was cancelled among them."""
    taken_back: Future[int] = _forgiving(Future())
    waiting: Future[int] = _forgiving(Future())
    assert taken_back.cancel()
    for future in (taken_back, waiting):
        future.set_exception(BrokenProcessPool())
    with pytest.raises(BrokenProcessPool):
        waiting.result()


def test_there_is_at_least_one_core() -> None:
    """There is always this process."""
    assert cores() >= 1


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_control_c_is_heard_once_others_are_started() -> None:
    """What is started meanwhile never hears it; this process does, and nothing is lost."""
    begun: list[bool] = []

    def start() -> None:
        with unheard():
            # To this thread: another one, such as of the test runner, would take it at once.
            signal.pthread_kill(threading.get_ident(), signal.SIGINT)
            begun.append(True)

    # What is started in the background, as tests may be, is deaf from the start.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            start()
    finally:
        signal.signal(signal.SIGINT, before)
    assert begun == [True]
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, set())
