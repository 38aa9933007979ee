"""What stops the rest: the binding limit as one sentence, with the clauses that make it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from safepassage.convoy.bounds import Bound
from safepassage.convoy.grid import completions
from safepassage.convoy.ways import least_rotation
from safepassage.instance import Crossing, Demand, Operation
from safepassage.plan.document import Bottleneck

__all__ = ["Names", "bottleneck"]

DAY = 86_400


@dataclass(frozen=True, slots=True)
class Names:
    """How places and vehicle types are called, and how a moment is written."""

    of: Mapping[str, str]
    moment: Callable[[int], str]


def bottleneck(
    op: Operation, demand: Demand, bound: Bound | None, by: int | None, names: Names
) -> Bottleneck:
    """Name the limit that carries most of the bound.

    The numbers of the sentence are a count anybody can repeat; the proof itself is in the
    certificate and may be stronger.
    """
    if bound is None or not bound.load:
        return Bottleneck("No limit binds before the ways themselves.", (), None)
    load: dict[str, float] = {}
    for label, share in bound.load.items():
        group = "crossings" if label.split("/")[0] in ("in", "out") else label
        family, _, rest = label.partition("/")
        if rest in ("in", "out"):
            group = "crossings"
        elif family in ("board", "unload"):
            group = f"bays/{rest}"
        load[group] = load.get(group, 0.0) + share
    # Rows of people only cap who is counted; what holds these back is another limit, if any is.
    binding = {r: n for r, n in load.items() if r.partition("/")[0] != "people"} or load
    resource = max(binding, key=lambda r: (binding[r], r))
    until = by if by is not None else max(0, bound.value - 1)
    if demand.linked is None:
        op = op.within(0, until)
    if resource == "crossings":
        return _crossings(op, demand, until, names)
    if resource.startswith("fleet/"):
        return _fleet(op, demand, resource.partition("/")[2], until, names)
    if resource.startswith("pace/"):
        return _pace(op, demand, resource, names)
    return _other(op, resource, until, names)


def _pace(op: Operation, demand: Demand, resource: str, names: Names) -> Bottleneck:
    pace = next(p for p in op.paces if p.clause_id == resource.partition("/")[2])
    among = sum(c.persons for c in demand.cells if c.group in pace.groups)
    sentence = (
        f"At most {pace.persons:,} people may set out in each {_hours(pace.every_s)}, so the last"
        f" of {among:,} set out no sooner than {names.moment(pace.release_s(among))}."
    )
    return Bottleneck(sentence, (pace.clause_id,), resource)


def _crossings(op: Operation, demand: Demand, until: int, names: Names) -> Bottleneck:
    most, clauses, called = 0, [], []
    for crossing in _narrowest(op):
        times = [t for k, t in crossing.out.items() if t and op.kind(k).total]
        if not times:
            continue
        spans = op.timeline.crossing_open(crossing.id, until)
        most += completions(spans, 0, until, min(times))
        clauses += [c for c in crossing.clause_ids if c not in clauses]
        called.append(names.of.get(crossing.id, crossing.id))
    if not called:
        return _other(op, "", until, names)
    seats = max((k.seats for k in op.kinds if k.total), default=0)
    sentence = (
        f"Until {names.moment(until)} {_and(called)} can let at most {most:,} vehicles out"
        f" (at most {min(most * seats, demand.persons):,} people);"
        f" {demand.persons:,} people are to leave."
    )
    if most * seats >= demand.persons:
        sentence = (
            f"{_and(called)} can let at most {most:,} vehicles out until {names.moment(until)};"
            f" with the vehicles and the loads there are, {demand.persons:,} people need longer."
        )
    return Bottleneck(sentence, tuple(clauses), "crossings")


def _narrowest(op: Operation) -> list[Crossing]:
    """The slowest crossing of every way out, each once: every vehicle passes one of them."""
    crossings = {c.id: c for c in op.crossings}
    found: dict[str, Crossing] = {}
    for ways in op.carry.values():
        for route in ways:
            if route.crossings:
                slowest = max(route.crossings, key=lambda c: max(crossings[c].out.values()))
                found[slowest] = crossings[slowest]
    return [found[c] for c in sorted(found)]


def _hours(seconds: int) -> str:
    """Write a length of time in days, or in hours and minutes, rounded down."""
    if seconds >= 2 * DAY and seconds % DAY == 0:
        return f"{seconds // DAY} days"
    hours, minutes = seconds // 3_600, seconds % 3_600 // 60
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


def _fleet(op: Operation, demand: Demand, kind_id: str, until: int, names: Names) -> Bottleneck:
    kind = op.kind(kind_id)
    called = f"this type ({names.of.get(kind_id, kind_id)})"
    clauses = (*op.clauses["window"], *op.clauses["return"])
    if not kind.returns:
        may = sum(c.persons for c in demand.cells if kind_id in c.kinds)
        sentence = (
            f"The {kind.total:,} vehicles of {called} make one journey each and carry at most"
            f" {kind.total * kind.seats:,} people; {may:,} people are to share them."
        )
        return Bottleneck(sentence, clauses, f"fleet/{kind_id}")
    cycle, spare = least_rotation(op, demand, kind_id)
    trips = kind.total * (until + spare) // cycle
    only = sum(c.persons for c in demand.cells if c.kinds == (kind_id,))
    may = sum(c.persons for c in demand.cells if kind_id in c.kinds)
    rest = f"{may:,} people are to share them"
    if trips * kind.seats < only:
        rest = f"{only:,} people can go by no other vehicle"
    elif trips * kind.seats >= may:
        # The proof counts more: what convoys lose that pass one after another, and whole rounds.
        rest += ", and with convoys that pass one after another they make fewer journeys"
    sentence = (
        f"Each of the {kind.total:,} vehicles of {called} needs at least {_hours(cycle)} for a"
        f" rotation, so until {names.moment(until)} they can make at most {trips:,} journeys and"
        f" carry at most {trips * kind.seats:,} people; {rest}."
    )
    return Bottleneck(sentence, clauses, f"fleet/{kind_id}")


def _other(op: Operation, resource: str, until: int, names: Names) -> Bottleneck:
    family, _, rest = resource.partition("/")
    if family == "escorts":
        teams = "the only escort team" if op.teams == 1 else f"one of {op.teams} escort teams"
        sentence = (
            f"Every convoy needs {teams} and holds at most"
            f" {op.convoy_most} vehicles; until {names.moment(until)} the teams cannot bring more."
        )
        return Bottleneck(sentence, op.clauses["escort"], "escorts")
    if family == "bays":
        yard = next(y for y in (*op.assembly, *op.reception) if y.id == rest)
        sentence = (
            f"{names.of.get(rest, rest)} has {yard.bays:,} {'bay' if yard.bays == 1 else 'bays'};"
            " boarding and unloading there bind"
            f" until {names.moment(until)}."
        )
        return Bottleneck(sentence, (), resource)
    if family == "own":
        sentence = f"The evacuees' own vehicles ({names.of.get(rest, rest)}) make one journey each."
        return Bottleneck(sentence, (), resource)
    if family == "room":
        sentence = f"{names.of.get(rest, rest)} takes no more people than its capacity."
        return Bottleneck(sentence, op.clauses["leave"], resource)
    sentence = (
        "The way itself binds: boarding, driving and inspection leave no time to spare before"
        f" {names.moment(until)}."
    )
    return Bottleneck(sentence, op.clauses["window"], None)


def _and(words: list[str]) -> str:
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1]
