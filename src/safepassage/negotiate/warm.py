"""Compile what answers at the table take beyond a plan of plain terms, ahead of the first."""

from __future__ import annotations

from collections.abc import Callable

from safepassage.cases import open_case
from safepassage.negotiate.session import Session

__all__ = ["CASE", "LINKED", "warm"]

CASE = "aleppo-2016"
LINKED = "linked-deal-17-dec"


def warm(progress: Callable[[str], None] = lambda _: None) -> None:
    """Answer one question about linked steps of a bundled case.

    They take other inner loops than plain terms, which
    :func:`safepassage.convoy.warm.warm` compiles.
    """
    progress("compiling linked steps (once, some seconds)")
    Session(open_case(CASE), LINKED, sizes=()).ask((), "low")
    progress("the table is ready")
