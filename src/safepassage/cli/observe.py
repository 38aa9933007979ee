"""``safepassage observe``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from safepassage.cli.exits import GOOD, NO
from safepassage.cli.naming import known_proposal
from safepassage.cli.options import path_option, seed_option
from safepassage.cli.output import json_option, settings_option, write_json, write_line
from safepassage.cli.places import folder_faults
from safepassage.cli.progress import shown_progress
from safepassage.report.wording import plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    from safepassage.cases import OpenCase
    from safepassage.plan import Level
    from safepassage.record import RecordFinding
    from safepassage.record.history import History

__all__ = ["command"]


@click.command("observe", short_help="Hold reports against each other, and against a prediction.")
@click.argument("case")
@click.option(
    "--proposal", metavar="ID", help="The terms to judge by; else those that were carried out."
)
@click.option(
    "--history",
    "with_history",
    is_flag=True,
    help="Also predict what was carried out, with the stops that were reported, and tell how far"
    " off that is.",
)
@click.option(
    "--count",
    "level",
    type=click.Choice(["low", "likely", "high"]),
    help="Plan for this count; else for the least that has as many people as were reported out.",
)
@path_option(
    "--out",
    "DIR",
    "Write the history as a page, a picture and a table into this folder; needs --history.",
)
@seed_option("The same seed gives the same prediction.")
@settings_option
@json_option
def command(
    case: str,
    proposal: str | None,
    level: Level | None,
    out: Path | None,
    seed: int,
    settings: tuple[str, ...],
    *,
    with_history: bool,
    as_json: bool,
) -> int:
    """Hold the reports in a CASE against each other.

    Tells what in its observations cannot be so, or not all of it: more people than the vehicles
    counted have seats, totals that go down, times that cannot be, sources that contradict each
    other. It does not say who is right. With --history the prediction for what was carried out
    is set beside each source's counts.

    Exits with 1 if there are findings.
    """
    from safepassage.cases import changed_case, open_case
    from safepassage.errors import BadInput
    from safepassage.record import consistency

    if out is not None and not with_history:
        raise click.UsageError("expected --history with --out")
    opened = changed_case(open_case(case), settings)
    known_proposal(opened, proposal)
    faults = folder_faults(out)
    if faults:
        raise BadInput(faults)
    findings = consistency(opened, proposal)
    history = _history(opened, proposal, level, seed) if with_history else None
    files = _written(opened, findings, history, out)
    if as_json:
        _write_json(opened, findings, history, files)
    else:
        _tell(opened, findings, history, files)
    return NO if findings else GOOD


def _history(opened: OpenCase, proposal: str | None, level: Level | None, seed: int) -> History:
    # Planning takes libraries that reading reports does not need.
    from safepassage.record.replay import replay_history

    with shown_progress() as progress:
        return replay_history(opened, proposal, level=level, seed=seed, progress=progress)


def _written(
    opened: OpenCase,
    findings: Sequence[RecordFinding],
    history: History | None,
    out: Path | None,
) -> list[Path]:
    if history is None or out is None:
        return []
    from safepassage.report.drafts import all_or_nothing
    from safepassage.report.figures import WIDE, png
    from safepassage.report.figures.history import draw_history
    from safepassage.report.history import history_csv
    from safepassage.report.history_page import history_page

    sheet = draw_history(history, opened.case, WIDE)
    with all_or_nothing(out) as draft:
        (draft / "history.png").write_bytes(png(sheet))
        (draft / "history.csv").write_text(history_csv(history), encoding="utf-8", newline="\n")
        page = history_page(opened, history, findings)
        (draft / "history.html").write_text(page, encoding="utf-8", newline="\n")
    return [out / name for name in ("history.html", "history.png", "history.csv")]


def _write_json(
    opened: OpenCase,
    findings: Sequence[RecordFinding],
    history: History | None,
    files: Sequence[Path],
) -> None:
    kinds = [o.kind for o in opened.observations]
    write_json(
        {
            "case": {"id": opened.case.id, "title": opened.case.title},
            "digest": opened.digest,
            "overrides": list(opened.overrides),
            "rows": {kind: kinds.count(kind) for kind in ("out", "convoy", "stop")},
            "findings": [f.to_json() for f in findings],
            "history": None if history is None else history.to_json(),
            "files": [str(file) for file in files],
        }
    )


def _tell(
    opened: OpenCase,
    findings: Sequence[RecordFinding],
    history: History | None,
    files: Sequence[Path],
) -> None:
    rows = opened.observations
    sources = {o.source for o in rows}
    told = f"{plural(len(rows), 'report')} of {plural(len(sources), 'source')}"
    write_line(f"{opened.case.title}: {told if rows else 'no reports'}.")
    for setting in opened.overrides:
        write_line(f"  with {setting}")
    from safepassage.report.history import rows_told

    code = None
    for found in findings:
        if found.code != code:
            code = found.code
            write_line("")
            write_line(f"{found.severity}: {found.code}")
        write_line(f"  {found.message} [{rows_told(found)}]")
    write_line("")
    write_line(f"{plural(len(findings), 'finding') if findings else 'No findings'}.")
    if history is not None:
        from safepassage.report.history import history_lines

        write_line("")
        for line in history_lines(history, opened.case.utc_offset):
            write_line(line)
    for file in files:
        write_line(f"Written: {file}")
