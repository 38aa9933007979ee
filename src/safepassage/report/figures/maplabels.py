"""The writing on the map: corridors with their numbers, places, points on the way."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.lines import Line2D
from matplotlib.text import Text

from safepassage.report.facts import Facts, FlowLine, MapPlace, Point
from safepassage.report.figures.placing import Box, Label, Placed, Points, place
from safepassage.report.figures.style import (
    FONT,
    GREY,
    INK,
    PAPER,
    Frame,
    Sheet,
    literal,
    literal_local,
)
from safepassage.report.wording import count, people

__all__ = ["write_labels"]

_LEADING = 0.94
"""Lines of a label stand closer than their boxes."""

_ORDER = {"crossing": 0, "reception": 1, "assembly": 2, "exchange": 3, "depot": 4}


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    size: float
    colour: str
    weight: str = "normal"


@dataclass(frozen=True, slots=True)
class _Note:
    """Lines of text that belong to a point."""

    at: Point
    lines: tuple[_Line, ...]
    optional: bool = False
    """Left out where it would cover something."""


def write_labels(
    sheet: Sheet,
    axes: Axes,
    xy: Callable[[Point], Point],
    facts: Facts,
    colours: Mapping[str | None, str],
) -> None:
    """Write every label where it covers nothing, with a thin line where it has to stand off.

    Parameters
    ----------
    sheet, axes
        The figure, and the axes that hold the map.
    xy
        From longitude and latitude to the axes.
    facts
        The facts of a report.
    colours
        Colour of each corridor.
    """
    writer = _Writer(sheet, axes, xy)
    notes = _notes(facts, sheet.frame, colours)
    written = [writer.write(note) for note in notes]
    markers = [writer.around(p.at, 7) for p in facts.map.places]
    markers += [writer.around(w.at, 3) for w in facts.map.waypoints]
    step = axes.get_xlim()[1] / 150
    carrying = [line.points for line in facts.map.lines]
    chosen = place(
        [label for _, label in written],
        writer.bounds,
        markers,
        writer.pixels(_samples(carrying, xy, step)),
    )
    roads = [*carrying, *facts.map.roads, *facts.map.empty]
    every = writer.pixels(_samples(roads, xy, step))
    for (texts, label), spot in zip(written, chosen, strict=True):
        if spot is None:
            for text in texts:
                text.remove()
        else:
            writer.settle(texts, label, spot, on_paper=bool(spot.box.near(every, 1.0)))


class _Writer:
    """Writes labels on one sheet, measuring them as they will be drawn."""

    def __init__(self, sheet: Sheet, axes: Axes, xy: Callable[[Point], Point]) -> None:
        self.figure = sheet.figure
        self.xy = xy
        self.to_pixel = axes.transData.transform
        self.to_figure = sheet.figure.transFigure.inverted().transform
        # Text can only be measured by something that draws it.
        FigureCanvasAgg(sheet.figure)
        area = axes.get_window_extent()
        self.bounds = Box(area.x0 + 2, area.y0 + 2, area.x1 - 2, area.y1 - 2)

    def pixels(self, points: Sequence[Point]) -> Points:
        """Points on the map, in pixels."""
        return np.asarray(self.to_pixel(points), dtype=np.float64)

    def around(self, point: Point, half: float) -> Box:
        """A box around a marker."""
        x, y = self.pixels([self.xy(point)])[0]
        return Box(x - half, y - half, x + half, y + half)

    def write(self, note: _Note) -> tuple[list[Text], Label]:
        """Write a note anywhere, and measure it."""
        texts = [
            self.figure.text(
                0,
                0,
                line.text,
                size=line.size,
                color=line.colour,
                weight=line.weight,
                family=FONT,
                va="bottom",
                zorder=7,
            )
            for line in note.lines
        ]
        boxes = [text.get_window_extent() for text in texts]
        x, y = self.pixels([self.xy(note.at)])[0]
        width = max(box.width for box in boxes) + 2
        height = sum(box.height for box in boxes) * _LEADING
        return texts, Label(x, y, width, height, optional=note.optional)

    def settle(self, texts: list[Text], label: Label, spot: Placed, *, on_paper: bool) -> None:
        """Put a note into its box, flush with the side that faces its point."""
        box = spot.box
        right = box.x1 < label.x + 1
        y = box.y1
        for text in texts:
            y -= text.get_window_extent().height * _LEADING
            left, bottom = self.to_figure((box.x1 if right else box.x0, y))
            text.set_position((left, bottom))
            text.set_horizontalalignment("right" if right else "left")
            if on_paper:
                text.set_bbox(PAPER)
        if spot.apart:
            end = min(max(label.x, box.x0), box.x1), min(max(label.y, box.y0), box.y1)
            (x0, y0), (x1, y1) = self.to_figure([(label.x, label.y), end])
            leader = Line2D((x0, x1), (y0, y1), color=GREY, linewidth=0.6, zorder=4)
            self.figure.add_artist(leader)


def _notes(facts: Facts, frame: Frame, colours: Mapping[str | None, str]) -> list[_Note]:
    notes = []
    for flow in facts.corridors:
        if flow.persons:
            line = _own_stretch(facts, flow.corridor)
            colour = colours[flow.corridor]
            name = facts.names.corridors[flow.corridor]
            middle = len(line.points) // 2
            a, b = line.points[middle - 1], line.points[middle]
            at = (a[0] + b[0]) / 2, (a[1] + b[1]) / 2
            lines = [
                _Line(people(flow.persons), frame.text + 1, colour, "bold"),
                _Line(literal(name.text), frame.text, colour),
            ]
            notes.append(_Note(at, tuple(lines)))
    for p in sorted(facts.map.places, key=lambda p: (_ORDER[p.kind], -p.persons)):
        lines = [_Line(literal(_with_count(p, frame)), frame.text, INK)]
        # On a telephone the map of a city has no room for two names a place.
        local = literal_local(p.name_local)
        if local and not (frame.narrow and p.kind in ("assembly", "depot")):
            lines.append(_Line(local, frame.text, GREY))
        notes.append(_Note(p.at, tuple(lines)))
    if not frame.narrow:
        for w in facts.map.waypoints:
            lines = [_Line(literal(w.name), frame.text - 1, GREY)]
            local = literal_local(w.name_local)
            if local:
                lines.append(_Line(local, frame.text - 1, GREY))
            notes.append(_Note(w.at, tuple(lines), optional=True))
    return notes


def _with_count(place_: MapPlace, frame: Frame) -> str:
    counted = place_.kind in ("assembly", "reception") and place_.persons and not frame.narrow
    name = place_.name if len(place_.name) <= 30 else place_.name.split(",")[0]
    return f"{name} ({count(place_.persons)})" if counted else name


def _own_stretch(facts: Facts, corridor: str) -> FlowLine:
    """The stretch that says most of a corridor: long, busy, and shared with no other."""
    ways: dict[frozenset[Point], set[str | None]] = {}
    for line in facts.map.lines:
        ways.setdefault(frozenset(line.points), set()).add(line.corridor)

    def weight(line: FlowLine) -> tuple[bool, float]:
        length = sum(math.dist(a, b) for a, b in pairwise(line.points))
        return len(ways[frozenset(line.points)]) == 1, length * line.persons

    return max((x for x in facts.map.lines if x.corridor == corridor), key=weight)


def _samples(
    lines: Iterable[Sequence[Point]], xy: Callable[[Point], Point], step: float
) -> list[Point]:
    """Points along lines, about ``step`` apart."""
    found = [(-1e9, -1e9)]
    for line in lines:
        for a, b in pairwise(map(xy, line)):
            steps = max(2, int(math.dist(a, b) / step))
            found += [
                (a[0] + (b[0] - a[0]) * i / steps, a[1] + (b[1] - a[1]) * i / steps)
                for i in range(steps + 1)
            ]
    return found
