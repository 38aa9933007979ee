"""Work shared out to other processes of this machine."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, InvalidStateError, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

__all__ = ["Crew", "cores", "deaf", "unheard"]

S = TypeVar("S")
T = TypeVar("T")
R = TypeVar("R")


def cores() -> int:
    """Processors that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # macOS and Windows have no such call
        return os.cpu_count() or 1


def deaf() -> None:
    """Leave Ctrl-C to the process that gives out the work."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextlib.contextmanager
def unheard() -> Iterator[None]:
    """Start processes that do not hear Ctrl-C, from their first moment on.

    They would tell of it themselves until they are :func:`deaf`. Here it is heard at the end.
    """
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class Crew(Generic[S]):
    """Processes at work on one subject: the one that asks, and others started anew (``spawn``).

    Others begin to start, and to read the subject, as soon as the crew is entered. Where they
    cannot be started, or die, this process does their part.

    Parameters
    ----------
    subject
        What the work is about; it is pickled once for each process.
    workers
        How many processes, this one included; others are there only from two on.
    """

    def __init__(self, subject: S, workers: int) -> None:
        self.subject = subject
        self._others = workers - 1
        self._pool: ProcessPoolExecutor | None = None

    def run(
        self,
        work: Callable[[S, T], R],
        items: Sequence[T],
        told: Callable[[T], None] = lambda _: None,
    ) -> list[R]:
        """Do the work on each item; returns the results in the order of the items.

        Others begin with the first items, so the longest work belongs there.

        Parameters
        ----------
        told
            Told of each item before this process begins with it.
        """
        futures: list[Future[R] | None] = [self._given(work, item) for item in items]
        found: dict[int, R] = {}
        for i, future in enumerate(futures):
            # What nobody has begun is done here.
            if future is None or future.cancel():
                told(items[i])
                found[i] = work(self.subject, items[i])
        for i, future in enumerate(futures):
            if future is not None and i not in found:
                try:
                    found[i] = future.result()
                except BrokenProcessPool:
                    self._pool = None
                    found[i] = work(self.subject, items[i])
        return [found[i] for i in range(len(items))]

    def _given(self, work: Callable[[S, T], R], item: T) -> Future[R] | None:
        if self._pool is None:
            return None
        try:
            with unheard():
                return _forgiving(self._pool.submit(_work, work, item))
        except BrokenProcessPool:
            self._pool = None
            return None

    def __enter__(self) -> Self:
        """Have the others start."""
        if self._others > 0:
            try:
                context = multiprocessing.get_context("spawn")
                self._pool = ProcessPoolExecutor(self._others, context, _begin, (self.subject,))
                with unheard():
                    for _ in range(self._others):
                        self._pool.submit(_nothing)
            except (OSError, ImportError):
                # Some places have no shared semaphores, or let nobody start a process.
                self._pool = None
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let the others go; what nobody waits for any more is dropped."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None


def _forgiving(future: Future[R]) -> Future[R]:
    """Return a future that may break after it was cancelled.

    Where a pool breaks, Python (3.11, for one) tells every future that is pending, trips over one
    that was cancelled meanwhile, and leaves those after it waiting for ever.
    """
    tell = future.set_exception

    def tell_unless_cancelled(exception: BaseException | None) -> None:
        with contextlib.suppress(InvalidStateError):
            tell(exception)

    future.set_exception = tell_unless_cancelled  # type: ignore[method-assign]  # of this one only
    return future


_SUBJECT: list[Any] = []
"""In another process: what the work is about."""


def _begin(subject: object) -> None:
    deaf()
    _SUBJECT[:] = [subject]


def _nothing() -> None:
    """Be there."""


def _work(work: Callable[[Any, T], R], item: T) -> R:
    result: R = work(_SUBJECT[0], item)
    return result
