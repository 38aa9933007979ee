"""Two figures: the map of the roads by use with the cut on it, and vehicles out over time."""

from __future__ import annotations

import math
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MultipleLocator

from safepassage.report.clearance.facts import ClearanceFacts
from safepassage.report.clearance.uses import Point, RoadUse, line_of
from safepassage.report.figures.roadmap import View, draw_scale
from safepassage.report.figures.style import (
    FONT,
    GREY,
    INK,
    PAPER,
    RULE,
    WARN,
    Frame,
    Sheet,
    count_axis,
    literal,
    mark_time,
)
from safepassage.report.wording import duration

__all__ = ["draw_clearance_curve", "draw_clearance_map"]

_CLASSES = (
    (0.5, "#a9c7dc", "under half full"),
    (0.95, "#4f8fbd", "over half full"),
    (math.inf, "#143a57", "full"),
)
"""Of a link's entrance while it is used; light to dark, so that grey print keeps the order."""
_WIDEST = 5.5
_MOST_NAMES = 12
_MANY = 3000
"""Roads, beyond which they are drawn as an image within the figure: lines would weigh too much."""


def draw_clearance_map(facts: ClearanceFacts, uses: Sequence[RoadUse], frame: Frame) -> Sheet:
    """Draw the network coloured by use, with the bottleneck across it.

    Parameters
    ----------
    facts
        The facts of a result.
    uses
        Every link that is used or in the bottleneck.
    frame
        What it is drawn for.
    """
    lines = {
        link.id: line
        for link in facts.instance.network.links.values()
        if (line := line_of(facts.instance, link)) is not None
    }
    points = [point for line in lines.values() for point in line]
    shape = (0.72, 1.25) if frame.narrow else (0.42, 0.9)
    view = View.of(points or [(0.0, 0.0)], *shape, margins=(1.1, 1.12))
    foot = 0.72 if frame.narrow else 0.5
    subtitle = "The wider a road, the more vehicles take it; the darker, the fuller it is."
    sheet, axes = view.sheet(frame, foot, "The ways out", subtitle)
    many = len(lines) > _MANY
    flat = {name: [view.xy(p) for p in line] for name, line in lines.items()}
    used = {use.link.id for use in uses if use.vehicles > 0}
    empty = [line for name, line in flat.items() if name not in used]
    axes.add_collection(
        LineCollection(empty, colors=RULE, linewidths=0.8, zorder=1, rasterized=many)
    )
    _roads(axes, flat, uses, rasterized=many)
    _cut(axes, view, flat, uses, frame)
    _ends(axes, view, facts, frame)
    draw_scale(axes, view, frame)
    _key(sheet, facts, foot)
    return sheet


def _roads(
    axes: Axes, flat: dict[str, list[Point]], uses: Sequence[RoadUse], *, rasterized: bool
) -> None:
    most = max((use.vehicles for use in uses), default=1.0) or 1.0
    # The fuller roads last, so that none hides under an emptier one.
    shown = [use for use in uses if use.vehicles > 0 and use.link.id in flat]
    shown.sort(key=lambda use: use.share or 0.0)
    axes.add_collection(
        LineCollection(
            [flat[use.link.id] for use in shown],
            colors=[_colour(use) for use in shown],
            linewidths=[max(0.9, _WIDEST * math.sqrt(use.vehicles / most)) for use in shown],
            capstyle="round",
            zorder=2,
            rasterized=rasterized,
        )
    )


def _colour(use: RoadUse) -> str:
    return next(colour for most, colour, _ in _CLASSES if (use.share or 0.0) < most)


def _cut(
    axes: Axes,
    view: View,
    flat: dict[str, list[Point]],
    uses: Sequence[RoadUse],
    frame: Frame,
) -> None:
    """Draw a bar across every road of the bottleneck, in its middle, with the name of the road."""
    crossed = sum(use.cut is not None for use in uses)
    half = view.width_m * (0.011 if crossed <= _MOST_NAMES else 0.006)
    bars: list[list[Point]] = []
    named: dict[str, Point] = {}
    for use in uses:
        line = flat.get(use.link.id)
        if use.cut is None or line is None:
            continue
        at = len(line) // 2
        a, b = line[at - 1], line[at]
        length = math.dist(a, b)
        if length == 0:
            continue
        x, y = (a[0] + b[0]) / 2, (a[1] + b[1]) / 2
        aside = -(b[1] - a[1]) / length * half, (b[0] - a[0]) / length * half
        bars.append([(x - aside[0], y - aside[1]), (x + aside[0], y + aside[1])])
        if use.link.name is not None:
            named.setdefault(use.link.name, bars[-1][1])
    for colour, width, layer in (("white", 4.6, 5), (WARN, 2.8, 6)):
        axes.add_collection(LineCollection(bars, colors=colour, linewidths=width, zorder=layer))
    # More names would cover the map; the page lists every road of the bottleneck.
    for name, end in named.items() if len(named) <= _MOST_NAMES else ():
        axes.annotate(
            literal(name),
            end,
            xytext=(5, 5),
            textcoords="offset points",
            size=frame.text,
            color=WARN,
            weight="bold",
            family=FONT,
            bbox=PAPER,
            zorder=8,
        )


