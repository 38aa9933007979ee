"""The one way into the checker of answers at the table."""

from __future__ import annotations

from safepassage.cases import OpenCase
from safepassage.check.table.compare import check_compare
from safepassage.check.table.evidence import Court
from safepassage.check.table.needs import check_needs
from safepassage.check.table.parts import MalformedError
from safepassage.check.table.window import check_window
from safepassage.check.verify import Verification
from safepassage.plan.document import NOTICE
from safepassage.plan.table import Table

__all__ = ["verify_table"]

_CHECKS = {"window": check_window, "needs": check_needs, "compare": check_compare}


def verify_table(table: Table, opened: OpenCase) -> Verification:
    """Check an answer given at the table against the case it is said to be of.

    Parameters
    ----------
    table
        The answer with its evidence.
    opened
        The case, with the table's overrides applied, if there are any.

    Returns
    -------
    Verification
        An answer that is invalid is an answer, not an error.
    """
    court = Court(table, opened)
    case = table.case
    pairs = (
        ("id", opened.case.id, case.id),
        ("title", opened.case.title, case.title),
        ("digest", opened.digest, case.digest),
        ("overrides", opened.overrides, case.overrides),
    )
    for key, wanted, got in pairs:
        if wanted != got:
            court.tell("table-other-case", f"case.{key}", f"expected {wanted}, got {got}")
    if table.notice != NOTICE:
        court.tell("table-notice-changed", "notice", f"expected {NOTICE!r}")
    try:
        _CHECKS[table.kind](court)
    except MalformedError as error:
        court.tell("table-malformed", error.where, error.message)
    court.judge_the_rest()
    valid = not any(f.severity == "error" for f in court.findings)
    # Every claim is one of bounds or of timetables: they stand or fall together.
    return Verification(valid, tuple(court.findings), valid)
