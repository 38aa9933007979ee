"""Departures as columns: a metropolis has a million of them, each along a hundred roads.

Every way and every pattern of waits is kept once, and numbers as whole multiples of a unit. A
departure becomes a value when it is asked for.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Final, overload

from safepassage.plan.clearance import Departure

__all__ = ["Departures", "Exact", "together"]

_MOST: Final = (1 << 63) - 1
_BILLION: Final = 10**9
_NONE: Final = Fraction(0)


class Exact:
    """A column of exact numbers: multiples of a part of one, and those that are none."""

    __slots__ = ("_others", "_units", "parts")

    def __init__(self, parts: int) -> None:
        """Begin without numbers; ``parts`` of a unit make one."""
        self.parts = parts
        self._units = array("q")
        self._others: dict[int, Fraction] = {}

    def __len__(self) -> int:
        """How many there are."""
        return len(self._units)

    def __getitem__(self, row: int) -> Fraction:
        """Return the number of a row, from 0."""
        if row in self._others:
            return self._others[row]
        return Fraction(self._units[row], self.parts)

    def __iter__(self) -> Iterator[Fraction]:
        """Yield all numbers; each value is made once while it repeats."""
        last, made = 0, _NONE
        for row, units in enumerate(self._units):
            if row in self._others:
                yield self._others[row]
                continue
            if units != last:
                last, made = units, Fraction(units, self.parts)
            yield made

    def put(self, units: int) -> None:
        """Add a number given in parts."""
        if -_MOST <= units <= _MOST:
            self._units.append(units)
        else:
            self._others[len(self._units)] = Fraction(units, self.parts)
            self._units.append(0)

    def append(self, number: Fraction) -> None:
        """Add a number."""
        if self.parts % number.denominator == 0:
            self.put(number.numerator * (self.parts // number.denominator))
        else:
            self._others[len(self._units)] = number
            self._units.append(0)

    def units(self) -> array[int]:
        """Return all numbers in parts, 0 for those that are none."""
        return self._units

    def others(self) -> Iterable[tuple[int, Fraction]]:
        """Return rows of numbers that are no multiples, with these."""
        return self._others.items()

    def units_of(self, row: int, parts: int) -> int | None:
        """Return the number of a row in other parts of one; None if it takes rounding."""
        if row in self._others or parts % self.parts:
            return None
        return self._units[row] * (parts // self.parts)

    def part(self, start: int, stop: int) -> Exact:
        """Return some rows one after the other."""
        other = Exact(self.parts)
        other.fill(
            self._units[start:stop],
            {row - start: number for row, number in self._others.items() if start <= row < stop},
        )
        return other

    def fill(self, units: array[int], others: dict[int, Fraction]) -> None:
        """Take these numbers and no others."""
        self._units, self._others = units, others

    def extend(self, other: Exact) -> None:
        """Add the numbers of another column."""
        if other.parts == self.parts:
            start = len(self._units)
            self._others |= {start + row: number for row, number in other.others()}
            self._units.extend(other.units())
        else:
            for number in other:
                self.append(number)


class _Ragged:
    """Rows of whole numbers of different lengths, each kept once."""

    __slots__ = ("_known", "_stops", "_values")

    def __init__(self) -> None:
        self._stops = array("q", [0])
        self._values = array("i")
        self._known: dict[int, int] = {}

    def __len__(self) -> int:
        return len(self._stops) - 1

    def __getitem__(self, row: int) -> array[int]:
        return self._values[self._stops[row] : self._stops[row + 1]]

    def number(self, values: array[int]) -> int:
        """Return the row that holds some values; a new one where none is known."""
        key = hash(values.tobytes())
        row = self._known.get(key)
        if row is not None and self[row] == values:
            return row
        row = len(self)
        self._values.extend(values)
        self._stops.append(len(self._values))
        # Another row of this hash is found no more: it may then be kept twice.
        self._known[key] = row
        return row


class _Names:
    """Numbers for names."""

    __slots__ = ("_numbers", "names")

    def __init__(self) -> None:
        self.names: list[str] = []
        self._numbers: dict[str, int] = {}

    def number(self, name: str) -> int:
        number = self._numbers.get(name)
        if number is None:
            number = self._numbers[name] = len(self.names)
            self.names.append(name)
        return number


class _Waits:
    """Patterns of waits: pairs of the place of a link in its way and a wait before it."""

    __slots__ = ("_numbers", "_rows", "_seconds")

    def __init__(self) -> None:
        self._rows = _Ragged()
        self._seconds: list[Fraction] = []
        self._numbers: dict[Fraction, int] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, row: int) -> list[tuple[int, Fraction]]:
        if row < 0:
            return []
        pairs = self._rows[row]
        return [
            (place, self._seconds[wait])
            for place, wait in zip(pairs[0::2], pairs[1::2], strict=True)
        ]

    def wait(self, wait: Fraction) -> int:
        number = self._numbers.setdefault(wait, len(self._seconds))
        if number == len(self._seconds):
            self._seconds.append(wait)
        return number

    def number(self, pairs: array[int]) -> int:
        """Return the row of such pairs; -1 where there are none."""
        return self._rows.number(pairs) if pairs else -1

    def rounded(self, time: Callable[[Fraction], Fraction]) -> tuple[_Waits, list[int]]:
        """Return rounded waits without those before first links, and the rows they have now."""
        seconds = [time(wait) for wait in self._seconds]
        other, rows = _Waits(), []
        numbers = [other.wait(wait) if wait else -1 for wait in seconds]
        for row in range(len(self)):
            pairs, kept = self._rows[row], array("i")
            for place, wait in zip(pairs[0::2], pairs[1::2], strict=True):
                if place and numbers[wait] >= 0:
                    kept.append(place)
                    kept.append(numbers[wait])
            rows.append(other.number(kept))
        return other, rows

    def first(self, row: int) -> Fraction:
        """Return the wait before the first link."""
        pairs = self._rows[row]
        return self._seconds[pairs[1]] if pairs[0] == 0 else _NONE


class _Columns:
    """What departures consist of, row by row; ways and waits may be shared with others."""

    __slots__ = ("begin", "end", "names", "pattern", "rate", "waits", "way", "ways")

    def __init__(self, second: int, rate: int, like: _Columns | None = None) -> None:
        self.names: _Names = _Names() if like is None else like.names
        self.ways: _Ragged = _Ragged() if like is None else like.ways
        """Origin, destination, and links, as names by their numbers."""
        self.waits: _Waits = _Waits() if like is None else like.waits
        self.way = array("i")
        self.pattern = array("i")
        """Row of ``waits``, or -1."""
        self.begin, self.end, self.rate = Exact(second), Exact(second), Exact(rate)

    def put_numbers(self, begin: Fraction, end: Fraction, rate: Fraction) -> None:
        self.begin.append(begin)
        self.end.append(end)
        self.rate.append(rate)

    def put_row(self, way: int, pattern: int) -> None:
        self.way.append(way)
        self.pattern.append(pattern)


class Departures(Sequence[Departure]):
    """A sequence of departures that takes few bytes for each.

    It equals any sequence of the same departures.

    Parameters
    ----------
    second
        Parts of a second of which most times are multiples.
    rate
        Parts of a vehicle an hour of which most rates are.
    columns
        What it holds already.
    """

    __slots__ = ("_columns",)

    def __init__(
        self, second: int = _BILLION, rate: int = _BILLION, columns: _Columns | None = None
    ) -> None:
        self._columns = _Columns(second, rate) if columns is None else columns

    @staticmethod
    def of(some: Iterable[Departure]) -> Departures:
        """Return departures as columns; those that are, as they are."""
        if isinstance(some, Departures):
            return some
        found = Departures()
        for departure in some:
            found.append(departure)
        return found

    def __len__(self) -> int:
        """How many there are."""
        return len(self._columns.way)

    @overload
    def __getitem__(self, row: int) -> Departure: ...
    @overload
    def __getitem__(self, row: slice) -> tuple[Departure, ...]: ...
    def __getitem__(self, row: int | slice) -> Departure | tuple[Departure, ...]:
        """Return one departure, or some."""
        if isinstance(row, slice):
            return tuple(self[i] for i in range(*row.indices(len(self))))
        if not -len(self) <= row < len(self):
            raise IndexError(row)
        c, row = self._columns, row % len(self)
        names = c.names.names
        way = c.ways[c.way[row]]
        links = tuple(map(names.__getitem__, way[2:]))
        waits: tuple[Fraction, ...] = ()
        if c.pattern[row] >= 0:
            told = [_NONE] * len(links)
            for place, wait in c.waits[c.pattern[row]]:
                told[place] = wait
            waits = tuple(told)
        return Departure(
            names[way[0]], names[way[1]], links, waits, c.begin[row], c.end[row], c.rate[row]
        )

    def __eq__(self, other: object) -> bool:
        """Say whether another sequence holds the same departures."""
        if not isinstance(other, Sequence) or isinstance(other, str):
            return NotImplemented
        return len(self) == len(other) and all(
            mine == its for mine, its in zip(self, other, strict=True)
        )

    def __hash__(self) -> int:
        """Hash as the tuple of the same departures does."""
        return hash(tuple(self))

    def __repr__(self) -> str:
        """Tell how many there are: all of them are too many to read."""
        return f"<{len(self)} departures>"

    @property
    def ways(self) -> Sequence[int]:
        """By departure, the number of its way: where it begins and ends, and its links."""
        return self._columns.way

    def way_links(self) -> Iterator[tuple[str, ...]]:
        """Yield the links of each way, by its number."""
        names, ways = self._columns.names.names, self._columns.ways
        for way in range(len(ways)):
            yield tuple(map(names.__getitem__, ways[way][2:]))

    def last_arrival(self, driving_s: Sequence[int]) -> Fraction:
        """Return when the last of them arrives (s), if driving takes so long, by way."""
        c = self._columns
        parts = c.end.parts
        waits = [sum((wait for _, wait in c.waits[row]), _NONE) for row in range(len(c.waits))]
        delays = [_whole(wait * parts) for wait in (*waits, _NONE)]
        latest: int | Fraction = 0
        # Fractions take a hundred times as long.
        for way, pattern, end in zip(c.way, c.pattern, c.end.units(), strict=True):
            latest = max(latest, end + driving_s[way] * parts + delays[pattern])
        for row, at in c.end.others():
            latest = max(latest, (at + driving_s[c.way[row]]) * parts + delays[c.pattern[row]])
        return Fraction(latest, parts)

    def name(self, name: str) -> int:
        """Return the number of a node or link."""
        return self._columns.names.number(name)

    def way(self, names: array[int]) -> int:
        """Return the number of a way: its origin, its destination and its links, by number."""
        return self._columns.ways.number(names)

    def wait(self, wait: Fraction) -> int:
        """Return the number of a wait (s)."""
        return self._columns.waits.wait(wait)

    def pattern(self, pairs: array[int]) -> int:
        """Return the number of waits before links: pairs of a link's place and a wait over 0."""
        return self._columns.waits.number(pairs)

    def append(self, departure: Departure) -> None:
        """Add a departure.

        Raises
        ------
        ValueError
            If it has waits, but not one for each link.
        """
        d = departure
        if d.waits_s and len(d.waits_s) != len(d.links):
            raise ValueError(f"{len(d.waits_s)} waits before {len(d.links)} links")
        pairs = array("i")
        for place, wait in enumerate(d.waits_s):
            if wait:
                pairs.extend((place, self.wait(wait)))
        way = self.way(array("i", map(self.name, (d.origin, d.destination, *d.links))))
        self._columns.put_row(way, self.pattern(pairs))
        self._columns.put_numbers(d.from_s, d.to_s, d.vehicles_per_hour)

    def put(self, way: int, pattern: int, begin: int, end: int, rate: int) -> None:
        """Add a departure of a way and waits by their numbers, in parts of a second and a rate."""
        c = self._columns
        c.put_row(way, pattern)
        c.begin.put(begin)
        c.end.put(end)
        c.rate.put(rate)

    def kept(self, gone: set[int], ends: Mapping[int, Fraction]) -> Departures:
        """Return the departures without some rows, and with other ends of others."""
        mine = self._columns
        other = _Columns(mine.end.parts, mine.rate.parts, mine)
        for row, way in enumerate(mine.way):
            if row not in gone:
                other.put_row(way, mine.pattern[row])
                end = ends[row] if row in ends else mine.end[row]
                other.put_numbers(mine.begin[row], end, mine.rate[row])
        return Departures(columns=other)

    def part(self, start: int, stop: int) -> Departures:
        """Return some departures one after the other; all of them are these themselves."""
        if (start, stop) == (0, len(self)):
            return self
        mine = self._columns
        other = _Columns(mine.end.parts, mine.rate.parts, mine)
        other.way, other.pattern = mine.way[start:stop], mine.pattern[start:stop]
        other.begin, other.end = mine.begin.part(start, stop), mine.end.part(start, stop)
        other.rate = mine.rate.part(start, stop)
        return Departures(columns=other)

    def after(self, first: Iterable[Departure]) -> Departures:
        """Return these departures after some others."""
        mine = self._columns
        other = _Columns(mine.end.parts, mine.rate.parts, mine)
        found = Departures(columns=other)
        for departure in first:
            found.append(departure)
        other.way.extend(mine.way)
        other.pattern.extend(mine.pattern)
        other.begin.extend(mine.begin)
        other.end.extend(mine.end)
        other.rate.extend(mine.rate)
        return found

    def rounded(
        self, time: Callable[[Fraction], Fraction], rate: Callable[[Fraction], Fraction], parts: int
    ) -> Departures:
        """Return departures with numbers rounded to parts of one, without those then empty.

        The first wait becomes a later departure.
        """
        mine = self._columns
        other = _Columns(parts, parts, mine)
        other.waits, rows = mine.waits.rounded(time)
        rows.append(-1)
        firsts = [mine.waits.first(row) for row in range(len(mine.waits))]
        firsts.append(_NONE)
        for row, (way, pattern) in enumerate(zip(mine.way, mine.pattern, strict=True)):
            first = firsts[pattern]
            begin = _moment(mine.begin, row, first, time, parts)
            end = _moment(mine.end, row, first, time, parts)
            vph = mine.rate.units_of(row, parts)
            least = int(rate(mine.rate[row]) * parts) if vph is None else vph
            if end > begin and least > 0:
                other.put_row(way, rows[pattern])
                other.begin.put(begin)
                other.end.put(end)
                other.rate.put(least)
        return Departures(columns=other)


def _moment(
    column: Exact, row: int, first: Fraction, time: Callable[[Fraction], Fraction], parts: int
) -> int:
    """Return a time with what is waited first in parts of a second, rounded where it has to be."""
    if not first:
        units = column.units_of(row, parts)
        if units is not None:
            return units
    return int(time(column[row] + first) * parts)


def _whole(number: Fraction) -> int | Fraction:
    """Return a number as a whole one if it is."""
    return number.numerator if number.denominator == 1 else number


def together(first: Sequence[Departure], rest: Sequence[Departure]) -> Sequence[Departure]:
    """Return departures after some others, in columns where they are."""
    if not first:
        return rest
    if isinstance(rest, Departures):
        return rest.after(first)
    return (*first, *rest)
