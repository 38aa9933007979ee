"""The look of the figures: sizes, colours that survive colour blindness and grey print, axes.

Nothing is set globally: every figure is built from its own objects, and the two settings that
matplotlib only takes globally are set around the writing of a file.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.text import Text
from matplotlib.ticker import FuncFormatter, MaxNLocator

from safepassage.report.facts import HOUR
from safepassage.report.wording import count, short_day

__all__ = [
    "CLOSED",
    "COLOURS",
    "DAY",
    "FAINT",
    "FONT",
    "GREY",
    "INK",
    "NARROW",
    "PAPER",
    "RULE",
    "WARN",
    "WIDE",
    "Frame",
    "Sheet",
    "both_names",
    "count_axis",
    "literal",
    "literal_local",
    "mark_time",
    "midnights",
    "time_axis",
]

INK = "#1b1f23"
GREY = "#5a6169"
FAINT = "#a3abb2"
RULE = "#dfe3e6"
CLOSED = "#eceef0"
WARN = "#b5420e"
PAPER = {"facecolor": "white", "edgecolor": "none", "pad": 1.0, "alpha": 0.82}
"""Box behind a text that may lie on lines."""

COLOURS = ("#1f5582", "#c8651b", "#2a8f85", "#7b5ea7", "#8a6d1f", "#a23b5a")
"""Told apart with any colour vision; whatever they tell apart is told by a label as well."""

FONT = "DejaVu Sans"
"""Comes with matplotlib, and has Arabic, Cyrillic and Greek."""

DAY = 24 * HOUR


@lru_cache(maxsize=1)
def _drawn() -> frozenset[int]:
    """Characters that the font has."""
    return frozenset(get_font(findfont(FontProperties(family=FONT))).get_charmap())


def literal(text: str) -> str:
    """Make a text of a case safe to draw: no formula, and no character the font does not have."""
    known = "".join(c if ord(c) in _drawn() else "\N{REPLACEMENT CHARACTER}" for c in text)
    return known.replace("$", r"\$")


def literal_local(text: str | None) -> str | None:
    """Make a local name safe to draw; None where the font lacks its script."""
    if not text or any(ord(c) not in _drawn() for c in text):
        return None
    return literal(text)


def both_names(text: str, local: str | None) -> str:
    """Write a name and, where it can be drawn, the local one after it."""
    drawn = literal_local(local)
    return f"{literal(text)}  {drawn}" if drawn else literal(text)


_TITLE = 0.74
"""Inches that the title takes, in a file that stands alone."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What a figure is drawn for."""

    width: float
    """Inches."""
    text: float
    """Size of plain text in points."""
    narrow: bool = False


WIDE = Frame(width=9.6, text=9.0)
"""A page, a desktop, paper."""

NARROW = Frame(width=4.0, text=8.0, narrow=True)
"""A telephone."""


class Sheet:
    """A figure under its title, laid out in inches from its lower left corner.

    A picture that stands alone shows the title; on a page, which has headings of its own, the
    body alone is shown.
    """

    def __init__(self, frame: Frame, height: float, title: str, subtitle: str) -> None:
        """Begin a figure with a body of ``height`` inches."""
        self.frame = frame
        self.height = height
        self._total = height + _TITLE
        self.figure = Figure(figsize=(frame.width, self._total), facecolor="white")
        top = self._total
        self.title = (
            self.text(0.14, top - 0.34, title, size=frame.text + 4, weight="bold"),
            self.text(0.14, top - 0.58, subtitle, color=GREY),
        )

    def text(self, x: float, y: float, words: str, **look: Any) -> Text:
        """Write at inches ``x``, ``y``, by the baseline unless told otherwise."""
        plain: dict[str, Any] = {"size": self.frame.text, "color": INK, "va": "baseline"}
        plain |= look
        return self.figure.text(x / self.frame.width, y / self._total, words, family=FONT, **plain)

    def canvas(self) -> Axes:
        """Add axes without axis over the whole body, one unit to the inch."""
        axes = self.axes(0.0, 0.0, 0.0, self.height)
        axes.set_axis_off()
        axes.set_xlim(0, self.frame.width)
        axes.set_ylim(0, self.height)
        return axes

    def axes(self, left: float, bottom: float, right: float, height: float) -> Axes:
        """Add bare axes: margins ``left`` and ``right``, ``height``, all in inches."""
        width = self.frame.width - left - right
        axes = self.figure.add_axes(
            (
                left / self.frame.width,
                bottom / self._total,
                width / self.frame.width,
                height / self._total,
            )
        )
        for side in ("top", "right", "left"):
            axes.spines[side].set_visible(False)
        axes.spines["bottom"].set_color(FAINT)
        axes.spines["bottom"].set_linewidth(0.8)
        axes.tick_params(
            colors=GREY, labelsize=self.frame.text - 0.5, length=0, labelfontfamily=FONT
        )
        axes.set_axisbelow(True)
        return axes

    def key(self, y: float, items: Sequence[Line2D | Patch], columns: int | None = None) -> None:
        """Say what lines and fills mean, in a row at ``y`` inches."""
        self.figure.legend(
            handles=list(items),
            loc="center left",
            bbox_to_anchor=(0.14 / self.frame.width, y / self._total),
            ncols=columns or len(items),
            frameon=False,
            handlelength=1.5,
            handletextpad=0.5,
            columnspacing=1.4,
            labelspacing=0.35,
            borderpad=0.0,
            borderaxespad=0.0,
            prop={"family": FONT, "size": self.frame.text - 0.5},
            labelcolor=GREY,
        )


