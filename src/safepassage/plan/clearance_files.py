"""Result files of ``clear``: canonical text, numbers as decimals, written whole or not at all."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Final

from safepassage.plan.clearance import (
    CLEARANCE_FORMAT,
    ArrivalPoint,
    Clearance,
    Contraflow,
    CutOverTime,
    Departure,
    EarliestArrival,
    RoadBottleneck,
)
from safepassage.plan.clearance_reader import DECIMALS, Taken, clearance_from_json
from safepassage.plan.departures import Departures
from safepassage.plan.json_files import read_json, write_whole

__all__ = ["as_written", "dumps_clearance", "read_clearance", "write_clearance"]

_UNIT: Final = 10**DECIMALS
_HOUR: Final = 3600


def as_written(clearance: Clearance) -> Clearance:
    """Return a result with its numbers rounded to the decimals of the file.

    Every rounding is to the careful side where there is one: rates and the lower bound down, the
    clearance time and the bound on those out by the deadline up. Certificates stay exact. The
    gap is that of the rounded times. The first wait of a departure becomes a later departure, so
    that ``from_s`` and ``to_s`` are the times at which the first link is entered.
    """
    bottleneck = clearance.bottleneck
    time, bound = _maybe(_up, clearance.clearance_time_s), _maybe(_down, clearance.lower_bound_s)
    gap = clearance.gap
    if gap is not None and time is not None and bound:
        gap = float(time / bound - 1)  # of times so short that rounding shows
    return replace(
        clearance,
        vehicles=_nearest(clearance.vehicles),
        clearance_time_s=time,
        lower_bound_s=bound,
        gap=gap,
        deadline_s=_maybe(_nearest, clearance.deadline_s),
        evacuated_by_deadline=_maybe(_nearest, clearance.evacuated_by_deadline),
        evacuated_at_most=_maybe(_up, clearance.evacuated_at_most),
        bottleneck=_rounded_bottleneck(bottleneck) if bottleneck is not None else None,
        departures=_rounded_departures(clearance.departures),
        contraflow=_rounded_contraflow(clearance.contraflow),
        arrival=_rounded_arrival(clearance.arrival),
    )


def _rounded_contraflow(contraflow: Contraflow | None) -> Contraflow | None:
    if contraflow is None:
        return None
    without = contraflow.without
    return replace(
        contraflow,
        any_choice_s=_maybe(_down, contraflow.any_choice_s),
        without=as_written(without) if without is not None else None,
    )


def _rounded_arrival(arrival: EarliestArrival | None) -> EarliestArrival | None:
    if arrival is None:
        return None
    points = tuple(
        replace(p, time_s=_down(p.time_s), out=_nearest(p.out), at_most=_up(p.at_most))
        for p in arrival.points
    )
    return EarliestArrival(_up(arrival.lag_s), points)


def _rounded_departures(departures: Sequence[Departure]) -> Sequence[Departure]:
    if isinstance(departures, Departures):
        return departures.rounded(_nearest, _down, _UNIT)
    return tuple(
        rounded
        for rounded in map(_rounded_departure, departures)
        if rounded.to_s > rounded.from_s and rounded.vehicles_per_hour > 0
    )


def _rounded_departure(departure: Departure) -> Departure:
    waits = departure.waits_s
    first = waits[0] if waits else Fraction(0)
    waits = (Fraction(0), *map(_nearest, waits[1:])) if any(waits[1:]) else ()
    begin, end = _nearest(departure.from_s + first), _nearest(departure.to_s + first)
    return replace(
        departure,
        waits_s=waits,
        from_s=begin,
        to_s=end,
        vehicles_per_hour=_down(departure.vehicles_per_hour),
    )


def _rounded_bottleneck(bottleneck: RoadBottleneck) -> RoadBottleneck:
    links = tuple(
        replace(
            link,
            from_s=_nearest(link.from_s),
            to_s=_nearest(link.to_s),
            vehicles=_nearest(link.vehicles),
        )
        for link in bottleneck.links
    )
    return replace(bottleneck, links=links)


def _maybe(rounding: Callable[[Fraction], Fraction], value: Fraction | None) -> Fraction | None:
    return None if value is None else rounding(value)


def _nearest(value: Fraction) -> Fraction:
    return Fraction(round(value * _UNIT), _UNIT)


def _down(value: Fraction) -> Fraction:
    return Fraction(math.floor(value * _UNIT), _UNIT)


def _up(value: Fraction) -> Fraction:
    return Fraction(math.ceil(value * _UNIT), _UNIT)


def dumps_clearance(clearance: Clearance) -> str:
    """Write a result as text: the same result always gives the same bytes.

    Keys in the order of the format, two-space indentation, one departure a line. Numbers are those
    of :func:`as_written`.
    """
    return "".join(_text(as_written(clearance)))


def _text(clearance: Clearance, *, compared: bool = False) -> Iterator[str]:
    """Write a result; one that another is compared with has no such things itself."""
    c = clearance
    reference = {
        "location": _json(c.instance.location),
        "digest": _json(c.instance.digest),
        "reversed_links": _json(c.instance.reversed_links),
    }
    head = {
        "format": _json(CLEARANCE_FORMAT),
        "notice": _json(c.notice),
        "instance": _object(reference.items()),
        "vehicles": _number(c.vehicles),
        "complete": _json(c.complete),
        "interrupted": _json(c.interrupted),
        "clearance_time_s": _number(c.clearance_time_s),
        "lower_bound_s": _number(c.lower_bound_s),
        "gap": _json(c.gap),
        "deadline_s": _number(c.deadline_s),
        "evacuated_by_deadline": _number(c.evacuated_by_deadline),
        "evacuated_at_most": _number(c.evacuated_at_most),
        "no_way_out": _json(c.no_way_out),
        "bottleneck": _bottleneck(c.bottleneck),
        "certificate": _cut(c.certificate),
        "deadline_certificate": _cut(c.deadline_certificate),
    }
    if not compared:
        head["contraflow"] = _contraflow(c.contraflow)
        head["arrival"] = _arrival(c.arrival)
    yield "{\n"
    for key, text in head.items():
        yield f'  "{key}": {text},\n'
    yield from ('  "departures": [', "\n" if c.departures else "")
    for at, departure in enumerate(c.departures):
        yield (",\n" if at else "") + _departure(departure)
    yield "\n  ]\n}\n" if c.departures else "]\n}\n"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _object(items: Iterable[tuple[str, str]]) -> str:
    return "{" + ", ".join(f"{_json(key)}: {text}" for key, text in items) + "}"


def _number(value: Fraction | None) -> str:
    """Write a number of the decimals of the file."""
    if value is None:
        return "null"
    units = value.numerator * (_UNIT // value.denominator)
    whole, part = divmod(abs(units), _UNIT)
    sign = "-" if units < 0 else ""
    return (
        f"{sign}{whole}.{part:0{DECIMALS}d}".rstrip("0").rstrip(".") if part else f"{sign}{whole}"
    )


def _exact(value: Fraction) -> str:
    """Write a number of a certificate: as a decimal where that is short, else as a fraction."""
    if _UNIT % value.denominator == 0:
        return _number(value)
    return f'"{value.numerator}/{value.denominator}"'


def _cut(cut: CutOverTime | None) -> str:
    if cut is None:
        return "null"
    labels = _object((node, _exact(label)) for node, label in sorted(cut.labels.items()))
    return f'{{"horizon_s": {_exact(cut.horizon_s)}, "labels": {labels}}}'


def _contraflow(contraflow: Contraflow | None) -> str:
    if contraflow is None:
        return "null"
    without = contraflow.without
    told = {
        "roads": _json(contraflow.roads),
        "any_choice_s": _number(contraflow.any_choice_s),
        "certificate": _cut(contraflow.certificate),
        "without": "null"
        if without is None
        else "".join(_text(without, compared=True)).rstrip("\n").replace("\n", "\n  "),
    }
    return _object(told.items())


def _arrival(arrival: EarliestArrival | None) -> str:
    if arrival is None:
        return "null"
    points = ",\n".join(map(_point, arrival.points))
    inner = f"[\n{points}\n  ]" if points else "[]"
    return f'{{"lag_s": {_number(arrival.lag_s)}, "points": {inner}}}'


def _point(p: ArrivalPoint) -> str:
    return (
        f'    {{"time_s": {_number(p.time_s)}, "out": {_number(p.out)}, '
        f'"at_most": {_number(p.at_most)}, "certificate": {_cut(p.certificate)}}}'
    )


def _bottleneck(bottleneck: RoadBottleneck | None) -> str:
    if bottleneck is None:
        return "null"
    links = [
        f'{{"link": {_json(link.link)}, "from_s": {_number(link.from_s)}, '
        f'"to_s": {_number(link.to_s)}, "vehicles": {_number(link.vehicles)}}}'
        for link in bottleneck.links
    ]
    return (
        f'{{"sentence": {_json(bottleneck.sentence)}, "origins": {_json(bottleneck.origins)}, '
        f'"links": [{", ".join(links)}]}}'
    )


def _departure(d: Departure) -> str:
    waits = f'"waits_s": [{", ".join(map(_number, d.waits_s))}], ' if d.waits_s else ""
    return (
        f'    {{"origin": {_json(d.origin)}, "destination": {_json(d.destination)}, '
        f'"links": {_json(d.links)}, {waits}"from_s": {_number(d.from_s)}, '
        f'"to_s": {_number(d.to_s)}, "vehicles_per_hour": {_number(d.vehicles_per_hour)}}}'
    )


def write_clearance(clearance: Clearance, path: str | os.PathLike[str]) -> None:
    """Write a result file; the file is there whole, or as it was before.

    Raises
    ------
    OSError
        If the folder cannot be written.
    """
    write_whole(Path(path), _text(as_written(clearance)))


def read_clearance(path: str | os.PathLike[str]) -> Clearance:
    """Read a result file.

    Raises
    ------
    BadInput
        With every structural fault: unreadable, too large, not UTF-8, not JSON, a key twice in
        one object, NaN, missing or unknown keys, wrong types, impossible numbers.
    """
    return clearance_from_json(read_json(path, Taken()), os.fspath(path))
