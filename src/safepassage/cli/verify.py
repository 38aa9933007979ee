"""``safepassage verify``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from safepassage.cli.exits import GOOD, NO
from safepassage.cli.output import json_option, write_json, write_line
from safepassage.report.wording import plural

if TYPE_CHECKING:
    from safepassage.cases import OpenCase
    from safepassage.check import Verification
    from safepassage.plan import Plan

__all__ = ["command"]


@click.command("verify", short_help="Check a plan and its proof, independently.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--against",
    metavar="CASE",
    help="The case to check against; without it, the one that the plan names.",
)
@json_option
def command(file: Path, against: str | None, *, as_json: bool) -> int:
    """Check a plan FILE and its proof, independently of the planner.

    Replays every convoy on the full road network against the terms, recounts people and vehicles,
    and verifies the bounds from the terms alone. The case has to be, byte for byte, the one that
    the plan was made from.

    Exits with 1 if the plan is refused.
    """
    from safepassage.check import verify
    from safepassage.plan import read_plan

    plan = read_plan(file)
    verification = verify(plan, _case_of(plan, against))
    if as_json:
        write_json(
            {
                "valid": verification.valid,
                "findings": [f.to_json() for f in verification.findings],
                "lower_bound_verified": verification.lower_bound_verified,
                "case": plan.case.id,
                "proposal": plan.proposal,
                "count": plan.count,
            }
        )
    else:
        _tell(file, plan, verification)
    return GOOD if verification.valid and verification.lower_bound_verified else NO


def _case_of(plan: Plan, against: str | None) -> OpenCase:
    from safepassage.cases import open_case
    from safepassage.errors import UnknownName

    if against is not None:
        return open_case(against)
    try:
        return open_case(plan.case.location)
    except UnknownName:
        message = (
            f"expected the case that the plan was made from at {plan.case.location!r}, got none; "
            "name it with --against"
        )
        raise UnknownName.one("case.location", "unknown-case", message) from None


def _tell(file: Path, plan: Plan, verification: Verification) -> None:
    for found in verification.findings:
        write_line(f"{found.severity}: {found}")
    what = f"{file}: {plan.case.id}, {plan.proposal}, {plan.count} count"
    if not verification.valid:
        errors = plural(sum(f.severity == "error" for f in verification.findings), "error")
        write_line(f"{what}: refused, {errors}.")
        return
    proven = "verified" if verification.lower_bound_verified else "NOT verified"
    replayed = plural(len(plan.rotations), "rotation")
    write_line(f"{what}: valid. {replayed} replayed; bounds {proven}.")
    write_line(plan.notice)
