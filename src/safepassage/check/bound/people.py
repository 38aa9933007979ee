"""Cells of people and the entries that the programme asks for."""

from __future__ import annotations

from dataclasses import dataclass

from safepassage.check.reading import Reading
from safepassage.terms.places import ReceptionPoint

__all__ = ["Cell", "Entry", "Option", "cells", "entries", "options_at"]

Option = tuple[str, str, str]
"""Place, vehicle type, reception point."""


@dataclass(frozen=True, slots=True)
class Cell:
    """People of one group at one place with the same destinations."""

    options: tuple[Option, ...]
    persons: int


@dataclass(frozen=True, slots=True)
class Entry:
    """People with the options they have."""

    options: tuple[Option, ...]
    persons: int


def cells(reading: Reading) -> list[Cell]:
    """List the cells in the order of groups, places and destinations; none of nobody."""
    found = []
    for group in reading.groups.values():
        kinds = sorted(group.vehicles)
        for place, persons in group.people.items():
            if group.allotted is None:
                parts = [(sorted(group.destinations), persons)]
            else:
                parts = [([d], n) for (p, d), n in group.allotted.items() if p == place]
            for destinations, part in parts:
                if part:
                    options = tuple((place, k, d) for k in kinds for d in destinations)
                    found.append(Cell(options, part))
    return found


def options_at(reading: Reading) -> set[Option]:
    """Return every place, type and reception point that some cell lists together."""
    return {option for cell in cells(reading) for option in cell.options}


def entries(reading: Reading, found: list[Cell], *, whole: bool) -> list[Entry]:
    """Return what the programme asks for; with ``whole`` in full vehicles without a choice."""
    if not whole:
        return [Entry(c.options, c.persons) for c in found]
    shared = {o for c in found if len(c.options) > 1 for o in c.options}
    single: dict[Option, int] = {}
    rest = []
    for cell in found:
        option = cell.options[0]
        if len(cell.options) == 1 and option not in shared and reading.kinds[option[1]].seats:
            single[option] = single.get(option, 0) + cell.persons
        else:
            rest.append(Entry(cell.options, cell.persons))
    for option, persons in sorted(single.items()):
        seats = reading.kinds[option[1]].seats
        place = reading.places[option[2]]
        limited = isinstance(place, ReceptionPoint) and place.capacity is not None
        rest.append(Entry((option,), persons if limited else -(-persons // seats) * seats))
    return rest
