"""Turn drawn figures into PNG and SVG, the same bytes for the same figure."""

from __future__ import annotations

import io
import re

from matplotlib import rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.transforms import Bbox

from safepassage.report.figures.style import FONT, Sheet

__all__ = ["DPI", "png", "svg"]

DPI = 160

_DECIMALS = re.compile(rb"(\d\.\d\d)\d+")
"""Hundredths of a point are enough; the rest is half of the file."""

_FONTS = "'Helvetica Neue', Helvetica, Arial, 'Noto Sans', 'DejaVu Sans', sans-serif"
"""Those of the page. All are narrower than the font the figures are laid out with, or that font."""


def png(sheet: Sheet) -> bytes:
    """Render a figure that stands alone, with its title."""
    buffer = io.BytesIO()
    FigureCanvasAgg(sheet.figure).print_figure(
        buffer, format="png", dpi=DPI, metadata={"Software": None}
    )
    return buffer.getvalue()


def svg(sheet: Sheet) -> bytes:
    """Render a figure for a page, without its title; text stays text, in the fonts of the page."""
    buffer = io.BytesIO()
    for text in sheet.title:
        text.set_visible(False)
    # Both are global in matplotlib. Without a salt, ids would differ from run to run.
    with rc_context({"svg.hashsalt": "safepassage", "svg.fonttype": "none"}):
        FigureCanvasSVG(sheet.figure).print_figure(
            buffer,
            format="svg",
            bbox_inches=Bbox.from_extents(0, 0, sheet.frame.width, sheet.height),
            metadata={"Date": None, "Creator": None},
        )
    for text in sheet.title:
        text.set_visible(True)
    written = buffer.getvalue().replace(f"'{FONT}'".encode(), _FONTS.encode())
    return _DECIMALS.sub(rb"\1", written)
