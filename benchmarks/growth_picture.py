"""The picture of growth: a panel for each thing that is varied, on logarithmic axes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.registry import Row

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["draw"]

_PANELS = {
    "nodes": ("nodes", "nodes (20 origins)"),
    "origins": ("origins", "origins (1,600 nodes)"),
    "horizon": ("clearance_s", "clearance time (s)"),
    "resolution": ("value", "resolution"),
}
_INK, _SECOND, _PEER = "#1b4f72", "#148f77", "#b9770e"


def draw(rows: Sequence[Row], file: Path) -> None:
    """Draw processor seconds as SVG, the same bytes for the same rows."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context({"svg.hashsalt": "growth", "font.size": 9}):
        figure = Figure(figsize=(10, 3.2), layout="constrained")
        axes = figure.subplots(1, len(_PANELS), sharey=True)
        for axis, (series, (column, label)) in zip(axes, _PANELS.items(), strict=True):
            _panel(axis, rows, series, column)
            axis.set_xlabel(label)
        axes[0].set_ylabel("processor time (s)")
        figure.savefig(file, metadata={"Date": None})


def _panel(axis: Axes, rows: Sequence[Row], series: str, column: str) -> None:
    lines = {
        "safepassage, 6 origins": (series, "cpu_s", _INK),
        "safepassage, 200 origins": (f"{series}-many", "cpu_s", _SECOND),
        "one OR-Tools maximum flow": (series, "ortools_cpu_s", _PEER),
    }
    for label, (name, figure, colour) in lines.items():
        found = [row for row in rows if row["series"] == name and figure in row]
        if found:
            x = [_number(row[column]) for row in found]
            axis.plot(x, [row[figure] for row in found], "o-", ms=4, color=colour, label=label)
    axis.set_yscale("log")
    axis.set_xscale("log")
    axis.grid(visible=True, which="major", alpha=0.3)
    axis.spines[["top", "right"]].set_visible(False)
    if column == "value":
        axis.invert_xaxis()
        ticks = [0.1, 1.0, 10.0]
        axis.set_xticks(ticks, [f"{tick:g} s" for tick in ticks])
        axis.minorticks_off()
        axis.legend(frameon=False, fontsize=7, loc="lower left", bbox_to_anchor=(0, 1))


def _number(value: object) -> float:
    return float(str(value).removesuffix(" s"))
