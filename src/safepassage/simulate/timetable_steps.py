"""Steps of convoys, the numbers that stand for names, and the order of the steps."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from typing import Any

from safepassage.plan.document import Leg, Rotation
from safepassage.simulate.timetable_terms import Terms
from safepassage.terms.places import Crossing

__all__ = ["Numbers", "Step", "in_order"]


@dataclass(slots=True, eq=False)
class Step:
    """One thing that a convoy does."""

    kind: int
    rot: int
    a: int = -1
    b: int = -1
    floor: int = 0
    seconds: int = 0
    low: int = 0
    high: int = 0
    gate: int = -1
    resource: tuple[Any, ...] | None = None
    """What only one convoy can use at a time, in the planned order."""


@dataclass(slots=True)
class Numbers:
    """Numbers given to names, and the drives met so far."""

    terms: Terms
    crossings: dict[str, int]
    places: dict[str, int]
    kinds: dict[str, int]
    vehicles: dict[str, int]
    bay_first: dict[str, int]
    bays: int
    drives: dict[tuple[tuple[str, ...], Fraction], int] = field(default_factory=dict)

    @classmethod
    def of(cls, terms: Terms) -> Numbers:
        """Number everything of a case."""
        crossings = [p.id for p in terms.case.places if isinstance(p, Crossing)]
        places = [p.id for p in terms.case.places if not isinstance(p, Crossing)]
        first, bays = {}, 0
        for place in places:
            first[place] = bays
            bays += terms.bays(place)
        fleet = [v for v, _, _ in terms.fleet()]
        return cls(
            terms,
            {name: i for i, name in enumerate(crossings)},
            {name: i for i, name in enumerate(places)},
            {name: i for i, name in enumerate(terms.kinds)},
            {name: i for i, name in enumerate(fleet)},
            first,
            bays,
        )

    def drive(self, links: tuple[str, ...], factor: Fraction) -> int:
        """Return the number of a drive at a share of free speed."""
        return self.drives.setdefault((links, factor), len(self.drives))

    def segments(self, leg: Leg) -> list[tuple[str, ...]]:
        """Divide a leg's links at the crossings where it stops."""
        places, links = self.terms.case.place, self.terms.network.links
        parts: list[tuple[str, ...]] = []
        part: list[str] = []
        here = places(leg.from_).node
        stops = [places(stop.crossing).node for stop in leg.stops]
        for link in leg.links:
            while len(parts) < len(stops) and here == stops[len(parts)]:
                parts.append(tuple(part))
                part = []
            part.append(link)
            here = links[link].to_node
        while len(parts) < len(stops):
            parts.append(tuple(part))
            part = []
        return [*parts, tuple(part)]


class _Order:
    """What has to come before what."""

    def __init__(self, steps: Sequence[Step]) -> None:
        self.steps = steps
        self.after: list[list[int]] = [[] for _ in steps]
        self.needs = [0] * len(steps)

    def edge(self, before: int, later: int) -> None:
        """One step comes before another."""
        self.after[before].append(later)
        self.needs[later] += 1

    def chain(self, steps: Iterable[int]) -> None:
        """Steps come one after another."""
        for before, later in pairwise(steps):
            self.edge(before, later)

    def sorted(self) -> list[int]:
        """Return the steps by their planned beginning, each after all that it needs (Kahn)."""
        heap = [(step.floor, i) for i, step in enumerate(self.steps) if not self.needs[i]]
        heapq.heapify(heap)
        found = []
        while heap:
            _, i = heapq.heappop(heap)
            found.append(i)
            for later in self.after[i]:
                self.needs[later] -= 1
                if not self.needs[later]:
                    heapq.heappush(heap, (self.steps[later].floor, later))
        if len(found) < len(self.steps):
            raise ValueError("the plan's steps wait for one another in a circle")
        return found


def in_order(
    steps: Sequence[Step], rotations: Sequence[Rotation], waits: Iterable[tuple[int, int]]
) -> list[int]:
    """Return the order in which steps are carried out: that of the plan.

    Raises
    ------
    ValueError
        If steps wait for one another in a circle.
    """
    order = _Order(steps)
    own: dict[int, list[int]] = defaultdict(list)
    used: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    for i, step in enumerate(steps):
        own[step.rot].append(i)
        if step.resource is not None:
            used[step.resource].append(i)
    for chain in own.values():
        order.chain(chain)
    for chain in used.values():
        order.chain(sorted(chain, key=lambda i: (steps[i].floor, steps[i].seconds, steps[i].rot)))
    last: dict[str, int] = {}
    for r in sorted(range(len(rotations)), key=lambda r: steps[own[r][0]].floor):
        team = rotations[r].team
        for name in (*rotations[r].vehicles, *([] if team is None else [team])):
            if name in last:
                order.edge(last[name], own[r][0])
            last[name] = own[r][-1]
    for before, later in waits:
        order.edge(before, later)
    return order.sorted()
