"""Names of what a plan mentions by id; one id may mean a place here and a corridor there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from safepassage.terms.case import Case

__all__ = ["Name", "Names"]


@dataclass(frozen=True, slots=True)
class Name:
    """A name, and the same in the local language where the case gives it."""

    text: str
    local: str | None = None


class _Named(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def name_local(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Names:
    """Names by id, for each sort of thing."""

    places: Mapping[str, Name]
    corridors: Mapping[str, Name]
    groups: Mapping[str, Name]
    vehicles: Mapping[str, Name]

    @classmethod
    def of(cls, case: Case) -> Names:
        """Collect the names of a case."""
        return cls(
            places=_by_id(case.places),
            corridors=_by_id(case.corridors),
            groups=_by_id(case.groups),
            vehicles=_by_id(case.fleet.vehicles),
        )


def _by_id(things: Iterable[_Named]) -> dict[str, Name]:
    return {thing.id: Name(thing.name, thing.name_local) for thing in things}
