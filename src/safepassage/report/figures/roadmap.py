"""The map: corridors as wide as the people they carry, with the places of the operation."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise

from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.lines import Line2D
from matplotlib.path import Path
from matplotlib.transforms import ScaledTranslation

from safepassage.report.facts import Facts, FlowLine, Point
from safepassage.report.figures.maplabels import write_labels
from safepassage.report.figures.style import (
    COLOURS,
    FAINT,
    FONT,
    GREY,
    INK,
    RULE,
    Frame,
    Sheet,
)

__all__ = ["View", "draw_map", "draw_scale"]

_MARKERS = {
    "assembly": ("o", "white", "assembly point"),
    "crossing": ("D", INK, "crossing"),
    "reception": ("s", "white", "reception point"),
    "depot": ("^", "white", "vehicle depot"),
    "exchange": ("X", INK, "exchange point"),
}
_METRES_PER_DEGREE = 111_195.0
_WIDEST = 9.0
"""Width in points of the road that carries most."""


@dataclass(frozen=True, slots=True)
class View:
    """The part of the earth that is shown, on a flat map true to scale in its middle."""

    west: float
    south: float
    width_m: float
    height_m: float
    per_lon: float
    """Metres a degree of longitude."""

    def xy(self, point: Point) -> Point:
        """Metres east and north of the south-west corner."""
        x = (point[0] - self.west) * self.per_lon
        return x, (point[1] - self.south) * _METRES_PER_DEGREE

    @classmethod
    def of(
        cls,
        points: list[Point],
        least: float,
        most: float,
        margins: tuple[float, float] = (1.2, 1.35),
    ) -> View:
        """Frame the points; height over width stays between ``least`` and ``most``.

        ``margins`` are how much wider and higher than the points the view is: labels take room.
        """
        lons, lats = [p[0] for p in points], [p[1] for p in points]
        middle = (min(lons) + max(lons)) / 2, (min(lats) + max(lats)) / 2
        per_lon = _METRES_PER_DEGREE * math.cos(math.radians(middle[1]))
        width = max((max(lons) - min(lons)) * per_lon, 500.0) * margins[0]
        height = max((max(lats) - min(lats)) * _METRES_PER_DEGREE, 500.0) * margins[1]
        if height < width * least:
            height = width * least
        elif height > width * most:
            width = height / most
        west = middle[0] - width / 2 / per_lon
        south = middle[1] - height / 2 / _METRES_PER_DEGREE
        return cls(west, south, width, height, per_lon)

    def sheet(self, frame: Frame, foot: float, title: str, subtitle: str) -> tuple[Sheet, Axes]:
        """Return a sheet with bare axes in metres, and room for a key of ``foot`` inches below."""
        height = (frame.width - 0.2) * self.height_m / self.width_m + foot
        sheet = Sheet(frame, height, title, subtitle)
        axes = sheet.axes(0.1, foot, 0.1, height - foot)
        axes.set_axis_off()
        axes.set_xlim(0, self.width_m)
        axes.set_ylim(0, self.height_m)
        return sheet, axes


def draw_map(facts: Facts, frame: Frame) -> Sheet:
    """Draw the map.

    Parameters
    ----------
    facts
        The facts of a report.
    frame
        What it is drawn for.
    """
    points = [p for line in facts.map.lines for p in line.points]
    points += [p.at for p in facts.map.places]
    view = View.of(points or [(0.0, 0.0)], *((0.72, 1.25) if frame.narrow else (0.42, 0.72)))
    foot = 0.5 if frame.narrow else 0.3
    subtitle = "The wider a road, the more people it carries. Drawn straight from point to point."
    sheet, axes = view.sheet(frame, foot, "The way out", subtitle)
    colours = _colours(facts)
    for roads, colour, width in ((facts.map.roads, RULE, 1.4), (facts.map.empty, FAINT, 1.0)):
        lines = [[view.xy(p) for p in road] for road in roads]
        axes.add_collection(LineCollection(lines, colors=colour, linewidths=width, zorder=1))
    _flows(axes, view, facts, colours)
    _markers(axes, view, facts, frame)
    write_labels(sheet, axes, view.xy, facts, colours)
    draw_scale(axes, view, frame)
    _key(sheet, facts, foot)
    return sheet


def _colours(facts: Facts) -> dict[str | None, str]:
    """A colour for each corridor in use, the busiest first."""
    used = [f.corridor for f in facts.corridors if f.persons]
    return {None: GREY} | {c: COLOURS[i % len(COLOURS)] for i, c in enumerate(used)}


def _flows(axes: Axes, view: View, facts: Facts, colours: dict[str | None, str]) -> None:
    """Draw what each corridor carries; corridors that share a road run side by side."""
    most = max((line.persons for line in facts.map.lines), default=1)
    shared: defaultdict[frozenset[Point], list[FlowLine]] = defaultdict(list)
    for line in facts.map.lines:
        shared[frozenset(line.points)].append(line)
    for lines in shared.values():
        widths = [max(1.2, _WIDEST * line.persons / most) for line in lines]
        at = -sum(widths) / 2
        for line, width in zip(lines, widths, strict=True):
            _band(axes, view, line, width, at + width / 2 if len(lines) > 1 else 0.0, colours)
            at += width


def _band(
    axes: Axes,
    view: View,
    line: FlowLine,
    width: float,
    aside: float,
    colours: dict[str | None, str],
) -> None:
    """Draw one flow, ``aside`` points to the left of the road, with an arrow where it fits."""
    figure = axes.figure
    for a, b in pairwise(map(view.xy, line.points)):
        length = math.dist(a, b) or 1.0
        left = -(b[1] - a[1]) / length, (b[0] - a[0]) / length
        shift = ScaledTranslation(
            left[0] * aside / 72, left[1] * aside / 72, figure.dpi_scale_trans
        )
        axes.plot(
            (a[0], b[0]),
            (a[1], b[1]),
            color=colours.get(line.corridor, GREY),
            linewidth=width,
            solid_capstyle="round",
            zorder=2,
            transform=axes.transData + shift,
        )
        if length > view.width_m * 0.09 and width > 3.5:
            axes.plot(
                (a[0] + b[0]) / 2,
                (a[1] + b[1]) / 2,
                marker=_arrow(left),
                markersize=min(width * 0.95, 8.0),
                color="white",
                markeredgewidth=0,
                zorder=3,
                transform=axes.transData + shift,
            )


def _arrow(left: Point) -> Path:
    """An arrow head; ``left`` is the unit vector to the left of where it points."""
    ahead = left[1], -left[0]
    shape = ((1.0, 0.0), (-0.7, 0.75), (-0.3, 0.0), (-0.7, -0.75), (1.0, 0.0))
    return Path([(f * ahead[0] + s * left[0], f * ahead[1] + s * left[1]) for f, s in shape])


def _markers(axes: Axes, view: View, facts: Facts, frame: Frame) -> None:
    for way in facts.map.waypoints:
        axes.plot(
            *view.xy(way.at),
            "o",
            markersize=2.6,
            markerfacecolor="white",
            markeredgecolor=GREY,
            markeredgewidth=0.8,
            zorder=4,
        )
    for place in facts.map.places:
        axes.plot(
            *view.xy(place.at),
            _MARKERS[place.kind][0],
            markersize=5.2 if frame.narrow else 6.5,
            markerfacecolor=_MARKERS[place.kind][1],
            markeredgecolor=INK,
            markeredgewidth=1.3,
            zorder=5,
        )


def draw_scale(axes: Axes, view: View, frame: Frame) -> None:
    """Draw a scale bar of a round length, at the lower right."""
    wanted = view.width_m / 5
    lengths = [n * 10**e for e in range(1, 6) for n in (1, 2, 5)]
    length = max((n for n in lengths if n <= wanted), default=lengths[0])
    right, y = view.width_m * 0.99, view.height_m * 0.02
    axes.plot([right - length, right], [y, y], color=INK, linewidth=1.4, solid_capstyle="butt")
    axes.text(
        right - length / 2,
        y + view.height_m * 0.012,
        f"{length // 1000} km" if length >= 1000 else f"{length} m",
        ha="center",
        va="bottom",
        size=frame.text - 0.5,
        color=INK,
        family=FONT,
    )


def _key(sheet: Sheet, facts: Facts, foot: float) -> None:
    """What the markers mean, along the lower edge."""
    items = [
        Line2D(
            [],
            [],
            marker=marker,
            markersize=5.5,
            markerfacecolor=fill,
            markeredgecolor=INK,
            markeredgewidth=1.2,
            linestyle="none",
            label=word,
        )
        for kind, (marker, fill, word) in _MARKERS.items()
        if any(p.kind == kind for p in facts.map.places)
    ]
    sheet.key(foot / 2, items, 2 if sheet.frame.narrow else None)
