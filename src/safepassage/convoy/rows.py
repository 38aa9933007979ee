"""Limits of the relaxation that hold by slots of time: crossings, bays, vehicles, escorts."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from safepassage.convoy.builder import Builder, Passes
from safepassage.convoy.grid import completions
from safepassage.convoy.programme import Ints
from safepassage.convoy.ways import chain
from safepassage.instance import Interval

__all__ = ["add_passes", "add_teams", "add_vehicle_time"]

WIDE = 8
"""Slots of the longer ranges that lose less to rounding."""

MOST_SLOTS = 300
"""Slots beyond which rounding is small, and rows that span them all slow the solver down."""


def add_passes(b: Builder) -> None:
    """Limit crossings (one after another) and bays (so many at once), by range of slots."""
    for (name, place), known in sorted(b.use.items()):
        passes = [p for p in known if p.seconds > 0 and p.columns.size]
        if not passes:
            continue
        if name in ("board", "unload"):
            yard = next(y for y in (*b.op.assembly, *b.op.reception) if y.id == place)
            if yard.bays < sum(k.total for k in b.op.kinds):
                _add_bays(b, (name, place), passes, yard.bays)
        else:
            spans = b.op.timeline.crossing_open(name, int(b.grid[-1]) + 1)
            _add_crossing(b, (name, place), passes, spans)


def _narrow(b: Builder, passes: Sequence[Passes], least: int) -> list[tuple[int, int]]:
    """Ranges of slots that end in each slot with a pass, about as long as the least pass."""
    step = int(np.min(np.diff(b.grid))) if len(b.grid) > 1 else 1
    width = max(1, least // step)
    slots = sorted({int(s) for p in passes for s in p.slots})
    return [(max(0, j - width + 1), j) for j in slots]


def _add_bays(b: Builder, key: tuple[str, str], passes: Sequence[Passes], bays: int) -> None:
    least = min(p.seconds for p in passes)
    entries = _by_slot(passes)
    for first, last in _narrow(b, passes, least):
        length = int(b.grid[last + 1]) - int(b.grid[first])
        if last > first and length > least:
            continue
        _add_range(b, (*key, first, last), entries, bays * -(-length // least))


def _add_crossing(
    b: Builder, key: tuple[str, str], passes: Sequence[Passes], spans: Sequence[Interval]
) -> None:
    least = min(p.seconds for p in passes)
    ranges = _narrow(b, passes, least)
    step = int(np.min(np.diff(b.grid))) if len(b.grid) > 1 else 1
    if any(step % p.seconds for p in passes):
        ranges += _even(b, spans, step, least)
    entries = _by_slot(passes)
    for first, last in dict.fromkeys(ranges):
        most = completions(spans, int(b.grid[first]), int(b.grid[last + 1]), least)
        _add_range(b, (*key, first, last), entries, most)


def _even(
    b: Builder, spans: Sequence[Interval], step: int, least: int
) -> Iterator[tuple[int, int]]:
    """Ranges of slots that whole inspections fill evenly: rounding loses nothing there.

    Where such a range is very long, ranges of some slots lose at least less than single ones.
    """
    length = math.lcm(step, least)
    if length > WIDE * max(step, least):
        length = WIDE * step
    for begin, end in spans:
        for offset in range(0, length, step):
            points = np.arange(begin + offset, min(end, int(b.grid[-1])) + 1, length)
            index = np.searchsorted(b.grid, points)
            for i, j in pairwise(index.tolist()):
                if j > i:
                    yield i, j - 1


def _by_slot(passes: Sequence[Passes]) -> tuple[Ints, Ints]:
    """Slots of all passes in order, and their columns."""
    slots = np.concatenate([p.slots for p in passes])
    order = np.argsort(slots, kind="stable")
    return slots[order], np.concatenate([p.columns for p in passes])[order]


def _add_range(
    b: Builder, key: tuple[str, str, int, int], entries: tuple[Ints, Ints], most: int
) -> None:
    *_, first, last = key
    slots, columns = entries
    begin, end = np.searchsorted(slots, [first, last + 1])
    b.lp.fill(b.lp.row(("capacity", *key), float(most)), columns[begin:end], 1.0)


def add_vehicle_time(b: Builder) -> None:
    """Limit seconds of vehicles: the rounding of lags on the grid does not weaken these rows.

    Between two passes of its key crossings a vehicle needs a least chain of driving, boarding or
    unloading. Within any span of time the chains after its passes, the last one cut at the end of
    the span, fit into the span.
    """
    if b.slots > MOST_SLOTS:
        return
    spans: set[Interval] = set()
    for crossing in b.op.crossings:
        for first, last in b.op.timeline.crossing_open(crossing.id, int(b.grid[-1])):
            spans.add((first, min(last, int(b.grid[-1]))))
    leads: dict[tuple[str, str], int] = {}
    for kind in b.op.kinds:
        flows = [
            (f, chain(b.op, f.way, f.kind, leads))
            for f in (*b.fetches, *b.carries)
            if f.kind == kind.id
        ]
        if kind.own or not kind.returns or not flows:
            continue
        for x, y in sorted(spans):
            if np.searchsorted(b.grid, y) <= np.searchsorted(b.grid, x, side="right"):
                # All that passes in a single slot passes at its end, where no time is left.
                continue
            row = b.lp.row(("time", kind.id, x, y), float(kind.total * (y - x)))
            for flow, least in flows:
                inside = (b.grid[flow.slots] >= x) & (b.grid[flow.slots + 1] <= y)
                columns = flow.columns[inside]
                seconds = np.minimum(least, y - b.grid[flow.slots + 1][inside])
                some = seconds > 0
                b.lp.row_index.append(np.full(int(some.sum()), row, np.int64))
                b.lp.column_index.append(columns[some])
                b.lp.values.append(seconds[some].astype(float))


def add_teams(b: Builder) -> None:
    """Limit vehicles between fetching and arrival to a full convoy for every escort team."""
    if b.op.teams is None:
        return
    fleet = sum(k.total for k in b.op.kinds)
    most = b.op.teams * b.op.convoy_most
    if most >= fleet:
        return
    rows = b.lp.rows_of(("motion",), [0.0] * (b.slots + 1), equal=True)
    held = b.lp.block(b.slots + 1, float(most), lower=-float(fleet))
    b.lp.put(rows, held, 1.0)
    b.lp.put(rows[1:], held[:-1], -1.0)
    for index, columns, sign in b.motion:
        b.lp.put(np.where(index >= 0, rows[index], -1), columns, -sign)
