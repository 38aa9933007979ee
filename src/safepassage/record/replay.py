"""History replayed: the planner's prediction with the stops that were reported."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from safepassage.cases import OpenCase, changed_case
from safepassage.check import verify
from safepassage.check.clearance import verify_clearance
from safepassage.errors import BadInput, InternalFault
from safepassage.flow import clear_roads
from safepassage.instance import Operation, compile_demand, compile_operation
from safepassage.instance.timeline import intersect
from safepassage.network.clearance_folder import read_clearance_folder
from safepassage.network.road_instance import RoadInstance
from safepassage.plan import Level, Plan
from safepassage.plan.clearance import Clearance
from safepassage.record.clock import Clock, Interval
from safepassage.record.ground import recorded_proposal, survey
from safepassage.record.history import Curve, Duration, History, fit_series
from safepassage.solver import LEVELS, solve
from safepassage.stop import AnyOf, Gap, MaxRuntime
from safepassage.terms.fleet import PeriodCondition
from safepassage.terms.observations import series
from safepassage.terms.proposals import Proposal

__all__ = ["replay_history"]

Progress = Callable[[str], None]

_ROAD_S = 60.0
"""Seconds that the road engine may search."""


def replay_history(
    opened: OpenCase,
    proposal_id: str | None = None,
    *,
    level: Level | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> History:
    """Predict what the case records as carried out, and set reports beside the prediction.

    The plan is made as it would have been made beforehand: from terms, roads and fleet, without
    anything that was observed. The independent checker judges it. Then the stops that were
    reported are put in: everything stands while one lasts and goes on afterwards
    (:mod:`safepassage.record.clock`). Nothing is fitted.

    Parameters
    ----------
    opened
        The case.
    proposal_id
        None for what was carried out, else the case's default.
    level
        Count of people to plan for; None for the least that has as many as were reported out.
    seed
        The same seed gives the same prediction.
    progress
        Told what is being done.

    Raises
    ------
    KeyError
        If the case has no proposal of that id.
    BadInput
        If nobody leaves under the proposal, it has no start, or not everybody can be moved.
    """
    proposal = recorded_proposal(opened, proposal_id)
    operation = compile_operation(opened.case, opened.network, proposal)
    outcome = _outcome(opened, proposal, operation)
    chosen = level or _level(opened, proposal, operation, outcome.persons)
    clock = _clock(opened, operation, outcome.begin)
    done = opened.case.carried_out
    if done is not None and done.proposal == proposal.id and done.movement == "roads":
        planned = _road_curve(opened, proposal, chosen, seed, progress)
        movement = "roads"
    else:
        planned = _convoy_curve(opened, proposal, operation, chosen, clock, seed, progress)
        movement = "convoys"
    shift = int((outcome.begin - operation.start).total_seconds())
    curve = _moved(_through(planned, clock), shift)
    undisturbed = _moved(planned, 0)
    # What was counted after the end tells how many left, not how fast.
    counts = [
        (
            source,
            [
                (o.line, _after(outcome.begin, o.time), o.persons or 0)
                for o in rows
                if outcome.end is None or o.time <= outcome.end
            ],
        )
        for source, rows in series(opened.observations).items()
    ]
    return History(
        proposal=proposal.id,
        level=chosen,
        movement="roads" if movement == "roads" else "convoys",
        persons=planned.persons[-1],
        begin=outcome.begin,
        stops=outcome.stops,
        curve=curve,
        undisturbed=undisturbed,
        fits=fit_series(curve, counts),
        duration=_duration(outcome, curve, undisturbed),
        assumed=outcome.assumed,
    )


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What is recorded of the operation as a whole."""

    begin: datetime
    end: datetime | None
    persons: int | None
    stops: tuple[tuple[int, int | None], ...]
    """Seconds after the beginning; those before it are left out."""
    assumed: tuple[str, ...]


