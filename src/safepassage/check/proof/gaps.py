"""Gaps between two passes of a vehicle at a crossing, verified from the terms alone.

A link of a chain that has prices: of people, and of convoys by their size. What follows from them
is worked out here in full. Definition and proof: ``docs/reference/certificate-format.md``, "Gaps".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, Final

from safepassage.check.proof.convoys import Convoy
from safepassage.check.proof.form import is_whole
from safepassage.check.proof.phases import Early, Phases

__all__ = ["GAP_KEYS", "falls_short"]

GAP_KEYS: Final = frozenset(
    (
        *("batches", "release_s", "value", "crossing", "vehicle"),
        *("unit_s", "scale", "people", "sizes", "guests"),
    )
)
_LARGEST: Final = 10**15
_MOST_UNITS: Final = 2_000


def falls_short(link: Mapping[str, Any], phases: Phases) -> str | None:
    """Return why prices do not prove that the batches take as long as a link says, else None."""
    convoys = phases.passers.convoys
    wrong = _wrong_prices(link, phases)
    if wrong is not None:
        return wrong
    gaps = _Gaps(phases, link)
    for c in convoys:
        if gaps.price[c.place, *c.sizes.items()] > gaps.second * c.hold_s:
            return f"sizes: {_called(c)} has a price above its time at the crossing"
        if c.counted and gaps.excess(c) > c.counted * gaps.least(c.lag_s, c.counted):
            return f"people: those of {_called(c)} are worth more than its passing costs"
    proven = gaps.moment()
    if proven < link["release_s"] + link["value"]:
        return f"value: the prices prove {proven - link['release_s']} s"
    return None


def _called(convoy: Convoy) -> str:
    sizes = ", ".join(f"{n} {k}" for k, n in convoy.sizes.items())
    return f"a convoy of {sizes} from {convoy.place}"


def _is_price(value: object) -> bool:
    return is_whole(value) and isinstance(value, int) and 0 <= value <= _LARGEST


def _wrong_prices(link: Mapping[str, Any], phases: Phases) -> str | None:
    """Return what is wrong with the form of a link, else None."""
    cells = {(c.group, c.place) for c in phases.passers.cells}
    counted = max(c.counted for c in phases.passers.convoys)
    others = {k for c in phases.passers.convoys for k in c.sizes} - {phases.vehicle}
    if not all(_is_price(link[key]) and link[key] for key in ("unit_s", "scale", "value")):
        return "unit_s, scale, value: expected whole numbers from 1"
    if link["unit_s"] > min(c.hold_s for c in phases.passers.convoys):
        return "unit_s: expected at most what the quickest convoy holds the crossing for"
    if _horizon(phases, link["unit_s"]) > _MOST_UNITS:
        return f"unit_s: expected at most {_MOST_UNITS} units in the longest gap"
    people, sizes, guests = link["people"], link["sizes"], link["guests"]
    if not isinstance(people, list | tuple) or not all(
        isinstance(row, list | tuple) and len(row) == 3 and _is_price(row[2]) for row in people
    ):
        return "people: expected rows of group, place and a price"
    if sorted(map(str, (row[:2] for row in people))) != sorted(map(str, map(list, cells))):
        return "people: expected one price of each group of the batches at each of its places"
    listed = isinstance(sizes, list | tuple) and all(map(_is_price, sizes))
    if not listed or len(sizes) != counted:
        return f"sizes: expected {counted} prices"
    if not isinstance(guests, Mapping) or guests.keys() != others:
        return f"guests: expected prices of {', '.join(sorted(others)) or 'no type'}"
    for k, prices in guests.items():
        of_each = isinstance(prices, list | tuple) and all(map(_is_price, prices))
        if not of_each or len(prices) != counted:
            return f"guests: expected {counted} prices of {k}"
    return None


def _horizon(phases: Phases, unit: int) -> int:
    """Return up to how many units gaps are looked at."""
    convoys = phases.passers.convoys
    longest = max(c.lag_s for c in convoys) + max(c.hold_s for c in convoys)
    return 2 * -(-longest // unit)


class _Gaps:
    """Everything in parts of a second, times the number of vehicles whose gaps are counted."""

    def __init__(self, phases: Phases, link: Mapping[str, Any]) -> None:
        self.phases = phases
        self.number = phases.number
        self.scale: int = link["scale"]
        self.second: int = self.number * self.scale
        self.unit: int = link["unit_s"]
        self.units = _horizon(phases, self.unit)
        self.person: dict[tuple[str, str], int] = {
            (group, place): price for group, place, price in link["people"]
        }
        self.aboard: dict[tuple[str, str], int] = {}
        for cell in phases.passers.cells:
            for k in cell.kinds:
                worth = phases.seats[k] * self.person[cell.group, cell.place]
                self.aboard[cell.place, k] = max(worth, self.aboard.get((cell.place, k), 0))
        self.price: dict[tuple[object, ...], int] = {
            (c.place, *c.sizes.items()): self._priced(c, link) for c in phases.passers.convoys
        }
        counted = [c for c in phases.passers.convoys if c.counted]
        self.least_hold = min(c.hold_s for c in counted)
        self.least_lag = min(c.lag_s for c in counted)
        self._pack()
        self._known: dict[tuple[int, int], int] = {}

    def worth(self, convoy: Convoy) -> int:
        """Return the most that those aboard are worth, in time of all vehicles together."""
        return sum(n * self.aboard.get((convoy.place, k), 0) for k, n in convoy.sizes.items())

    def _priced(self, convoy: Convoy, link: Mapping[str, Any]) -> int:
        if not convoy.counted:
            return self.worth(convoy)
        beside = sum(
            n * link["guests"][k][convoy.counted - 1]
            for k, n in convoy.sizes.items()
            if k != self.phases.vehicle
        )
        return self.number * int(link["sizes"][convoy.counted - 1] + beside)

    def spare(self, convoy: Convoy) -> int:
        """Return what a convoy leaves over of its time at the crossing, for one vehicle."""
        price = self.price[convoy.place, *convoy.sizes.items()]
        return (convoy.hold_s * self.second - price) // self.number

    def excess(self, convoy: Convoy) -> int:
        """Return by how much those aboard are worth more than a convoy costs without a gap."""
        price = self.price[convoy.place, *convoy.sizes.items()]
        own = convoy.counted * convoy.hold_s * self.second
        return self.number * self.worth(convoy) - own - (self.number - convoy.counted) * price

    def _pack(self) -> None:
        """Fill every time up to the horizon with convoys of the highest prices together.

        ``packed[t][v]`` with at most ``v`` vehicles, ``loose[t]`` with any number of them.
        """
        items: dict[tuple[int, int], int] = {}
        for c in self.phases.passers.convoys:
            key = c.hold_s // self.unit, c.counted
            items[key] = max(items.get(key, 0), self.price[c.place, *c.sizes.items()])
        # What takes no less time and no fewer vehicles, and is worth no more, adds nothing.
        useful = [
            (units, n, price)
            for (units, n), price in items.items()
            if price
            and not any(
                (u, v) != (units, n) and u <= units and v <= n and (p, -u, -v) > (price, -units, -n)
                for (u, v), p in items.items()
            )
        ]
        self.packed: list[list[int]] = [[0] * self.number]
        self.loose: list[int] = [0]
        for t in range(1, self.units + 1):
            row, loose = list(self.packed[-1]), self.loose[-1]
            for units, n, price in useful:
                if units <= t:
                    more = [x + price for x in self.packed[t - units][: max(0, self.number - n)]]
                    row[n:] = map(max, row[n:], more)
                    loose = max(loose, self.loose[t - units] + price)
            self.packed.append(row)
            self.loose.append(loose)
        share = max(Fraction(p, u * self.unit * self.second) for (u, _), p in items.items())
        end = self.units * self.unit * self.second
        self.beyond = int((1 - share) * end) if share < 1 else 0

    def least(self, length: int, counted: int) -> int:
        """Return the least that a gap takes, less the prices of all that passes in it.

        It is at least so long, and ends with the pass of a convoy with so many vehicles.
        """
        if (length, counted) not in self._known:
            found = [self.beyond]
            for t in range(length // self.unit, self.units + 1):
                end = (t + 1) * self.unit
                if end <= length + self.least_hold:
                    worth = self.packed[t][self.number - counted]
                elif end <= self.least_lag + 2 * self.least_hold:
                    worth = self.packed[t][self.number - 1]
                else:
                    worth = self.loose[t]
                found.append(max(length, t * self.unit) * self.second - worth)
            self._known[length, counted] = min(found)
        return self._known[length, counted]

    def moment(self) -> int:
        """Return the moment before which not all are there."""
        phases, convoys = self.phases, self.phases.passers.convoys
        steps = len(phases.batches)
        departed = steps - phases.open_start
        wins = self._wins()
        begins = self._begins(wins)
        total = sum(self._worth_of(side, n) for side, n in self._sides().items())
        total += departed * begins[0]
        if phases.open_start:
            total -= self._won(begins)
        leads = departed * self.second * min(c.lead_s for c in convoys)
        by_clock = -(-(total + leads + steps * self._end(self.second)) // self.second)
        proven = phases.start_s + by_clock - steps * phases.spacing_s
        # Of the time in which the crossing is open alone, each closing may be between the passes
        # of every vehicle, and within the spacing of a convoy.
        by_hours = -(-(total + steps * self._end(0)) // self.second) - steps * phases.spacing_s
        lost = -(-max(wins.values()) // self.scale) + phases.spacing_s
        passed = self._open_for(by_hours, lost)
        return max(proven, passed + min(c.tail_s for c in convoys))

    def _open_for(self, seconds: int, lost: int) -> int:
        """Return when the crossing was open for so long, if a closing makes up for some of it."""
        closed_since = self.phases.start_s
        for begin, end in self.phases.open_s:
            if begin > closed_since:
                seconds -= lost
            if seconds <= end - begin:
                return begin + max(seconds, 0)
            seconds -= end - begin
            closed_since = end
        return closed_since

    def _sides(self) -> dict[frozenset[str], int]:
        sides: dict[frozenset[str], int] = {}
        for batch in (b for step in self.phases.batches for b in step):
            sides[batch.groups] = sides.get(batch.groups, 0) + batch.size
        return sides

    def _worth_of(self, side: frozenset[str], persons: int) -> int:
        """Return what so many people of a side are worth at least."""
        cells = [c for c in self.phases.passers.cells if c.group in side]
        total = 0
        for worth, number in sorted((self.person[c.group, c.place], c.persons) for c in cells):
            some = min(number, persons)
            total += some * worth
            persons -= some
        return total

    def _smallest(self) -> dict[int, int]:
        """Return by vehicles that are counted, what a convoy of so many leaves over at least."""
        found: dict[int, int] = {}
        for c in self.phases.passers.convoys:
            if c.counted:
                spare = self.spare(c) if self.phases.busy else 0
                found[c.counted] = min(spare, found.get(c.counted, spare))
        return found

    def _wins(self) -> dict[int, int]:
        """Return by vehicles in a convoy, what a gap before it is needed for at most, each."""
        wins: dict[int, int] = {}
        for c in self.phases.passers.convoys:
            if c.counted:
                most = -(-max(0, self.excess(c)) // (self.number * c.counted))
                wins[c.counted] = max(most, wins.get(c.counted, 0))
        return wins

    def _begins(self, wins: Mapping[int, int]) -> list[int]:
        """Return, by how many vehicles have passed, what is left over until all have.

        Less what those who pass for the first time win, as no gap comes before it.
        """
        left = [0] * (self.number + 1)
        for gone in reversed(range(self.number)):
            left[gone] = min(
                left[gone + some] + (self.number - gone - some) * spare - some * wins[n]
                for n, spare in self._smallest().items()
                for some in range(1, min(n, self.number - gone) + 1)
            )
        return left

    def _end(self, second: int) -> int:
        """Return what is left over at the end of a step, to the arrival of the last convoy.

        ``second``: what a second of the way to the arrival counts.
        """
        left = [0] * (self.number + 1)
        for gone in reversed(range(self.number)):
            left[gone] = min(
                left[min(self.number, gone + n)] + max(0, self.number - gone - n) * spare
                for n, spare in self._smallest().items()
            )
        return min(
            c.tail_s * second
            + (self.number - c.counted) * (self.spare(c) if self.phases.busy else 0)
            + left[c.counted]
            for c in self.phases.passers.convoys
        )

    def _won(self, begins: Sequence[int]) -> int:
        """Return the most that is won by inspections before the first release, and first passes."""
        others, vehicle = [], Early(self.phases.vehicle, frozenset(), 0, 1)
        for e in self.phases.early:
            if e.kind == self.phases.vehicle:
                vehicle = e
            else:
                others.append((e, self._most_aboard(e)))
        others.sort(key=lambda x: Fraction(x[1], x[0].weight), reverse=True)
        own = self._most_aboard(vehicle)
        most: Fraction | None = None
        for gone in range(vehicle.number + 1):
            room = Fraction(self.phases.room - gone * vehicle.weight)
            if room < 0:
                break
            total = Fraction(gone * own - begins[gone])
            for e, worth in others:
                some = min(Fraction(e.number), room / e.weight)
                total += some * worth
                room -= some * e.weight
            most = total if most is None else max(most, total)
        return -(-most.numerator // most.denominator) if most is not None else 0

    def _most_aboard(self, early: Early) -> int:
        return max((self.aboard.get((p, early.kind), 0) for p in early.places), default=0)
