"""``observations.csv``: what was reported as it happened, one series a source.

Columns: ``kind, source, time, until, persons, fighters, patients, vehicles, since, cause,
confidence, note``. Three kinds of rows:

``out``
    By ``time``, ``source`` had counted ``persons`` out in all (cumulative; of these ``fighters``
    and ``patients``, in so many ``vehicles``, as reported). Where the vehicles were not counted
    from the beginning, ``since`` says from when. ``persons`` is empty where vehicles alone were
    counted.
``convoy``
    Vehicles that departed at ``time`` or after, and were there by ``until`` (empty: not
    reported), with ``persons`` aboard (empty: not counted). Not cumulative; of one convoy or of
    several.
``stop``
    Movement stood still from ``time`` to ``until`` (empty: no end reported), for ``cause``.

Sources contradict each other; nothing here is merged into one true curve.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from safepassage.errors import BadInput, Fault
from safepassage.files import Row, Table, did_you_mean, first_of, read_table, shown
from safepassage.units import parse_time

__all__ = ["COLUMNS", "Observation", "Span", "read_observations", "series", "stops"]

COLUMNS = (
    "kind",
    "source",
    "time",
    "until",
    "persons",
    "fighters",
    "patients",
    "vehicles",
    "since",
    "cause",
    "confidence",
    "note",
)

_REQUIRED = ("kind", "source", "time")
_READ = {
    "out": {"persons", "fighters", "patients", "vehicles", "since"},
    "convoy": {"until", "persons", "fighters", "patients", "vehicles"},
    "stop": {"until", "cause"},
}
"""Columns that a kind of row is read by; every row has those required, confidence and note."""
_SOME = frozenset().union(*_READ.values())
_WHOLE = re.compile(r"\d{1,9}")
_KINDS: dict[str, Literal["out", "convoy", "stop"]] = {
    "out": "out",
    "convoy": "convoy",
    "stop": "stop",
}


Span = tuple[datetime, datetime | None]
"""From when to when; None: no end is known."""


@dataclass(frozen=True, slots=True)
class Observation:
    """One row of ``observations.csv``."""

    kind: Literal["out", "convoy", "stop"]
    source: str
    time: datetime
    until: datetime | None = None
    persons: int | None = None
    """People out in all by ``time``, as this source counted; of a convoy, people aboard."""
    fighters: int | None = None
    patients: int | None = None
    vehicles: str | None = None
    """As reported: ``297 buses; 240 ambulances``."""
    since: datetime | None = None
    """From when the vehicles were counted; None: from the beginning."""
    cause: str | None = None
    confidence: str | None = None
    note: str | None = None
    line: int = 0


def read_observations(file: Path, sources: Iterable[str]) -> tuple[Observation, ...]:
    """Read the observations of a case.

    Parameters
    ----------
    file
        The CSV file.
    sources
        Ids of the case's sources.

    Raises
    ------
    BadInput
        With every fault of the file.
    """
    table = read_table(file, _REQUIRED, COLUMNS)
    known = frozenset(sources)
    faults: list[Fault] = []
    rows = [_observation(table, row, known, faults) for row in table.rows]
    observations = tuple(row for row in rows if row is not None)
    faults += _order_faults(table, observations)
    if faults:
        raise BadInput(first_of(faults, table.where()))
    return observations


def series(observations: Iterable[Observation]) -> dict[str, tuple[Observation, ...]]:
    """Return the counts of people out by source, each in the order of time.

    Rows that count vehicles alone are left out.
    """
    found: dict[str, list[Observation]] = {}
    for row in observations:
        if row.kind == "out" and row.persons is not None:
            found.setdefault(row.source, []).append(row)
    return {source: tuple(rows) for source, rows in found.items()}


def stops(observations: Iterable[Observation]) -> tuple[Span, ...]:
    """Return when movement stood still by the word of any source, in order and without overlap.

    Stops that overlap or touch are one, whoever tells of them.
    """
    united: list[Span] = []
    for row in sorted((o for o in observations if o.kind == "stop"), key=lambda o: o.time):
        begin, end = united[-1] if united else (row.time, row.time)
        if not united or (end is not None and row.time > end):
            united.append((row.time, row.until))
        elif end is not None:
            united[-1] = (begin, None if row.until is None else max(end, row.until))
    return tuple(united)


class _Cells:
    """Reads the cells of one row and adds what is wrong to ``faults``."""

    def __init__(self, table: Table, row: Row, faults: list[Fault]) -> None:
        self.where = table.where(row)
        self.row = row
        self.faults = faults

    def fault(self, code: str, message: str) -> None:
        self.faults.append(Fault(self.where, code, message))

    def moment(self, column: str, *, required: bool = False) -> datetime | None:
        text = self.row.get(column)
        if text is None:
            if required:
                message = f"{column}: expected an ISO 8601 time with zone, got nothing"
                self.fault("bad-value", message)
            return None
        try:
            return parse_time(text)
        except ValueError as error:
            self.fault("bad-value", f"{column}: {error}")
            return None

    def people(self, column: str, *, required: bool = False) -> int | None:
        text = self.row.get(column)
        if text is not None and _WHOLE.fullmatch(text):
            return int(text)
        if text is not None or required:
            got = shown(text) if text is not None else "nothing"
            hint = "; only a row with vehicles may leave it empty" if text is None else ""
            message = f"{column}: expected a whole number of people, got {got}{hint}"
            self.fault("bad-value", message)
        return None

    def source(self, known: frozenset[str]) -> str:
        source = self.row.get("source") or ""
        if source not in known:
            near = did_you_mean(source, known)
            message = f"source: expected the id of a source, got {shown(source)}{near}"
            self.fault("unknown-id", message)
        return source


def _observation(
    table: Table, row: Row, sources: frozenset[str], faults: list[Fault]
) -> Observation | None:
    cells = _Cells(table, row, faults)
    before = len(faults)
    kind = row.get("kind")
    if kind not in _KINDS:
        got = shown(kind or "nothing")
        cells.fault("unknown-word", f"kind: expected out, convoy or stop, got {got}")
    for column in COLUMNS:
        if kind in _READ and column in _SOME - _READ[kind] and row.get(column):
            message = (
                f"{column}: expected nothing in a row of kind {kind}, got "
                f"{shown(row.get(column) or '')}; move it to the row or the note it belongs to"
            )
            cells.fault("bad-value", message)
    source = cells.source(sources)
    time, until = cells.moment("time", required=True), cells.moment("until")
    since = cells.moment("since")
    persons = cells.people("persons", required=kind == "out" and not row.get("vehicles"))
    fighters, patients = cells.people("fighters"), cells.people("patients")
    # A convoy that is said to arrive before it departs is what was reported; `observe` tells it.
    if kind != "convoy" and time is not None and until is not None and until <= time:
        message = f"until: expected a time after {row.get('time')}, got {row.get('until')}"
        cells.fault("ends-before-start", message)
    if time is not None and since is not None and since >= time:
        message = f"since: expected a time before {row.get('time')}, got {row.get('since')}"
        cells.fault("ends-before-start", message)
    for name, part in (("fighters", fighters), ("patients", patients)):
        if persons is not None and part is not None and part > persons:
            message = f"{name}: expected at most the {persons} persons, got {part}"
            cells.fault("bad-value", message)
    if len(faults) > before or time is None:
        return None
    return Observation(
        kind=_KINDS[kind or ""],
        source=source,
        time=time,
        until=until,
        persons=persons,
        fighters=fighters,
        patients=patients,
        vehicles=row.get("vehicles"),
        since=since,
        cause=row.get("cause"),
        confidence=row.get("confidence"),
        note=row.get("note"),
        line=row.line,
    )


def _order_faults(table: Table, observations: Iterable[Observation]) -> list[Fault]:
    """Tell where the series of one source is out of order or counts one moment twice."""
    faults = []
    last: dict[str, Observation] = {}
    for row in observations:
        if row.kind != "out":
            continue
        before = last.get(row.source)
        if before is not None and row.time <= before.time:
            message = (
                f"expected the counts of {row.source!r} in the order of time, one a moment, "
                f"got {row.time.isoformat()} after line {before.line}; sort the rows"
            )
            faults.append(Fault(f"{table.file}:{row.line}", "observations-order", message))
        last[row.source] = row
    return faults
