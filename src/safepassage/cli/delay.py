"""``safepassage delay``."""

from __future__ import annotations

import click

from safepassage.cli.exits import GOOD
from safepassage.cli.naming import known_proposal
from safepassage.cli.options import seed_option
from safepassage.cli.output import json_option, settings_option, write_json
from safepassage.cli.progress import shown_progress

__all__ = ["command"]


@click.command("delay", short_help="Say what beginning later costs.")
@click.argument("case")
@click.option(
    "--from",
    "begin",
    required=True,
    metavar="DATE|ID",
    help="The earlier start: a day, a time with its zone, or a proposal.",
)
@click.option(
    "--to",
    "end",
    required=True,
    metavar="DATE|ID",
    help="The later start.",
)
@click.option("--proposal", metavar="ID", help="Whose terms hold at both; else the case's default.")
@click.option(
    "--rate",
    metavar="LOW-HIGH",
    help="Casualties per 1000 person-days, as a range; needs --rate-source.",
)
@click.option("--rate-source", metavar="TEXT", help="Where the rate is from; told with it.")
@seed_option("The same seed gives the same answer.")
@settings_option
@json_option
def command(
    case: str,
    begin: str,
    end: str,
    proposal: str | None,
    rate: str | None,
    rate_source: str | None,
    seed: int,
    settings: tuple[str, ...],
    *,
    as_json: bool,
) -> int:
    """Say what beginning later costs: person-days inside, by group, between two starts.

    The same people leave under the same terms from either start. Nothing is said of casualties
    unless you give a rate with its source, and then a range.
    """
    from safepassage.cases import changed_case, open_case
    from safepassage.cli.table_files import rate_of
    from safepassage.negotiate.delay import delay, delay_data
    from safepassage.plan.document import NOTICE

    told = rate_of(rate, rate_source)
    opened = changed_case(open_case(case), settings)
    known_proposal(opened, proposal)
    with shown_progress() as progress:
        found = delay(opened, begin, end, proposal, rate=told, seed=seed, progress=progress)
    answer = {**delay_data(found), "settings": list(opened.overrides), "notice": NOTICE}
    if as_json:
        write_json(answer)
        return GOOD
    from rich.console import Console

    from safepassage.report.table.delay import delay_blocks
    from safepassage.report.table.terminal import print_blocks

    title = [opened.case.title, opened.case.proposal(found.proposal).title, *opened.overrides]
    print_blocks(title, delay_blocks(answer), NOTICE, Console())
    return GOOD
