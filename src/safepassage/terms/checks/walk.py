"""Go through every record of a case with its path in the file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache

from safepassage.errors import Fault
from safepassage.terms.case import Case
from safepassage.terms.document import DocPath
from safepassage.terms.record import Record

__all__ = ["Check", "Where", "fields", "named", "walk"]

Where = Callable[[DocPath], str]
"""Gives ``file:line`` of a part of the case."""

Check = Callable[[Case, Where], Iterable[Fault]]
"""One check of a whole case."""


@cache
def fields(model: type[Record]) -> tuple[tuple[str, str], ...]:
    """Names of a model's fields, each with its key in the file."""
    return tuple((name, field.alias or name) for name, field in model.model_fields.items())


def walk(part: object, path: DocPath = ()) -> Iterator[tuple[DocPath, Record]]:
    """Yield every record within ``part`` and ``part`` itself, each with its path."""
    known, records = _LAST[0]
    if path or known is not part:
        records = []
        _collect(part, path, records)
        if not path:
            _LAST[0] = part, records
    return iter(records)


_LAST: list[tuple[object, list[tuple[DocPath, Record]]]] = [(None, [])]
"""What was gone through last: one check after another goes through the same case."""


def _collect(part: object, path: DocPath, found: list[tuple[DocPath, Record]]) -> None:
    """Enter records in a list: handed up from generator to generator they would take far longer."""
    if isinstance(part, Record):
        found.append((path, part))
        for name, key in fields(type(part)):
            value = getattr(part, name)
            # Most values are text or numbers; a call for each would take most of the time.
            if isinstance(value, Record | tuple):
                _collect(value, (*path, key), found)
    elif isinstance(part, tuple):
        for i, entry in enumerate(part):
            if isinstance(entry, Record | tuple):
                _collect(entry, (*path, i), found)


def named(case: Case) -> dict[str, frozenset[str]]:
    """Return the ids that can be named in a case, by what they name."""
    return {
        "party": frozenset(p.id for p in case.parties),
        "place": frozenset(p.id for p in case.places),
        "corridor": frozenset(c.id for c in case.corridors),
        "group": frozenset(g.id for g in case.groups),
        "vehicle type": frozenset(v.id for v in case.fleet.vehicles),
        "inspection class": frozenset(v.inspection_class for v in case.fleet.vehicles),
        "statement": frozenset(s.id for s in case.statements),
        "proposal": frozenset(p.id for p in case.proposals),
        "source": frozenset(s.id for s in case.sources),
    }
