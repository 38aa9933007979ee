"""Findings on a clearance result, not more of one kind than a person reads."""

from __future__ import annotations

from collections import Counter

from safepassage.check.clearance.codes import CLEARANCE_CODES
from safepassage.check.findings import Finding

__all__ = ["MOST_OF_A_KIND", "Findings"]

MOST_OF_A_KIND = 20


class Findings:
    """Collects findings; of each code the first ones are kept, and the rest are counted."""

    def __init__(self) -> None:
        self._kept: list[Finding] = []
        self._told: Counter[str] = Counter()

    def add(self, code: str, where: str, message: str) -> None:
        """Add a finding of a known code."""
        self._told[code] += 1
        if self._told[code] <= MOST_OF_A_KIND:
            self._kept.append(_finding(code, where, message))

    def all(self) -> tuple[Finding, ...]:
        """Return the findings, and one for each code of which some are left out."""
        rest = [
            _finding(code, "result", f"and {told - MOST_OF_A_KIND:,} more of this kind")
            for code, told in self._told.items()
            if told > MOST_OF_A_KIND
        ]
        return (*self._kept, *rest)


def _finding(code: str, where: str, message: str) -> Finding:
    return Finding(code, CLEARANCE_CODES[code].severity, where, None, message)
