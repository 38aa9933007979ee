"""A robust timetable: of several, the one that holds in most futures.

The candidates differ in what they reckon with: other counts of people, slower boarding or
inspection than expected, another seed of the planner. All are carried out under the terms as they
stand. One is chosen in one set of futures, and compared with the nominal timetable in other
futures, the same for both: in those that it was chosen in, it would look better than it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from safepassage.cases import OpenCase
from safepassage.errors import BadInput
from safepassage.negotiate.session import Session
from safepassage.plan import Plan
from safepassage.simulate.estimate import (
    Interval,
    paired_difference,
    paired_quantile_difference,
)
from safepassage.simulate.sample import Sample, Sampler
from safepassage.simulate.timetables import Timetables, digest_of
from safepassage.terms.clauses import LeaveClause
from safepassage.terms.places import AssemblyPoint, Crossing

__all__ = ["AIMS", "Aim", "Candidate", "Robust", "candidates", "robust"]

Aim = Literal["deadline", "time"]
"""Greatest probability of success, or least 95 % clearance time."""
AIMS: tuple[Aim, ...] = ("deadline", "time")

SLACK = (1.15, 1.3)
"""Times longer that boarding and inspection are reckoned with."""
MORE_PEOPLE = (1.1, 1.25, 1.5)
"""Times as many people as likely that are reckoned with."""
SEEDS = 2
_DIVISIBLE = (60, 12, 2)
_SELECTION, _COMPARISON = 1 << 42, 1 << 43
"""First numbers of the futures to choose in, and of those to compare in."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A timetable, and what it was made for."""

    name: str
    plan: Plan


@dataclass(frozen=True, slots=True)
class Robust:
    """The candidate chosen, and how it compares with the nominal timetable."""

    aim: Aim
    chosen: Candidate
    scores: Mapping[str, tuple[float, float | None, float]]
    """By candidate, where they were chosen in: probability, 95 % time, people left on average."""
    runs: int
    """Futures to choose in, and as many others to compare in."""
    p: float
    p_nominal: float
    gain: float
    interval: Interval
    """Of the gain in probability, over futures that the choice did not see."""
    q95_s: float | None
    q95_nominal_s: float | None
    later: tuple[float, Interval] | None
    """95 % time less that of the nominal timetable; None where either does not clear."""
    fewer_left: float
    not_made: tuple[str, ...]
    """What no timetable was made for, since the terms would contradict themselves."""


def candidates(timetables: Timetables, not_made: list[str]) -> Iterator[Candidate]:
    """Yield timetables to choose from, the nominal one first; no two are the same.

    Parameters
    ----------
    not_made
        Is given the name of each that the terms do not allow to be made.
    """
    seen: set[str] = set()
    for name, plan in _made(timetables):
        if plan is None:
            not_made.append(name)
        elif plan.rotations and (digest := digest_of(plan)) not in seen:
            seen.add(digest)
            yield Candidate(name, plan)


def _made(timetables: Timetables) -> Iterator[tuple[str, Plan | None]]:
    session = timetables.session
    opened = session.opened
    yield "nominal", timetables.plan()
    yield "low count", timetables.plan(level="low")
    yield "high count", timetables.plan(level="high")
    for factor in MORE_PEOPLE:
        settings = tuple(_more_people(opened, session.proposal, factor))
        yield f"{factor:g} times as many people", _under(timetables, settings)
    for factor in SLACK:
        settings = tuple(_slower(opened, factor))
        name = f"boarding and inspection {factor:g} times as long"
        yield name, _under(timetables, settings)
    for seed in range(1, SEEDS + 1):
        other = Session(opened, session.proposal, seed=session.seed + seed)
        yield f"seed {session.seed + seed}", other.refine().plan


def _under(timetables: Timetables, settings: tuple[str, ...]) -> Plan | None:
    """A plan for other terms; None where they contradict themselves."""
    try:
        return timetables.plan(settings)
    except BadInput:
        return None


def _more_people(opened: OpenCase, proposal: str, factor: float) -> Iterator[str]:
    """Settings under which so many times as many people leave as is likely."""
    clauses = opened.case.proposal(proposal).clauses
    leaving = {g for c in clauses if isinstance(c, LeaveClause) for g in c.groups}
    for group in opened.case.groups:
        likely, high = group.persons.likely.value, group.persons.high.value
        if group.id in leaving:
            # Batches that take shares of several groups want counts that can be divided.
            step = next((n for n in _DIVISIBLE if likely >= 10 * n), 1)
            more = max(likely, min(round(likely * factor / step), high // step) * step)
            yield f"groups.{group.id}.persons.likely={more}"


def _slower(opened: OpenCase, factor: float) -> Iterator[str]:
    """Settings under which boarding and inspection take so many times as long."""
    for place in opened.case.places:
        if isinstance(place, AssemblyPoint):
            for i, entry in enumerate(place.boarding):
                time = round(entry.time.value * factor)
                yield f"places.{place.id}.boarding.{i}.time={time}s"
        elif isinstance(place, Crossing):
            for i, stop in enumerate(place.inspection):
                time = round(stop.time.value * factor)
                yield f"places.{place.id}.inspection.{i}.time={time}s"


def robust(
    timetables: Timetables,
    sampler: Sampler,
    count: int,
    aim: Aim,
    progress: Callable[[str], None] = lambda _: None,
) -> Robust:
    """Choose a robust timetable, and compare it with the nominal one.

    Parameters
    ----------
    count
        Futures to choose in, and as many others to compare in.
    """
    made: list[Candidate] = []
    tried: list[Sample] = []
    not_made: list[str] = []
    for candidate in candidates(timetables, not_made):
        progress(f"a timetable for: {candidate.name}")
        made.append(candidate)
        futures = timetables.nominal(candidate.plan)
        tried.append(sampler.numbered(futures, _SELECTION, count))
    best = min(range(len(made)), key=lambda i: (*_rank(tried[i], aim), i))
    after, before = (
        sampler.numbered(timetables.nominal(c.plan), _COMPARISON, count)
        for c in (made[best], made[0])
    )
    gained = int((after.succeeds & ~before.succeeds).sum())
    lost = int((before.succeeds & ~after.succeeds).sum())
    gain, interval = paired_difference(gained, lost, count)
    return Robust(
        aim=aim,
        chosen=made[best],
        scores={
            c.name: (s.p, s.clearance_at(0.95), s.mean_left)
            for c, s in zip(made, tried, strict=True)
        },
        runs=count,
        p=after.p,
        p_nominal=before.p,
        gain=gain,
        interval=interval,
        q95_s=after.clearance_at(0.95),
        q95_nominal_s=before.clearance_at(0.95),
        later=paired_quantile_difference(after.clearance_s, before.clearance_s, 0.95, sampler.seed),
        fewer_left=before.mean_left - after.mean_left,
        not_made=tuple(not_made),
    )


def _rank(sample: Sample, aim: Aim) -> tuple[float, float, float]:
    """Least is best; where the aim cannot tell, people left on average do."""
    time = sample.clearance_at(0.95)
    late = np.inf if time is None else time
    return (
        (-sample.p, sample.mean_left, late)
        if aim == "deadline"
        else (late, sample.mean_left, -sample.p)
    )
