"""Futures of one timetable: what is unknown is drawn, and the timetable is carried out.

A future depends on the seed and its number only. ``Futures`` holds plain arrays and can be pickled,
so blocks of futures can be computed anywhere and put together in any order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from safepassage.cases import OpenCase
from safepassage.errors import UnknownName
from safepassage.plan import Level, Plan
from safepassage.simulate.draws import Draws, nothing_drawn
from safepassage.simulate.draws_unknowns import unknowns_of
from safepassage.simulate.outcomes import Outcomes
from safepassage.simulate.slip import Columns, carried_out
from safepassage.simulate.timetable import timetable_of
from safepassage.simulate.timetable_terms import Terms
from safepassage.terms.clauses import LinkedClause

__all__ = ["POLICIES", "Futures", "Policy", "futures_of"]

Policy = Literal["slip", "replan"]
"""What is done with a disturbed timetable: hold it and slip, or plan again at each event."""

POLICIES: tuple[Policy, ...] = ("slip", "replan")


@dataclass(frozen=True, slots=True, eq=False)
class Futures:
    """Everything that futures of one timetable need, as names and arrays."""

    policy: Policy
    unknowns: tuple[str, ...]
    """What is drawn once for a future; the columns of ``Outcomes.drawn``."""
    origins: tuple[str, ...]
    """Where the distribution of each unknown is from: sources cited, what is assumed."""
    beside: tuple[tuple[str, str], ...]
    """Names and origins of what is drawn for each convoy, and is no column of ``drawn``."""
    groups: tuple[str, ...]
    """Ids of the groups that leave; the columns of ``Outcomes.left_by_group``."""
    moments_s: tuple[int, ...]
    """Seconds from the plan's start at which ``Outcomes.curve`` counts."""
    deadline_s: int | None
    """Seconds from the plan's start to the latest deadline; None where there is none."""
    persons: tuple[int, ...]
    """Persons of each group at the count of the plan, those who refuse included."""
    bounds: tuple[str, ...]
    """Terms that a disturbed timetable may break: ``together.GROUP`` and ``longest_hold``; the
    columns of ``Outcomes.broken``."""
    together_s: NDArray[np.float64]
    """[groups] within which a group has to depart; inf where the case says nothing."""
    draws: Draws
    tables: Any
    """The timetable, as the kernel takes it."""

    @property
    def assumed(self) -> tuple[str, ...]:
        """What rests on something assumed, one sentence each."""
        return tuple(f"{name}: {told}" for name, told in self.sourced if "assumed: " in told)

    @property
    def sourced(self) -> tuple[tuple[str, str], ...]:
        """Every distribution and where it is from."""
        return (*zip(self.unknowns, self.origins, strict=True), *self.beside)

    def outcomes(self, first: int, count: int, seed: int) -> Outcomes:
        """Compute futures ``first`` to ``first + count - 1``.

        Parameters
        ----------
        first
            Number of the first future, from 0.
        count
            How many.
        seed
            The same seed and number give the same bytes in whatever block they are computed.
        """
        return self.outcomes_at(self.draws.uniforms(seed, first, count), seed, first)

    def outcomes_at(self, u: NDArray[np.float64], seed: int, first: int) -> Outcomes:
        """Compute futures at given quantiles of the unknowns.

        Parameters
        ----------
        u
            [n, unknowns] strictly between 0 and 1, such as the points of a Sobol sequence.
        seed, first
            What happens again and again (further suspensions and holds, vehicles lost) is drawn by
            the seed and the numbers ``first`` to ``first + n - 1``.
        """
        values = self.draws.values(u)
        return self._carried_out(values, self.draws.drawn(values, seed, first), first)

    def undisturbed(self) -> Outcomes:
        """Compute the one future in which everything is as planned, at the count of the plan."""
        values = np.full((1, len(self.unknowns)), np.nan)
        return self._carried_out(values, nothing_drawn(self.tables, self.persons), 0)

    def cut_short(self, seed: int, count: int) -> float:
        """Return in which share of the first futures more would happen than is drawn.

        Suspensions, and holds at a crossing, are drawn up to a number. Where all of them are over
        before the operation is, later ones are missing, and the future is better than it should be.
        """
        outcomes = self.outcomes(0, count, seed)
        drawn: Any = self.draws.drawn(outcomes.drawn, seed, 0)
        ends = [drawn.stop_off[:, -1:]]
        if drawn.hold_gap.shape[2]:
            ends.append((drawn.hold_gap + drawn.hold_s).sum(axis=2))
        # Where nothing is drawn, nothing is missing.
        last = np.concatenate([*ends, np.full((count, 1), np.inf)], axis=1).min(axis=1)
        # Where somebody never leaves, the operation lasts as long as the timetable at least.
        planned = self.undisturbed().clearance_s
        lasts = np.where(np.isfinite(outcomes.clearance_s), outcomes.clearance_s, planned)
        return float(np.mean(last < lasts))

    def _carried_out(self, values: NDArray[np.float64], drawn: Any, first: int) -> Outcomes:
        n = len(values)
        found = carried_out(self.tables, drawn, replan=self.policy == "replan")
        never = np.full(n, -1, np.int64)
        return Outcomes(
            number=np.arange(first, first + n, dtype=np.int64),
            clearance_s=found.clearance_s,
            out_by_deadline=found.in_time if self.deadline_s is not None else never,
            left_by_group=found.left,
            curve=found.curve,
            drawn=values,
            refused=found.refused,
            broken=self._broken(found),
        )

    def _broken(self, found: Columns) -> NDArray[np.bool_]:
        """Which terms each future breaks, beside the times by which people have to be out."""
        bound = np.isfinite(self.together_s)
        # Times are exact only up to the rounding of floating point.
        columns = [found.apart_s[:, bound] > self.together_s[bound] + 0.5]
        if LONGEST_HOLD in self.bounds:
            columns.append(found.held[:, None] > 0)
        broken: NDArray[np.bool_] = np.concatenate(columns, axis=1)
        return broken


