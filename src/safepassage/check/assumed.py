"""What a plan rests on that no source gives, read from the terms and the roads for the checker."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from safepassage.cases import OpenCase
from safepassage.check.people import clauses_of
from safepassage.plan.document import Assumption
from safepassage.terms.clauses import LeaveClause
from safepassage.terms.proposals import Proposal
from safepassage.terms.record import Record

__all__ = ["assumed_in"]

_NOTES = frozenset({"assumed", "shares_assumed"})
"""Keys of a record that say what about it is assumed."""


def assumed_in(opened: OpenCase, proposal: Proposal) -> set[Assumption]:
    """Gather every assumption that a plan of a proposal rests on.

    Definition: ``docs/reference/plan-format.md``, "Assumptions".
    """
    case = opened.case
    leaving = {group for clause in clauses_of(proposal, LeaveClause) for group in clause.groups}
    found = set(_within(case.fleet, "fleet"))
    found |= set(_within(proposal, f"proposals/{proposal.id}"))
    for place in case.places:
        found |= set(_within(place, f"places/{place.id}"))
    for corridor in case.corridors:
        found |= set(_within(corridor, f"corridors/{corridor.id}"))
    for group in case.groups:
        if group.id in leaving:
            found |= set(_within(group, f"groups/{group.id}"))
    found |= {Assumption("settings", setting) for setting in opened.overrides}
    for link in opened.network.links.values():
        if link.length_assumed:
            found.add(Assumption("network/length", link.length_assumed))
        if link.speed_assumed:
            found.add(Assumption("network/speed", link.speed_assumed))
    return found


@cache
def _keys(model: type[Record]) -> tuple[str, ...]:
    return tuple(model.model_fields)


def _within(record: Record, where: str) -> Iterator[Assumption]:
    for key in _keys(type(record)):
        value = getattr(record, key)
        if key in _NOTES:
            if value:
                yield Assumption(where, value)
        elif isinstance(value, Record):
            yield from _within(value, f"{where}/{key}")
        elif isinstance(value, tuple):
            for i, entry in enumerate(value):
                if isinstance(entry, Record):
                    yield from _within(entry, f"{where}/{key}/{getattr(entry, 'id', i)}")
