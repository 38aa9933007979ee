"""People of a programme: cells, and the entries that they are counted by."""

from __future__ import annotations

from dataclasses import dataclass

from safepassage.check.fleet import Kind
from safepassage.check.reading import Reading
from safepassage.terms.places import ReceptionPoint

__all__ = ["Cell", "Entry", "Option", "merged_entries", "read_capacities", "read_cells"]

Option = tuple[str, str, str]
"""Assembly point, vehicle type, reception point."""


@dataclass(frozen=True, slots=True)
class Cell:
    """People of one group at one place who may go to the same places."""

    group: str
    place: str
    destinations: tuple[str, ...]
    kinds: tuple[str, ...]
    persons: int

    @property
    def options(self) -> tuple[Option, ...]:
        """Ways in which they can travel."""
        return tuple(sorted((self.place, k, d) for k in self.kinds for d in self.destinations))


@dataclass(frozen=True, slots=True)
class Entry:
    """People who are counted together."""

    options: tuple[Option, ...]
    persons: int


def read_cells(reading: Reading) -> tuple[Cell, ...]:
    """Read the cells in the order of the case's groups, places and destinations."""
    cells = []
    for group in reading.groups.values():
        kinds = tuple(sorted(group.vehicles))
        if group.allotted is None:
            to = tuple(sorted(group.destinations))
            cells += [Cell(group.id, a, to, kinds, n) for a, n in group.people.items()]
        else:
            cells += [Cell(group.id, a, (d,), kinds, n) for (a, d), n in group.allotted.items()]
    return tuple(cell for cell in cells if cell.persons > 0)


def read_capacities(reading: Reading) -> dict[str, int]:
    """Read how many people each reception point with a capacity takes in."""
    return {
        place.id: place.capacity.value
        for place in reading.places.values()
        if isinstance(place, ReceptionPoint) and place.capacity is not None
    }


def merged_entries(
    cells: tuple[Cell, ...], kinds: dict[str, Kind], capacities: dict[str, int]
) -> tuple[Entry, ...]:
    """Put together who must go in the same way, rounded up to full vehicles.

    Whoever has to be out fills vehicles of one type on one way, which others do not use: a vehicle
    that is not full is one all the same. Where a reception point counts people, rounding up would
    count people whom there are not.
    """
    shared = {option for cell in cells if len(cell.options) > 1 for option in cell.options}
    alone: dict[Option, int] = {}
    entries = []
    for cell in cells:
        option = cell.options[0]
        if len(cell.options) == 1 and option not in shared:
            alone[option] = alone.get(option, 0) + cell.persons
        else:
            entries.append(Entry(cell.options, cell.persons))
    for option, persons in sorted(alone.items()):
        seats = kinds[option[1]].seats
        full = persons if option[2] in capacities else -(-persons // seats) * seats
        entries.append(Entry((option,), full))
    return tuple(entries)
