"""Grids of time for the relaxation, and how many inspections fit between two moments."""

from __future__ import annotations

from collections.abc import Sequence

from safepassage.instance import Interval, Operation

__all__ = ["completions", "grid_points"]


def grid_points(op: Operation, until: int, step: int) -> list[int]:
    """Grid for bounds up to ``until``: every ``step`` from each opening to the last effect of it.

    Between the last effect of one opening and the next opening nothing that counts can happen, so
    a night is one slot.
    """
    tail = _longest_lag(op) + step
    spans: list[Interval] = []
    for crossing in op.crossings:
        spans += op.timeline.crossing_open(crossing.id, until + 1)
    if any(not r.crossings for ways in op.carry.values() for r in ways) or not spans:
        spans = [(0, until)]
    points = {0, until}
    start = 0
    for a, b in spans:
        first = max(start, a - tail)
        points.update(range(a - (a - first) // step * step, min(b + tail, until) + 1, step))
        points.update(p for p in (a, b) if p <= until)
    return sorted(p for p in points if 0 <= p <= until)


def _longest_lag(op: Operation) -> int:
    lag = 0
    for ways in (*op.carry.values(), *op.fetch.values()):
        for route in ways:
            for kind in op.kinds:
                lag = max(lag, sum(op.least_drive(s, kind.id) for s in route.segments))
    handling = max(
        (t for y in (*op.assembly, *op.reception) for t in y.handling.values()), default=0
    )
    return lag + handling


def completions(
    spans: Sequence[Interval], begin: int, end: int, seconds: int, *, most: int | None = None
) -> int:
    """Most inspections of ``seconds`` that can end in ``(begin, end]``, one after another.

    Each lies within one open span. Where the seconds differ, pass the least as ``seconds``.
    """
    total = 0
    for a, b in spans:
        x0, x1 = max(begin, a), min(end, b)
        if x1 > x0:
            total += min((x1 - a) // seconds, -(-(x1 - x0) // seconds))
    return total if most is None else min(total, most)
