"""Departures driven over the roads: do they join up, when do they enter which link, when arrive."""

from __future__ import annotations

from array import array
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
class Trips:
    """The departures in whole units, those that could be driven; index by index the same."""

    index: list[int] = field(default_factory=list)
    """Number of the departure in the result."""
    begin: list[int] = field(default_factory=list)
    """When the first of it is ready to leave."""
    lasting: list[int] = field(default_factory=list)
    rate: list[int] = field(default_factory=list)
    driving: list[int] = field(default_factory=list)
    """From ready to arrived, waits included."""
    origin: list[str] = field(default_factory=list)
    destination: list[str] = field(default_factory=list)
    entering: dict[str, array[int]] = field(default_factory=dict)
    """By link: when the first of a trip enters, the trip; and so on, in pairs."""

    def vehicles(self, trip: int) -> Fraction:
        """How many vehicles make a trip."""
        return Fraction(self.rate[trip] * self.lasting[trip], HOUR_UNITS)

    def arrived(self, trip: int, by: Fraction) -> int:
        """How many vehicles of a trip have arrived by a time, in parts of ``HOUR_UNITS``."""
        since = int(by * SECOND) - self.begin[trip] - self.driving[trip]
        return self.rate[trip] * min(max(since, 0), self.lasting[trip])


def drive(
    departures: Sequence[Departure],
    instance: RoadInstance,
    roads: Mapping[str, Road],
    findings: Findings,
) -> Trips:
    """Drive every departure over its links; what cannot be driven is told and left out."""
    trips = Trips()
    driver = _Driver(instance, roads, findings)
    for number, departure in enumerate(departures):
        where = f"departures[{number}]"
        units = _units(departure, where, findings)
        offsets = driver.offsets(departure, where)
        if units is None or offsets is None:
            continue
        begin, lasting, rate = units
        if begin + lasting + offsets[-1] > _LATEST:
            findings.add("too-late", where, "it arrives after more than a century")
            continue
        trip = len(trips.index)
        trips.index.append(number)
        trips.begin.append(begin)
        trips.lasting.append(lasting)
        trips.rate.append(rate)
        trips.driving.append(offsets[-1])
        trips.origin.append(departure.origin)
        trips.destination.append(departure.destination)
        entering = trips.entering
        for link, offset in zip(departure.links, offsets, strict=False):
            entry = entering.get(link)
            if entry is None:
                entry = entering[link] = array("q")
            entry.append(begin + offset)
            entry.append(trip)
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
        self, instance: RoadInstance, roads: Mapping[str, Road], findings: Findings
    ) -> None:
        self._roads = roads
        self._longest = instance.longest_wait_s
        self._findings = findings
        self._origins = {origin.node for origin in instance.origins}
        self._destinations = {d.node for d in instance.destinations}
        self._known: dict[tuple[str, tuple[str, ...], str], array[int]] = {}

    def offsets(self, departure: Departure, where: str) -> array[int] | None:
        """When each link is entered, and the end reached, after ``from_s`` (units).

        None where the links cannot be driven.
        """
        key = departure.origin, departure.links, departure.destination
        offsets = self._known.get(key)
        if offsets is None:
            offsets = self._followed(departure, where)
            if offsets is None:
                return None
            self._known[key] = offsets
        if not departure.waits_s:
            return offsets
        return self._waited(departure, offsets, where)

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
            offsets.append(elapsed)
        if at != departure.destination:
            message = f"the links end at {at!r}, expected at {departure.destination!r}"
            self._findings.add("links-apart", where, message)
            return None
        return offsets if good else None

    def _waited(self, departure: Departure, offsets: array[int], where: str) -> array[int] | None:
        if len(departure.waits_s) != len(departure.links):
            message = f"expected {len(departure.links)} waits, got {len(departure.waits_s)}"
            self._findings.add("waits-differ", f"{where}.waits_s", message)
            return None
        waited, entered = 0, array("q")
        for i, (link, wait) in enumerate(zip(departure.links, departure.waits_s, strict=True)):
            longest = self._longest.get(self._roads[link].from_node)
            if wait < 0 or (longest is not None and wait > longest):
                limit = "no wait" if longest == 0 else f"at most {float(longest or 0):g} s"
                message = f"expected {limit} before {link!r}, got {float(wait):g} s"
                self._findings.add("wait-too-long", f"{where}.waits_s[{i}]", message)
            waited += wait.numerator * (SECOND // wait.denominator)
            entered.append(offsets[i] + waited)
        entered.append(offsets[-1] + waited)
        return entered
