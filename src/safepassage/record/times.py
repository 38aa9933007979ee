"""Rules on times: what cannot be so soon, so fast, or while everything stood still.

A rule yields what it tells; the first line of its docstring is its meaning on the reference page.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from itertools import pairwise

from safepassage.record.context import ABOUT, Context
from safepassage.record.finding import Said
from safepassage.record.ground import open_seconds
from safepassage.terms.observations import Observation
from safepassage.units import format_duration

__all__ = [
    "after_the_end",
    "arrives_before_departure",
    "before_the_start",
    "faster_than_crossings",
    "faster_than_fleet",
    "faster_than_the_road",
    "moved_while_stopped",
]


def arrives_before_departure(context: Context) -> Iterator[Said]:
    """A convoy is said to have arrived before it departed."""
    for row in context.convoys:
        if row.until is not None and row.until <= row.time:
            message = (
                f"{row.source} has a convoy depart at {context.when(row.time)} and be there by "
                f"{context.when(row.until)}."
            )
            yield Said(message, context.lines(row))


def faster_than_the_road(context: Context) -> Iterator[Said]:
    """A convoy is said to have taken less time than the fastest way takes at free speed."""
    fastest = context.ground.fastest_s
    for row in context.convoys:
        if row.until is None or row.until <= row.time or fastest is None:
            continue
        took = int((row.until - row.time).total_seconds())
        if took < fastest:
            message = (
                f"{row.source} has a convoy take {format_duration(took)} from "
                f"{context.when(row.time)}; driving alone takes {format_duration(fastest)} on the "
                "fastest way, without any inspection."
            )
            yield Said(message, context.lines(row))


def before_the_start(context: Context) -> Iterator[Said]:
    """People are reported out before anybody can have been, or a convoy before the operation began.

    The soonest is the start of the operation and the fastest way at free speed, without boarding.
    """
    start = context.ground.start
    if start is None:
        return
    soonest = start + timedelta(seconds=context.ground.fastest_s or 0)
    for row in context.out:
        if row.persons and row.time < soonest:
            message = (
                f"{row.source} counted {row.persons:,} people out by {context.when(row.time)}; "
                f"it began at {context.when(start)}, and nobody can have been out before "
                f"{context.when(soonest)}."
            )
            yield Said(message, context.lines(row))
    for row in context.convoys:
        if row.time < start:
            message = (
                f"{row.source} has a convoy at {context.when(row.time)}; it began at "
                f"{context.when(start)}."
            )
            yield Said(message, context.lines(row))


def after_the_end(context: Context) -> Iterator[Said]:
    """A report is of a time after the end of the operation, or of the window of its terms."""
    over, end = context.ground.over, context.ground.end
    for row in (*context.out, *context.convoys):
        if over is not None and row.time > over:
            what = "the last people were out" if end is not None else "the window ended"
            message = (
                f"{row.source} reports of {context.when(row.time)}; {what} at {context.when(over)}."
            )
            yield Said(message, context.lines(row))


def faster_than_crossings(context: Context) -> Iterator[Said]:
    """A count grows faster than the crossings on the way can let people through.

    Every vehicle is taken to carry the largest load that was ever reported, and to pass without a
    gap, and one convoy by each corridor to arrive as a whole; inspection times are those of the
    terms, assumed or not.
    """
    for before, after in _steps(context):
        allowed = _allowed(context, before, after, stops=False)
        gained = _gained(before, after)
        if allowed is not None and gained > allowed:
            message = (
                f"{after.source} has {gained:,} people get out from {context.when(before.time)} to "
                f"{context.when(after.time)}; the crossings let through {int(allowed):,} at most, "
                "with the largest loads reported."
            )
            yield Said(message, context.lines(before, after))


def faster_than_fleet(context: Context) -> Iterator[Said]:
    """A count grows faster than the vehicles there are can go back and forth.

    As many vehicles of a kind as the case or any report has, each with the largest load that was
    ever reported, driving the fastest way there and back without boarding, inspection or waiting.
    """
    way, loads = context.ground.fastest_s, context.ground.loads
    for before, after in _steps(context):
        if not way or not loads.returning + loads.once:
            continue
        journeys = int((after.time - before.time).total_seconds()) // (2 * way) + 1
        allowed = loads.returning * journeys + loads.once
        gained = _gained(before, after)
        if gained > allowed:
            make = [f"{journeys:,} journeys each"] if loads.returning else []
            make += ["one journey each without coming back"] if loads.once else []
            message = (
                f"{after.source} has {gained:,} people get out from {context.when(before.time)} to "
                f"{context.when(after.time)}; in that time the vehicles there are can make "
                f"{' or '.join(make)} and carry {int(allowed):,}, with the largest loads reported."
            )
            yield Said(message, context.lines(before, after))


def moved_while_stopped(context: Context) -> Iterator[Said]:
    """A count grows, or a convoy drives, while movement stood still by the word of some source.

    What the crossings can let through in the rest of the time is not held against a count.
    """
    yield from _driven_while_stopped(context)
    for before, after in _steps(context):
        gained = _gained(before, after)
        whole = _allowed(context, before, after, stops=False)
        allowed = _allowed(context, before, after, stops=True)
        moving = open_seconds(context.ground.stops, before.time, after.time)
        if allowed is None:
            allowed = Fraction(0) if not moving else None
        if allowed is None or gained <= max(allowed, (after.persons or 0) * ABOUT):
            continue
        if whole is not None and gained > whole:
            continue  # told as faster than the crossings already
        stops = [
            o
            for o in context.stops
            if o.time < after.time and (o.until is None or o.until > before.time)
        ]
        message = (
            f"{after.source} has {gained:,} people get out from {context.when(before.time)} to "
            f"{context.when(after.time)}; by {', '.join(dict.fromkeys(o.source for o in stops))} "
            f"{f'all but {format_duration(moving)}' if moving else 'all'} of that time was a stop."
        )
        yield Said(message, context.lines(before, after, *stops))


def _driven_while_stopped(context: Context) -> Iterator[Said]:
    for row in context.convoys:
        there = row.until if row.until is not None and row.until > row.time else row.time
        stops = [
            o for o in context.stops if o.time < row.time and (o.until is None or o.until > there)
        ]
        if stops:
            message = (
                f"{row.source} has a convoy at {context.when(row.time)}; by "
                f"{', '.join(dict.fromkeys(o.source for o in stops))} that was within a stop."
            )
            yield Said(message, context.lines(row, *stops))


def _steps(context: Context) -> Iterator[tuple[Observation, Observation]]:
    """Two counts that follow on one another, of each source; before the first, nobody was out."""
    start = context.ground.start
    for rows in context.by_source.values():
        if start is not None and rows[0].time > start:
            yield replace(rows[0], time=start, persons=0), rows[0]
        yield from pairwise(rows)


def _gained(before: Observation, after: Observation) -> int:
    return (after.persons or 0) - (before.persons or 0)


def _allowed(
    context: Context, before: Observation, after: Observation, *, stops: bool
) -> Fraction | None:
    """People whom the crossings can let through between two counts; None where nothing limits."""
    passing = context.ground.passing
    if passing is None:
        return None
    seconds = open_seconds(context.ground.stops if stops else (), before.time, after.time)
    return passing.within(seconds)
