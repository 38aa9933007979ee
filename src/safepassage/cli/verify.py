"""``safepassage verify``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from safepassage.cli.exits import GOOD, NO
from safepassage.cli.output import json_option, write_json, write_line
from safepassage.report.wording import plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    from safepassage.cases import OpenCase
    from safepassage.check import Finding
    from safepassage.plan import Plan
    from safepassage.plan.table import Table

__all__ = ["command"]


@click.command("verify", short_help="Check a plan or a clearance and its proof, independently.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--against",
    metavar="CASE|DIR",
    help="The case, or the folder, to check against; without it, the one that the file names.",
)
@json_option
def command(file: Path, against: str | None, *, as_json: bool) -> int:
    """Check a plan, a clearance result or an answer in FILE, independently of what made it.

    Of a plan, replays every convoy on the full road network against the terms, recounts people
    and vehicles, and verifies the bounds from the terms alone. Of a clearance, drives every
    departure over the network as it stands in the tables, and verifies the bounds from the tables
    alone. Of an answer of compare, window or needs, checks every claim by its evidence: plans as
    above, certificates by exact arithmetic. The case or the tables have to be, byte for byte,
    those that FILE was made from.

    Exits with 1 if the file is refused.
    """
    from safepassage.plan.clearance import CLEARANCE_FORMAT
    from safepassage.plan.clearance_reader import Taken
    from safepassage.plan.json_files import read_json
    from safepassage.plan.table import TABLE_FORMAT

    data = read_json(file, Taken())
    if isinstance(data, dict) and data.get("format") == TABLE_FORMAT:
        return _table(file, data, against, as_json=as_json)
    if isinstance(data, dict) and data.get("format") == CLEARANCE_FORMAT:
        return _clearance(file, data, against, as_json=as_json)
    return _plan(file, data, against, as_json=as_json)


def _plan(file: Path, data: object, against: str | None, *, as_json: bool) -> int:
    from safepassage.check import verify
    from safepassage.plan import plan_from_json

    plan = plan_from_json(data, str(file))
    verification = verify(plan, _case_of(file, plan, against))
    of: dict[str, Any] = {"case": plan.case.id, "proposal": plan.proposal, "count": plan.count}
    of["settings"] = list(plan.case.overrides)
    what = f"{file}: {plan.case.id}, {plan.proposal}, {plan.count} count"
    if plan.case.overrides:
        what += f", changed by {', '.join(plan.case.overrides)}"
    checked = f"{plural(len(plan.rotations), 'rotation')} replayed"
    return _told(verification, of, (what, checked, plan.notice), as_json=as_json)


def _table(file: Path, data: object, against: str | None, *, as_json: bool) -> int:
    from safepassage.check.table import verify_table
    from safepassage.plan.table import table_from_json

    table = table_from_json(data, str(file))
    verification = verify_table(table, _case_of(file, table, against))
    of = {"case": table.case.id, "kind": table.kind, "settings": list(table.case.overrides)}
    what = f"{file}: {table.case.id}, {table.kind}"
    plans = sum(e.plan is not None for e in table.evidence)
    checked = (
        f"{plural(plans, 'plan')} replayed, "
        f"{plural(len(table.evidence) - plans, 'certificate')} worked out"
    )
    return _told(verification, of, (what, checked, table.notice), as_json=as_json)


def _clearance(file: Path, data: object, against: str | None, *, as_json: bool) -> int:
    from safepassage.check.clearance import verify_clearance
    from safepassage.cli.results import instance_of
    from safepassage.plan.clearance_reader import clearance_from_json

    result = clearance_from_json(data, str(file))
    instance = instance_of(result, against)
    verification = verify_clearance(result, instance)
    of = {"instance": instance.location}
    what = f"{file}: {instance.location}"
    checked = f"{plural(len(result.departures), 'departure')} driven"
    return _told(verification, of, (what, checked, result.notice), as_json=as_json)


def _case_of(file: Path, plan: Plan | Table, against: str | None) -> OpenCase:
    from safepassage.cases import changed_case, open_case
    from safepassage.errors import UnknownName

    try:
        opened = open_case(against or plan.case.location)
    except UnknownName:
        if against is not None:
            raise
        message = (
            f"expected the case that the plan was made from at {plan.case.location!r}, got none; "
            "name it with --against"
        )
        raise UnknownName.one("case.location", "unknown-case", message) from None
    return changed_case(opened, plan.case.overrides, stated=f"{file}: case.overrides")


def _told(
    verification: Any, of: dict[str, Any], words: tuple[str, str, str], *, as_json: bool
) -> int:
    """Tell what came of checking, of either kind; returns the exit code."""
    findings: Sequence[Finding] = verification.findings
    if as_json:
        write_json(
            {
                "valid": verification.valid,
                "findings": [found.to_json() for found in findings],
                "lower_bound_verified": verification.lower_bound_verified,
                **of,
            }
        )
    else:
        _tell(verification, findings, words)
    return GOOD if verification.valid and verification.lower_bound_verified else NO


def _tell(verification: Any, findings: Sequence[Finding], words: tuple[str, str, str]) -> None:
    what, checked, notice = words
    for found in findings:
        write_line(f"{found.severity}: {found}")
    if not verification.valid:
        errors = plural(sum(found.severity == "error" for found in findings), "error")
        write_line(f"{what}: refused, {errors}.")
        return
    proven = "verified" if verification.lower_bound_verified else "NOT verified"
    write_line(f"{what}: valid. {checked}; bounds {proven}.")
    write_line(notice)
