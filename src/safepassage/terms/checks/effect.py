"""Keys that say something of which no timetable could take account: they are not passed over."""

from __future__ import annotations

from collections.abc import Iterator

from safepassage.errors import Fault
from safepassage.files import shown
from safepassage.terms.case import Case
from safepassage.terms.checks.walk import Where, walk
from safepassage.terms.clauses import ReleaseRule, ReturnOfVehiclesClause

__all__ = ["without_effect"]

#: Keys that a kind of rule does not read, and what it goes by instead.
_NOT_READ = {
    ("simultaneous_at_exchange_point", "step"): "compares batches of one and the same step",
    ("after_safe_arrival_of_step", "place"): "waits for arrival, wherever that is",
    ("last_waits_for_last", "place"): "goes by departures, wherever they are",
    ("last_waits_for_last", "step"): "goes by the groups 'waiting' and 'awaited'",
    ("first_mover", "place"): "goes by departures, wherever they are",
    ("first_mover", "step"): "goes by the groups 'waiting' and 'awaited'",
}


def without_effect(case: Case, where: Where) -> Iterator[Fault]:
    """What is stated can change a timetable, as far as the clause is planned for."""
    own = {v.id for v in case.fleet.vehicles if v.own}
    for path, record in walk(case):
        if isinstance(record, ReleaseRule):
            for key, message in _of_rule(record):
                yield Fault(where((*path, key)), "without-effect", message)
        elif isinstance(record, ReturnOfVehiclesClause) and record.returns:
            for i, vehicle in enumerate(record.vehicles):
                if vehicle in own:
                    message = (
                        f"vehicles: expected types that can return, got {shown(vehicle)}, "
                        "the evacuees' own, which make one journey; take it out, or end 'own'"
                    )
                    yield Fault(where((*path, "vehicles", i)), "without-effect", message)


def _of_rule(rule: ReleaseRule) -> Iterator[tuple[str, str]]:
    for key, entry in (("place", rule.place), ("step", rule.step)):
        instead = _NOT_READ.get((rule.rule, key))
        if entry is not None and instead is not None:
            message = (
                f"{rule.rule}: expected no '{key}', got {shown(entry)}: the rule {instead}; "
                "remove it, or say it in 'gist'"
            )
            yield key, message
