"""What happens when a plan is carried out, sorted by what it happens to.

Nothing is judged here. Whatever names something unknown is left out: the rules on structure tell
of it, and the other rules judge what remains.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from safepassage.check.reading import Reading
from safepassage.check.tracing import Tracer
from safepassage.plan.document import Boarding, Leg, Plan, Rotation
from safepassage.terms.places import Direction

__all__ = ["BayUse", "Drive", "LegRun", "Load", "Passage", "Replay", "Turn", "replay"]


@dataclass(frozen=True, slots=True)
class Passage:
    """A convoy's inspection at a crossing."""

    where: str
    rotation: Rotation
    crossing: str
    direction: Direction
    from_s: int
    to_s: int


@dataclass(frozen=True, slots=True)
class Drive:
    """A drive from one stop to the next."""

    where: str
    from_s: int
    to_s: int
    links: tuple[str, ...] | None
    """None where the leg's way is at fault."""


@dataclass(frozen=True, slots=True)
class LegRun:
    """A leg of a rotation, divided at its stops."""

    where: str
    rotation: Rotation
    leg: Leg
    direction: Direction
    drives: tuple[Drive, ...]


@dataclass(frozen=True, slots=True)
class BayUse:
    """A vehicle at a bay."""

    where: str
    vehicle: str
    from_s: int
    to_s: int


@dataclass(frozen=True, slots=True)
class Turn:
    """A rotation as one vehicle or one escort team sees it."""

    where: str
    rotation: Rotation
    begin_s: int
    begin_place: str
    end_s: int
    end_place: str


@dataclass(frozen=True, slots=True)
class Load:
    """People of one group in one vehicle."""

    where: str
    group: str
    persons: int
    vehicle: str
    kind: str
    rotation: Rotation
    board_s: int


@dataclass(slots=True)
class Replay:
    """Everything that happens."""

    legs: list[LegRun] = field(default_factory=list)
    passages: dict[tuple[str, Direction], list[Passage]] = field(
        default_factory=lambda: defaultdict(list)
    )
    bays: dict[tuple[str, int], list[BayUse]] = field(default_factory=lambda: defaultdict(list))
    vehicles: dict[str, list[Turn]] = field(default_factory=lambda: defaultdict(list))
    teams: dict[str, list[Turn]] = field(default_factory=lambda: defaultdict(list))
    loads: list[Load] = field(default_factory=list)


def replay(plan: Plan, reading: Reading, tracer: Tracer) -> Replay:
    """Carry out a plan."""
    happened = Replay()
    for rotation in plan.rotations:
        _drive(rotation, reading, tracer, happened)
        _handle(rotation, reading, happened)
        _turn(rotation, reading, happened)
    return happened


def _drive(rotation: Rotation, reading: Reading, tracer: Tracer, happened: Replay) -> None:
    for key, leg in rotation.legs():
        where = f"{rotation.id}.{key}"
        direction = Direction.OUT if key == "loaded_leg" else Direction.IN
        segments = tracer.trace(leg, outward=direction == Direction.OUT).segments
        starts = [leg.depart_s, *(stop.leave_s for stop in leg.stops)]
        ends = [*(stop.arrive_s for stop in leg.stops), leg.arrive_s]
        known = segments is not None and len(segments) == len(starts)
        drives = tuple(
            Drive(
                where=f"{where}.stops[{i}]" if i < len(leg.stops) else where,
                from_s=from_s,
                to_s=to_s,
                links=segments[i] if segments is not None and known else None,
            )
            for i, (from_s, to_s) in enumerate(zip(starts, ends, strict=True))
        )
        happened.legs.append(LegRun(where, rotation, leg, direction, drives))
        for i, stop in enumerate(leg.stops):
            if stop.crossing in reading.windows.crossings:
                happened.passages[stop.crossing, direction].append(
                    Passage(
                        where=f"{where}.stops[{i}]",
                        rotation=rotation,
                        crossing=stop.crossing,
                        direction=direction,
                        from_s=stop.inspect_from_s,
                        to_s=stop.inspect_to_s,
                    )
                )


def _handle(rotation: Rotation, reading: Reading, happened: Replay) -> None:
    for i, boarding in enumerate(rotation.boarding):
        where = f"{rotation.id}.boarding[{i}]"
        if boarding.bay is not None:
            use = BayUse(where, boarding.vehicle, boarding.from_s, boarding.to_s)
            happened.bays[rotation.place, boarding.bay].append(use)
        _load(rotation, boarding, where, reading, happened)
    for i, unloading in enumerate(rotation.unloading):
        where = f"{rotation.id}.unloading[{i}]"
        use = BayUse(where, unloading.vehicle, unloading.from_s, unloading.to_s)
        happened.bays[rotation.loaded_leg.to, unloading.bay].append(use)


def _load(
    rotation: Rotation, boarding: Boarding, where: str, reading: Reading, happened: Replay
) -> None:
    vehicle = reading.vehicle(boarding.vehicle)
    happened.loads += [
        Load(
            where=where,
            group=group,
            persons=persons,
            vehicle=boarding.vehicle,
            kind=vehicle.kind.id if vehicle is not None else "",
            rotation=rotation,
            board_s=boarding.from_s,
        )
        for group, persons in boarding.persons.items()
        if group in reading.groups
    ]


def _turn(rotation: Rotation, reading: Reading, happened: Replay) -> None:
    fetch, carry = rotation.empty_leg, rotation.loaded_leg
    begin_place = fetch.from_ if fetch is not None else carry.from_
    first_board = min((b.from_s for b in rotation.boarding), default=carry.depart_s)
    boards = {b.vehicle: b.from_s for b in rotation.boarding}
    unloads = {u.vehicle: u.to_s for u in rotation.unloading}
    for vehicle_id in dict.fromkeys(rotation.vehicles):
        begin = fetch.depart_s if fetch is not None else boards.get(vehicle_id, first_board)
        end = unloads.get(vehicle_id, carry.arrive_s)
        turn = Turn(rotation.id, rotation, begin, begin_place, end, carry.to)
        if reading.vehicle(vehicle_id) is not None:
            happened.vehicles[vehicle_id].append(turn)
    if rotation.team is not None:
        begin = fetch.depart_s if fetch is not None else first_board
        where = f"{rotation.id}.team"
        duty = Turn(where, rotation, begin, begin_place, carry.arrive_s, carry.to)
        happened.teams[rotation.team].append(duty)
