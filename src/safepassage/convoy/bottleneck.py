"""What stops the rest: the binding limit as one sentence, with the clauses that make it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from safepassage.convoy.bounds import Bound
from safepassage.convoy.grid import completions
from safepassage.convoy.ways import least_rotation
from safepassage.instance import Demand, Operation
from safepassage.plan.document import Bottleneck
from safepassage.units import format_duration

__all__ = ["Names", "bottleneck"]


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
    resource = max(load, key=lambda r: (load[r], r))
    until = by if by is not None else max(0, bound.value - 1)
    if resource == "crossings":
        return _crossings(op, demand, until, names)
    if resource.startswith("fleet/"):
        return _fleet(op, demand, resource.partition("/")[2], until, names)
    return _other(op, resource, until, names)


def _crossings(op: Operation, demand: Demand, until: int, names: Names) -> Bottleneck:
    used = {r.corridor: r.crossings for ways in op.carry.values() for r in ways}
    most, clauses, called = 0, [], []
    for crossing in op.crossings:
        if not any(crossing.id in c for c in used.values()):
            continue
        times = [t for k, t in crossing.out.items() if t and op.kind(k).total]
        if not times:
            continue
        spans = op.timeline.crossing_open(crossing.id, until)
        most += completions(spans, 0, until, min(times))
        clauses += [c for c in crossing.clause_ids if c not in clauses]
        called.append(names.of.get(crossing.id, crossing.id))
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


def _fleet(op: Operation, demand: Demand, kind_id: str, until: int, names: Names) -> Bottleneck:
    kind = op.kind(kind_id)
    cycle, spare = least_rotation(op, demand, kind_id)
    trips = kind.total * (until + spare) // cycle
    only = sum(c.persons for c in demand.cells if c.kinds == (kind_id,))
    may = sum(c.persons for c in demand.cells if kind_id in c.kinds)
    people = only if trips * kind.seats < only else may
    sentence = (
        f"Each of the {kind.total:,} vehicles of type {names.of.get(kind_id, kind_id)} needs at"
        f" least {format_duration(cycle)} for a rotation, so until {names.moment(until)} they can"
        f" make at most {trips:,} journeys with {trips * kind.seats:,} seats; {people:,} people"
        f" {'have no other way' if people == only else 'are to use them'}."
    )
    clauses = (*op.clauses["window"], *op.clauses["return"])
    return Bottleneck(sentence, clauses, f"fleet/{kind_id}")


def _other(op: Operation, resource: str, until: int, names: Names) -> Bottleneck:
    family, _, rest = resource.partition("/")
    if family == "escorts":
        sentence = (
            f"{op.teams} escort teams with at most {op.convoy_most} vehicles each bind until"
            f" {names.moment(until)}."
        )
        return Bottleneck(sentence, op.clauses["escort"], "escorts")
    if family == "bays":
        yard = next(y for y in (*op.assembly, *op.reception) if y.id == rest)
        sentence = (
            f"{names.of.get(rest, rest)} has {yard.bays} bays; boarding and unloading there bind"
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
