"""Findings: what the checker has to say of a plan."""

from __future__ import annotations

from dataclasses import dataclass

from safepassage.check.codes import CODES, Severity

__all__ = ["Finding", "finding"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing the checker found."""

    code: str
    """A key of ``CODES``."""
    severity: Severity
    where: str
    """Place in the plan: a key such as ``answer.gap``, or a rotation's id and the key in it."""
    clause_id: str | None
    """The clause that makes the rule, where one does."""
    message: str

    def __str__(self) -> str:
        clause = f" [{self.clause_id}]" if self.clause_id else ""
        return f"{self.where}: {self.message} ({self.code}){clause}"

    def to_json(self) -> dict[str, str | None]:
        """Return plain JSON data."""
        return {
            "code": self.code,
            "severity": self.severity,
            "where": self.where,
            "clause_id": self.clause_id,
            "message": self.message,
        }


def finding(code: str, where: str, message: str, clause_id: str | None = None) -> Finding:
    """Build a finding of a known code."""
    return Finding(code, CODES[code].severity, where, clause_id, message)
