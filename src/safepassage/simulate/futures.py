"""Futures of one timetable: what is unknown is drawn, and the timetable is carried out.

A future depends on the seed and its number only. ``Futures`` holds plain arrays and can be pickled,
so blocks of futures can be computed anywhere and put together in any order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from safepassage.cases import OpenCase
from safepassage.errors import UnknownName
from safepassage.plan import Level, Plan
from safepassage.simulate.draws_kernel import TRIANGULAR, quantiles, uniforms
from safepassage.simulate.outcomes import Outcomes
from safepassage.terms.clauses import LeaveClause
from safepassage.terms.proposals import Proposal

__all__ = ["POLICIES", "Futures", "Policy", "futures_of"]

Policy = Literal["slip", "replan"]
"""What is done with a disturbed timetable: hold it and slip, or plan again at each event."""

POLICIES: tuple[Policy, ...] = ("slip", "replan")

_UNKNOWNS = 0
_MOMENTS = 96


@dataclass(frozen=True, slots=True, eq=False)
class Futures:
    """Everything that futures of one timetable need, as names and arrays."""

    policy: Policy
    unknowns: tuple[str, ...]
    """What is drawn once for a future; the columns of ``Outcomes.drawn``."""
    groups: tuple[str, ...]
    """Ids of the groups that leave; the columns of ``Outcomes.left_by_group``."""
    moments_s: tuple[int, ...]
    """Seconds from the plan's start at which ``Outcomes.curve`` counts."""
    deadline_s: int | None
    """Seconds from the plan's start to the latest deadline; None where there is none."""
    assumed: tuple[str, ...]
    """What is assumed rather than sourced, one sentence each."""
    _kinds: NDArray[np.int64]
    _at: NDArray[np.int64]
    _parameters: NDArray[np.float64]
    _arrive_s: NDArray[np.int64]
    _planned: NDArray[np.int64]
    _limits: NDArray[np.int64]

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
        u = np.empty((count, len(self.unknowns)))
        uniforms(seed, first, _UNKNOWNS, u)
        return self.outcomes_at(u, seed, first)

    def outcomes_at(
        self,
        u: NDArray[np.float64],
        seed: int,  # noqa: ARG002 - events are to be drawn by it
        first: int,
    ) -> Outcomes:
        """Compute futures at given quantiles of the unknowns.

        Parameters
        ----------
        u
            [n, unknowns] strictly between 0 and 1, such as the points of a Sobol sequence.
        seed, first
            What else happens is drawn by the seed and the numbers ``first`` to ``first + n - 1``.
        """
        drawn = np.empty(u.shape)
        quantiles(self._kinds, self._at, self._parameters, np.ascontiguousarray(u), drawn)
        n = len(u)
        left = np.rint(drawn).astype(np.int64)
        willing = left.sum(axis=1)
        late = np.zeros_like(left)
        curve = np.zeros((n, len(self.moments_s)), np.int64)
        clearance = np.zeros(n)
        moments = np.array(self.moments_s)
        for arrive, group, persons, limit in zip(
            self._arrive_s, self._planned[:, 0], self._planned[:, 1], self._limits, strict=True
        ):
            taken = np.minimum(left[:, group], persons)
            left[:, group] -= taken
            curve += np.where(moments >= arrive, taken[:, None], 0)
            clearance = np.where(taken > 0, np.maximum(clearance, float(arrive)), clearance)
            late[:, group] += taken * (arrive > limit)
        clearance = np.where(left.sum(axis=1) > 0, np.inf, clearance)
        by_group = left + late
        out = willing - by_group.sum(axis=1)
        return Outcomes(
            number=np.arange(first, first + n, dtype=np.int64),
            clearance_s=clearance,
            out_by_deadline=out if self.deadline_s is not None else np.full(n, -1, np.int64),
            left_by_group=by_group,
            curve=curve,
            drawn=drawn,
            refused=np.zeros(n, np.int64),
        )


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
    """
    plan = plans if isinstance(plans, Plan) else plans.get("likely") or next(iter(plans.values()))
    proposal = _proposal(opened, proposal_id, plan)
    leaving = [c for c in proposal.clauses if isinstance(c, LeaveClause)]
    groups = [g for g in opened.case.groups if any(g.id in c.groups for c in leaving)]
    names = tuple(g.id for g in groups)
    loads = sorted(
        (r.loaded_leg.arrive_s, names.index(group), persons)
        for r in plan.rotations
        for b in r.boarding
        for group, persons in b.persons.items()
    )
    deadline = plan.answer.deadline_s
    last = max([a for a, _, _ in loads] + [deadline or 0])
    step = max(600, -(-2 * last // _MOMENTS // 600) * 600)
    persons = [[g.persons.at(level).value for level in ("low", "likely", "high")] for g in groups]
    return Futures(
        policy=policy,
        unknowns=tuple(f"people.{name}" for name in names),
        groups=names,
        moments_s=tuple(range(0, step * (_MOMENTS + 1), step)),
        deadline_s=deadline,
        assumed=tuple(
            f"people.{g.id}: triangular over the case's low, likely and high figures"
            for g in groups
        ),
        _kinds=np.full(len(names), TRIANGULAR, np.int64),
        _at=3 * np.arange(len(names)),
        _parameters=np.array(persons, np.float64).ravel(),
        _arrive_s=np.array([a for a, _, _ in loads], np.int64),
        _planned=np.array([[g, p] for _, g, p in loads], np.int64).reshape(-1, 2),
        _limits=np.full(len(loads), deadline if deadline is not None else last, np.int64),
    )


def _proposal(opened: OpenCase, proposal_id: str | None, plan: Plan) -> Proposal:
    known = [p.id for p in opened.case.proposals]
    wanted = proposal_id or opened.case.default_proposal
    if wanted not in known or plan.proposal != wanted:
        message = f"expected a plan of one of {', '.join(known)}, got {wanted!r}"
        raise UnknownName.one("--proposal", "unknown-id", message)
    return opened.case.proposal(wanted)
