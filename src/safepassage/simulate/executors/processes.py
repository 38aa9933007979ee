"""Processes of this machine, started anew (``spawn``): no state of this one reaches them."""

from __future__ import annotations

import hashlib
import multiprocessing
import pickle
import tempfile
from collections import deque
from collections.abc import Generator, Iterable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from pathlib import Path
from typing import Any, Self, TypeVar

from safepassage.errors import InternalFault
from safepassage.simulate.executors.protocol import AHEAD, Task
from safepassage.workers import cores, deaf, unheard

__all__ = ["Processes"]

S = TypeVar("S")
R = TypeVar("R")

DEATHS = 3
"""Deaths of workers without a result between them, after which there is no sense in going on."""


class Processes:
    """Runs tasks in worker processes; a worker that dies is replaced, and its tasks done again.

    Parameters
    ----------
    workers
        How many; by default one for each processor.
    """

    def __init__(self, workers: int | None = None) -> None:
        self.workers = workers or cores()
        self._pool: ProcessPoolExecutor | None = None
        self._folder = tempfile.TemporaryDirectory(prefix="safepassage-")

    def run(self, subject: S, tasks: Iterable[Task[S, R]]) -> Generator[R, None, None]:
        """Yield the result of each task on the subject, in the order of the tasks.

        Raises
        ------
        InternalFault
            If workers die again and again without a result.
        """
        file = self._filed(subject)
        supply = iter(tasks)
        given: deque[tuple[Task[S, R], Future[R]]] = deque()
        deaths, broken = 0, False
        try:
            while True:
                try:
                    if broken:
                        # A worker may die again while its work is given out.
                        given, broken = self._again(file, given), False
                    for task in islice(supply, AHEAD * self.workers - len(given)):
                        given.append((task, Future()))
                        given[-1] = (task, self._submitted(file, task))
                    if not given:
                        return
                    found = given[0][1].result()
                except BrokenProcessPool:
                    deaths += 1
                    if deaths > DEATHS:
                        message = f"worker processes died {deaths} times without a result"
                        raise InternalFault(message) from None
                    self._pool, broken = None, True
                    continue
                deaths = 0
                given.popleft()
                yield found
        finally:
            for _, future in given:
                future.cancel()

    def _filed(self, subject: object) -> Path:
        """Leave the subject where workers find it; each reads it once."""
        content = pickle.dumps(subject)
        file = Path(self._folder.name) / hashlib.sha256(content).hexdigest()
        if not file.exists():
            file.write_bytes(content)
        return file

    def _submitted(self, file: Path, task: Task[Any, R]) -> Future[R]:
        if self._pool is None:
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(self.workers, context, initializer=deaf)
        with unheard():
            return self._pool.submit(_work, str(file), task)

    def _again(
        self, file: Path, given: deque[tuple[Task[S, R], Future[R]]]
    ) -> deque[tuple[Task[S, R], Future[R]]]:
        """Give out again what a dead worker took with it; what was done already is kept."""
        kept: deque[tuple[Task[S, R], Future[R]]] = deque()
        for task, future in given:
            whole = future.done() and not future.cancelled() and future.exception() is None
            kept.append((task, future if whole else self._submitted(file, task)))
        return kept

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *reason: object) -> None:
        """Let the workers go; tasks that nobody waits for any more are dropped."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None
        self._folder.cleanup()


_SUBJECTS: dict[str, Any] = {}
"""In a worker: the subjects it has read, the latest ones."""
_KEPT = 4


def _work(file: str, task: Task[Any, R]) -> R:
    if file not in _SUBJECTS:
        while len(_SUBJECTS) >= _KEPT:
            del _SUBJECTS[next(iter(_SUBJECTS))]
        # Written by the process that started this one, into a folder of its own.
        _SUBJECTS[file] = pickle.loads(Path(file).read_bytes())  # noqa: S301 - see above
    return task(_SUBJECTS[file])
