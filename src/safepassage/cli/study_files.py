"""What comes of a study: files, text or JSON, or a checkpoint."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from safepassage.cli.exits import INTERRUPTED
from safepassage.cli.output import write_json, write_line

if TYPE_CHECKING:
    from safepassage.cases import OpenCase
    from safepassage.simulate.answer import Found
    from safepassage.simulate.asking import Asked
    from safepassage.simulate.keeping import Keeping
    from safepassage.simulate.records import Records
    from safepassage.simulate.study import Studied

__all__ = ["interrupted", "tell", "written"]


def interrupted(
    studied: Studied, asked: Asked, keeping: Keeping, file: Path, *, as_json: bool
) -> int:
    """Keep what there is, and say how to go on; returns the exit code."""
    keeping.keep()
    done, of = f"{studied.tally.runs:,}", f"{asked.study.runs:,}"
    message = f"interrupted after {done} of {of} futures; go on with --resume {file}"
    write_line(message, err=True)
    if as_json:
        error = {"code": "interrupted", "message": message, "where": "safepassage simulate"}
        write_json({"errors": [error]})
    return INTERRUPTED


def written(
    asked: Asked, found: Found, answer: dict[str, Any], out: Path | None, records: Records | None
) -> list[Path]:
    """Write everything that was asked for, or nothing; returns the files."""
    if out is None:
        return []
    from safepassage.plan import write_plan
    from safepassage.plan.document import NOTICE
    from safepassage.report.drafts import all_or_nothing
    from safepassage.report.study.files import study_files

    texts = study_files(asked.opened, {**_head(asked.opened), **answer, "notice": NOTICE})
    names = [*texts, "plan.json"]
    with all_or_nothing(out) as draft:
        for name, text in texts.items():
            (draft / name).write_bytes(text.encode())
        write_plan(asked.plan, draft / "plan.json")
        if found.robust is not None:
            names.append("plan-robust.json")
            write_plan(found.robust.chosen.plan, draft / "plan-robust.json")
        if records is not None:
            names.append("futures.parquet")
            records.finish(draft / "futures.parquet")
    return [out / name for name in names]


def _head(opened: OpenCase) -> dict[str, Any]:
    case = opened.case
    return {"case": case.id, "digest": opened.digest, "settings": list(opened.overrides)}


def tell(opened: OpenCase, answer: dict[str, Any], files: list[Path], *, as_json: bool) -> None:
    """Tell an answer as JSON, or in the terminal."""
    from safepassage.plan.document import NOTICE

    if as_json:
        told = {**_head(opened), **answer, "notice": NOTICE}
        write_json({**told, "files": [str(file) for file in files]})
        return
    from rich.console import Console

    from safepassage.report.study.blocks import study_blocks
    from safepassage.report.study.words import names_in
    from safepassage.report.table.terminal import print_blocks

    terms = opened.case.proposal(answer["proposal"])
    title = [opened.case.title, terms.title, *opened.overrides]
    blocks = study_blocks(answer, names_in(opened), narrow=True)
    print_blocks(title, blocks, NOTICE, Console(), files)
