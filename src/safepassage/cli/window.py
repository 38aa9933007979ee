"""``safepassage window``."""

from __future__ import annotations

import click

from safepassage.cli.exits import GOOD, NO
from safepassage.cli.naming import known_proposal, names_of
from safepassage.cli.options import answer_folder_option, proposal_option, seed_option
from safepassage.cli.output import json_option, settings_option
from safepassage.cli.progress import shown_progress

__all__ = ["command"]


@click.command("window", short_help="Find the shortest window that is enough.")
@click.argument("case")
@proposal_option
@click.option(
    "--points",
    type=click.IntRange(0, 200),
    default=8,
    show_default=True,
    metavar="N",
    help="Points of each frontier; 0 for none.",
)
@answer_folder_option("Markdown and CSV")
@seed_option("The same seed gives the same answer.")
@settings_option
@json_option
def command(
    case: str,
    proposal: str | None,
    points: int,
    out: str | None,
    seed: int,
    settings: tuple[str, ...],
    *,
    as_json: bool,
) -> int:
    """Find the shortest window that is enough to get everyone out, for each count of people.

    That it is enough is shown by a timetable; that nothing shorter is, by a proof. Then how the
    window shrinks with more vehicles, longer days, faster inspection, or other corridors open.

    Exits with 1 if no window is enough at the likely count.
    """
    from safepassage.cases import changed_case, open_case
    from safepassage.cli.table_files import out_folder, show, told, write_answer
    from safepassage.negotiate.window import window_table, windows
    from safepassage.workers import cores

    folder = out_folder(out)
    opened = changed_case(open_case(case), settings)
    known_proposal(opened, proposal)
    with shown_progress() as progress:
        found = windows(
            opened, proposal, seed=seed, points=points, workers=cores(), progress=progress
        )
    table = window_table(found)
    answer = told(table.answer)
    terms = opened.case.proposal(found.proposal)

    from safepassage.report.table.plain import csv_text, markdown
    from safepassage.report.table.window import window_blocks

    title = [opened.case.title, terms.title, *opened.overrides]
    blocks = window_blocks(answer, names_of(opened))
    files = []
    if folder is not None:
        rows = [{"lever": c["lever"], **p} for c in answer["frontier"] for p in c["points"]]
        keys = ("lever", "amount", "label", "shortest_window_s", "lower_bound_s")
        others = {
            "window.md": markdown(title, blocks, table.notice),
            "window.csv": csv_text(rows, keys),
        }
        files = write_answer(table, opened, folder, others)
    show(opened, table, answer, (title, blocks), files, as_json=as_json)
    return GOOD if answer["shortest_window_s"] is not None else NO
