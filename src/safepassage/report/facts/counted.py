"""Every figure that a plan counts with: sourced, or openly assumed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from safepassage.report.facts.citing import Reference, Register
from safepassage.terms.case import Case
from safepassage.terms.clauses import LeaveClause
from safepassage.terms.groups import Group
from safepassage.terms.proposals import Proposal
from safepassage.terms.provenance import Figure
from safepassage.terms.record import Record

__all__ = ["AssumedFact", "FigureFact", "assumed", "figures"]


@dataclass(frozen=True, slots=True)
class FigureFact:
    """One number that the plan counts with: sourced, or openly assumed."""

    where: tuple[str, ...]
    """Path in the case, such as ``groups``, ``civilians``, ``persons``, ``high``."""
    value: Any
    """As it is written in the terms: a number, or text such as ``20min``."""
    unit: str
    """What a bare number counts: ``people``, ``seats`` ...; empty where the value says it."""
    assumed: str | None
    references: tuple[Reference, ...]


@dataclass(frozen=True, slots=True)
class AssumedFact:
    """What about a place, corridor or group is the case author's assumption."""

    name: str
    text: str


def assumed(
    case: Case, proposal: Proposal, places: Collection[str], corridors: Collection[str]
) -> tuple[AssumedFact, ...]:
    """List the assumptions about what the plan uses, other than those of single figures."""
    found = [(p.name, p.assumed) for p in case.places if p.id in places]
    found += [(c.name, c.assumed) for c in case.corridors if c.id in corridors]
    found += [(g.name, g.shares_assumed) for g in _leaving(case, proposal)]
    return tuple(AssumedFact(name, text) for name, text in found if text)


def figures(
    case: Case, proposal: Proposal, places: Collection[str], register: Register
) -> tuple[FigureFact, ...]:
    """Every figure of the groups that leave, the fleet, the places in use and the proposal."""
    parts: tuple[tuple[str, Iterable[Record]], ...] = (
        ("groups", _leaving(case, proposal)),
        ("fleet", (case.fleet,)),
        ("places", [p for p in case.places if p.id in places]),
        ("terms", proposal.clauses),
    )
    return tuple(
        FigureFact(
            where=(part, *where),
            value=figure.model_dump(mode="json")["value"],
            unit=_UNITS.get(where[-1], ""),
            assumed=figure.assumed,
            references=register.cite(figure.cite),
        )
        for part, records in parts
        for record in records
        for where, figure in _figures_in(record, _label(record))
    )


_UNITS = {
    "low": "people",
    "likely": "people",
    "high": "people",
    "capacity": "people",
    "seats": "people",
    "seats_observed": "people",
    "count": "vehicles",
    "min_vehicles": "vehicles",
    "max_vehicles": "vehicles",
    "bays": "bays",
    "teams": "teams",
}


def _leaving(case: Case, proposal: Proposal) -> tuple[Group, ...]:
    named = {g for c in proposal.clauses if isinstance(c, LeaveClause) for g in c.groups}
    return tuple(g for g in case.groups if g.id in named)


def _label(record: Record) -> tuple[str, ...]:
    """How a record is told apart from its neighbours: by id, place, vehicle or direction."""
    for keys in (("id",), ("place",), ("vehicle",), ("direction", "vehicle_class")):
        values = [getattr(record, key, None) for key in keys]
        if all(isinstance(value, str) for value in values):
            return tuple(map(str, values))
    return ()


def _figures_in(
    record: Record, where: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], Figure[Any]]]:
    for name in type(record).model_fields:
        value = getattr(record, name)
        here = (*where, name)
        if isinstance(value, Figure):
            yield here, value
        elif isinstance(value, Record):
            yield from _figures_in(value, here)
        elif isinstance(value, tuple):
            for item in value:
                if isinstance(item, Figure):
                    yield here, item
                elif isinstance(item, Record):
                    yield from _figures_in(item, (*here, *_label(item)))