def _after(begin: datetime, moment: datetime) -> int:
    return int((moment - begin).total_seconds())


def _outcome(opened: OpenCase, proposal: Proposal, operation: Operation) -> _Outcome:
    ground = survey(opened, proposal)
    begin = ground.start or operation.start
    done = opened.case.carried_out
    counts = [o for o in opened.observations if o.kind == "out"]
    last = max(counts, key=lambda o: o.time, default=None)
    persons = last.persons if last is not None else None
    end = ground.end or (last.time if last is not None else None)
    done = done if done is not None and done.proposal == proposal.id else None
    if done is not None and done.persons is not None:
        persons = done.persons.value
    figures = (
        ("beginning", done and done.start),
        ("end", done and done.end),
        ("people", done and done.persons),
    )
    assumed = tuple(f"{what}: {f.assumed}" for what, f in figures if f and f.assumed)
    stops = tuple(
        (max(0, _after(begin, a)), None if b is None else _after(begin, b))
        for a, b in ground.stops
        if b is None or b > begin
    )
    end = end if end is not None and end > begin else None
    return _Outcome(begin, end, persons, stops, assumed)


def _level(
    opened: OpenCase, proposal: Proposal, operation: Operation, persons: int | None
) -> Level:
    """The least count that has as many people as were reported out; likely where none were."""
    if persons is None:
        return "likely"
    for level in LEVELS:
        end = operation.timeline.window_end
        demand = compile_demand(opened.case, proposal, level, operation.start, end)
        if demand.persons >= persons:
            return level
    return LEVELS[-1]


def _clock(opened: OpenCase, operation: Operation, begin: datetime) -> Clock:
    """Stops as reported, and whatever time went by before people began to leave."""
    spans = [(operation.start, begin)] if begin > operation.start else []
    reported = survey(opened, opened.case.proposal(operation.proposal_id)).stops
    far = 400 * 86_400
    stops: list[Interval] = []
    for a, b in sorted([*spans, *((a, b) for a, b in reported)], key=lambda s: s[0]):
        first = max(0, _after(operation.start, a))
        last = far if b is None else _after(operation.start, b)
        if stops and first <= stops[-1][1]:
            stops[-1] = (stops[-1][0], max(stops[-1][1], last))
        elif last > first:
            stops.append((first, last))
    used = {c for routes in operation.carry.values() for r in routes for c in r.crossings}
    hours = operation.timeline.movement_open(far)
    for crossing in sorted(used):
        hours = intersect(hours, operation.timeline.crossing_open(crossing, far))
    return Clock(tuple(hours), tuple(stops))


def _convoy_curve(
    opened: OpenCase,
    proposal: Proposal,
    operation: Operation,
    level: Level,
    clock: Clock,
    seed: int,
    progress: Progress | None,
) -> Curve:
    """Plan in convoys; arrivals in seconds of the plan."""
    changed = changed_case(opened, _conditions(opened, operation, clock))
    result = solve(changed, proposal.id, seed=seed, levels=(level,), progress=progress)
    plan = result.plans[level]
    wrong = [f for f in verify(plan, changed).findings if f.severity == "error"]
    if wrong:
        raise InternalFault(f"the checker refuses the plan; the first finding: {wrong[0]}")
    if not plan.rotations:
        reason = plan.left[0].reason if plan.left else "nobody can be moved"
        message = f"expected people who can be moved, got none: {reason}; name another proposal"
        raise BadInput.one(f"proposal {proposal.id}", "nobody-moves", message)
    return _arrivals(plan)


def _conditions(opened: OpenCase, operation: Operation, clock: Clock) -> list[str]:
    """Settings that put weather where it falls on the plan's clock, which knows of no stops."""
    settings = []
    for condition in opened.case.fleet.conditions:
        if not isinstance(condition, PeriodCondition):
            continue
        path = f"fleet.conditions.{condition.id}"
        moved = [
            operation.start + timedelta(seconds=clock.planned(_after(operation.start, moment)))
            for moment in (condition.from_, condition.to)
        ]
        if moved == [condition.from_, condition.to]:
            continue
        if moved[0] >= moved[1]:
            settings.append(f"{path}=null")
        else:
            settings += [
                f'{path}.{key}="{m.isoformat()}"'
                for key, m in zip(("from", "to"), moved, strict=True)
            ]
    return settings


