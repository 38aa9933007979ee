"""What the commands for the table share: evidence checked and written, weights and rates read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from safepassage.cli.output import write_json
from safepassage.cli.places import folder_faults

if TYPE_CHECKING:
    from safepassage.cases import OpenCase
    from safepassage.negotiate.delay import Rate
    from safepassage.plan import Plan
    from safepassage.plan.table import Table
    from safepassage.report.table.blocks import Block

__all__ = ["out_folder", "rate_of", "read_plans", "show", "told", "weights_of", "write_answer"]

_EVIDENCE = ("suffices", "infeasible", "nothing_shorter", "less_does_not", "does_not", "plan")
"""Keys that refer to evidence, which is in the file and not in what is told."""


def out_folder(value: str | None) -> Path | None:
    """Refuse a folder that cannot be written before time is spent on an answer."""
    from safepassage.errors import BadInput

    if value is None:
        return None
    if value == "":
        message = "expected a folder to write into, got nothing; name another one"
        raise BadInput.one("--out", "folder-not-writable", message)
    if faults := folder_faults(Path(value)):
        raise BadInput(faults)
    return Path(value)


def read_plans(files: Sequence[str]) -> list[tuple[str, Plan]]:
    """Read plan files, each with its name.

    Raises
    ------
    BadInput
        With the faults of all of them.
    """
    from safepassage.errors import BadInput, Fault
    from safepassage.plan import read_plan

    plans = []
    faults: list[Fault] = []
    for file in files:
        try:
            plans.append((file, read_plan(file)))
        except BadInput as error:
            faults += error.faults
    if faults:
        raise BadInput(faults)
    return plans


def told(answer: object) -> Any:
    """Return an answer without its references to evidence."""
    if isinstance(answer, Mapping):
        return {k: told(v) for k, v in answer.items() if k not in _EVIDENCE}
    if isinstance(answer, list | tuple):
        return [told(v) for v in answer]
    return answer


def write_answer(
    table: Table, opened: OpenCase, out: Path, others: Mapping[str, str]
) -> list[Path]:
    """Have an answer checked, and write it with its evidence and whatever else is made of it."""
    from safepassage.check.table import verify_table
    from safepassage.errors import InternalFault
    from safepassage.plan.table import dumps_table
    from safepassage.report.drafts import all_or_nothing

    wrong = [f for f in verify_table(table, opened).findings if f.severity == "error"]
    if wrong:
        raise InternalFault(f"the checker refuses the answer: {wrong[0]}")
    files = {f"{table.kind}.json": dumps_table(table), **others}
    with all_or_nothing(out) as draft:
        for name, text in files.items():
            (draft / name).write_bytes(text.encode())
    return [out / name for name in files]


def show(
    opened: OpenCase,
    table: Table,
    answer: Mapping[str, Any],
    page: tuple[Sequence[str], Sequence[Block]],
    files: Sequence[Path],
    *,
    as_json: bool,
) -> None:
    """Tell an answer as JSON, or in the terminal as a page of title and blocks."""
    if as_json:
        head = {"case": opened.case.id, "settings": list(opened.overrides)}
        write_json({**head, **answer, "notice": table.notice, "files": list(map(str, files))})
        return
    from rich.console import Console

    from safepassage.report.table.terminal import print_blocks

    title, blocks = page
    print_blocks(title, blocks, table.notice, Console(), files)


def weights_of(given: tuple[str, ...]) -> dict[str, float]:
    """Read ``NAME=COST`` as often as given.

    Raises
    ------
    BadInput
        With one line for each that is not of that form.
    """
    from safepassage.errors import BadInput, Fault
    from safepassage.files import shown

    weights: dict[str, float] = {}
    faults = []
    for text in given:
        name, _, cost = text.partition("=")
        try:
            weights[name.strip()] = float(cost)
        except ValueError:
            message = f"expected NAME=COST such as vehicles:bus=1, got {shown(text)}"
            faults.append(Fault("--weight", "bad-value", message))
    if faults:
        raise BadInput(faults)
    return weights


def rate_of(rate: str | None, source: str | None) -> Rate | None:
    """Read ``LOW-HIGH``, which needs its source.

    Raises
    ------
    BadInput
        If it is no range, or one of the two is missing.
    """
    from safepassage.errors import BadInput
    from safepassage.files import shown
    from safepassage.negotiate.delay import Rate
    from safepassage.network.cells import exact_number

    if rate is None and source is None:
        return None
    if rate is None or source is None or not source.strip():
        missing = "--rate" if rate is None else "--rate-source"
        message = f"expected {missing} as well; a rate is told only with its source"
        raise BadInput.one("--rate", "figure-without-source", message)
    low, high = (exact_number(part.strip()) for part in (*rate.split("-", 1), "")[:2])
    if low is None or high is None or not 0 <= low < high <= 1_000:
        message = (
            f"expected a range LOW-HIGH per 1000 person-days such as 0.01-0.05, got {shown(rate)}"
        )
        raise BadInput.one("--rate", "bad-value", message)
    return Rate(low, high, source.strip())
