"""A study: so many futures of one proposal, simulated block by block, and counted.

Blocks have a fixed number of futures, and their counts are added in the order of the blocks. A
future depends on the seed and its number only. So a study gives the same bytes on any executor with
any number of workers, and after an interruption.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from safepassage.simulate.estimate import CONFIDENCE, Interval, look_confidence, proportion
from safepassage.simulate.executors import Executor
from safepassage.simulate.futures import Policy
from safepassage.simulate.outcomes import Outcomes
from safepassage.simulate.tally import Tally, tally_of

__all__ = ["FIRST_LOOK", "Block", "Progress", "Simulates", "Studied", "Study", "run_study"]

FIRST_LOOK = 1_024
"""Futures after which a study of a wanted precision looks at its interval first; then after twice
as many, and so on."""

Progress = Callable[[int, int], None]
"""Told how many futures are done, of how many."""


class Simulates(Protocol):
    """What a study asks of futures: :class:`~safepassage.simulate.futures.Futures` does it."""

    @property
    def unknowns(self) -> tuple[str, ...]:
        """Names of what is unknown, in the order of the columns of ``drawn``."""
        ...

    @property
    def groups(self) -> tuple[str, ...]:
        """Ids of groups, in the order of the columns of ``left_by_group``."""
        ...

    def outcomes(self, first: int, count: int, seed: int) -> Outcomes:
        """Simulate futures by number."""
        ...

    def outcomes_at(self, uniforms: NDArray[np.float64], seed: int, first: int) -> Outcomes:
        """Simulate futures whose unknowns are given as shares of their distributions."""
        ...


@dataclass(frozen=True, slots=True)
class Study:
    """What is studied, and how: all that its answer depends on."""

    case: str
    """Digest of the case, settings included."""
    proposal: str
    policy: Policy
    plan: str
    """Digest of the timetable that is simulated."""
    version: str
    """Of the program."""
    seed: int = 0
    runs: int = 10_000
    """Futures; with a precision, at most so many."""
    precision: float | None = None
    """Half width of the probability's interval at which to stop."""
    block: int = 1_000
    """Futures of one task."""

    def blocks(self, begin: int = 0) -> Iterator[tuple[int, int]]:
        """Yield first future and number of futures of each block, from one on."""
        for first in range(begin * self.block, self.runs, self.block):
            yield first, min(self.block, self.runs - first)

    @property
    def digest(self) -> str:
        """SHA-256 over everything that each single future depends on."""
        parts = [self.case, self.proposal, self.policy, self.plan, self.version, self.seed]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Block:
    """Simulate a block, and count it where it was simulated."""

    first: int
    count: int
    seed: int
    whole: bool = False
    """Whether the outcomes themselves are wanted as well."""

    def __call__(self, futures: Simulates) -> tuple[Tally, Outcomes | None]:
        """Return its counts, and its outcomes where wanted."""
        outcomes = futures.outcomes(self.first, self.count, self.seed)
        return tally_of(outcomes), outcomes if self.whole else None


class Keeper(Protocol):
    """Keeps what a study has got so far."""

    @property
    def whole(self) -> bool:
        """Whether it wants the outcomes of each block."""
        ...

    def take(self, tally: Tally, blocks: int, outcomes: Outcomes | None) -> None:
        """Take the sum of so many blocks, and the outcomes of the last of them."""
        ...


@dataclass(frozen=True, slots=True)
class Studied:
    """The counts of a study, and when it stopped."""

    tally: Tally
    confidence: float
    """Of the probability's interval; higher than asked for where it was looked at before."""
    interval: Interval
    """Of the probability of success."""
    precise: bool
    """Whether the wanted precision was reached; True where none was wanted."""
    finished: bool = True
    """False where somebody had it stopped."""

    @property
    def p(self) -> float:
        """Share of the futures that succeed."""
        return self.tally.successes / self.tally.runs if self.tally.runs else 0.0


def run_study(
    study: Study,
    futures: Simulates,
    executor: Executor,
    *,
    begun: tuple[Tally, int] | None = None,
    keeper: Keeper | None = None,
    progress: Progress | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> Studied:
    """Simulate a study, or go on with one.

    With a precision, the interval is looked at after :data:`FIRST_LOOK` futures, twice as many,
    and so on; the looks share the errors allowed (:func:`look_confidence`), so that all of them
    hold together with the stated confidence, and stopping at a lucky one is no flaw.

    Parameters
    ----------
    begun
        Sum and number of the blocks that are done already.
    keeper
        Told after each block.
    progress
        Told after each block how many futures are done.
    stop
        Asked after each block whether somebody wants it stopped.
    """
    finished = True
    tally, blocks = begun if begun is not None else (Tally(), 0)
    tell = progress or (lambda _, __: None)
    look = _looks(study, tally.runs)
    tell(tally.runs, study.runs)
    if not _enough(study, tally, look):
        whole = keeper is not None and keeper.whole
        tasks = (Block(first, n, study.seed, whole) for first, n in study.blocks(blocks))
        with closing(executor.run(futures, tasks)) as results:
            for part, outcomes in results:
                tally.add(part)
                blocks += 1
                if keeper is not None:
                    keeper.take(tally, blocks, outcomes)
                tell(tally.runs, study.runs)
                look = _looks(study, tally.runs)
                if _enough(study, tally, look):
                    break
                if stop():
                    finished = False
                    break
    confidence = CONFIDENCE if study.precision is None else look_confidence(max(look, 1))
    interval = proportion(tally.successes, tally.runs, confidence)
    wanted = study.precision
    precise = wanted is None or (interval[1] - interval[0]) / 2 <= wanted
    return Studied(tally, confidence, interval, precise, finished)


def _looks(study: Study, runs: int) -> int:
    """How often the interval has been looked at by now; a look falls to the end of its block."""
    if study.precision is None:
        return 0
    found, at = 0, FIRST_LOOK
    while True:
        due = min(-(-at // study.block) * study.block, study.runs)
        if runs < due:
            return found
        found += 1
        if due >= study.runs:
            return found
        at *= 2


def _enough(study: Study, tally: Tally, look: int) -> bool:
    """Whether a look that is due just now finds the interval short enough."""
    if study.precision is None or look == 0 or tally.runs >= study.runs:
        return tally.runs >= study.runs
    if _looks(study, tally.runs - 1) == look:  # no look at this number of futures
        return False
    low, high = proportion(tally.successes, tally.runs, look_confidence(look))
    return (high - low) / 2 <= study.precision
