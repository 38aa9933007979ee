"""What every executor does."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from typing import Protocol, Self, TypeVar

__all__ = ["AHEAD", "Executor", "Task"]

S = TypeVar("S")
R = TypeVar("R")

Task = Callable[[S], R]
"""Something to be done with a subject; it has to survive ``pickle``."""

AHEAD = 3
"""Tasks given out for each worker before the first of them is done: enough that none is idle, and
few enough that results waiting for their turn take little memory."""


class Executor(Protocol):
    """Runs tasks, wherever that is."""

    @property
    def workers(self) -> int:
        """How many tasks it does at once."""
        ...

    def run(self, subject: S, tasks: Iterable[Task[S, R]]) -> Generator[R, None, None]:
        """Yield the result of each task on the subject, in the order of the tasks.

        Tasks are taken only as workers become free, so that there may be any number of them.
        """
        ...

    def __enter__(self) -> Self:
        """Return itself."""
        ...

    def __exit__(self, *reason: object) -> None:
        """Let the workers go; tasks that nobody waits for any more are dropped."""
        ...
