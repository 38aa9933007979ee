"""Write the report of a clearance into a folder, all of its files or none."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from safepassage.network.road_instance import RoadInstance
from safepassage.plan.clearance import Clearance
from safepassage.plan.clearance_files import write_clearance
from safepassage.report.clearance.departures import departures_table
from safepassage.report.clearance.facts import ClearanceFacts, gather_clearance
from safepassage.report.clearance.figures import draw_clearance_curve, draw_clearance_map
from safepassage.report.clearance.geojson import geojson
from safepassage.report.clearance.geopackage import write_geopackage
from safepassage.report.clearance.page import clearance_page
from safepassage.report.clearance.uses import RoadUse, road_uses
from safepassage.report.drafts import all_or_nothing
from safepassage.report.figures import png
from safepassage.report.figures.style import NARROW, WIDE, Frame, Sheet

__all__ = ["write_clearance_report"]


def write_clearance_report(
    clearance: Clearance, instance: RoadInstance, out_dir: str | os.PathLike[str]
) -> list[Path]:
    """Write result, page, pictures, table and maps.

    The files are made elsewhere and moved in when all are there, so that a folder never holds
    half a report. Other files in the folder stay as they are.

    Parameters
    ----------
    clearance
        The result, verified.
    instance
        The instance it is of.
    out_dir
        Folder; made if it is not there.

    Returns
    -------
    list of Path
        The files written. Without coordinates there is no picture of a map, and the features of
        GeoJSON and GeoPackage have no geometry.

    Raises
    ------
    BadInput
        If the folder cannot be written.
    """
    facts = gather_clearance(clearance, instance)
    uses = road_uses(clearance, facts.instance)

    wide, narrow = _drawn(facts, uses, WIDE), _drawn(facts, uses, NARROW)
    texts = {
        "report.html": clearance_page(facts, uses, wide, narrow),
        "departures.csv": departures_table(clearance, instance),
        "flows.geojson": geojson(facts, uses),
    }
    with all_or_nothing(Path(out_dir)) as draft:
        write_clearance(clearance, draft / "result.json")
        for name, text in texts.items():
            (draft / name).write_text(text, encoding="utf-8", newline="\n")
        write_geopackage(facts, uses, draft / "flows.gpkg")
        for name, sheet in wide.items():
            (draft / f"{name}.png").write_bytes(png(sheet))
        names = ["result.json", *texts, "flows.gpkg", *(f"{name}.png" for name in wide)]
    return [Path(out_dir) / name for name in names]


def _drawn(facts: ClearanceFacts, uses: Sequence[RoadUse], frame: Frame) -> dict[str, Sheet]:
    sheets = {"curve": draw_clearance_curve(facts, frame)}
    if facts.placed:
        sheets["map"] = draw_clearance_map(facts, uses, frame)
    return sheets
