"""The files of a comparison: page, Markdown, CSV, and a brief for one party."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from safepassage.cases import OpenCase
from safepassage.plan.document import NOTICE
from safepassage.report.table.brief import brief_blocks
from safepassage.report.table.chart import frontier_charts
from safepassage.report.table.compare import compare_blocks
from safepassage.report.table.page import table_page
from safepassage.report.table.plain import csv_text, markdown
from safepassage.report.table.steps import LinkedSteps, steps_blocks

__all__ = ["comparison_files"]

Answer = Mapping[str, Any]

_KEYS = (
    "id",
    "title",
    "tabled",
    "tabled_by",
    "status",
    "status_date",
    "deadline_s",
    "feasible",
    "evacuated_by_deadline",
    "evacuated_at_most",
    "clearance_time_s",
    "lower_bound_s",
    "shortest_window_s",
    "person_hours_waiting",
    "timetable",
    "not_modelled",
    "cannot_be_planned",
)


def comparison_files(
    opened: OpenCase,
    answer: Answer,
    frontier: Answer,
    party: str | None,
    steps: Sequence[LinkedSteps] = (),
) -> dict[str, str]:
    """Return texts by the names of their files.

    Parameters
    ----------
    answer, frontier
        Of the comparison, and of the window of the proposal whose frontiers are drawn.
    party
        For whom a brief is written as well, if for anybody.
    steps
        How the linked steps of proposals go.
    """
    first, *others = compare_blocks(answer)
    blocks = [first, *steps_blocks(steps), *others]
    heading = "All proposals side by side"
    title = [opened.case.title, heading, *opened.overrides]
    charts = frontier_charts(opened, frontier)
    files = {
        "compare.html": table_page(
            opened, heading, blocks, opened.case.proposals, charts, steps=steps
        ),
        "compare.md": markdown(title, blocks, NOTICE),
        "compare.csv": csv_text(answer["proposals"], _KEYS),
    }
    if party is not None:
        name = next(p.name for p in opened.case.parties if p.id == party)
        blocks = brief_blocks(opened, answer, party)
        files[f"brief-{party}.html"] = table_page(
            opened, f"Brief for {name}", blocks, (), brief=True
        )
    return files
