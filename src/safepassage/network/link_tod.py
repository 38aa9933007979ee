"""Capacities and closures by time: ``link_tod.csv`` of GMNS.

A row states the capacity of a link for a time; a capacity (or ``lanes``) of 0 closes the link. Its
time is either of these:

``time_day``
    As GMNS has it, ``XXXXXXXX_HHMM_HHMM``: a digit for each day from Sunday to Saturday and one
    for holidays, then beginning and end; an end that is not after the beginning is on the next
    day. The row holds again on every such day. No day is taken for a holiday. The clock of the
    instance begins at ``start_time`` of ``config.csv`` (an ISO 8601 time with its zone), else at
    midnight of a day of which nothing is known; rows that set days apart then are refused.
``from_s``, ``to_s``
    Seconds after the start, once; without ``to_s`` for good.

The capacity is that of the whole link, as in ``link.csv``. A row for a link with ``directed`` 0
holds for both directions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import Final

from safepassage.errors import BadInput, Fault
from safepassage.files import did_you_mean, is_there, read_table, shown, too_many
from safepassage.network.cells import Cells
from safepassage.network.gmns import open_table
from safepassage.network.network import Link
from safepassage.network.road_instance import FOR_GOOD_S, CapacityPeriod
from safepassage.units import parse_time

__all__ = ["REPEATED_DAYS", "read_changes"]

DAY_S: Final = 86_400
REPEATED_DAYS: Final = 31
"""Days for which a row that holds every day, or every Sunday, is told out."""
MOST_SECONDS: Final = 366 * DAY_S
MOST_CAPACITY: Final = 1_000_000_000

_COLUMNS = ("link_id",)
_EXTRA = (
    "link_tod_id",
    "time_day",
    "timeday_id",
    "from_s",
    "to_s",
    "capacity",
    "lanes",
    "free_speed",
    "allowed_uses",
)
_TIME_DAY = re.compile(r"([01]{7})[01]_([01]\d|2[0-3])([0-5]\d)_(?:([01]\d|2[0-3])([0-5]\d)|2400)")
_EVERY_DAY = "1111111"


def read_changes(
    folder: Path, links: Mapping[str, Link] | None, faults: list[Fault]
) -> tuple[Mapping[str, tuple[CapacityPeriod, ...]], Fraction | None]:
    """Read ``link_tod.csv`` where there is one, and add what is wrong with it to ``faults``.

    Parameters
    ----------
    folder
        The GMNS folder.
    links
        The links by id; None where they could not be read.
    faults
        Takes every fault.

    Returns
    -------
    changes, told_until_s
        The periods by link id, in order of time; and the moment up to which they are told, None
        where nothing repeats.
    """
    start = _start(folder, faults)
    file = folder / "link_tod.csv"
    if not is_there(file):
        return MappingProxyType({}), None
    table = open_table(file, _COLUMNS, _EXTRA, faults)
    found: dict[str, list[_Told]] = {}
    repeats = False
    if table is None:
        return MappingProxyType({}), None
    for row in table.rows:
        cells = Cells(table, row, faults)
        if too_many(faults, cells.where):
            break
        spans = _spans(cells, start)
        repeats = repeats or row.get("time_day") is not None
        for link, capacity in _capacities(cells, links):
            told = found.setdefault(link, [])
            told += [_Told(CapacityPeriod(*span, capacity), cells.where) for span in spans]
    overlaps: dict[tuple[str, str], Fault] = {}
    changes = {link: _in_order(link, told, overlaps) for link, told in found.items()}
    faults += overlaps.values()
    return MappingProxyType(changes), Fraction(REPEATED_DAYS * DAY_S) if repeats else None


@dataclass(frozen=True, slots=True)
class _Told:
    """A period, and the row that tells it."""

    period: CapacityPeriod
    where: str


def _start(folder: Path, faults: list[Fault]) -> datetime | None:
    """Return the moment at which the instance begins, where ``config.csv`` says so."""
    file = folder / "config.csv"
    try:
        table = read_table(file, ())
    except BadInput:
        return None  # told when the units were read, or there is none
    text = table.rows[0].get("start_time") if table.rows else None
    if text is None:
        return None
    try:
        return parse_time(text)
    except ValueError as error:
        faults.append(Fault(table.where(table.rows[0]), "bad-value", f"start_time: {error}"))
        return None


def _capacities(cells: Cells, links: Mapping[str, Link] | None) -> Iterator[tuple[str, Fraction]]:
    """Yield the links that a row holds for, with their capacity; nothing where it has faults."""
    name = cells.row.get("link_id") or ""
    if links is not None and name not in links:
        near = did_you_mean(name, links)
        got = shown(name or "nothing")
        cells.fault("unknown-id", f"link_id: expected the id of a link, got {got}{near}")
        return
    link = links[name] if links is not None else None
    for column in ("free_speed", "allowed_uses"):
        if cells.row.get(column) is not None:
            message = (
                f"{column}: expected nothing, as only capacities change by time here, got "
                f"{shown(cells.row.get(column))}; empty it, and close a link with capacity 0"
            )
            cells.fault("not-modelled", message)
    lanes = cells.decimal("lanes", 0, 100, "a number of lanes", required=False)
    stated = cells.decimal("capacity", 0, MOST_CAPACITY, "vehicles an hour", required=False)
    capacity = _rate(cells, link, lanes, stated)
    if capacity is None:
        return
    yield name, capacity
    if links is not None and f"{name}~" in links:
        yield f"{name}~", capacity


def _rate(
    cells: Cells, link: Link | None, lanes: Fraction | None, stated: Fraction | None
) -> Fraction | None:
    if lanes == 0:
        return lanes
    if cells.row.get("capacity") is not None:
        return stated
    if lanes is not None and link is not None and link.lanes and link.capacity_vph is not None:
        return link.capacity_vph * lanes / link.lanes
    if cells.row.get("lanes") is None or link is not None:
        message = "capacity: expected vehicles an hour over the whole link (0: closed), got nothing"
        cells.fault("bad-value", message)
    return None


def _spans(cells: Cells, start: datetime | None) -> list[tuple[Fraction, Fraction]]:
    """Return beginning and end of each time a row holds for (s); none where it has faults."""
    time_day = cells.row.get("time_day")
    seconds = cells.row.get("from_s") is not None or cells.row.get("to_s") is not None
    if time_day is not None and not seconds:
        return _repeated(cells, time_day, start)
    if time_day is not None or cells.row.get("from_s") is None:
        got = shown(cells.row.get("timeday_id") or ("both" if time_day else "nothing"))
        message = f"expected either time_day or from_s (and to_s), got {got}; write it out"
        cells.fault("no-time", message)
        return []
    begin = cells.decimal("from_s", 0, MOST_SECONDS, "seconds after the start")
    end = cells.decimal("to_s", 0, MOST_SECONDS, "seconds after the start", required=False)
    if cells.row.get("to_s") is None:
        end = FOR_GOOD_S
    if begin is None or end is None:
        return []
    if end <= begin:
        message = f"to_s: expected a time after from_s, got {shown(cells.row.get('to_s'))}"
        cells.fault("ends-before-start", message)
        return []
    return [(begin, end)]


def _repeated(
    cells: Cells, time_day: str, start: datetime | None
) -> list[tuple[Fraction, Fraction]]:
    match = _TIME_DAY.fullmatch(time_day)
    if match is None:
        message = (
            "time_day: expected XXXXXXXX_HHMM_HHMM (days from Sunday to Saturday and holidays, "
            f"beginning, end), such as 11111111_0700_0900, got {shown(time_day)}"
        )
        cells.fault("bad-value", message)
        return []
    days = match[1]
    if start is None and days not in (_EVERY_DAY, "0" * 7):
        message = (
            "time_day: expected every day, as nothing says which day the start is on, got "
            f"{shown(time_day)}; state start_time in config.csv"
        )
        cells.fault("no-start-time", message)
        return []
    begin = int(match[2]) * 3600 + int(match[3]) * 60
    end = int(match[4]) * 3600 + int(match[5]) * 60 if match[4] else DAY_S
    if days == _EVERY_DAY and end - begin == DAY_S:
        return [(Fraction(0), FOR_GOOD_S)]
    if end <= begin:
        end += DAY_S
    clock = start.hour * 3600 + start.minute * 60 + start.second if start is not None else 0
    # Monday is 0 to Python, Sunday to GMNS.
    today = (start.weekday() + 1) % 7 if start is not None else 0
    spans = []
    for day in range(-1, REPEATED_DAYS + 1):
        midnight = day * DAY_S - clock
        a, b = max(midnight + begin, 0), midnight + end
        if days[(today + day) % 7] == "1" and b > a:
            spans.append((Fraction(a), Fraction(b)))
    return spans


def _in_order(
    link: str, told: Sequence[_Told], overlaps: dict[tuple[str, str], Fault]
) -> tuple[CapacityPeriod, ...]:
    """Sort periods, and tell of each row that begins before an earlier one has ended.

    Rows that hold every day, or in both directions, overlap many times: that is told once.
    """
    ordered = sorted(told, key=lambda t: (t.period.from_s, t.period.to_s))
    longest = ordered[0] if ordered else None
    for after in ordered[1:]:
        if longest is not None and after.period.from_s < longest.period.to_s:
            pair = min(after.where, longest.where), max(after.where, longest.where)
            message = f"expected one capacity of link {link!r} at a time, got two; {longest.where}"
            fault = Fault(after.where, "overlapping-periods", f"{message} has the other")
            overlaps.setdefault(pair, fault)
        if longest is None or after.period.to_s > longest.period.to_s:
            longest = after
    return tuple(t.period for t in ordered)
