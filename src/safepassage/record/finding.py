"""What does not fit together in a record: findings as data, with rows and sources."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

__all__ = ["RecordFinding", "Said", "Severity"]

Severity = Literal["error", "warning", "info"]
"""An error cannot be so; a warning can hardly be so, or not both of two; the rest is info."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a rule tells: a sentence with its numbers, and the lines of the rows it is about."""

    message: str
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class RecordFinding:
    """One thing that does not fit together in the observations of a case."""

    code: str
    severity: Severity
    message: str
    sources: tuple[str, ...]
    """Ids of the sources whose rows it is about."""
    rows: tuple[str, ...]
    """``file:line`` of each row."""

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON data."""
        return {
            "code": self.code,
            "severity": self.severity,
            "message": self.message,
            "sources": list(self.sources),
            "rows": list(self.rows),
        }
