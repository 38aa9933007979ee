"""Ids: each given once, each use naming something that exists, of the right kind."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from safepassage.errors import Fault
from safepassage.files import did_you_mean, shown
from safepassage.terms import clauses as c
from safepassage.terms.carried_out import CarriedOut
from safepassage.terms.case import Case
from safepassage.terms.checks.walk import Where, fields, named, walk
from safepassage.terms.clauses import Batch, Clause, Refusal, ReleaseRule, TimedClause
from safepassage.terms.document import DocPath
from safepassage.terms.fleet import Escorts, VehicleCount
from safepassage.terms.groups import Destination, Group, GroupPlace
from safepassage.terms.places import Corridor, Crossing, ExchangePoint, Handling, Inspection
from safepassage.terms.proposals import Proposal, StatusEvent
from safepassage.terms.provenance import Citation, Claim, Statement
from safepassage.terms.record import Record

__all__ = [
    "duplicate_ids",
    "may_be_any",
    "references",
    "repeated_entries",
    "unknown_id",
    "unknown_ids",
    "wrong_kinds",
]

#: What the ids in a field name. Fields of a base class hold for every class derived from it.
REFERENCES: dict[tuple[type[Record], str], str] = {
    (Batch, "groups"): "group",
    (CarriedOut, "proposal"): "proposal",
    (Case, "default_proposal"): "proposal",
    (Citation, "source"): "source",
    (Claim, "proposal"): "proposal",
    (Clause, "obliges"): "party",
    (Corridor, "crossings"): "place",
    (Crossing, "controlled_by"): "party",
    (Destination, "place"): "place",
    (Escorts, "by"): "party",
    (ExchangePoint, "crossing"): "place",
    (Group, "vehicles"): "vehicle type",
    (GroupPlace, "place"): "place",
    (Handling, "vehicle"): "vehicle type",
    (Inspection, "vehicle_class"): "inspection class",
    (Proposal, "tabled_by"): "party",
    (Proposal, "shared_with"): "party",
    (Refusal, "groups"): "group",
    (ReleaseRule, "awaited"): "group",
    (ReleaseRule, "place"): "place",
    (ReleaseRule, "waiting"): "group",
    (Statement, "party"): "party",
    (StatusEvent, "by"): "party",
    (TimedClause, "crossings"): "place",
    (VehicleCount, "place"): "place",
    (c.BreachClause, "decided_by"): "party",
    (c.DestinationClause, "groups"): "group",
    (c.EscortClause, "by"): "party",
    (c.InspectionClause, "by"): "party",
    (c.InspectionClause, "crossing"): "place",
    (c.ItemsClause, "groups"): "group",
    (c.LeaveClause, "groups"): "group",
    (c.LeaveClause, "otherwise"): "statement",
    (c.ListsClause, "to"): "party",
    (c.MonitoringClause, "by"): "party",
    (c.MonitoringClause, "places"): "place",
    (c.PaceClause, "groups"): "group",
    (c.PriorityClause, "order"): "group",
    (c.ReturnOfVehiclesClause, "vehicles"): "vehicle type",
    (c.RevisionClause, "by"): "party",
    (c.RouteClause, "corridors"): "corridor",
    (c.RouteClause, "groups"): "group",
}

#: Where not every kind of place will do.
PLACE_KINDS: dict[tuple[type[Record], str], tuple[str, ...]] = {
    (Corridor, "crossings"): ("crossing",),
    (Destination, "place"): ("reception",),
    (ExchangePoint, "crossing"): ("crossing",),
    (GroupPlace, "place"): ("assembly",),
    (ReleaseRule, "place"): ("crossing", "exchange"),
    (TimedClause, "crossings"): ("crossing",),
    (c.InspectionClause, "crossing"): ("crossing",),
}

_KIND_WORDS = {
    "assembly": "an assembly point",
    "crossing": "a crossing",
    "depot": "a depot",
    "exchange": "an exchange point",
    "reception": "a reception point",
}


@cache
def references(model: type[Record]) -> tuple[tuple[str, str, str], ...]:
    """Return the fields of a model that hold ids: field, key in the file, what it names."""
    return tuple(
        (f, model.model_fields[f].alias or f, what)
        for (m, f), what in REFERENCES.items()
        if issubclass(model, m)
    )


def may_be_any(field: str, entry: str) -> bool:
    """Say whether ``any`` stands for every type of vehicle, or every class, in this field."""
    return entry == "any" and field in ("vehicle", "vehicle_class")


def unknown_id(field: str, what: str, entry: str, known: frozenset[str], where: str) -> Fault:
    """Return the fault of an id that names nothing, with the nearest that does."""
    mend = did_you_mean(entry, known) or (
        f"; known: {shown(', '.join(sorted(known)), 120)}" if known else "; there is none"
    )
    message = f"{field}: expected the id of a {what}, got {shown(entry)}{mend}"
    return Fault(where, "unknown-id", message)


def _uses(case: Case) -> Iterator[tuple[DocPath, Record, str, str, str]]:
    """Yield every id that is used: its path, the record, the field, what it names, the id."""
    for path, record in walk(case):
        for field, _, what in references(type(record)):
            value = getattr(record, field)
            entries = value if isinstance(value, tuple) else (value,)
            for i, entry in enumerate(entries):
                if entry is not None:
                    place = (*path, field, i) if isinstance(value, tuple) else (*path, field)
                    yield place, record, field, what, entry


def unknown_ids(case: Case, where: Where) -> Iterator[Fault]:
    """Every id that is used names something in the case."""
    known = named(case)
    for path, _, field, what, entry in _uses(case):
        if entry not in known[what] and not may_be_any(field, entry):
            yield unknown_id(field, what, entry, known[what], where(path))


def _duplicates(entries: list[tuple[DocPath, str]], what: str, where: Where) -> Iterator[Fault]:
    first: dict[str, DocPath] = {}
    for path, entry in entries:
        if entry in first:
            line = where(first[entry]).rpartition(":")[2]
            message = (
                f"expected each {what} id once, got {shown(entry)} again (first on line {line}); "
                "rename one"
            )
            yield Fault(where(path), "duplicate-id", message)
        first.setdefault(entry, path)


def duplicate_ids(case: Case, where: Where) -> Iterator[Fault]:
    """Every id is given once among its kind; clause ids once in the whole case."""
    families: dict[str, list[tuple[DocPath, str]]] = {
        "clause": [
            (("proposals", i, "clauses", j, "id"), clause.id)
            for i, proposal in enumerate(case.proposals)
            for j, clause in enumerate(proposal.clauses)
        ],
        "vehicle type": [
            (("fleet", "vehicles", i, "id"), v.id) for i, v in enumerate(case.fleet.vehicles)
        ],
        "condition": [
            (("fleet", "conditions", i, "id"), v.id) for i, v in enumerate(case.fleet.conditions)
        ],
    }
    lists = ("parties", "places", "corridors", "groups", "statements", "claims", "proposals")
    for name in (*lists, "sources"):
        singular = "party" if name == "parties" else name.removesuffix("s")
        families[singular] = [((name, i, "id"), x.id) for i, x in enumerate(getattr(case, name))]
    for what, entries in families.items():
        yield from _duplicates(entries, what, where)


def repeated_entries(case: Case, where: Where) -> Iterator[Fault]:
    """No list names the same thing twice: the second would be lost or counted twice."""
    for path, record in walk(case):
        for field, _ in fields(type(record)):
            value = getattr(record, field)
            if not value or not isinstance(value, tuple) or field == "cite":
                continue
            seen: set[object] = set()
            for i, entry in enumerate(value):
                key = _entry_key(entry)
                if key is not None and key in seen:
                    told = " ".join(map(str, key)) if isinstance(key, tuple) else str(key)
                    message = f"{field}: expected {shown(told)} once, got it again; remove one"
                    yield Fault(where((*path, field, i)), "repeated-entry", message)
                seen.add(key)


def _entry_key(entry: object) -> object:
    """Return what may stand in a list only once, or None where repetition is harmless."""
    if isinstance(entry, str):
        return entry
    if isinstance(entry, GroupPlace | Destination):
        return entry.place
    if isinstance(entry, Handling):
        return entry.vehicle
    if isinstance(entry, Inspection):
        return entry.direction.value, entry.vehicle_class
    return None


def wrong_kinds(case: Case, where: Where) -> Iterator[Fault]:
    """A place is of the kind that its use asks for."""
    kinds = {place.id: place.kind for place in case.places}
    own_counts = {id(n) for v in case.fleet.vehicles if v.own for n in v.counts}
    for path, record, field, what, entry in _uses(case):
        if what != "place" or entry not in kinds:
            continue
        wanted = next(
            (k for (m, f), k in PLACE_KINDS.items() if f == field and isinstance(record, m)), None
        )
        if isinstance(record, VehicleCount):
            wanted = ("assembly",) if id(record) in own_counts else ("depot",)
        if wanted is not None and kinds[entry] not in wanted:
            words = " or ".join(_KIND_WORDS[k] for k in wanted)
            message = (
                f"{field}: expected {words}, got {entry!r}, which is {_KIND_WORDS[kinds[entry]]}"
            )
            yield Fault(where(path), "wrong-kind-of-place", message)
