"""A session of what-ifs on one proposal: each answer at once, then refined; none is ever stale.

What a session reuses is what a change of terms leaves alone: the roads as read, the convoy sizes
that did best under the terms as they stand, and answers to the very same terms. The last answer
itself is not among it. So an answer depends on the case, the settings and the seed only, and not on
what was asked before.
"""

from __future__ import annotations

import gc
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from safepassage.cases import OpenCase, changed_case, open_case
from safepassage.check import Verification, verify
from safepassage.convoy.effort import Effort
from safepassage.errors import InternalFault, UnknownName
from safepassage.instance import compile_operation
from safepassage.negotiate.better import better_of
from safepassage.negotiate.levers import movable
from safepassage.plan import Level, Plan
from safepassage.solver import solve
from safepassage.stop import Gap, Stop
from safepassage.terms.case import Case

__all__ = ["Answer", "Reply", "Session", "reopened"]

KEPT = 64
"""Answers that a session keeps."""


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to one what-if, checked."""

    opened: OpenCase
    """The case with the settings applied."""
    plan: Plan
    verification: Verification
    refined: bool
    """Whether all that a plan without a time limit does has been done."""

    @property
    def settings(self) -> tuple[str, ...]:
        """What was changed of the case."""
        return self.opened.overrides

    @property
    def suffices(self) -> bool:
        """The timetable has everyone out in time."""
        return self.plan.answer.feasible

    @property
    def impossible(self) -> bool:
        """It is proven that no timetable has everyone out in time."""
        answer = self.plan.answer
        if answer.evacuated_at_most < answer.persons:
            return True
        limits = [x for x in (answer.deadline_s, answer.window_end_s) if x is not None]
        return bool(limits) and answer.lower_bound_s > min(limits)


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply without the case: what travels between processes."""

    settings: tuple[str, ...]
    """Beyond those of the case that was asked about."""
    plan: Plan
    verification: Verification
    refined: bool

    @classmethod
    def of(cls, reply: Reply, asked: OpenCase) -> Answer:
        """Leave the case out of a reply to a question about it."""
        settings = reply.settings[len(asked.overrides) :]
        return cls(settings, reply.plan, reply.verification, reply.refined)

    def reply(self, asked: OpenCase) -> Reply:
        """Put the case into it again."""
        opened = changed_case(asked, self.settings)
        return Reply(opened, self.plan, self.verification, self.refined)


def reopened(location: str, settings: tuple[str, ...], digest: str) -> OpenCase:
    """Open a case in another process, where its terms as objects cannot go.

    Raises
    ------
    InternalFault
        If it is not the same case.
    """
    opened = changed_case(open_case(location), settings)
    if opened.digest != digest:
        raise InternalFault(f"{location} is not the case that was opened")
    return opened


