"""What a rule is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from safepassage.check.context import Context
from safepassage.check.findings import Finding

__all__ = ["Rule"]


class Rule(Protocol):
    """One family of rules; it judges by the terms and never repairs."""

    def check(self, context: Context) -> Iterator[Finding]:
        """Yield what breaks these rules."""
        ...
