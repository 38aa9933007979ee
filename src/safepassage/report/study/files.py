"""The files of a study: page, Markdown, curve as CSV, and the answer itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from safepassage.cases import OpenCase
from safepassage.plan.document import NOTICE
from safepassage.report.study.blocks import study_blocks
from safepassage.report.study.charts import study_charts
from safepassage.report.study.words import names_in
from safepassage.report.table.page import table_page
from safepassage.report.table.plain import csv_text, markdown

__all__ = ["study_files"]

Answer = Mapping[str, Any]


def study_files(opened: OpenCase, answer: Answer) -> dict[str, str]:
    """Return texts by the names of their files."""
    names = names_in(opened)
    blocks = study_blocks(answer, names)
    terms = opened.case.proposal(answer["proposal"])
    heading = f"How sure: {terms.title}"
    title = [opened.case.title, heading, *opened.overrides]
    return {
        "simulate.html": table_page(opened, heading, blocks, (terms,), study_charts(answer, names)),
        "simulate.md": markdown(title, blocks, NOTICE),
        "simulate.json": json.dumps(answer, ensure_ascii=False, allow_nan=False, indent=2) + "\n",
        "curve.csv": _curve(answer["curve"]),
    }


def _curve(curve: Answer) -> str:
    keys = ("moments_s", "out_p5", "out_p50", "out_p95", "p_all_out")
    rows = [
        dict(zip(keys, row, strict=True)) for row in zip(*(curve[k] for k in keys), strict=True)
    ]
    return csv_text(rows, keys)
