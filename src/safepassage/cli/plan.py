"""``safepassage plan``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from safepassage.cli.exits import GOOD, NO
from safepassage.cli.naming import known_proposal
from safepassage.cli.options import (
    gap_option,
    path_option,
    seconds_option,
    seed_option,
    stop_at,
)
from safepassage.cli.output import json_option, settings_option, write_json
from safepassage.cli.places import folder_faults
from safepassage.cli.progress import shown_progress

if TYPE_CHECKING:
    from collections.abc import Mapping

    from safepassage.cases import OpenCase
    from safepassage.check import Verification
    from safepassage.plan import Level, Plan

__all__ = ["command"]

COUNTS = 3
"""Low, likely and high: a time limit is for all three together."""


@click.command("plan", short_help="Make a timetable, with its proof.")
@click.argument("case")
@click.option("--proposal", metavar="ID", help="The proposal to plan; else the case's default.")
@path_option("--out", "DIR", "Write plan, timetable, report page and pictures into this folder.")
@seed_option("The same seed gives the same plan.")
@seconds_option(
    "--time-limit", "Improve the plans for about so many seconds in all; a step begun is finished."
)
@gap_option("Aim for plans proven this near to the best, such as 0.01; it may not be reached.")
@settings_option
@json_option
def command(
    case: str,
    proposal: str | None,
    out: Path | None,
    seed: int,
    time_limit: float | None,
    gap: float | None,
    settings: tuple[str, ...],
    *,
    as_json: bool,
) -> int:
    """Make a convoy timetable for a CASE, with a proof of how good it is.

    Answers whether everyone can be out in time, for the low, likely and high count of people; when
    the last person is safe, by which way, what holds it back, and how near the plan is to the
    best there can be. Every plan is checked by the independent checker before it is shown.

    Exits with 1 if not everyone can be out in time at the likely count.
    """
    from safepassage.cases import changed_case, open_case
    from safepassage.convoy.effort import Effort
    from safepassage.errors import BadInput
    from safepassage.solver import solve

    opened = changed_case(open_case(case), settings)
    known_proposal(opened, proposal)
    faults = folder_faults(out)
    if faults:
        raise BadInput(faults)
    with shown_progress() as progress:
        result = solve(
            opened,
            proposal,
            seed=seed,
            stop=stop_at(time_limit and time_limit / COUNTS, gap),
            # Without a wish the plan comes at once; with one, everything is tried until it is met.
            effort=Effort() if time_limit is not None or gap is not None else None,
            progress=progress,
        )
    verifications = _verified(result.plans, opened)
    return _answer(opened, result.plans, verifications, out, as_json=as_json)


def _verified(plans: Mapping[Level, Plan], opened: OpenCase) -> dict[Level, Verification]:
    """Have every plan checked; one that is refused is a fault of the planner, not an answer."""
    from safepassage.check import verify
    from safepassage.errors import InternalFault

    verifications = {level: verify(plan, opened) for level, plan in plans.items()}
    for level, verification in verifications.items():
        wrong = [f for f in verification.findings if f.severity == "error"]
        if wrong:
            raise InternalFault(
                f"the checker refuses the plan for the {level} count, with {len(wrong)} errors; "
                f"the first: {wrong[0]}"
            )
    return verifications


def _answer(
    opened: OpenCase,
    plans: Mapping[Level, Plan],
    verifications: Mapping[Level, Verification],
    out: Path | None,
    *,
    as_json: bool,
) -> int:
    from safepassage.report.facts import gather

    files: list[Path] = []
    if out is not None:
        # Drawing takes a library that no other command needs.
        from safepassage.report.files import write_report

        files = write_report(opened, plans, verifications, out)
    facts = gather(opened, plans, verifications)
    if as_json:
        from safepassage.report.data import answer_data

        write_json({**answer_data(facts), "files": [str(file) for file in files]})
    else:
        from rich.console import Console

        from safepassage.report.summary import print_summary

        print_summary(facts, Console(), files)
    return GOOD if facts.answer.figures.feasible else NO