def _ends(axes: Axes, view: View, facts: ClearanceFacts, frame: Frame) -> None:
    """Mark origins and destinations; the few of either large enough to see."""
    nodes = facts.instance.network.nodes
    size = 3.4 if frame.narrow else 4.6
    many = len(facts.instance.origins) > 200
    for names, marker, fill in (
        ({o.node for o in facts.instance.origins}, "o", "white"),
        ({d.node for d in facts.instance.destinations}, "s", INK),
    ):
        places = [
            view.xy((node.lon, node.lat))
            for node in map(nodes.__getitem__, sorted(names))
            if node.lon is not None and node.lat is not None
        ]
        axes.plot(
            [x for x, _ in places],
            [y for _, y in places],
            marker,
            markersize=size / 2 if many else size,
            markerfacecolor=fill,
            markeredgecolor=INK,
            markeredgewidth=0.5 if many else 1.1,
            linestyle="none",
            zorder=7,
        )


def _key(sheet: Sheet, facts: ClearanceFacts, foot: float) -> None:
    items = [
        Line2D([], [], color=colour, linewidth=3, label=label) for _, colour, label in _CLASSES
    ]
    if facts.clearance.bottleneck is not None and facts.clearance.bottleneck.links:
        items.append(
            Line2D(
                [],
                [],
                color=WARN,
                marker="|",
                markersize=9,
                markeredgewidth=2.8,
                linestyle="none",
                label="bottleneck",
            )
        )
    for marker, fill, label in (("o", "white", "origin"), ("s", INK, "destination")):
        items.append(
            Line2D(
                [],
                [],
                marker=marker,
                markersize=5,
                markerfacecolor=fill,
                markeredgecolor=INK,
                linestyle="none",
                label=label,
            )
        )
    sheet.key(foot / 2, items, 3 if sheet.frame.narrow else None)


def draw_clearance_curve(facts: ClearanceFacts, frame: Frame) -> Sheet:
    """Draw vehicles out over time, with the times at which 50, 90 and 100 % of them are out.

    Parameters
    ----------
    facts
        The facts of a result.
    frame
        What it is drawn for.
    """
    height, foot = (3.0, 0.56) if frame.narrow else (3.6, 0.56)
    sheet = Sheet(frame, height, "Out over time", "Vehicles that have reached a destination.")
    axes = sheet.axes(0.74, foot, 0.3, height - foot - 0.26)
    total = float(facts.clearance.vehicles)
    c = facts.clearance
    marks = [facts.curve.times_s[-1], float(c.deadline_s or 0), float(c.lower_bound_s or 0), 60.0]
    end = max(marks) * 1.06
    axes.set_xlim(0, end)
    count_axis(axes, total)
    axes.xaxis.set_major_locator(MultipleLocator(_step(end, 5 if frame.narrow else 9)))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda s, _: _clock(s)))
    axes.set_xlabel("after the start (h:min)", color=GREY, size=frame.text - 0.5, family=FONT)
    axes.tick_params(axis="x", pad=7)
    axes.plot(facts.curve.times_s, facts.curve.vehicles, color="#143a57", linewidth=2.4, zorder=4)
    if c.arrival is not None:
        axes.plot(
            [0.0, *(float(p.time_s) for p in c.arrival.points)],
            [0.0, *(float(p.at_most) for p in c.arrival.points)],
            color=WARN,
            linewidth=1.2,
            linestyle=(0, (3, 2)),
            zorder=5,
        )
    _out_marks(axes, facts, frame, total)
    if c.deadline_s is not None:
        mark_time(axes, frame, float(c.deadline_s), "deadline", WARN)
    return sheet


def _out_marks(axes: Axes, facts: ClearanceFacts, frame: Frame, total: float) -> None:
    end = axes.get_xlim()[1]
    for share, at in facts.out_s.items():
        if at is None:
            continue
        n = total * share / 100
        axes.plot(at, n, "o", color="#143a57", markersize=5, zorder=5)
        left = at > end * 0.3
        axes.annotate(
            f"{share}%: {duration(math.ceil(at), up=True)}",
            (at, n),
            xytext=(-8 if left else 9, 4 if left else -4),
            textcoords="offset points",
            ha="right" if left else "left",
            va="bottom" if left else "top",
            size=frame.text,
            color=INK,
            weight="bold",
            family=FONT,
            bbox=PAPER,
            zorder=6,
        )


def _step(end: float, ticks: int) -> int:
    """Seconds from tick to tick: a round time."""
    steps = (10, 30, 60, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400)
    return next((s for s in steps if end / s <= ticks), int(end / ticks / 86400 + 1) * 86400)


def _clock(s: float) -> str:
    minutes, rest = divmod(round(s), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}" + (f":{rest:02d}" if rest else "")
