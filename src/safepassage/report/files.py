"""Write a whole report into a folder, all of its files or none."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from safepassage.cases import OpenCase
from safepassage.check import Verification
from safepassage.plan import Level, Plan, write_plan
from safepassage.report.drafts import all_or_nothing
from safepassage.report.facts import gather, main_level
from safepassage.report.figures import Gallery, png
from safepassage.report.page import page
from safepassage.report.timetable import timetable

__all__ = ["write_report"]


def write_report(
    open_case: OpenCase,
    plans: Mapping[Level, Plan],
    verifications: Mapping[Level, Verification],
    out_dir: str | os.PathLike[str],
) -> list[Path]:
    """Write plans, timetable, page and pictures.

    ``plan.json``, ``timetable.csv`` and the pictures are those of the likely count (else of the
    first there is); the other counts are ``plan-low.json`` and ``plan-high.json``. The files are
    made elsewhere and moved in when all are there, so that a folder never holds half a report.
    Other files in the folder stay as they are.

    Parameters
    ----------
    open_case
        The case the plans were made from.
    plans
        One plan a count, at least one, all for the same proposal.
    verifications
        What the checker says of each.
    out_dir
        Folder; made if it is not there.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    BadInput
        If the folder cannot be written.
    """
    facts = gather(open_case, plans, verifications)
    level = main_level(plans)
    gallery = Gallery.of(facts)
    with all_or_nothing(Path(out_dir)) as draft:
        for count, plan in plans.items():
            write_plan(plan, draft / ("plan.json" if count == level else f"plan-{count}.json"))
        _write(draft / "timetable.csv", timetable(open_case, plans[level]).encode())
        _write(draft / "report.html", page(facts, gallery).encode())
        for name in ("map", "strings", "curve"):
            _write(draft / f"{name}.png", png(gallery.wide[name]))
        names = [file.name for file in draft.iterdir()]
    order = ["plan.json", "plan-low.json", "plan-high.json", "timetable.csv", "report.html"]
    order += ["map.png", "strings.png", "curve.png"]
    return [Path(out_dir) / name for name in order if name in names]


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(content)
