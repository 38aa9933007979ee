"""``safepassage check``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from safepassage.cli.exits import GOOD, NO
from safepassage.cli.naming import known_proposal
from safepassage.cli.output import json_option, write_json, write_line
from safepassage.report.wording import plural

if TYPE_CHECKING:
    from safepassage.terms.case import Case
    from safepassage.terms.proposals import Proposal

__all__ = ["command"]


@click.command("check", short_help="Check terms, roads and sources of a case.")
@click.argument("case")
@click.option(
    "--documents",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Verify cited passages against the documents in this folder.",
)
@click.option("--proposal", metavar="ID", help="Only this proposal; else all of the case.")
@json_option
def command(case: str, documents: Path | None, proposal: str | None, *, as_json: bool) -> int:
    """Check terms, roads and sources of a CASE, and what its terms leave unprotected.

    Faults of the files are told all at once, each with its line. Findings on the terms warn and
    never block. Also lists the clauses that the planner does not model.

    Exits with 1 if there are warnings.
    """
    from safepassage.cases import open_case
    from safepassage.terms.documents import verify_documents
    from safepassage.terms.protection import not_modelled, protection_findings

    opened = open_case(case)
    known_proposal(opened, proposal)
    asked = [p for p in opened.case.proposals if proposal in (None, p.id)]
    wanted = {p.id for p in asked}
    protection = [f.to_json() for f in protection_findings(opened.case) if f.proposal_id in wanted]
    cited = verify_documents(opened.case, documents) if documents is not None else ()
    findings: list[dict[str, Any]] = [*protection, *(f.to_json() for f in cited)]
    left_out = {p.id: not_modelled(p) for p in asked}
    if as_json:
        write_json(
            {
                "case": {"id": opened.case.id, "title": opened.case.title},
                "digest": opened.digest,
                "findings": findings,
                "not_modelled": [clause for clauses in left_out.values() for clause in clauses],
            }
        )
    else:
        _tell(opened.case, asked, findings, left_out)
    return NO if any(f["severity"] in ("warning", "error") for f in findings) else GOOD


def _tell(
    case: Case,
    asked: list[Proposal],
    findings: list[dict[str, Any]],
    left_out: dict[str, tuple[str, ...]],
) -> None:
    write_line(f"{case.title}: the terms, the roads and the sources are in order.")
    for proposal in asked:
        write_line("")
        write_line(f"{proposal.title} ({proposal.id}), {proposal.status.value.replace('_', ' ')}")
        own = [f for f in findings if f.get("proposal_id") == proposal.id]
        for found in own:
            write_line(_line(found))
        if not own:
            write_line("  no findings")
        if left_out[proposal.id]:
            write_line(f"  not modelled: {', '.join(left_out[proposal.id])}")
    rest = [f for f in findings if "proposal_id" not in f]
    if rest:
        write_line("")
        write_line("Cited documents")
        for found in rest:
            write_line(_line(found))
    warnings = sum(f["severity"] != "info" for f in findings)
    notes = plural(len(findings) - warnings, "note")
    write_line("")
    write_line(f"{plural(warnings, 'warning')}, {notes}.")


def _line(found: dict[str, Any]) -> str:
    clause = f" [{found['clause_id']}]" if found["clause_id"] else ""
    return f"  {found['severity']}: {found['message']} ({found['code']}){clause}"
