"""Everything in this process, one task after the other."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from typing import Self, TypeVar

from safepassage.simulate.executors.protocol import Task

__all__ = ["InProcess"]

S = TypeVar("S")
R = TypeVar("R")


class InProcess:
    """Runs tasks itself."""

    workers = 1

    def run(self, subject: S, tasks: Iterable[Task[S, R]]) -> Generator[R, None, None]:
        """Yield the result of each task on the subject, in the order of the tasks."""
        for task in tasks:
            yield task(subject)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *reason: object) -> None:
        """There is nothing to let go."""
