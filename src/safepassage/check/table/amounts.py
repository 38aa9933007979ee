"""How far a term is turned, read from settings and from the terms themselves."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from safepassage.cases.settings import value_at
from safepassage.check.reading import Reading
from safepassage.check.table.evidence import Court, Terms
from safepassage.errors import BadInput
from safepassage.units import parse_duration, parse_time_of_day

__all__ = ["amount_of", "earliest_end", "now_of", "only_limits_off", "paths_of"]

_DAY = 86_400
_ID = r"[a-z0-9][a-z0-9_-]*"
_LIMIT_OFF = re.compile(rf"proposals\.({_ID})\.clauses\.{_ID}\.(?:length|by|within)=null")
_PATTERNS = {
    "vehicles": rf"fleet\.vehicles\.({_ID})\.counts\.{_ID}\.count=(\d{{1,9}})",
    "escorts": rf"(?:fleet\.escorts|proposals\.{_ID}\.clauses\.{_ID})()\.teams=(\d{{1,9}})",
    "pace": rf"proposals\.{_ID}\.clauses\.({_ID})\.persons=(\d{{1,9}})",
    "hours": rf"proposals\.{_ID}\.clauses\.({_ID})\.daily=(.*)",
    "inspection": (
        rf"(?:places|proposals\.{_ID}\.clauses)\.({_ID})\.inspection\.\d+\.time=(\d{{1,9}})s"
    ),
    "crossing": rf"proposals\.{_ID}\.clauses\.({_ID})\.corridors=\[(.*)\]",
    "routes": rf"proposals\.{_ID}\.clauses\.({_ID})\.corridors=\[(.*)\]",
    "deadline": rf"proposals\.{_ID}\.clauses\.({_ID})\.(?:length|by|within)=(.*)",
}
_HOURS = re.compile(r'\[\{from: "(\d\d:\d\d)", to: "(\d\d:\d\d)"\}\]')


def only_limits_off(settings: Sequence[str], proposal: str) -> bool:
    """Whether settings do nothing but take ends off this proposal."""
    return all((m := _LIMIT_OFF.fullmatch(s)) and m[1] == proposal for s in settings)


def paths_of(settings: Sequence[str]) -> frozenset[str]:
    """Paths that settings change."""
    return frozenset(s.partition("=")[0] for s in settings)


def earliest_end(reading: Reading) -> int | None:
    """The earliest end that the terms state, of the window or of any group."""
    ends = [g.deadline_s for g in reading.groups.values()] + [reading.window_end_s]
    return min((end for end in ends if end is not None), default=None)


def amount_of(what: str, settings: Sequence[str], court: Court, terms: Terms) -> int | None:
    """How far settings turn a term; None where they change anything else.

    Parameters
    ----------
    what
        Such as ``vehicles:bus``, ``hours:CLAUSE``, ``crossing:CORRIDOR``, ``deadline``.
    """
    kind, _, of = what.partition(":")
    found = [re.fullmatch(_PATTERNS[kind], s) for s in settings] if kind in _PATTERNS else [None]
    if any(m is None for m in found):
        return None
    matches = [m for m in found if m is not None]
    if kind in ("vehicles", "pace", "hours") and any(m[1] != of for m in matches):
        return None
    if kind == "deadline":
        changed = Terms(terms.proposal, terms.count, (*terms.settings, *settings))
        reading = court.reading(changed)
        return earliest_end(reading) if reading is not None else None
    if kind == "crossing":
        return int(any(of in m[2].split(", ") for m in matches))
    if kind == "hours":
        return _hours(matches[0][2]) if len(matches) == 1 else None
    if kind == "inspection":
        return max((int(m[2]) for m in matches), default=None)
    return int(matches[0][2]) if len(matches) == 1 and kind != "routes" else None


def _hours(text: str) -> int | None:
    if text == "[]":
        return _DAY
    match = _HOURS.fullmatch(text)
    if match is None:
        return None
    return (parse_time_of_day(match[2]) - parse_time_of_day(match[1])) % _DAY or _DAY


def now_of(what: str, settings: Sequence[str], court: Court, terms: Terms) -> int | None:
    """How far the term that settings change is turned in the terms as they stand."""
    kind, _, of = what.partition(":")
    if kind == "deadline":
        reading = court.reading(terms)
        return earliest_end(reading) if reading is not None else None
    values = []
    for path in sorted(paths_of(settings)):
        try:
            values.append(value_at(court.case(terms.settings), path))
        except BadInput:
            return None
    return _now(kind, of, values)


def _now(kind: str, of: str, values: list[Any]) -> int | None:
    if kind == "inspection":
        times = [parse_duration(v) for v in values if isinstance(v, str)]
        return max(times) if times and len(times) == len(values) else None
    if len(values) != 1:
        return None
    value = values[0]
    if kind == "crossing":
        return int(isinstance(value, list) and of in value)
    if kind == "hours":
        if not value:
            return _DAY
        spans = [(parse_time_of_day(h["to"]) - parse_time_of_day(h["from"])) % _DAY for h in value]
        return sum(span or _DAY for span in spans)
    return value if isinstance(value, int) and not isinstance(value, bool) else None
