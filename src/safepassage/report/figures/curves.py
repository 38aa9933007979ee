"""People out over time, for the low, likely and high count, against deadline and window."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from safepassage.instance import Interval
from safepassage.instance.timeline import intersect
from safepassage.plan import Level
from safepassage.report.facts import HOUR, Curve, Facts
from safepassage.report.figures.style import (
    CLOSED,
    FONT,
    GREY,
    INK,
    PAPER,
    RULE,
    WARN,
    Frame,
    Sheet,
    time_axis,
)
from safepassage.report.wording import clock, count, people, short_day

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
    axes.set_ylim(0, max([1, *(c.total for c in facts.curves)]) * 1.12)
    for a, b in _shut(facts):
        axes.axvspan(a, b, color=CLOSED, zorder=0, linewidth=0)
    axes.yaxis.set_major_locator(MaxNLocator(5, integer=True, steps=[1, 2, 2.5, 5, 10]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda n, _: count(int(n))))
    axes.grid(axis="y", color=RULE, linewidth=0.7)
    axes.axhline(0, color=INK, linewidth=0.8, zorder=3)
    _limits(axes, facts, frame)
    for curve in facts.curves:
        _curve(axes, facts, frame, curve, end)
    _at_deadline(axes, facts, frame)
    time_axis(axes, frame, facts.start, end, named=True)
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


def _curve(axes: Axes, facts: Facts, frame: Frame, curve: Curve, end: int) -> None:
    colour, width = _LOOK[curve.level]
    answer = facts.answers[curve.level]
    axes.step(
        curve.times_s, curve.persons, where="post", color=colour, linewidth=width, zorder=4
    )
    at, out = curve.times_s[-1], curve.persons[-1]
    axes.plot(at, out, "o", color=colour, markersize=5, zorder=5)
    text = f"{curve.level}: {people(out)}"
    if answer.clearance:
        text += f"\n{clock(answer.clearance)}, {short_day(answer.clearance)}"
    beyond = at > end * (0.5 if frame.narrow else 0.75)
    axes.annotate(
        text,
        (at, out),
        xytext=(0, 7) if beyond else (7, -3),
        textcoords="offset points",
        ha="right" if beyond else "left",
        va="bottom" if beyond else "top",
        size=frame.text,
        color=colour,
        weight="bold",
        family=FONT,
        linespacing=1.25,
        zorder=6,
        bbox=PAPER,
        annotation_clip=False,
    )


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
        axes.axvline(at, color=colour, linewidth=1.4, zorder=3)
        axes.annotate(
            text,
            (at, 1),
            xycoords=("data", "axes fraction"),
            xytext=(0, 3),
            textcoords="offset points",
            ha="center",
            va="bottom",
            size=frame.text,
            color=colour,
            weight="bold",
            family=FONT,
            annotation_clip=False,
        )
