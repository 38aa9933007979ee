"""Rows of vehicles' time in which slow periods count, where they hold only some of the time.

A vehicle can board, be inspected or stand still while drives are slow, but whatever it drives then
takes longer. Rows and proof: ``docs/reference/certificate-format.md``, ``slow``.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from safepassage.convoy.builder import Builder, Flow
from safepassage.convoy.ways import Way, fetches
from safepassage.instance import Interval
from safepassage.instance.timeline import unite

__all__ = ["add_slow"]

WHOLE = 100
"""Parts of one in which a drive's share of its slow time is counted."""


def add_slow(b: Builder) -> None:
    """Limit the seconds of drives, and of what else a journey takes at a slow drive's rate."""
    if b.released or b.floors:
        return
    factor, periods = _slow(b)
    if factor is None:
        return
    for kind in b.op.kinds:
        flows = [f for f in b.carries if f.kind == kind.id]
        if flows and kind.returns and not kind.own:
            _add_kind(b, flows, factor, periods)


def _slow(b: Builder) -> tuple[Fraction | None, Sequence[Interval]]:
    """Factor of drives that any slow condition leaves at most, and when there is one."""
    line, end = b.op.timeline, b.by + 1
    best = line.fastest(0, b.by)
    partly = [
        c
        for c in line.conditions
        if c.factor < 1 and not any(x <= 0 and b.by < y for x, y in c.spans(line.midnight, end))
    ]
    spans = unite(s for c in partly for s in c.spans(line.midnight, end))
    periods = [(x, min(y, b.by)) for x, y in spans if x < min(y, b.by)]
    if not periods:
        return None, ()
    return best * max(c.factor for c in partly), periods


def _add_kind(
    b: Builder, flows: Sequence[Flow], factor: Fraction, periods: Sequence[Interval]
) -> None:
    op, kind = b.op, b.op.kind(flows[0].kind)
    slow = op.least_under[factor]
    segments = {
        s
        for f in (*b.fetches, *b.carries)
        if f.kind == kind.id
        for s in f.way.route.segments
        if slow[s, kind.id]
    }
    rate = max(
        (-(-WHOLE * op.least_drive(s, kind.id) // slow[s, kind.id]) for s in segments),
        default=WHOLE,
    )
    longest = max((op.least_drive(s, kind.id) for s in segments), default=0)
    # A drive that began before a period may still be on its way in it.
    lost = sum(max(0, y - x - (longest if x else 0)) for x, y in periods)
    if rate >= WHOLE or not lost:
        return

    def taken(way: Way) -> int:
        return WHOLE * way.drive + rate * (way.whole - way.drive)

    board = {a.id: a.handling[kind.id] for a in op.assembly}
    unload = {d.id: d.handling[kind.id] for d in op.reception}
    back = {d for _, k, d in b.served if k == kind.id}
    starts = {p for p, n in kind.counts if n}
    again, sooner = {}, 0
    for place in {f.way.route.start for f in flows}:
        again[place] = min(map(taken, fetches(op, place, kind.id, back)), default=0)
        first = [taken(w) for w in fetches(op, place, kind.id, starts)]
        sooner = max(sooner, again[place] - min(first) if first else 0)
    time = WHOLE * b.by + rate * max(unload.values(), default=0) + sooner - (WHOLE - rate) * lost
    row = b.lp.row(("slow", kind.id), float(kind.total * max(0, time)))
    for f in flows:
        handled = rate * (board[f.way.route.start] + unload[f.way.route.end])
        b.lp.fill(row, b.in_time(f), float(again[f.way.route.start] + handled + taken(f.way)))
