"""Bounds from an agreed pace, verified from the terms alone.

Definition and proof: ``docs/reference/certificate-format.md``, "Pace".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from safepassage.check.people import clauses_of
from safepassage.check.proof.form import is_whole
from safepassage.check.proof.programme import Programme
from safepassage.terms.clauses import PaceClause

__all__ = ["PACE_FORMAT", "verify_pace"]

PACE_FORMAT: Final = "safepassage-pace/1"

_KEYS: Final = frozenset(("format", "claim", "clause", "value", "by_s", "sentence"))
_CLAIMS: Final = ("clearance-at-least", "out-by-at-most")


def verify_pace(data: Mapping[str, Any], programme: Programme) -> tuple[str | None, bool]:
    """Verify a certificate of pace by the programme of the terms.

    Returns
    -------
    wrong, malformed
        What is wrong with it, or None where it proves its claim; and whether that is its form.
    """
    wrong = _wrong_form(data)
    if wrong is not None:
        return wrong, True
    clauses = clauses_of(programme.reading.proposal, PaceClause)
    clause = next((c for c in clauses if c.id == data["clause"]), None)
    if clause is None:
        return f"clause: {data['clause'][:60]!r} is no pace of the proposal", True
    counted = sum(c.persons for c in programme.cells if _counts(clause, c.group))
    least = _least_leg_s(clause, programme)
    if least is None or counted == 0:
        return "nobody whom the pace counts can go at all", False
    let_go, every = clause.persons.value, clause.every.value
    if data["claim"] == "clearance-at-least":
        # The last of them departs in the period whose end lets all of them go, or later.
        periods = (counted + let_go - 1) // let_go - 1
        proven = periods * every + least
        if data["value"] <= proven:
            return None, False
        return (
            f"clearance before {data['value']} s denied; {proven} s are proven",
            False,
        )
    # Whoever is there by then has departed so much before.
    until = data["by_s"] - least
    departed = 0 if until < 0 else (until // every + 1) * let_go
    most = programme.reading.persons - counted + min(counted, departed)
    if most <= data["value"]:
        return None, False
    return (
        f"at most {data['value']} out by {data['by_s']} s claimed; {most} are proven",
        False,
    )


def _wrong_form(data: Mapping[str, Any]) -> str | None:
    if data.keys() != _KEYS:
        return f"expected the keys {', '.join(sorted(_KEYS))}"
    if data["claim"] not in _CLAIMS:
        return f"claim: expected one of {', '.join(_CLAIMS)}"
    if not isinstance(data["sentence"], str) or not isinstance(data["clause"], str):
        return "expected a sentence and the id of a clause"
    for key in ("value", "by_s"):
        if not is_whole(data[key]) or data[key] < 0:
            return f"{key}: expected a whole number from 0"
    return None


def _counts(clause: PaceClause, group: str) -> bool:
    return not clause.groups or group in clause.groups


def _least_leg_s(clause: PaceClause, programme: Programme) -> int | None:
    """Return the least time of a loaded leg of anybody whom the pace counts."""
    groups = programme.reading.groups
    found = [
        way.whole
        for cell in programme.cells
        if _counts(clause, cell.group)
        for fleet in programme.fleets
        if fleet.kind.id in cell.kinds
        for way in fleet.carrying
        if way.start == cell.place
        and way.end in cell.destinations
        and way.corridor in groups[cell.group].corridors
    ]
    return min(found, default=None)
