"""The figures: one drawing function each, used for the PNG and for the SVG in the page."""

from __future__ import annotations

from safepassage.report.figures.curves import draw_curve
from safepassage.report.figures.files import DPI, png, svg
from safepassage.report.figures.gallery import Gallery
from safepassage.report.figures.hours import draw_hours
from safepassage.report.figures.roadmap import draw_map
from safepassage.report.figures.strings import draw_strings
from safepassage.report.figures.style import NARROW, WIDE, Frame, Sheet

__all__ = [
    "DPI",
    "NARROW",
    "WIDE",
    "Frame",
    "Gallery",
    "Sheet",
    "draw_curve",
    "draw_hours",
    "draw_map",
    "draw_strings",
    "png",
    "svg",
]
