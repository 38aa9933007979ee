"""The one way in: from an open case to plans with their proofs."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel

from safepassage.cases import OpenCase
from safepassage.convoy.assemble import rotations
from safepassage.convoy.bottleneck import Names, bottleneck
from safepassage.convoy.just_in_time import depart_just_in_time
from safepassage.convoy.linked import plan_linked
from safepassage.convoy.planner import APART, Effort, Planned, Stranded, plan_demand
from safepassage.convoy.seating import NOT_FOUND
from safepassage.errors import UnknownName
from safepassage.instance import Demand, Operation, compile_demand, compile_operation
from safepassage.plan.document import (
    Answer,
    Assumption,
    Bottleneck,
    CaseReference,
    Left,
    Level,
    Plan,
    Rotation,
)
from safepassage.stop import AnyOf, Gap, MaxRuntime, Stop
from safepassage.terms.clauses import LeaveClause
from safepassage.terms.proposals import Proposal
from safepassage.terms.protection import not_modelled

__all__ = ["LEVELS", "Result", "solve"]

LEVELS: tuple[Level, ...] = ("low", "likely", "high")

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Result:
    """Plans by level of the estimates, and how long they took."""

    plans: Mapping[Level, Plan]
    elapsed_s: float
    hints: Sequence[Mapping[str, int]] = ()
    """Convoy sizes by vehicle type that did best, the best first; hints for a like case."""


def solve(
    opened: OpenCase,
    proposal_id: str | None = None,
    *,
    seed: int = 0,
    stop: Stop | None = None,
    levels: Sequence[Level] = LEVELS,
    effort: Effort | None = None,
    progress: Progress | None = None,
    hints: Sequence[Mapping[str, int]] = (),
) -> Result:
    """Plan a proposal of a case for each level of the estimates.

    Parameters
    ----------
    opened
        The case.
    proposal_id
        None for the case's default proposal.
    seed
        The same seed gives the same plan, unless wall time stopped it.
    stop
        When to stop improving each count; by default at a gap of 1 % or after 30 s.
    effort
        How much to do until then; by default :meth:`Effort.quick`.
    progress
        Told what is being done.
    hints
        Convoy sizes to try instead of all, such as those of a like case; where none of them
        serves, all are tried.

    Raises
    ------
    BadInput
        If the proposal does not exist, names nobody who leaves, or has no start.
    """
    begin = time.monotonic()
    proposal = _proposal(opened, proposal_id)
    operation = compile_operation(opened.case, opened.network, proposal)
    stop = stop or AnyOf((Gap(0.01), MaxRuntime(30.0)))
    tell = progress or (lambda _: None)
    plans: dict[Level, Plan] = {}
    # The likely count first: its best convoy sizes are tried first for the others.
    for level in sorted(levels, key=("likely", "low", "high").index):
        tell(f"{level} count: planning")
        demand = compile_demand(
            opened.case, proposal, level, operation.start, operation.timeline.window_end
        )

        def report(what: str, clearance: int | None, bound: int | None, level: str = level) -> None:
            tell(f"{level} count: {what} {_hours(clearance)} (bound {_hours(bound)})")

        plan_level = plan_demand if demand.linked is None else plan_linked
        planned = plan_level(
            operation,
            demand,
            seed=seed,
            stop=stop.begin(),
            effort=effort or Effort.quick(),
            progress=report,
            hints=hints,
        )
        if isinstance(planned, Planned) and not hints:
            hints = planned.ranking[:3]
        plans[level] = _plan(opened, proposal, operation, demand, planned, seed)
    ordered = {level: plans[level] for level in LEVELS if level in plans}
    return Result(ordered, time.monotonic() - begin, hints)


def _hours(seconds: int | None) -> str:
    return "none" if seconds is None else f"{seconds / 3600:.2f} h"


def _proposal(opened: OpenCase, proposal_id: str | None) -> Proposal:
    try:
        return opened.case.proposal(proposal_id)
    except KeyError:
        known = ", ".join(p.id for p in opened.case.proposals)
        raise UnknownName.one(
            "--proposal",
            "unknown-id",
            f"expected one of {known}, got {proposal_id!r}",
        ) from None


def _plan(
    opened: OpenCase,
    proposal: Proposal,
    op: Operation,
    demand: Demand,
    result: Planned | Stranded,
    seed: int,
) -> Plan:
    left = tuple(Left(*entry) for entry in result.left)
    planned = result if isinstance(result, Planned) else None
    made: tuple[Rotation, ...] = ()
    if planned is not None:
        made = depart_just_in_time(op, demand, rotations(planned.board))
    answer = _answer(opened, op, demand, planned, made, left)
    return Plan(
        case=CaseReference(
            id=opened.case.id,
            title=opened.case.title,
            digest=opened.digest,
            location=opened.location,
            overrides=opened.overrides,
        ),
        proposal=proposal.id,
        count=demand.level,
        seed=seed,
        start=op.start,
        answer=answer,
        left=left,
        certificates=_certificates(planned),
        not_modelled=tuple(not_modelled(proposal)),
        assumptions=tuple(_assumptions(opened, proposal)),
        rotations=made,
    )


def _certificates(planned: Planned | None) -> tuple[Mapping[str, Any], ...]:
    bounds = (planned.clearance, planned.people) if planned else ()
    return tuple(
        {**b.certificate, "sentence": _in_words(b.certificate)}
        for b in bounds
        if b is not None and b.certificate is not None
    )


def _in_words(certificate: Mapping[str, Any]) -> str:
    if certificate["claim"] == "clearance-at-least":
        return f"No timetable under these terms has everyone out before {certificate['value']:,} s."
    return (
        f"No timetable under these terms has more than {certificate['value']:,} people out by"
        f" {certificate['by_s']:,} s."
    )


def _answer(
    opened: OpenCase,
    op: Operation,
    demand: Demand,
    planned: Planned | None,
    made: Sequence[Rotation],
    left: Sequence[Left],
) -> Answer:
    in_time_by = {(c.group, c.place): c.in_time for c in demand.cells}
    in_time = waiting = clearance = carried = 0
    for r in made:
        leg = r.loaded_leg
        clearance = max(clearance, leg.arrive_s if r.persons else 0)
        for boarding in r.boarding:
            for group, n in boarding.persons.items():
                waiting += n * leg.arrive_s
                carried += n
                limit = in_time_by[group, leg.from_]
                in_time += n if limit is None or leg.arrive_s <= limit else 0
    persons = demand.persons
    complete = carried == persons
    bound = planned.clearance if planned and planned.clearance else None
    lower = min(bound.value, clearance) if bound and complete else 0
    people = planned.people if planned else None
    at_most = persons
    if people is not None:
        at_most = max(in_time, min(people.value, persons))
    feasible = complete and in_time == persons
    deadline = demand.deadline
    return Answer(
        feasible=feasible,
        persons=persons,
        evacuated_by_deadline=in_time,
        clearance_time_s=clearance if complete else None,
        lower_bound_s=lower,
        gap=clearance / lower - 1 if lower and complete else None,
        deadline_s=deadline,
        window_end_s=op.timeline.window_end,
        slack_s=deadline - clearance if deadline is not None and complete else None,
        evacuated_at_most=at_most,
        person_seconds_waiting=waiting,
        bottleneck=_bottleneck(opened, op, demand, planned, left, feasible=feasible),
    )


def _bottleneck(
    opened: OpenCase,
    op: Operation,
    demand: Demand,
    planned: Planned | None,
    left: Sequence[Left],
    *,
    feasible: bool,
) -> Bottleneck:
    case = opened.case
    names = Names(
        {p.id: p.name for p in case.places} | {v.id: v.name for v in case.fleet.vehicles},
        lambda s: _moment(op.start, case.utc_offset, s),
    )
    if left:
        first = left[0]
        rest = sum(x.persons for x in left)
        name = next(g.name for g in case.groups if g.id == first.group)
        # That no timetable was found for them does not say that there is none.
        verb = "are not" if first.reason in (NOT_FOUND, APART) else "cannot be"
        sentence = f"{rest:,} people {verb} taken ({name} first): {first.reason}."
        return Bottleneck(sentence, op.clauses["leave"], None)
    people = planned.people if planned else None
    # A bound of everybody stops nobody: what is proven then is of the clearance time alone.
    if people is not None and not feasible and people.value < demand.persons:
        return bottleneck(op, demand, people, demand.in_time, names)
    found = bottleneck(op, demand, planned.clearance if planned else None, None, names)
    if demand.linked is None or planned is None or planned.clearance is None:
        return found
    return Bottleneck(
        f"The steps wait for one another. In the last of them: {found.sentence}",
        (*demand.linked.clause_ids, *found.clause_ids),
        found.resource,
    )


def _moment(start: datetime, offset: Any, seconds: int) -> str:
    at = (start + timedelta(seconds=seconds)).astimezone(offset)
    return f"{at:%H:%M} on {at.day} {at:%B %Y}"


def _assumptions(opened: OpenCase, proposal: Proposal) -> Iterator[Assumption]:
    """Everything the plan rests on that is assumed rather than sourced."""
    case = opened.case
    leaving = {g for c in proposal.clauses if isinstance(c, LeaveClause) for g in c.groups}
    parts: list[tuple[str, BaseModel]] = [
        *((f"places/{p.id}", p) for p in case.places),
        *((f"corridors/{c.id}", c) for c in case.corridors),
        *((f"groups/{g.id}", g) for g in case.groups if g.id in leaving),
        ("fleet", case.fleet),
        (f"proposals/{proposal.id}", proposal),
    ]
    for where, part in parts:
        yield from _assumed(where, part)
    for override in opened.overrides:
        yield Assumption("settings", override)
    links = opened.network.links.values()
    for what in ("length", "speed"):
        texts = {getattr(link, f"{what}_assumed") for link in links} - {None, ""}
        for text in sorted(texts):
            yield Assumption(f"network/{what}", text)


def _assumed(where: str, value: object) -> Iterator[Assumption]:
    if isinstance(value, BaseModel):
        for name in type(value).model_fields:
            inner = getattr(value, name)
            if name in ("assumed", "shares_assumed") and inner:
                yield Assumption(where, inner)
            else:
                yield from _assumed(f"{where}/{name}", inner)
    elif isinstance(value, tuple):
        for i, item in enumerate(value):
            label = getattr(item, "id", None) or i
            yield from _assumed(f"{where}/{label}", item)
