"""People out over time, for the low, likely and high count, against deadline and window."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg

from safepassage.instance import Interval
from safepassage.instance.timeline import intersect
from safepassage.plan import Level
from safepassage.report.facts import HOUR, Facts
from safepassage.report.figures.placing import Box, Label, Points, place
from safepassage.report.figures.style import (
    CLOSED,
    FONT,
    GREY,
    INK,
    PAPER,
    WARN,
    Frame,
    Sheet,
    count_axis,
    mark_time,
    time_axis,
)
from safepassage.report.wording import brief, count, joined, people

__all__ = ["draw_curve"]

_LOOK: dict[Level, tuple[str, float]] = {
    "low": ("#2f7ab0", 1.4),
    "likely": ("#143a57", 2.8),
    "high": ("#c8651b", 1.7),
}


def draw_curve(facts: Facts, frame: Frame) -> Sheet:
    """Draw people at safety over time.

    Parameters
    ----------
    facts
        The facts of a report.
    frame
        What it is drawn for.
    """
    height, foot = (3.2, 0.56) if frame.narrow else (3.9, 0.56)
    subtitle = "People at a reception point, for three counts. Grey: all crossings in use are shut."
    sheet = Sheet(frame, height, "Out over time", subtitle)
    axes = sheet.axes(0.66, foot, 0.16, height - foot - 0.26)
    end = _end(facts)
    count_axis(axes, max([1, *(c.total for c in facts.curves)]))
    for a, b in _shut(facts):
        axes.axvspan(a, b, color=CLOSED, zorder=0, linewidth=0)
    axes.axhline(0, color=INK, linewidth=0.8, zorder=3)
    _limits(axes, facts, frame)
    for curve in facts.curves:
        colour, width = _LOOK[curve.level]
        axes.step(
            curve.times_s, curve.persons, where="post", color=colour, linewidth=width, zorder=4
        )
    _at_deadline(axes, facts, frame)
    time_axis(axes, frame, facts.start, end, named=True)
    _ends(sheet, axes, facts)
    return sheet


def _end(facts: Facts) -> int:
    """Seconds that are drawn: to the last arrival or the deadline, and a little more."""
    marks = [c.times_s[-1] for c in facts.curves]
    for answer in facts.answers.values():
        limits = answer.figures.deadline_s, answer.figures.window_end_s
        marks += [s for s in limits if s is not None]
    return int(max([HOUR, *marks]) * 1.04)


def _shut(facts: Facts) -> list[Interval]:
    """Time in which every crossing in use is shut."""
    spans = list(facts.closed.values())
    shut = list(spans[0]) if spans else []
    for other in spans[1:]:
        shut = intersect(shut, other)
    return shut


def _ends(sheet: Sheet, axes: Axes, facts: Facts) -> None:
    """Name the curves where they end; counts that end alike share a label."""
    alike: dict[tuple[int, int], list[Level]] = {}
    for curve in facts.curves:
        alike.setdefault((curve.times_s[-1], curve.persons[-1]), []).append(curve.level)
    FigureCanvasAgg(sheet.figure)
    pixel = axes.transData.transform
    texts, labels, dots = [], [], []
    for (at, out), levels in sorted(alike.items(), key=lambda e: "likely" not in e[1]):
        main: Level = "likely" if "likely" in levels else levels[0]
        colour, answer = _LOOK[main][0], facts.answers[main]
        axes.plot(at, out, "o", color=colour, markersize=5, zorder=5)
        words = f"{joined(levels)}: {people(out)}"
        if answer.clearance:
            words += f"\n{brief(answer.clearance, up=True)}"
        look = {"color": colour, "weight": "bold", "va": "bottom", "linespacing": 1.25}
        text = sheet.text(0, 0, words, bbox=PAPER, zorder=6, **look)
        x, y = pixel((at, out))
        box = text.get_window_extent()
        texts.append(text)
        labels.append(Label(x, y, box.width + 4, box.height + 4))
        dots.append(Box(x - 6, y - 6, x + 6, y + 6))
    area = axes.get_window_extent()
    bounds = Box(area.x0, area.y0, sheet.figure.bbox.x1 - 4, area.y1)
    inverse = sheet.figure.transFigure.inverted().transform
    for text, spot in zip(
        texts, place(labels, bounds, dots, _drawn(axes, facts), pull=0.6), strict=True
    ):
        if spot is not None:
            left, bottom = inverse((spot.box.x0 + 2, spot.box.y0 + 2))
            text.set_position((left, bottom))


def _drawn(axes: Axes, facts: Facts) -> Points:
    """Points along the curves and the deadline, in pixels."""
    end = axes.get_xlim()[1]
    points = [(-1e9, -1e9)]
    for curve in facts.curves:
        step = max(end / 200, 1.0)
        for (t0, n), t1 in zip(
            zip(curve.times_s, curve.persons, strict=True), curve.times_s[1:], strict=False
        ):
            points += [(t0 + i * step, n) for i in range(int((t1 - t0) / step) + 1)]
    deadline = facts.answer.figures.deadline_s
    if deadline is not None:
        points += [(deadline, axes.get_ylim()[1] * i / 40) for i in range(41)]
    return np.asarray(axes.transData.transform(points), dtype=np.float64)


def _at_deadline(axes: Axes, facts: Facts, frame: Frame) -> None:
    """Mark how many are out at the deadline, for the counts at which not all are."""
    least = axes.get_ylim()[1] * 0.055
    told: list[int] = []
    for level, answer in facts.answers.items():
        figures = answer.figures
        if figures.deadline_s is None or figures.feasible:
            continue
        colour, out = _LOOK[level][0], figures.evacuated_by_deadline
        axes.plot(
            figures.deadline_s,
            out,
            "o",
            markersize=5,
            markerfacecolor="white",
            markeredgecolor=colour,
            markeredgewidth=1.6,
            zorder=6,
        )
        if all(abs(out - other) >= least for other in told):
            told.append(out)
            axes.annotate(
                count(out),
                (figures.deadline_s, out),
                xytext=(-6, 4),
                textcoords="offset points",
                ha="right",
                va="bottom",
                size=frame.text,
                color=colour,
                family=FONT,
                zorder=6,
                bbox=PAPER,
            )


def _limits(axes: Axes, facts: Facts, frame: Frame) -> None:
    figures = facts.answer.figures
    lines = [("deadline", figures.deadline_s, WARN)]
    if figures.window_end_s != figures.deadline_s:
        lines.append(("end of the window", figures.window_end_s, GREY))
    for text, at, colour in lines:
        if at is None:
            continue
        mark_time(axes, frame, at, text, colour)
