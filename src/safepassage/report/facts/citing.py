"""Sources by number, in the order in which the report first cites them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from safepassage.terms.case import Case
from safepassage.terms.provenance import Citation, Source

__all__ = ["Reference", "Register"]


@dataclass(frozen=True, slots=True)
class Reference:
    """A citation, by the number its source has in the report's list."""

    number: int
    source: Source
    locator: str | None
    note: str | None


class Register:
    """Numbers the sources in the order in which the report first cites them."""

    def __init__(self, case: Case) -> None:
        self._known = {s.id: s for s in case.sources}
        self._numbers: dict[str, int] = {}

    def cite(self, citations: Iterable[Citation]) -> tuple[Reference, ...]:
        """Turn citations into references, giving new sources the next numbers."""
        references = []
        for c in citations:
            number = self._numbers.setdefault(c.source, len(self._numbers) + 1)
            references.append(Reference(number, self._known[c.source], c.locator, c.note))
        return tuple(references)

    @property
    def sources(self) -> tuple[tuple[int, Source], ...]:
        """Every source cited so far with its number."""
        return tuple((n, self._known[s]) for s, n in self._numbers.items())
