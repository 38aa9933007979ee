"""Ids of a case that cannot be built, read from the files as they stand.

A key that is missing anywhere keeps a case from being built, and so from being checked as a whole.
Ids that name nothing are told all the same, so that nobody mends one kind of fault only to be told
of the next.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from safepassage.errors import Fault
from safepassage.terms.case import Case
from safepassage.terms.checks.ids import may_be_any, references, unknown_id
from safepassage.terms.checks.walk import Where
from safepassage.terms.document import DocPath
from safepassage.terms.record import Record
from safepassage.terms.wording import model_at

__all__ = ["unknown_ids_as_written"]

_LISTS: Final[Mapping[str, tuple[str, ...]]] = {
    "party": ("parties",),
    "place": ("places",),
    "corridor": ("corridors",),
    "group": ("groups",),
    "statement": ("statements",),
    "proposal": ("proposals",),
    "vehicle type": ("fleet", "vehicles"),
    "source": ("sources",),
}
"""Where ids of a kind are given."""


def unknown_ids_as_written(
    case: Mapping[str, Any], sources: Mapping[str, Any] | None, where: Where
) -> Iterator[Fault]:
    """Yield a fault for every id in ``case.yaml`` that nothing in the two files bears.

    Parameters
    ----------
    case
        ``case.yaml`` as read, whatever is wrong with it.
    sources
        ``sources.yaml`` as read; None: it could not be, and no citation is judged.
    where
        Gives ``file:line`` of a part of ``case.yaml``.
    """
    data = {**case, "sources": (sources or {}).get("sources", [])}
    known = {what: _given(data, path, "id") for what, path in _LISTS.items()}
    known["inspection class"] = _given(data, ("fleet", "vehicles"), "inspection_class")
    for path, field, what, entry in _uses(case):
        if what == "source" and sources is None:
            continue
        if entry not in known[what] and not may_be_any(field, entry):
            yield unknown_id(field, what, entry, known[what], where(path))


def _given(data: Any, path: tuple[str, ...], key: str) -> frozenset[str]:
    for step in path:
        data = data.get(step) if isinstance(data, dict) else None
    entries = data if isinstance(data, list) else []
    ids = (entry.get(key) for entry in entries if isinstance(entry, dict))
    return frozenset(name for name in ids if isinstance(name, str))


def _uses(case: Mapping[str, Any]) -> Iterator[tuple[DocPath, str, str, str]]:
    """Yield every id used where the definitions have one: path, field, what it names, the id."""
    for path, here in _mappings(case, ()):
        for i, source in _texts(here.get("cite")):
            yield (*path, "cite", *i), "source", "source", source
        model = model_at(Case, case, path)
        if model is None or not issubclass(model, Record):
            continue
        for field, key, what in references(model):
            for i, entry in _texts(here.get(key)):
                yield (*path, key, *i), field, what, entry


def _mappings(part: Any, path: DocPath) -> Iterator[tuple[DocPath, Mapping[str, Any]]]:
    if isinstance(part, dict):
        yield path, part
        for key, value in part.items():
            yield from _mappings(value, (*path, key))
    elif isinstance(part, list):
        for i, value in enumerate(part):
            yield from _mappings(value, (*path, i))


def _texts(value: Any) -> Iterator[tuple[tuple[int, ...], str]]:
    """Yield a text, or those in a list with their places."""
    if isinstance(value, str):
        yield (), value
    elif isinstance(value, list):
        yield from (((i,), entry) for i, entry in enumerate(value) if isinstance(entry, str))