def midnights(start: datetime, until_s: int) -> Iterator[tuple[int, datetime]]:
    """Yield local midnights, from the one at or before the start, as seconds after it."""
    local = start.replace(hour=0, minute=0, second=0, microsecond=0)
    while (seconds := int((local - start).total_seconds())) < until_s:
        yield seconds, local
        local += timedelta(days=1)


def time_axis(axes: Axes, frame: Frame, start: datetime, until_s: int, *, named: bool) -> None:
    """Rule off the days; where ``named``, write hours and days along the bottom."""
    axes.set_xlim(0, until_s)
    step = _hour_step(until_s, frame)
    ticks, labels = [], []
    # Over two months or more, lines for every day would hide what is drawn.
    ruled = max(1, until_s // (30 * DAY))
    for i, (seconds, _) in enumerate(midnights(start, until_s)):
        if seconds > 0 and i % ruled == 0:
            axes.axvline(seconds, color=RULE, linewidth=0.8, zorder=0.5)
        for hour in range(0, 24, step) if step < 24 else ():
            if 0 <= seconds + hour * HOUR <= until_s:
                ticks.append(seconds + hour * HOUR)
                labels.append(f"{hour:02d}:00")
    axes.set_xticks(ticks, labels if named else [""] * len(ticks))
    if named:
        _name_days(axes, frame, start, until_s, drop=9 + 1.35 * frame.text if step < 24 else 5)


def _hour_step(until_s: int, frame: Frame) -> int:
    """Hours between ticks, so that their labels have room."""
    room = 5 if frame.narrow else 13
    return next((step for step in (1, 2, 3, 6, 12) if until_s / HOUR / step <= room), 24)


def _name_days(axes: Axes, frame: Frame, start: datetime, until_s: int, drop: float) -> None:
    """Name the days, or every so many days where there is no room."""
    long, short = (0.2, 0.13) if frame.narrow else (0.085, 0.064)
    share = DAY / until_s
    every = 1 if share >= short else math.ceil(short / share)
    for i, (seconds, local) in enumerate(midnights(start, until_s)):
        begin, end = max(seconds, 0), min(seconds + DAY, until_s)
        words = short_day(local)
        if share < long:
            words = words[4:]
        room = (end - begin) / until_s * every
        if i % every == 0 and room >= min(long if share >= long else short, 1.0) * 0.85:
            axes.annotate(
                words,
                ((begin + end) / 2, 0),
                xycoords=("data", "axes fraction"),
                xytext=(0, -drop),
                textcoords="offset points",
                ha="center",
                va="top",
                size=frame.text,
                color=INK,
                weight="bold",
                family=FONT,
                annotation_clip=False,
            )


def mark_time(axes: Axes, frame: Frame, at: float, text: str, colour: str) -> None:
    """Draw a line across at a moment, and name it above."""
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


def count_axis(axes: Axes, most: float) -> None:
    """Count from 0 up to a number and a little more, in whole steps with rules."""
    axes.set_ylim(0, max(most, 1.0) * 1.12)
    axes.yaxis.set_major_locator(MaxNLocator(5, integer=True, steps=[1, 2, 2.5, 5, 10]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda n, _: count(int(n))))
    axes.grid(axis="y", color=RULE, linewidth=0.7)
