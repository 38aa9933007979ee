"""How many lanes of an OpenStreetMap way are for cars, in each direction.

``lanes`` and ``lanes:forward`` count every marked lane for motor vehicles, those for buses too
(wiki pages *Key:lanes*, *Key:lanes:psv*, *Bus lanes*, *Lanes*, as of 2025). Which of them are
for buses is told in one of three ways, and all are read: a number (``lanes:psv``, ``lanes:bus``), a
word for each lane (``bus:lanes``, ``vehicle:lanes``), and the older ``busway``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["CLOSED", "LANE_KEYS", "lanes_for_cars"]

CLOSED = frozenset(
    {"no", "private", "agricultural", "forestry", "agricultural;forestry", "forestry;agricultural",
     "military", "emergency", "psv", "bus", "residents", "permit"}
)  # fmt: skip
"""Words for an access that cars do not have."""

#: Most special first.
_CAR_LISTS = ("motorcar:lanes", "motor_vehicle:lanes", "vehicle:lanes", "access:lanes")
_BUS_LISTS = ("psv:lanes", "bus:lanes")
_BUS_COUNTS = ("lanes:psv", "lanes:bus")
_BUSWAYS = ("busway", "busway:both", "busway:left", "busway:right")
_SIDES = (":forward", ":backward")
_RESERVED = frozenset({"designated", "official"})
_MOST_LANES = 20

LANE_KEYS = frozenset(
    {"lanes", "lanes:forward", "lanes:backward", "lanes:both_ways", *_BUSWAYS}
    | {key + side for key in _CAR_LISTS + _BUS_LISTS + _BUS_COUNTS for side in ("", *_SIDES)}
)
"""Tags that :func:`lanes_for_cars` looks at."""

Lanes = tuple[int, str | None]
"""How many, 0 where not told, and why that is assumed."""


@dataclass(frozen=True, slots=True)
class _Told:
    """What is told of the lanes of one direction, or of the whole way."""

    lanes: int
    """For any motor vehicles; 0: not told."""
    buses: int
    """For buses alone."""
    cars: int | None
    """Open to cars, where that is told lane by lane."""

    @property
    def all_for_buses(self) -> bool:
        """Whether no lane is left to cars; one direction alone is closed by that."""
        return 0 < self.lanes <= self.buses


def lanes_for_cars(
    tags: Mapping[str, str], open_: tuple[bool, bool], unread: list[str]
) -> tuple[Lanes | None, Lanes | None]:
    """Count lanes for cars along and against a way.

    Parameters
    ----------
    tags
        Those of :data:`LANE_KEYS` are looked at.
    open_
        Whether cars may go along the way, and against it.
    unread
        Gets each tag, as ``key=value``, whose value is not understood or cannot be so.

    Returns
    -------
    tuple
        For each direction the lanes and why they are assumed; None where every lane of it is told
        to be closed to cars, so that the direction is.
    """
    whole_way, *sides = (_told(tags, side, unread) for side in ("", *_SIDES))
    both_ways = _whole(tags, "lanes:both_ways", unread)
    loose = _loose_buses(tags, two_way=open_ == (True, True), told=whole_way.buses)
    if open_ != (True, True):
        return (_one_way(tags, whole_way, sides, both_ways, loose, open_[0], unread),) * 2
    return _two_way(tags, whole_way, sides, both_ways, loose, unread)


def _one_way(
    tags: Mapping[str, str],
    way: _Told,
    sides: list[_Told],
    both_ways: int,
    buses: int,
    ahead: bool,
    unread: list[str],
) -> Lanes | None:
    """Count the lanes of the only direction that cars have; buses may have the other as well."""
    own, other = sides if ahead else reversed(sides)
    cars = way.cars if own.cars is None else own.cars
    if cars is not None or own.all_for_buses:
        return (cars, None) if cars else None
    against = max(other.lanes, other.buses, _against(tags))
    reserved = max(own.buses, buses - against)
    if own.lanes:
        return _of_all(tags, own.lanes, own.lanes - reserved, unread), None
    left = way.lanes - both_ways - against - reserved
    return _of_all(tags, way.lanes, left, unread), None


def _two_way(
    tags: Mapping[str, str],
    way: _Told,
    sides: list[_Told],
    both_ways: int,
    buses: int,
    unread: list[str],
) -> tuple[Lanes | None, Lanes | None]:
    """Count the lanes of both directions."""
    total = max(way.lanes - both_ways, 0)
    known = [bool(side.lanes) or side.cars is not None for side in sides]
    if not any(known):
        left = total - max(buses, sum(side.buses for side in sides))
        return _shared_out(_of_all(tags, total, left, unread) if way.cars is None else way.cars)
    if total and not all(known):
        # The total and one direction give the other.
        rest = max(total - sum(side.lanes for side in sides), 1)
        sides = [
            side if told else _Told(rest, side.buses, None)
            for side, told in zip(sides, known, strict=True)
        ]
    ahead, back = sides
    (along, against), why = _shared_buses(ahead, back, buses)
    return _side(tags, ahead, along, why, unread), _side(tags, back, against, why, unread)


def _shared_out(cars: int) -> tuple[Lanes | None, Lanes | None]:
    if cars == 1:
        return ((1, "one lane for both directions"),) * 2
    return ((cars // 2, f"{cars} lanes for both directions, shared out" if cars % 2 else None),) * 2


def _side(
    tags: Mapping[str, str], told: _Told, buses: int, why: str | None, unread: list[str]
) -> Lanes | None:
    if told.cars is not None or told.all_for_buses:
        return (told.cars, None) if told.cars else None
    left = _of_all(tags, told.lanes, told.lanes - buses, unread)
    return left, why if left else None


def _shared_buses(ahead: _Told, back: _Told, buses: int) -> tuple[tuple[int, int], str | None]:
    """Give lanes for buses that are told without a direction to the directions."""
    loose = buses - ahead.buses - back.buses
    if loose <= 0:
        return (ahead.buses, back.buses), None
    if ahead.buses or back.buses:
        # What one direction does not have of the total is the other's.
        mine, theirs = (0, loose) if ahead.buses else (loose, 0)
        return (ahead.buses + mine, back.buses + theirs), None
    each, odd = divmod(loose, 2)
    if not odd:
        return (each, each), None
    if ahead.lanes != back.lanes:
        wider = ahead.lanes > back.lanes
        return (each + wider, each + (not wider)), "a bus lane, taken as on the wider side"
    return (each + 1, each + 1), "a bus lane of one direction, taken off both"


def _of_all(tags: Mapping[str, str], total: int, left: int, unread: list[str]) -> int:
    """Return what buses leave of all lanes; 0, not told, where that would be none.

    A road without a lane for cars is told by its access. So such numbers contradict one another,
    and are not believed.
    """
    if total and left <= 0:
        unread.extend(f"{key}={tags[key]}" for key in sorted(LANE_KEYS & tags.keys()))
    return max(left, 0)


def _told(tags: Mapping[str, str], side: str, unread: list[str]) -> _Told:
    """Read what is told of one direction (``:forward``), or of the whole way."""
    lanes = _whole(tags, f"lanes{side}", unread)
    buses = max(_whole(tags, key + side, unread) for key in _BUS_COUNTS)
    listed, reserved, cars = _listed(tags, side, unread)
    return _Told(lanes or listed, max(buses, reserved), cars)


def _listed(tags: Mapping[str, str], side: str, unread: list[str]) -> tuple[int, int, int | None]:
    """Count, where there is a word for each lane, lanes, those for buses and those for cars.

    Lanes that neither cars nor buses may use, such as those of bicycles, are none of ``lanes``.
    """
    lists = {
        key: [word.strip() for word in tags[key + side].split("|")]
        for key in _CAR_LISTS + _BUS_LISTS
        if key + side in tags
    }
    if not lists:
        return 0, 0, None
    long = {len(words) for words in lists.values()}
    if len(long) > 1 or max(long) > _MOST_LANES:
        unread.extend(f"{key}{side}={tags[key + side]}" for key in lists)
        return 0, 0, None
    lanes = reserved = cars = 0
    for i in range(long.pop()):
        car = next((lists[key][i] for key in _CAR_LISTS if key in lists and lists[key][i]), "")
        bus = {lists[key][i] for key in _BUS_LISTS if key in lists}
        for_buses = bool(bus & _RESERVED) and not (car and car not in CLOSED)
        shut = car in CLOSED or for_buses
        cars += not shut
        reserved += for_buses
        lanes += not shut or for_buses or bool(bus - CLOSED - {""})
    return lanes, reserved, cars if any(key in lists for key in _CAR_LISTS) else None


def _loose_buses(tags: Mapping[str, str], *, two_way: bool, told: int) -> int:
    """Return lanes for buses in the whole way; ``busway`` is how older maps tell of them."""
    lanes = sum(tags.get(key) == "lane" for key in ("busway:left", "busway:right"))
    if "lane" in (tags.get("busway"), tags.get("busway:both")):
        lanes = 2 if two_way else 1
    return max(told, lanes)


def _against(tags: Mapping[str, str]) -> int:
    return any(tags.get(key) == "opposite_lane" for key in _BUSWAYS)


def _whole(tags: Mapping[str, str], key: str, unread: list[str]) -> int:
    """Read a number of lanes; 0 where there is none, or none to be believed."""
    value = tags.get(key)
    if value is None:
        return 0
    try:
        number = int(float(value))
    except (ValueError, OverflowError):
        number = -1
    if not 0 <= number <= _MOST_LANES:
        unread.append(f"{key}={value}")
        return 0
    return number
