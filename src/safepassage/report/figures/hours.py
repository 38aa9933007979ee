"""How hard the bottleneck and the crossings are worked, hour by hour."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.patches import Patch

from safepassage.report.facts import HOUR, Facts, Use
from safepassage.report.figures.style import (
    CLOSED,
    COLOURS,
    FONT,
    GREY,
    INK,
    RULE,
    WARN,
    Frame,
    Sheet,
    both_names,
    time_axis,
)
from safepassage.report.wording import joined, percent

__all__ = ["draw_hours"]

_OUT, _IN = COLOURS[0], COLOURS[1]
_SIGNS = {"crossing-out": (1, _OUT), "crossing-in": (-1, _IN)}
"""Outward up, inward down."""

_WAYS = {"crossing-out": "out", "crossing-in": "in"}


def draw_hours(facts: Facts, frame: Frame) -> Sheet:
    """Draw the use of the bottleneck and of each crossing by the hour.

    Parameters
    ----------
    facts
        The facts of a report.
    frame
        What it is drawn for.
    """
    panels = _panels(facts)
    each, foot, head = (1.25, 0.5, 0.5) if frame.narrow else (1.45, 0.5, 0.3)
    height = foot + each * len(panels) + head
    subtitle = "Share of each hour that is taken up, of a crossing while it is open."
    sheet = Sheet(frame, height, "What is worked how hard, hour by hour", subtitle)
    _key(sheet, head)
    end = max([HOUR, *(h.start_s + HOUR for u in facts.uses for h in u.hours)])
    for i, uses in enumerate(panels):
        bottom = height - head - each * (i + 1) + 0.12
        axes = sheet.axes(0.52, bottom, 0.16, each - 0.46)
        _bars(axes, facts, uses)
        _heading(axes, facts, frame, uses)
        time_axis(axes, frame, facts.start, end, named=i == len(panels) - 1)
    return sheet


def _panels(facts: Facts) -> list[list[Use]]:
    """What is drawn: the bottleneck first, then every crossing, both directions together."""
    resource = facts.answer.figures.bottleneck.resource
    crossings: dict[str, list[Use]] = {}
    others = []
    for use in facts.uses:
        if use.kind in _SIGNS:
            crossings.setdefault(use.id, []).append(use)
        elif use.binds(resource):
            others.append([use])
    return [*others, *crossings.values()]


def _key(sheet: Sheet, head: float) -> None:
    items = [
        Patch(facecolor=_OUT, label="inspection outward"),
        Patch(facecolor=_IN, label="inspection inward"),
        Patch(facecolor="white", edgecolor=GREY, linewidth=0.8, label="distance kept"),
        Patch(facecolor=CLOSED, label="shut"),
    ]
    sheet.key(sheet.height - head / 2 + 0.02, items, 2 if sheet.frame.narrow else None)


def _bars(axes: Axes, facts: Facts, uses: Sequence[Use]) -> None:
    two_ways = uses[0].kind in _SIGNS
    axes.set_ylim(-1.0 if two_ways else 0.0, 1.0)
    ticks = [-1, 0, 1] if two_ways else [0, 1]
    axes.set_yticks(ticks, [f"{abs(tick)}00%" if tick else "0" for tick in ticks])
    for y in (-1, -0.5, 0.5, 1):
        axes.axhline(y, color=RULE, linewidth=0.7, zorder=1)
    for a, b in facts.closed.get(uses[0].id, ()) if two_ways else ():
        axes.axvspan(a, b, color=CLOSED, zorder=0, linewidth=0)
    for use in uses:
        sign, colour = _SIGNS.get(use.kind, (1, COLOURS[0]))
        used, kept = [], []
        for h in use.hours:
            share = sign * h.used_s / h.open_s if h.open_s else 0.0
            used.append(_bar(h.start_s, 0.0, share))
            if h.spacing_s and h.open_s:
                kept.append(_bar(h.start_s, share, share + sign * h.spacing_s / h.open_s))
        axes.add_collection(PolyCollection(used, facecolors=colour, zorder=2))
        axes.add_collection(
            PolyCollection(kept, facecolors="white", edgecolors=colour, linewidths=0.5, zorder=2)
        )
    axes.axhline(0, color=INK, linewidth=0.8, zorder=3)
    if facts.answer.figures.deadline_s is not None:
        axes.axvline(facts.answer.figures.deadline_s, color=WARN, linewidth=1.2, zorder=4)


def _bar(start: int, low: float, high: float) -> list[tuple[float, float]]:
    end = start + HOUR * 0.86
    return [(start, low), (end, low), (end, high), (start, high)]


def _heading(axes: Axes, facts: Facts, frame: Frame, uses: Sequence[Use]) -> None:
    first = uses[0]
    if first.kind == "escorts":
        words = "Escort teams"
    else:
        names = facts.names.vehicles if first.kind == "vehicles" else facts.names.places
        name = names[first.id]
        words = both_names(name.text, None if frame.narrow else name.local)
    if first.kind in _SIGNS:
        shares = joined([f"{_WAYS[u.kind]} {percent(u.share)}" for u in uses])
    else:
        shares = percent(first.share)
    for x, side, text, weight, colour in (
        (0, "left", words, "bold", INK),
        (1, "right", f"in use: {shares}", "normal", GREY),
    ):
        axes.text(
            x,
            1.07,
            text,
            transform=axes.transAxes,
            size=frame.text,
            weight=weight,
            color=colour,
            ha=side,
            va="bottom",
            family=FONT,
        )
