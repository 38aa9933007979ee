"""``safepassage compare``."""

from __future__ import annotations

import click

from safepassage.cli.exits import GOOD
from safepassage.cli.options import answer_folder_option, seed_option
from safepassage.cli.output import json_option, settings_option
from safepassage.cli.progress import shown_progress

__all__ = ["command"]

FRONTIER_POINTS = 6
"""Points of each frontier on the page."""


@click.command("compare", short_help="Put all proposals side by side.")
@click.argument("case")
@answer_folder_option("a page, Markdown and CSV")
@click.option(
    "--for",
    "party",
    metavar="PARTY",
    help="With --out, write a one-page brief as well, of what is shared with this party alone.",
)
@click.option("--refine", is_flag=True, help="Plan each proposal with the care of `plan`.")
@click.option(
    "--plan",
    "files_given",
    multiple=True,
    metavar="FILE",
    help="A plan file that `plan` wrote: its timetable is told where it is better. Repeatable.",
)
@seed_option("The same seed gives the same answer.")
@settings_option
@json_option
def command(
    case: str,
    out: str | None,
    party: str | None,
    files_given: tuple[str, ...],
    seed: int,
    settings: tuple[str, ...],
    *,
    refine: bool,
    as_json: bool,
) -> int:
    """Put all proposals side by side: which can be carried out at all, how long each takes.

    For each, whether everyone can be out in time, proven either way; the shortest window that is
    enough; what stops the rest. Then the record: which provisions recur, who asked for them first,
    when they were accepted or died, and what sources do not support.
    """
    from safepassage.cases import changed_case, open_case
    from safepassage.cli.naming import known_party
    from safepassage.cli.table_files import out_folder, read_plans, show, told, write_answer
    from safepassage.negotiate.compare import compare, compare_table
    from safepassage.negotiate.given import given_replies
    from safepassage.workers import cores

    folder = out_folder(out)
    opened = changed_case(open_case(case), settings)
    known_party(opened, party)
    if party is not None and folder is None:
        raise click.UsageError("--for needs --out, the folder to write the brief into")
    given = given_replies(opened, read_plans(files_given))
    with shown_progress() as progress:
        found = compare(
            opened,
            seed=seed,
            refined=refine,
            given=given,
            workers=cores(),
            progress=progress,
        )
        table = compare_table(found)
        answer = told(table.answer)

        from safepassage.report.table.compare import compare_blocks
        from safepassage.report.table.steps import read_steps, steps_blocks

        title = [opened.case.title, "All proposals side by side", *opened.overrides]
        steps = read_steps(opened, table)
        first, *rest = compare_blocks(answer, narrow=True)
        blocks = [first, *steps_blocks(steps, narrow=True), *rest]
        files = []
        if folder is not None:
            from safepassage.negotiate.window import window_table, windows
            from safepassage.report.table.files import comparison_files

            default = opened.case.proposal().id
            curves = windows(
                opened,
                default,
                seed=seed,
                points=FRONTIER_POINTS,
                workers=cores(),
                progress=progress,
            )
            frontier = told(window_table(curves).answer)
            others = comparison_files(opened, answer, frontier, party, steps)
            files = write_answer(table, opened, folder, others)
    show(opened, table, answer, (title, blocks), files, as_json=as_json)
    return GOOD
