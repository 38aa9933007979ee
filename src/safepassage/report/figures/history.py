"""The prediction beside each source's counts, with the stops that were reported."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from safepassage.record.history import Curve, History, SourceFit
from safepassage.report.figures.style import (
    CLOSED,
    COLOURS,
    FAINT,
    INK,
    Frame,
    Sheet,
    count_axis,
    literal,
    time_axis,
)
from safepassage.report.wording import percent
from safepassage.terms.case import Case

__all__ = ["draw_history"]

_PREDICTION = "#143a57"
_MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">", "*")
_MOST = 10
"""Sources drawn each with its own mark; more could not be told apart."""


def draw_history(history: History, case: Case, frame: Frame) -> Sheet:
    """Draw people out over time: the prediction, and every source's counts.

    Parameters
    ----------
    history
        The prediction and what it is held against.
    case
        Names of sources.
    frame
        What it is drawn for.
    """
    fits = sorted(history.fits, key=lambda f: (-len(f.points), f.source))
    rows = (3 if history.stops else 1) + min(len(fits), _MOST)
    columns = 1 if frame.narrow else 2
    key = 0.2 * -(-rows // columns) + 0.1
    height, foot = 4.1 + key, 0.56 + key
    sheet = Sheet(frame, height, "What was predicted, and what was reported", _subtitle(history))
    axes = sheet.axes(0.74, foot, 0.36, height - foot - 0.2)
    end = _end(history)
    most = [history.persons, *(p.reported for f in fits for p in f.points)]
    count_axis(axes, max([1, *most]))
    for a, b in history.stops:
        axes.axvspan(a, end if b is None else b, color=CLOSED, zorder=0, linewidth=0)
    axes.axhline(0, color=INK, linewidth=0.8, zorder=3)
    if history.stops:
        _curve(axes, history.undisturbed, end, color=FAINT, linewidth=1.4, linestyle=(0, (4, 2)))
    _curve(axes, history.curve, end, color=_PREDICTION, linewidth=2.6)
    for i, fit in enumerate(fits[:_MOST]):
        _points(axes, fit, i)
    begin = history.begin.astimezone(case.utc_offset)
    time_axis(axes, frame, begin, end, named=True)
    sheet.key(key / 2 + 0.02, _items(history, case, fits[:_MOST], frame), columns)
    return sheet


def _subtitle(history: History) -> str:
    error = history.mean_error
    off = f" Off by {percent(error)} of a count on average." if error is not None else ""
    return f"People out, {history.proposal}, {history.level} count.{off}"


def _end(history: History) -> int:
    """Seconds that are drawn: to the last arrival or count that belongs to the operation."""
    last = history.curve.times_s[-1]
    if history.duration is not None:
        last = max(last, history.duration.actual_s)
    # A count made long after the end would press the rest together; it is left at the edge.
    near = [p.time_s for f in history.fits for p in f.points if p.time_s <= 1.25 * last]
    return int(max([3600, last, *near]) * 1.03)


def _curve(axes: Axes, curve: Curve, end: int, **look: object) -> None:
    times, persons = [*curve.times_s, end], [*curve.persons, curve.persons[-1]]
    if curve.times_s[-1] > end:
        times, persons = list(curve.times_s), list(curve.persons)
    style = "default" if curve.straight else "steps-post"
    axes.plot(times, persons, drawstyle=style, zorder=4, **look)  # type: ignore[arg-type]  # as matplotlib has it


def _points(axes: Axes, fit: SourceFit, number: int) -> None:
    colour = COLOURS[number % len(COLOURS)]
    axes.plot(
        [p.time_s for p in fit.points],
        [p.reported for p in fit.points],
        marker=_MARKERS[number],
        markersize=5.5,
        markerfacecolor=colour,
        markeredgecolor="white",
        markeredgewidth=0.6,
        color=colour,
        linewidth=0.9,
        linestyle=(0, (1, 2)),
        zorder=5,
    )


def _items(
    history: History, case: Case, fits: Sequence[SourceFit], frame: Frame
) -> list[Line2D | Patch]:
    names = {s.id: s.publisher for s in case.sources}
    items: list[Line2D | Patch] = [
        Line2D(
            [],
            [],
            color=_PREDICTION,
            linewidth=2.6,
            label="predicted, with the stops reported" if history.stops else "predicted",
        )
    ]
    if history.stops:
        look = {"color": FAINT, "linewidth": 1.4, "linestyle": (0, (4, 2))}
        items.append(Line2D([], [], label="predicted, without any stop", **look))  # type: ignore[arg-type]  # as matplotlib has it
        items.append(Patch(facecolor=CLOSED, label="stood still, as reported"))
    most = 30 if frame.narrow else 44
    for i, fit in enumerate(fits):
        name = names.get(fit.source, fit.source)
        words = literal(name if len(name) <= most else f"{name[: most - 1]}…")
        if fit.mean_error is not None:
            words += f": off by {percent(fit.mean_error)}"
        items.append(
            Line2D(
                [],
                [],
                color=COLOURS[i % len(COLOURS)],
                marker=_MARKERS[i],
                markersize=5.5,
                markeredgecolor="white",
                markeredgewidth=0.6,
                linewidth=0.9,
                linestyle=(0, (1, 2)),
                label=words,
            )
        )
    return items
