"""Words of an answer that the terms decide: labels, units, and the clause that states a figure.

They are derived anew from the terms. Sentences are not: they are for readers, and prove nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from safepassage.cases import OpenCase
from safepassage.check.table.evidence import Court, Terms
from safepassage.check.table.parts import Part
from safepassage.check.table.turned import earliest_end
from safepassage.terms.clauses import (
    Clause,
    EscortClause,
    InspectionClause,
    LeaveClause,
    PaceClause,
    RouteClause,
    TimedClause,
)

__all__ = ["check_clause", "check_label", "check_words"]

_UNITS: Mapping[str, str] = {
    "vehicles": "vehicles",
    "escorts": "teams",
    "pace": "people a period",
    "hours": "seconds a day",
    "inspection": "seconds a vehicle",
    "crossing": "ways out",
    "deadline": "seconds after the start",
}


def check_words(court: Court, change: Part, terms: Terms) -> None:
    """Check the label, the unit and the clause of a change."""
    what = change.text("what")
    told = change.any("to") if change.any("to") is not None else change.number("most_tried")
    check_label(court, change, what, (told, ()))
    _said(court, change, "unit", _UNITS.get(what.partition(":")[0]))
    check_clause(court, change, terms)


def check_label(court: Court, part: Part, what: str, of: tuple[int, Sequence[str]]) -> None:
    """Check the label of an amount of a term, and of the settings that turn it so far."""
    _said(court, part, "label", _label(what, *of))


def _said(court: Court, part: Part, key: str, wanted: str | None) -> None:
    if part.any(key) != wanted:
        message = f"expected {wanted!r}, got {str(part.any(key))[:60]!r}"
        court.tell("table-words-differ", part.at(key), message)


def check_clause(court: Court, part: Part, terms: Terms) -> None:
    """Check that a part names the clause that states what it turns, and no other."""
    what, named = part.text("what"), part.any("clause_id")
    clauses = _clauses(court.opened, terms.proposal)
    wanted = _stating(court, what, clauses, terms)
    if named not in wanted:
        said = " or ".join(str(w) for w in sorted(wanted, key=str)) or "none that can be named"
        message = f"expected {said}, which states {what}; got {str(named)[:60]}"
        court.tell("table-clause-differs", part.at("clause_id"), message)


def _label(what: str, amount: int, settings: Sequence[str]) -> str:
    """Write an amount of a term in a few words; of corridors, those that settings open."""
    kind = what.partition(":")[0]
    if kind in ("hours", "deadline"):
        return f"{amount / 3_600:g} h{' a day' if kind == 'hours' else ''}"
    if kind == "inspection":
        return f"{amount} s a vehicle"
    if kind == "routes":
        return ", ".join(_opened(settings))
    return str(amount)


def _opened(settings: Sequence[str]) -> tuple[str, ...]:
    """Corridors that settings open."""
    lists = [s.partition(".corridors=[")[2].removesuffix("]") for s in settings]
    return tuple(corridor for text in lists if text for corridor in text.split(", "))


def _clauses(opened: OpenCase, proposal: str) -> tuple[Clause, ...]:
    return next((p.clauses for p in opened.case.proposals if p.id == proposal), ())


def _stating(court: Court, what: str, clauses: Sequence[Clause], terms: Terms) -> set[str | None]:
    """Clauses that state how far a term is turned; none where the case states it elsewhere."""
    kind, _, of = what.partition(":")
    if kind == "vehicles":
        return {None}
    if kind == "deadline":
        return {c.id for c in clauses if _ends_first(court, c.id, clauses, terms)}
    if kind == "inspection":
        posts = [c.id for c in clauses if isinstance(c, InspectionClause) and c.crossing == of]
        return {posts[-1] if posts else None}
    if kind in ("pace", "hours"):
        sort = PaceClause if kind == "pace" else TimedClause
        return {c.id for c in clauses if isinstance(c, sort) and c.id == of}
    only = EscortClause if kind == "escorts" else RouteClause
    found = [c.id for c in clauses if isinstance(c, only)]
    return set(found[:1])


def _ends_first(court: Court, named: str, clauses: Sequence[Clause], terms: Terms) -> bool:
    """Whether a clause states an end, and none comes earlier: that of the terms without others."""
    stated = {c.id: _ends(c, terms.proposal) for c in clauses}
    if not stated[named]:
        return False
    others = tuple(s for clause, off in stated.items() if clause != named for s in off)
    alone = court.reading(Terms(terms.proposal, terms.count, (*terms.settings, *others)))
    whole = court.reading(terms)
    if alone is None or whole is None:
        return False
    return earliest_end(alone) == earliest_end(whole)


def _ends(clause: Clause, proposal: str) -> tuple[str, ...]:
    """Settings that take the ends of a clause off."""
    path = f"proposals.{proposal}.clauses.{clause.id}"
    if isinstance(clause, TimedClause):
        return (f"{path}.length=null",) if clause.length is not None else ()
    if isinstance(clause, LeaveClause):
        return tuple(f"{path}.{key}=null" for key in ("by", "within") if getattr(clause, key))
    return ()
