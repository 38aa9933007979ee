"""From parsed JSON to a :class:`Clearance`, with every structural fault found in one pass."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, cast

from safepassage.errors import BadInput, Fault
from safepassage.files import shown
from safepassage.plan.clearance import (
    CLEARANCE_FORMAT,
    ArrivalPoint,
    Clearance,
    Contraflow,
    CutLink,
    CutOverTime,
    Departure,
    EarliestArrival,
    InstanceReference,
    RoadBottleneck,
)
from safepassage.plan.departures import Departures
from safepassage.plan.parsers import (
    Parser,
    counts,
    decimal,
    digest,
    flag,
    listing,
    nullable,
    number,
    one_of,
    parsed,
    rational,
    record,
    unversioned,
    words,
)

__all__ = ["DECIMALS", "MOST_SECONDS", "Taken", "clearance_from_json"]

DECIMALS: Final = 9
"""Of times, rates and amounts in the file: a thousand times finer than what is tolerated."""

MOST_SECONDS: Final = 200 * 366 * 86_400
"""Longest time a result may speak of; a proof that there is no way out speaks of a century."""

_MOST_VEHICLES: Final = 10**9
_MOST_RATE: Final = 10**12

_NAME = words(1, 200)
_TEXT = words(1, 20_000)
_TIME = decimal(0, MOST_SECONDS, "seconds", DECIMALS)
_MOMENT = rational(0, MOST_SECONDS, "seconds")
_VEHICLES = decimal(0, _MOST_VEHICLES, "a number of vehicles", DECIMALS)
_RATE = decimal(0, _MOST_RATE, "vehicles an hour", DECIMALS)
_NAMES = listing(_NAME)


def _links(value: object, path: str, faults: list[Fault]) -> object:
    """Parse a list of ids; a result holds millions of them, so the good case is quick."""
    if isinstance(value, list) and set(map(type, value)) <= {str}:
        longest = max(map(len, value), default=1)
        if 0 < min(map(len, value), default=1) <= longest <= 200 and "".join(value).isascii():
            return tuple(map(sys.intern, value))
    return _NAMES(value, path, faults)


_INSTANCE = record(
    InstanceReference,
    {"location": _TEXT, "digest": digest, "reversed_links": _NAMES},
)
_CUT_LINK = record(CutLink, {"link": _NAME, "from_s": _TIME, "to_s": _TIME, "vehicles": _VEHICLES})
_BOTTLENECK = record(
    RoadBottleneck, {"sentence": _TEXT, "origins": _NAMES, "links": listing(_CUT_LINK)}
)
_CUT = record(CutOverTime, {"horizon_s": _MOMENT, "labels": counts(_NAME, _MOMENT)})
_DEPARTURE_KEYS = record(
    Departure,
    {
        "origin": _NAME,
        "destination": _NAME,
        "links": _links,
        "waits_s": listing(_TIME),
        "from_s": _TIME,
        "to_s": _TIME,
        "vehicles_per_hour": _RATE,
    },
)


class Taken:
    """Takes departures into columns as a file is read (:func:`.read_json`).

    A file of a million of them would else be held as objects of JSON, a hundred times its size.
    What is no good departure stays as it is, for its faults to be told with their place.
    """

    def __init__(self) -> None:
        """Begin without departures."""
        self._columns = Departures()

    def __call__(self, found: dict[str, object]) -> object:
        """Take an object if it is a departure."""
        if "vehicles_per_hour" not in found or "links" not in found:
            return found
        faults: list[Fault] = []
        departure = _departure(found, "", faults)
        if faults or not isinstance(departure, Departure):
            return found
        if len(departure.waits_s) not in (0, len(departure.links)):
            return found
        self._columns.append(departure)
        return _Row(self._columns, len(self._columns) - 1)


@dataclass(frozen=True, slots=True, eq=False)
class _Row:
    """Stands for a departure that has been taken."""

    columns: Departures
    row: int


def _departures(value: object, path: str, faults: list[Fault]) -> object:
    """Parse departures; those that have been taken are in the order of the file."""
    if isinstance(value, list) and value and set(map(type, value)) == {_Row}:
        first = cast("_Row", value[0])
        return first.columns.part(first.row, first.row + len(value))
    return listing(_departure)(value, path, faults)


def _departure(value: object, path: str, faults: list[Fault]) -> object:
    """Parse a departure; waits may be left out where all are 0."""
    if isinstance(value, _Row):
        return value.columns[value.row]
    if isinstance(value, dict) and "waits_s" not in value:
        value = {**value, "waits_s": []}
    return _DEPARTURE_KEYS(value, path, faults)


_PLAIN: Final[Mapping[str, Parser]] = {
    "format": one_of(CLEARANCE_FORMAT),
    "notice": _TEXT,
    "instance": _INSTANCE,
    "vehicles": _VEHICLES,
    "complete": flag,
    "interrupted": flag,
    "clearance_time_s": nullable(_TIME),
    "lower_bound_s": nullable(_TIME),
    "gap": nullable(number),
    "deadline_s": nullable(_TIME),
    "evacuated_by_deadline": nullable(_VEHICLES),
    "evacuated_at_most": nullable(_VEHICLES),
    "no_way_out": _NAMES,
    "bottleneck": nullable(_BOTTLENECK),
    "certificate": nullable(_CUT),
    "deadline_certificate": nullable(_CUT),
    "departures": _departures,
}
_build = unversioned(Clearance)
_CONTRAFLOW = record(
    Contraflow,
    {
        "roads": nullable(_NAMES),
        "any_choice_s": nullable(_TIME),
        "certificate": nullable(_CUT),
        "without": nullable(record(_build, _PLAIN)),
    },
)
_POINT = record(
    ArrivalPoint,
    {"time_s": _TIME, "out": _VEHICLES, "at_most": _VEHICLES, "certificate": nullable(_CUT)},
)
_ARRIVAL = record(EarliestArrival, {"lag_s": _TIME, "points": listing(_POINT, least=1)})
_ASKED: Final = {"contraflow": nullable(_CONTRAFLOW), "arrival": nullable(_ARRIVAL)}
_CLEARANCE = record(_build, {**_PLAIN, **_ASKED})


def clearance_from_json(data: object, where: str = "result") -> Clearance:
    """Build a result from parsed JSON.

    Raises
    ------
    BadInput
        With every structural fault; each names ``where`` and the JSON path.
    """
    if isinstance(data, dict):
        kind = data.get("format")
        if isinstance(kind, str) and kind != CLEARANCE_FORMAT:
            # A file of another kind has one fault, not one for each key.
            message = f"expected {CLEARANCE_FORMAT!r}, a result of `clear`, got {shown(kind)}"
            raise BadInput.one(f"{where}:format", "plan-bad-value", message)
        data = {**dict.fromkeys(_ASKED), **data}
    return cast("Clearance", parsed(_CLEARANCE, data, where))
