"""The whole study of a proposal: plan, simulate, and ask what matters and what would help."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from safepassage import __version__
from safepassage.cases import OpenCase
from safepassage.negotiate.levers import Lever, levers
from safepassage.negotiate.session import Session
from safepassage.plan import Plan
from safepassage.simulate.changes import Change, Point, by_amount, changes
from safepassage.simulate.executors import Executor
from safepassage.simulate.futures import Futures, Policy
from safepassage.simulate.robust import Aim, Robust, robust
from safepassage.simulate.sample import Sampler
from safepassage.simulate.sensitivity import Driver, drivers
from safepassage.simulate.sizes import SIZES
from safepassage.simulate.study import Study
from safepassage.simulate.timetables import Timetables, digest_of
from safepassage.simulate.value import Worth, worth_of_knowing

__all__ = ["Asked", "Wishes"]

Curve = tuple[Lever, Sequence[Point]]

Tell = Callable[[str], None]

_WORTH = 1 << 41
"""First number of the futures in which knowing is valued."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a study is to tell."""

    policy: Policy = "slip"
    seed: int = 0
    runs: int | None = None
    precision: float | None = None
    changes: bool = True
    robust: Aim | None = None


@dataclass
class Asked:
    """A study of one proposal of a case, asked one part after the other.

    Raises
    ------
    BadInput
        If the proposal does not exist, or cannot be planned.
    """

    opened: OpenCase
    proposal: str | None
    wishes: Wishes
    tell: Tell = lambda _: None
    timetables: Timetables = field(init=False)
    plan: Plan = field(init=False)
    futures: Futures = field(init=False)
    study: Study = field(init=False)

    def __post_init__(self) -> None:
        """Make the nominal timetable, and its futures."""
        wishes = self.wishes
        session = Session(self.opened, self.proposal, seed=wishes.seed)
        self.timetables = Timetables(session, wishes.policy)
        self.tell("planning for the likely count")
        self.plan = self.timetables.plan()
        self.futures = self.timetables.nominal(self.plan)
        # Compiles here what workers would otherwise all compile, each for itself.
        self.tell("preparing the simulator (the first time, a minute or two)")
        self.futures.outcomes(0, 1, wishes.seed)
        sizes = SIZES[wishes.policy]
        runs = sizes.most if wishes.precision is not None else sizes.runs
        self.study = Study(
            case=self.opened.digest,
            proposal=session.proposal,
            policy=wishes.policy,
            plan=digest_of(self.plan),
            version=__version__,
            seed=wishes.seed,
            runs=wishes.runs or runs,
            precision=wishes.precision,
            block=sizes.block,
        )

    def sampler(self, executor: Executor) -> Sampler:
        """What simulates futures beside the study itself."""
        return Sampler(executor, self.wishes.seed, self.study.block)

    def drivers(self, executor: Executor) -> list[Driver]:
        """Which unknown matters."""
        points = SIZES[self.wishes.policy].points
        return drivers(self.futures, self.sampler(executor), points, self.tell)

    def worth(self, executor: Executor) -> list[Worth]:
        """What knowing each unknown would bring, with plans for all three counts to choose from."""
        self.tell("what knowing would bring")
        count = SIZES[self.wishes.policy].worth
        plans = [self.plan, *(self.timetables.plan(level=x) for x in ("low", "high"))]
        samples = [
            self.sampler(executor).numbered(self.timetables.nominal(p), _WORTH, count)
            for p in plans
        ]
        return worth_of_knowing(self.futures.unknowns, samples, self.wishes.seed)

    def changes(self, executor: Executor) -> list[Change]:
        """What one step of each lever buys."""
        sampler = self.sampler(executor)
        base = sampler.numbered(self.futures, 0, SIZES[self.wishes.policy].changes)
        return changes(self.timetables, self.levers, base, sampler, self.tell)

    def by_fleet(self, executor: Executor) -> Curve | None:
        """Probability against the vehicles of the largest fleet."""
        fleets = [x for x in self.levers if x.kind == "vehicles"]
        largest = max(fleets, key=lambda x: x.now, default=None)
        return self._curve(largest, executor)

    def by_deadline(self, executor: Executor) -> Curve | None:
        """Probability against the deadline, the terms being moved with it."""
        return self._curve(next((x for x in self.levers if x.kind == "deadline"), None), executor)

    def robust(self, executor: Executor, aim: Aim) -> Robust:
        """A timetable that holds in more futures than the nominal one, if there is one."""
        count = SIZES[self.wishes.policy].robust
        return robust(self.timetables, self.sampler(executor), count, aim, self.tell)

    @property
    def levers(self) -> tuple[Lever, ...]:
        """Terms that can be turned."""
        return levers(self.opened, self.opened.case.proposal(self.study.proposal))

    def _curve(self, lever: Lever | None, executor: Executor) -> Curve | None:
        if lever is None:
            return None
        count = SIZES[self.wishes.policy].curves
        sampler = self.sampler(executor)
        return lever, by_amount(self.timetables, lever, sampler, count, self.tell)