def _arrivals(plan: Plan) -> Curve:
    arrived: dict[int, int] = {}
    for rotation in plan.rotations:
        if rotation.persons:
            at = rotation.loaded_leg.arrive_s
            arrived[at] = arrived.get(at, 0) + rotation.persons
    times, persons = [0], [0]
    for at in sorted(arrived):
        times.append(at)
        persons.append(persons[-1] + arrived[at])
    return Curve(tuple(times), tuple(persons))


def _road_curve(
    opened: OpenCase, proposal: Proposal, level: Level, seed: int, progress: Progress | None
) -> Curve:
    """Clear the roads; vehicles become people by how many there are of both."""
    instance = read_clearance_folder(opened.folder / opened.case.network)
    clearance = clear_roads(
        instance,
        seed=seed,
        stop=AnyOf((Gap(0.001), MaxRuntime(_ROAD_S))),
        progress=progress or (lambda _: None),
    )
    if not verify_clearance(clearance, instance).valid:
        raise InternalFault("the checker refuses the clearance of the roads")
    operation_start = compile_operation(opened.case, opened.network, proposal).start
    persons = compile_demand(opened.case, proposal, level, operation_start, None).persons
    return _flow_arrivals(clearance, instance, persons)


def _flow_arrivals(clearance: Clearance, instance: RoadInstance, persons: int) -> Curve:
    changes: dict[float, float] = {}
    for d in clearance.departures:
        way = sum(instance.transit_s(link) for link in d.links) + float(sum(d.waits_s, 0))
        rate = float(d.vehicles_per_hour) / 3600
        for moment, change in ((float(d.from_s) + way, rate), (float(d.to_s) + way, -rate)):
            changes[moment] = changes.get(moment, 0.0) + change
    each = persons / float(clearance.vehicles)
    times, out, rate, vehicles = [0], [0], 0.0, 0.0
    before = 0.0
    for moment in sorted(changes):
        vehicles += rate * (moment - before)
        rate, before = rate + changes[moment], moment
        times.append(round(moment))
        out.append(min(persons, round(vehicles * each)))
    return Curve(tuple(times), tuple(out), straight=True)


def _through(planned: Curve, clock: Clock) -> Curve:
    """Put the stops into a curve of the plan."""
    times, persons = list(planned.times_s), list(planned.persons)
    if planned.straight:
        for a, _ in clock.stops:
            at = clock.planned(a)
            if times[0] < at < times[-1]:
                place = sum(t < at for t in times)
                times[place:place] = [at, at + 1]
                persons[place:place] = [planned.at(at)] * 2
    kept: list[tuple[int, int]] = []
    for at, n in zip(times, persons, strict=True):
        wall = clock.wall(at)
        if wall is not None:
            kept.append((max(wall, kept[-1][0] if kept else 0), n))
    return Curve(tuple(t for t, _ in kept), tuple(n for _, n in kept), planned.straight)


def _moved(curve: Curve, by: int) -> Curve:
    """Count from another beginning; people out before it stay out."""
    return Curve(tuple(t - by for t in curve.times_s), curve.persons, curve.straight)


def _duration(outcome: _Outcome, curve: Curve, undisturbed: Curve) -> Duration | None:
    if outcome.end is None or not outcome.persons:
        return None
    return Duration(
        persons=outcome.persons,
        actual_s=_after(outcome.begin, outcome.end),
        predicted_s=curve.reached(outcome.persons),
        undisturbed_s=undisturbed.reached(outcome.persons),
    )
