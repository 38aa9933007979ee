"""``safepassage needs``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from safepassage.cli.exits import GOOD, NO
from safepassage.cli.naming import known_proposal, names_of
from safepassage.cli.options import answer_folder_option, finite, proposal_option, seed_option
from safepassage.cli.output import json_option, settings_option
from safepassage.cli.progress import shown_progress

if TYPE_CHECKING:
    from safepassage.plan import Level

__all__ = ["command"]


@click.command("needs", short_help="Say what it would take to meet the terms.")
@click.argument("case")
@proposal_option
@click.option(
    "--count",
    type=click.Choice(("low", "likely", "high")),
    default="likely",
    show_default=True,
    help="Which count of people.",
)
@click.option(
    "--weight",
    "weights",
    multiple=True,
    metavar="NAME=COST",
    help="Cost of one unit of a change, such as vehicles:bus=1; may be repeated. With weights,"
    " the cheapest combination is looked for.",
)
@click.option(
    "--time-limit",
    type=click.FloatRange(min=0, min_open=True, max=3_600),
    callback=finite,
    metavar="S",
    help="Work about so many seconds more on each change whose least step is not settled.",
)
@answer_folder_option("Markdown and CSV")
@seed_option("The same seed gives the same answer, unless a time limit ended it.")
@settings_option
@json_option
def command(
    case: str,
    proposal: str | None,
    count: Level,
    weights: tuple[str, ...],
    time_limit: float | None,
    out: str | None,
    seed: int,
    settings: tuple[str, ...],
    *,
    as_json: bool,
) -> int:
    """Say what it would take for everyone to be out in time: the smallest changes that are enough.

    More vehicles, longer days, faster inspection, another crossing, a later deadline: for each,
    the least that a timetable shows to be enough, and the most that is proven not to be.

    Exits with 1 if no single change and no combination was found to be enough.
    """
    from safepassage.cases import changed_case, open_case
    from safepassage.cli.table_files import out_folder, show, told, weights_of, write_answer
    from safepassage.negotiate.needs import needs, needs_table
    from safepassage.workers import cores

    folder = out_folder(out)
    costs = weights_of(weights)
    opened = changed_case(open_case(case), settings)
    known_proposal(opened, proposal)
    with shown_progress() as progress:
        found = needs(
            opened,
            proposal,
            level=count,
            seed=seed,
            seconds=time_limit,
            weights=costs,
            workers=cores(),
            progress=progress,
        )
    table = needs_table(found)
    answer = told(table.answer)
    answer["impossible"] = found.now.impossible
    terms = opened.case.proposal(found.proposal)

    from safepassage.report.table.needs import needs_blocks
    from safepassage.report.table.plain import csv_text, markdown

    title = [opened.case.title, terms.title, *opened.overrides]
    blocks = needs_blocks(answer, names_of(opened))
    files = []
    if folder is not None:
        keys = ("what", "from", "to", "at_least", "unit", "proven", "clause_id", "clearance_time_s")
        others = {
            "needs.md": markdown(title, blocks, table.notice),
            "needs.csv": csv_text([*answer["changes"], *answer["not_enough"]], keys),
        }
        files = write_answer(table, opened, folder, others)
    show(opened, table, answer, (title, blocks), files, as_json=as_json)
    combined = found.combination is not None and found.combination.cost is not None
    return GOOD if answer["feasible"] or answer["changes"] or combined else NO