class Session:
    """What-ifs on one proposal of a case.

    >>> from safepassage import Session, open_case
    >>> session = Session(open_case("aleppo-2016"))
    >>> session.ask(["fleet.vehicles.bus.counts.0.count=40"]).suffices
    False

    Parameters
    ----------
    opened
        The case.
    proposal
        Id of a proposal; None for the case's default.
    seed
        The same seed gives the same answers.
    sizes
        Convoy sizes to try first, by vehicle type; by default those that do best under the terms
        as they stand, which are looked for when the first question is asked.

    Raises
    ------
    BadInput
        If the proposal does not exist, names nobody who leaves, or has no start.
    """

    def __init__(
        self,
        opened: OpenCase,
        proposal: str | None = None,
        *,
        seed: int = 0,
        sizes: Sequence[Mapping[str, int]] | None = None,
    ) -> None:
        self.opened = opened
        self.seed = seed
        self.proposal = self._plannable(opened, proposal)
        self._sizes = tuple(sizes) if sizes is not None else None
        self._kept: OrderedDict[tuple[str, Level, bool], Reply] = OrderedDict()
        self._cases: OrderedDict[tuple[str, ...], OpenCase] = OrderedDict()

    def __reduce__(self) -> tuple[Callable[..., Session], tuple[Any, ...]]:
        """Have another process open the case itself; what is kept stays here."""
        opened = self.opened
        case = (opened.location, opened.overrides, opened.digest)
        return _begun, (*case, self.proposal, self.seed, self._sizes)

    @staticmethod
    def _plannable(opened: OpenCase, proposal_id: str | None) -> str:
        try:
            proposal = opened.case.proposal(proposal_id)
        except KeyError:
            known = ", ".join(p.id for p in opened.case.proposals)
            message = f"expected one of {known}, got {proposal_id!r}"
            raise UnknownName.one("--proposal", "unknown-id", message) from None
        compile_operation(opened.case, opened.network, proposal)
        return proposal.id

    @property
    def sizes(self) -> tuple[Mapping[str, int], ...]:
        """Convoy sizes that do best under the terms as they stand, the best first."""
        if self._sizes is None:
            base = solve(
                self.opened, self.proposal, seed=self.seed, levels=("likely",), stop=Gap(0.0)
            )
            self._sizes = tuple(base.hints[:1])
        return self._sizes

    def ask(self, settings: Sequence[str] = (), level: Level = "likely") -> Reply:
        """Answer at once: a timetable that the checker accepts, and a proven bound.

        Raises
        ------
        BadInput
            If a setting is wrong.
        """
        with _undisturbed():
            opened = self._case(settings)
            key = (opened.digest, level, False)
            if key not in self._kept:
                plan = self._plan(opened, level, Effort.glance(), self._hints(opened.case))
                self._keep(key, Reply(opened, plan, self._checked(plan, opened), False))
            return self._kept[key]

    def refine(self, settings: Sequence[str] = (), level: Level = "likely") -> Reply:
        """Answer with the care of ``safepassage plan``; never worse than :meth:`ask`.

        Raises
        ------
        BadInput
            If a setting is wrong.
        """
        first = self.ask(settings, level)
        key = (first.opened.digest, level, True)
        if key not in self._kept:
            fuller = self._plan(first.opened, level, Effort.quick(), ())
            plan = better_of(first.plan, fuller)
            self._keep(key, Reply(first.opened, plan, self._checked(plan, first.opened), True))
        return self._kept[key]

    def press(self, settings: Sequence[str] = (), level: Level = "likely", *, stop: Stop) -> Reply:
        """Answer with all the planner knows, until ``stop`` says enough; not kept."""
        known = self.refine(settings, level)
        result = solve(
            known.opened,
            self.proposal,
            seed=self.seed,
            levels=(level,),
            effort=Effort(),
            stop=stop,
        )
        plan = better_of(known.plan, result.plans[level])
        return Reply(known.opened, plan, self._checked(plan, known.opened), True)

    def _case(self, settings: Sequence[str]) -> OpenCase:
        key = tuple(settings)
        if key not in self._cases:
            self._cases[key] = changed_case(self.opened, key)
            if len(self._cases) > KEPT:
                self._cases.popitem(last=False)
        return self._cases[key]

    def _plan(
        self,
        opened: OpenCase,
        level: Level,
        effort: Effort,
        hints: Sequence[Mapping[str, int]],
    ) -> Plan:
        result = solve(
            opened,
            self.proposal,
            seed=self.seed,
            levels=(level,),
            effort=effort,
            stop=Gap(0.0),
            hints=hints,
        )
        return result.plans[level]

    def _hints(self, case: Case) -> list[Mapping[str, int]]:
        """Convoy sizes to try: the best for the terms as they stand, and what other fleets want.

        Those are of the type with most vehicles: as many convoys as there are escort teams, one
        more, and the largest; and the largest of all types.
        """
        rules = case.fleet.convoys
        if rules is None:
            return list(self.sizes)
        least, most = rules.min_vehicles.value, rules.max_vehicles.value
        found = [{k: min(max(n, least), most) for k, n in s.items()} for s in self.sizes]
        first = found[0] if found else {v.id: most if v.own else least for v in case.fleet.vehicles}
        moved = movable(case, case.proposal(self.proposal))
        fleet = {v.id: sum(c.count.value for c in v.counts) for v in moved}
        if not fleet:
            return list(found)
        main = max(fleet, key=lambda k: fleet[k])
        teams = case.fleet.escorts.teams.value if case.fleet.escorts else 0
        even = (-(-fleet[main] // teams), fleet[main] // teams) if teams else ()
        tried = [{**first, main: min(most, max(least, size))} for size in (*even, most)]
        tried.append({v.id: most for v in case.fleet.vehicles})
        return [*found, *(s for i, s in enumerate(tried) if s not in (*found, *tried[:i]))]

    def _keep(self, key: tuple[str, Level, bool], reply: Reply) -> None:
        self._kept[key] = reply
        if len(self._kept) > KEPT:
            self._kept.popitem(last=False)

    @staticmethod
    def _checked(plan: Plan, opened: OpenCase) -> Verification:
        """Have a plan checked; one that is refused is a fault of the program, not an answer."""
        verification = verify(plan, opened)
        wrong = [f for f in verification.findings if f.severity == "error"]
        if wrong or not verification.lower_bound_verified:
            said = str(wrong[0]) if wrong else "the bound is not verified"
            raise InternalFault(f"the checker refuses the answer to a what-if: {said}")
        return verification


def _begun(
    location: str,
    settings: tuple[str, ...],
    digest: str,
    proposal: str,
    seed: int,
    sizes: Sequence[Mapping[str, int]] | None,
) -> Session:
    return Session(reopened(location, settings, digest), proposal, seed=seed, sizes=sizes)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Leave collecting garbage to the time between two questions: it can take as long as one."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