LONGEST_HOLD = "longest_hold"


def futures_of(
    opened: OpenCase,
    proposal_id: str | None,
    plans: Plan | Mapping[Level, Plan],
    policy: Policy = "slip",
) -> Futures:
    """Prepare the futures of a timetable.

    Parameters
    ----------
    opened
        The case the plans were made from.
    proposal_id
        None for the case's default proposal.
    plans
        The timetable that is followed; of several, that for the likely count (else the first).
    policy
        What is done when it is disturbed.

    Raises
    ------
    UnknownName
        If the case has no such proposal, or the plan is of another one.
    BadInput
        If a distribution is to be fitted and the record does not suffice.
    """
    plan = plans if isinstance(plans, Plan) else plans.get("likely") or next(iter(plans.values()))
    known = [p.id for p in opened.case.proposals]
    wanted = proposal_id or opened.case.default_proposal
    if wanted not in known or plan.proposal != wanted:
        message = f"expected a plan of one of {', '.join(known)}, got {wanted!r}"
        raise UnknownName.one("--proposal", "unknown-id", message)
    terms = Terms(opened.case, opened.network, opened.case.proposal(wanted), plan)
    linked = terms.clauses(LinkedClause)
    timetable = timetable_of(terms)
    unknowns = unknowns_of(opened, terms, timetable)
    together = {g.id: g.together_within for g in terms.leaving}
    bounds = [f"together.{g}" for g in timetable.groups if together[g] is not None]
    rules = [r for c in linked for r in (*c.rules, *(x for s in c.steps for x in s.release))]
    if any(rule.longest_hold is not None for rule in rules):
        bounds.append(LONGEST_HOLD)
    moments, step = timetable.tables.sizes[4:6].tolist()
    return Futures(
        policy=policy,
        unknowns=tuple(unknowns.names),
        origins=tuple(unknowns.origins),
        beside=unknowns.beside,
        groups=timetable.groups,
        moments_s=tuple(range(0, step * (moments + 1), step)),
        deadline_s=plan.answer.deadline_s,
        persons=timetable.persons,
        bounds=tuple(bounds),
        together_s=np.array(
            [np.inf if (s := together[g]) is None else s for g in timetable.groups], np.float64
        ),
        draws=unknowns.draws,
        tables=timetable.tables,
    )
