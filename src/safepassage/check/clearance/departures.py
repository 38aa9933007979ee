"""Departures driven over the roads: do they join up, when do they enter which link, when arrive."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

from safepassage.check.clearance.roads import Road
from safepassage.check.clearance.telling import Findings
from safepassage.network.road_instance import RoadInstance
from safepassage.plan.clearance import Departure

__all__ = ["HOUR_UNITS", "SECOND", "Trips", "drive"]

SECOND: Final = 10**9
"""Units of time in a second: times, as rates, are whole numbers of billionths."""
HOUR_UNITS: Final = 3600 * SECOND * SECOND
"""A rate times a time, in units, that make one vehicle."""

_LATEST: Final = 2**62


@dataclass(slots=True)
class _Way:
    """A way that trips take."""

    number: int
    offsets: array[int]
    """When each link is entered, and the end reached, by whom never waits."""
    trips: array[int]
    rate: int = 0
    """Of all trips together."""


@dataclass(slots=True)
class Trips:
    """The departures in whole units, those that could be driven; index by index the same."""

    index: array[int] = field(default_factory=lambda: array("q"))
    """Number of the departure in the result."""
    begin: array[int] = field(default_factory=lambda: array("q"))
    """When the first of it is ready to leave."""
    lasting: array[int] = field(default_factory=lambda: array("q"))
    rate: list[int] = field(default_factory=list)
    driving: array[int] = field(default_factory=lambda: array("q"))
    """From ready to arrived, waits included."""
    origin: list[str] = field(default_factory=list)
    destination: list[str] = field(default_factory=list)
    entering: dict[str, array[int]] = field(default_factory=dict)
    """By link: the way that enters it, as which of its links; and so on, in pairs."""
    ways: list[_Way] = field(default_factory=list)
    stops: array[int] = field(default_factory=lambda: array("q", [0]))
    """By trip, where its waits begin in the next two."""
    places: array[int] = field(default_factory=lambda: array("i"))
    """Links before which somebody waits, by their place in the way."""
    waited: array[int] = field(default_factory=lambda: array("q"))
    """How long, with all waits before."""

    def vehicles(self, trip: int) -> Fraction:
        """How many vehicles make a trip."""
        return Fraction(self.rate[trip] * self.lasting[trip], HOUR_UNITS)

    def arrived(self, trip: int, by: Fraction) -> int:
        """How many vehicles of a trip have arrived by a time, in parts of ``HOUR_UNITS``."""
        since = int(by * SECOND) - self.begin[trip] - self.driving[trip]
        return self.rate[trip] * min(max(since, 0), self.lasting[trip])

    def together(self, link: str) -> int:
        """Return the rate of all trips over a link, as if they entered it at once."""
        ways = self.ways
        return sum(ways[way].rate for way in self.entering[link][0::2])

    def entries(self, link: str) -> tuple[array[int], array[int]]:
        """Return when the first of a trip enters a link, and the trip, for all that do."""
        begin, stops, places, waited = self.begin, self.stops, self.places, self.waited
        ways, told = self.ways, self.entering[link]
        starts, members = array("q"), array("i")
        for number, place in zip(told[0::2], told[1::2], strict=True):
            way = ways[number]
            offset = way.offsets[place]
            members.extend(way.trips)
            for trip in way.trips:
                start, first = begin[trip] + offset, stops[trip]
                if first < stops[trip + 1] and places[first] <= place:
                    start += waited[bisect_right(places, place, first, stops[trip + 1]) - 1]
                starts.append(start)
        return starts, members


def drive(
    departures: Sequence[Departure],
    instance: RoadInstance,
    roads: Mapping[str, Road],
    findings: Findings,
) -> Trips:
    """Drive every departure over its links; what cannot be driven is told and left out."""
    trips = Trips()
    driver = _Driver(instance, roads, findings, trips)
    for number, departure in enumerate(departures):
        where = f"departures[{number}]"
        units = _units(departure, where, findings)
        way = driver.way(departure, where)
        waits = driver.waits(departure, where) if way is not None else None
        if units is None or way is None or waits is None:
            continue
        begin, lasting, rate = units
        driving = way.offsets[-1] + (waits[-1][1] if waits else 0)
        if begin + lasting + driving > _LATEST:
            findings.add("too-late", where, "it arrives after more than a century")
            continue
        way.trips.append(len(trips.index))
        way.rate += rate
        trips.index.append(number)
        trips.begin.append(begin)
        trips.lasting.append(lasting)
        trips.rate.append(rate)
        trips.driving.append(driving)
        trips.origin.append(departure.origin)
        trips.destination.append(departure.destination)
        for place, waited in waits:
            trips.places.append(place)
            trips.waited.append(waited)
        trips.stops.append(len(trips.places))
    return trips


def _units(departure: Departure, where: str, findings: Findings) -> tuple[int, int, int] | None:
    """Return begin, length and rate in units; None where it is no departure."""
    times = (departure.from_s, departure.to_s, departure.vehicles_per_hour, *departure.waits_s)
    if any(SECOND % time.denominator for time in times):
        findings.add("decimals-exceeded", where, "expected times and rates of nine decimals")
        return None
    begin, end, rate = (t.numerator * (SECOND // t.denominator) for t in times[:3])
    if end <= begin or rate <= 0 or begin < 0:
        got = f"{float(departure.vehicles_per_hour):g} vehicles an hour from "
        got += f"{float(departure.from_s):g} to {float(departure.to_s):g} s"
        message = f"expected a rate over 0 from a time to a later one, got {got}"
        findings.add("departure-empty", where, message)
        return None
    return begin, end - begin, rate


class _Driver:
    """Follows links; a way that several departures take is followed once."""

    def __init__(
        self,
        instance: RoadInstance,
        roads: Mapping[str, Road],
        findings: Findings,
        trips: Trips,
    ) -> None:
        self._roads = roads
        self._longest = instance.longest_wait_s
        self._findings = findings
        self._trips = trips
        self._origins = {origin.node for origin in instance.origins}
        self._destinations = {d.node for d in instance.destinations}
        self._numbers = {link: i for i, link in enumerate(roads)}
        self._known: dict[tuple[str, bytes, str], _Way] = {}

    def way(self, departure: Departure, where: str) -> _Way | None:
        """Return the way of a departure; None where its links cannot be driven."""
        links = departure.links
        try:
            numbers = array("i", map(self._numbers.__getitem__, links)).tobytes()
        except KeyError:
            self._followed(departure, where)
            return None
        key = departure.origin, numbers, departure.destination
        way = self._known.get(key)
        if way is None:
            offsets = self._followed(departure, where)
            if offsets is None:
                return None
            way = self._known[key] = _Way(len(self._known), offsets, array("i"))
            self._trips.ways.append(way)
            for place, link in enumerate(links):
                entry = self._trips.entering.setdefault(link, array("i"))
                entry.append(way.number)
                entry.append(place)
        return way

    def _followed(self, departure: Departure, where: str) -> array[int] | None:
        at, elapsed = departure.origin, 0
        good = True
        if at not in self._origins:
            self._findings.add("origin-not-one", where, f"{at!r} is no origin")
            good = False
        if departure.destination not in self._destinations:
            message = f"{departure.destination!r} is no destination"
            self._findings.add("destination-not-one", where, message)
            good = False
        offsets = array("q", [0])
        for i, link in enumerate(departure.links):
            road = self._roads.get(link)
            if road is None:
                self._findings.add("link-not-there", f"{where}.links[{i}]", f"no link {link!r}")
                return None
            if road.from_node != at:
                message = f"link {link!r} begins at {road.from_node!r}, expected at {at!r}"
                self._findings.add("links-apart", f"{where}.links[{i}]", message)
                return None
            at, elapsed = road.to_node, elapsed + road.transit_s * SECOND
            if elapsed > _LATEST:
                self._findings.add("too-late", where, "it drives for more than a century")
                return None
            offsets.append(elapsed)
        if at != departure.destination:
            message = f"the links end at {at!r}, expected at {departure.destination!r}"
            self._findings.add("links-apart", where, message)
            return None
        return offsets if good else None

    def waits(self, departure: Departure, where: str) -> list[tuple[int, int]] | None:
        """Return places of links that are waited before, each with what was waited by then.

        None where the departure does not tell that.
        """
        if not departure.waits_s:
            return []
        if len(departure.waits_s) != len(departure.links):
            message = f"expected {len(departure.links)} waits, got {len(departure.waits_s)}"
            self._findings.add("waits-differ", f"{where}.waits_s", message)
            return None
        waited, found = 0, []
        for i, (link, wait) in enumerate(zip(departure.links, departure.waits_s, strict=True)):
            if not wait:
                continue
            longest = self._longest.get(self._roads[link].from_node)
            if wait < 0 or (longest is not None and wait > longest):
                limit = "no wait" if longest == 0 else f"at most {float(longest or 0):g} s"
                message = f"expected {limit} before {link!r}, got {float(wait):g} s"
                self._findings.add("wait-too-long", f"{where}.waits_s[{i}]", message)
            waited += wait.numerator * (SECOND // wait.denominator)
            found.append((i, waited))
        return found
