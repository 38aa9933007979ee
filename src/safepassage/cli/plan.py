"""``safepassage plan``."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import click

from safepassage.cli.exits import GOOD, NO
from safepassage.cli.naming import known_proposal
from safepassage.cli.output import json_option, settings_option, write_json
from safepassage.cli.progress import shown_progress

if TYPE_CHECKING:
    from collections.abc import Mapping

    from safepassage.cases import OpenCase
    from safepassage.check import Verification
    from safepassage.plan import Level, Plan
    from safepassage.stop import Stop

__all__ = ["command"]

COUNTS = 3
"""Low, likely and high: a time limit is for all three together."""


def _finite(_: click.Context, __: click.Parameter, value: float | None) -> float | None:
    if value is not None and not math.isfinite(value):
        raise click.BadParameter("expected a number")
    return value


def _folder(_: click.Context, __: click.Parameter, value: str | None) -> Path | None:
    if value == "":
        raise click.BadParameter("expected the name of a folder, got nothing")
    return Path(value) if value is not None else None


@click.command("plan", short_help="Make a timetable, with its proof.")
@click.argument("case")
@click.option("--proposal", metavar="ID", help="The proposal to plan; else the case's default.")
@click.option(
    "--out",
    type=click.Path(),
    callback=_folder,
    metavar="DIR",
    help="Write plan, timetable, report page and pictures into this folder.",
)
@click.option(
    "--seed",
    type=click.IntRange(0, 2**32 - 1),
    default=0,
    metavar="S",
    show_default=True,
    help="The same seed gives the same plan.",
)
@click.option(
    "--time-limit",
    type=click.FloatRange(min=0, min_open=True),
    callback=_finite,
    metavar="S",
    help="Improve the plans for about so many seconds in all; a step begun is finished.",
)
@click.option(
    "--gap",
    type=click.FloatRange(min=0),
    callback=_finite,
    metavar="G",
    help="Aim for plans proven this near to the best, such as 0.01; it may not be reached.",
)
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
    from safepassage.convoy.planner import Effort
    from safepassage.solver import solve

    opened = changed_case(open_case(case), settings)
    known_proposal(opened, proposal)
    _usable_folder(out)
    with shown_progress() as progress:
        result = solve(
            opened,
            proposal,
            seed=seed,
            stop=_stop(time_limit and time_limit / COUNTS, gap),
            # Without a wish the plan comes at once; with one, everything is tried until it is met.
            effort=Effort() if time_limit is not None or gap is not None else None,
            progress=progress,
        )
    verifications = _verified(result.plans, opened)
    return _answer(opened, result.plans, verifications, out, as_json=as_json)


def _usable_folder(out: Path | None) -> None:
    """Tell a folder that cannot be written before time is spent on a plan."""
    from safepassage.errors import BadInput

    if out is not None and out.exists() and not out.is_dir():
        message = "expected a folder to write into, got a file; name another one"
        raise BadInput.one(str(out), "folder-not-writable", message)


def _stop(time_limit: float | None, gap: float | None) -> Stop | None:
    from safepassage.stop import AnyOf, Gap, MaxRuntime

    wanted: list[Stop] = []
    if time_limit is not None:
        wanted.append(MaxRuntime(time_limit))
    if gap is not None:
        wanted.append(Gap(gap))
    return AnyOf(tuple(wanted)) if wanted else None


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
