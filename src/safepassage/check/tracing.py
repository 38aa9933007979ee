"""Legs on the network: what they pass, how they divide, and how far places are apart."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from safepassage.check.reading import Reading
from safepassage.plan.document import Leg
from safepassage.terms.places import Crossing
from safepassage.units import drive_seconds

__all__ = ["Fault", "Trace", "Tracer"]

Fault = tuple[str, str]
"""A code and a message; the place in the plan is added by who asks."""

Segment = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trace:
    """What a leg's links amount to."""

    faults: tuple[Fault, ...]
    segments: tuple[Segment, ...] | None
    """Drives between stops; None where faults leave it open how the leg divides."""


class Tracer:
    """Follows legs; the same way is followed only once."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._crossing_at: dict[str, list[str]] = {}
        for place in reading.places.values():
            if isinstance(place, Crossing):
                self._crossing_at.setdefault(place.node, []).append(place.id)
        self._traces: dict[tuple[str, str, str | None, Segment, bool], Trace] = {}
        self._seconds: dict[tuple[Segment, Fraction], int] = {}

    def trace(self, leg: Leg, *, outward: bool) -> Trace:
        """Follow a leg; ``outward`` is the direction of people leaving."""
        key = leg.from_, leg.to, leg.corridor, leg.links, outward
        if key not in self._traces:
            self._traces[key] = self._follow(leg, outward)
        return self._traces[key]

    def drive_s(self, segment: Segment, factor: Fraction) -> int:
        """Whole seconds to drive a segment's links, which all exist."""
        key = segment, factor
        if key not in self._seconds:
            links = self._reading.network.links
            self._seconds[key] = sum(
                drive_seconds(links[x].length_m, links[x].free_speed_kmh, factor) for x in segment
            )
        return self._seconds[key]

    def _follow(self, leg: Leg, outward: bool) -> Trace:
        faults, path = self._path(leg)
        corridor = self._reading.corridors.get(leg.corridor) if leg.corridor is not None else None
        if path is None or (leg.corridor is not None and corridor is None):
            # Without a way, or without a known corridor, there is nothing to divide it by.
            return Trace(tuple(faults), None)
        crossings = list(corridor.crossings) if corridor is not None else []
        via = list(corridor.via) if corridor is not None else []
        nodes = [self._reading.places[c].node for c in crossings]
        order = nodes + via if outward else (nodes + via)[::-1]
        found = _find_in_order(path, order)
        faults += self._missed(found, len(nodes), outward)
        at_crossings = found[: len(nodes)] if outward else found[len(via) :]
        passed = {i for i in at_crossings if i is not None}
        for i in range(1, len(path) - 1):
            # A place may sit on a crossing's node: beginning or ending there is not passing.
            if path[i] in self._crossing_at and i not in passed:
                names = " and ".join(self._crossing_at[path[i]])
                faults.append(("crossing-foreign", f"passes {names} outside its corridor's order"))
        if None in at_crossings:
            return Trace(tuple(faults), None)
        cuts = [0, *(i for i in at_crossings if i is not None), len(path) - 1]
        segments = tuple(leg.links[a:b] for a, b in pairwise(cuts))
        return Trace(tuple(faults), segments)

    def _path(self, leg: Leg) -> tuple[list[Fault], list[str] | None]:
        """Return the nodes in the order driven, or the faults that leave no way."""
        network, places = self._reading.network, self._reading.places
        unknown = [x for x in leg.links if x not in network.links]
        if unknown:
            return [("link-unknown", f"the network has no link {unknown[0]!r}")], None
        if leg.from_ not in places or leg.to not in places:
            return [], None  # told by the rule on structure
        path = [places[leg.from_].node]
        for link_id in leg.links:
            link = network.links[link_id]
            if link.from_node != path[-1]:
                message = f"link {link_id} begins at {link.from_node}, the convoy is at {path[-1]}"
                return [("route-broken", message)], None
            path.append(link.to_node)
        end = places[leg.to].node
        if path[-1] != end:
            return [("route-broken", f"the links end at {path[-1]}, {leg.to} is at {end}")], None
        return [], path

    @staticmethod
    def _missed(found: list[int | None], crossings: int, outward: bool) -> list[Fault]:
        faults = []
        for i, at in enumerate(found):
            if at is None:
                is_crossing = i < crossings if outward else i >= len(found) - crossings
                code = "crossing-skipped" if is_crossing else "via-skipped"
                kind = "crossing" if is_crossing else "further node"
                faults.append((code, f"does not pass each {kind} of its corridor in order"))
                break
        return faults


def _find_in_order(path: list[str], wanted: list[str]) -> list[int | None]:
    """Return where each wanted node is first passed, each no earlier than the one before."""
    found: list[int | None] = []
    at = 0
    for node in wanted:
        try:
            at = path.index(node, at)
        except ValueError:
            return found + [None] * (len(wanted) - len(found))
        found.append(at)
    return found
