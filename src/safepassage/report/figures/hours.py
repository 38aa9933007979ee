"""How hard the crossings are worked, hour by hour: outward bars up, inward bars down."""

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
from safepassage.report.wording import percent

__all__ = ["draw_hours"]

_OUT, _IN = COLOURS[0], COLOURS[1]


def draw_hours(facts: Facts, frame: Frame) -> Sheet:
    """Draw the use of each crossing by the hour.

    Parameters
    ----------
    facts
        The facts of a report.
    frame
        What it is drawn for.
    """
    crossings = list(dict.fromkeys(u.id for u in facts.uses if u.kind.startswith("crossing")))
    each, foot, head = (1.25, 0.5, 0.5) if frame.narrow else (1.45, 0.5, 0.3)
    height = foot + each * len(crossings) + head
    subtitle = "Share of each open hour that the crossing is taken up."
    sheet = Sheet(frame, height, "The crossings, hour by hour", subtitle)
    _key(sheet, head)
    end = max([HOUR, *(h.start_s + HOUR for u in facts.uses for h in u.hours)])
    for i, crossing in enumerate(crossings):
        bottom = height - head - each * (i + 1) + foot - 0.5 + 0.12
        axes = sheet.axes(0.52, bottom, 0.16, each - 0.46)
        uses = [u for u in facts.uses if u.id == crossing and u.kind.startswith("crossing")]
        _bars(axes, facts, crossing, uses)
        _heading(axes, facts, frame, crossing, uses)
        time_axis(axes, frame, facts.start, end, named=i == len(crossings) - 1)
    return sheet


def _key(sheet: Sheet, head: float) -> None:
    items = [
        Patch(facecolor=_OUT, label="inspection outward"),
        Patch(facecolor=_IN, label="inspection inward"),
        Patch(facecolor="white", edgecolor=GREY, linewidth=0.8, label="distance kept"),
        Patch(facecolor=CLOSED, label="shut"),
    ]
    sheet.key(sheet.height - head / 2 + 0.02, items, 2 if sheet.frame.narrow else None)


def _bars(axes: Axes, facts: Facts, crossing: str, uses: Sequence[Use]) -> None:
    axes.set_ylim(-1.0, 1.0)
    axes.set_yticks([-1, 0, 1], ["100%", "0", "100%"])
    for y in (-1, -0.5, 0.5, 1):
        axes.axhline(y, color=RULE, linewidth=0.7, zorder=1)
    for a, b in facts.closed.get(crossing, ()):
        axes.axvspan(a, b, color=CLOSED, zorder=0, linewidth=0)
    for use in uses:
        sign, colour = (1, _OUT) if use.kind == "crossing-out" else (-1, _IN)
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


def _heading(axes: Axes, facts: Facts, frame: Frame, crossing: str, uses: Sequence[Use]) -> None:
    name = facts.names.places[crossing]
    shares = [f"{'out' if u.kind == 'crossing-out' else 'in'} {percent(u.share)}" for u in uses]
    words = both_names(name.text, None if frame.narrow else name.local)
    for x, side, text, weight, colour in (
        (0, "left", words, "bold", INK),
        (1, "right", ", ".join(shares), "normal", GREY),
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
