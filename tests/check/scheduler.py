"""A slow, plain scheduler for the town: one convoy after another, each as soon as it can.

It knows the town by heart instead of reading the terms, and moves forward minute by minute, so
that it shares no thought with the checker or the planner.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from typing import Any

from tests.check.ground import (
    BAYS,
    BOARDING,
    CROSSINGS,
    MOVING,
    NODE,
    SEATS,
    SPACING,
    UNLOADING,
    WAYS,
    drive_s,
    factor,
    fastest,
    inspection_s,
    inward,
    is_open,
    link,
    outward,
)


@dataclass
class Task:
    """People of one group who go the same way."""

    group: str
    place: str
    to: str
    persons: int
    corridor: str
    kinds: tuple[str, ...]


TASKS = (
    Task("civilians", "a2", "r1", 110, "north", ("minibus", "bus")),
    Task("wounded", "a1", "r1", 9, "north", ("ambulance",)),
    Task("elderly", "a1", "r1", 130, "north", ("bus",)),
    Task("civilians", "a1", "r1", 257, "north", ("bus",)),
    Task("civilians", "a1", "r2", 171, "south", ("bus",)),
    Task("civilians", "a2", "r2", 73, "south", ("bus",)),
    Task("families", "a2", "r2", 30, "south", ("car",)),
)
"""The likely count, split by hand: 611 = 428 + 183, of each place 6 in 10 to r1."""


@dataclass
class _Vehicle:
    id: str
    kind: str
    place: str
    free_s: int = 0
    used: bool = False


@dataclass
class Scheduler:
    """Hands out vehicles, bays, crossings and escorts in the order of the tasks."""

    tasks: tuple[Task, ...] = TASKS
    escorts: int = 3
    """0: the proposal has no escort clause."""
    ranked: bool = True
    """Whether groups board in the order of the tasks."""
    largest: int = 4
    fleet: dict[str, list[tuple[str, int]]] = field(
        default_factory=lambda: {
            "bus": [("d", 3), ("d2", 2)],
            "minibus": [("d", 3)],
            "ambulance": [("d", 3)],
            "car": [("a2", 8)],
        }
    )
    left: tuple[tuple[str, str, int], ...] = ()

    def __post_init__(self) -> None:
        """Set everything out at the start."""
        self.vehicles = []
        for kind, counts in self.fleet.items():
            places = [place for place, number in counts for _ in range(number)]
            self.vehicles += [
                _Vehicle(f"{kind}-{i}", kind, p) for i, p in enumerate(places, start=1)
            ]
        self.teams: dict[str, tuple[str | None, int]] = {
            f"escort-{i}": (None, 0) for i in range(1, self.escorts + 1)
        }
        self.bays = {(p, b): 0 for p, n in BAYS.items() for b in range(n)}
        self.crossings: dict[tuple[str, str], int] = defaultdict(lambda: -SPACING)
        self.last_board: dict[tuple[str, str, str], int] = defaultdict(int)
        self.rotations: list[dict[str, Any]] = []
        self.distance = fastest()

    def run(self) -> list[dict[str, Any]]:
        """Return the rotations as JSON data."""
        for task in self.tasks:
            rest = task.persons
            while rest:
                rest -= self._rotation(task, rest)
        return self.rotations

    def _pick(self, task: Task, rest: int) -> list[_Vehicle]:
        able = [v for v in self.vehicles if v.kind in task.kinds]
        able = [v for v in able if not (v.used and v.kind in ("minibus", "car"))]
        first = min(able, key=lambda v: (v.free_s, v.place, v.id))
        near = sorted((v for v in able if v.place == first.place), key=lambda v: (v.free_s, v.id))
        # Small vehicles first, so that one convoy mixes them with a large one.
        near = sorted(near[: self.largest], key=lambda v: SEATS[v.kind])
        chosen: list[_Vehicle] = []
        for vehicle in near:
            if sum(SEATS[v.kind] for v in chosen) < rest:
                chosen.append(vehicle)
        return chosen

    def _team(self, place: str) -> tuple[str | None, int]:
        """Return the team that can be there first, and when."""
        if not self.teams:
            return None, 0
        there = {}
        for team, (last, free_s) in self.teams.items():
            way = self.distance[last, NODE.get(place, place)] if last is not None else 0
            there[team] = free_s + way
        best = min(there, key=lambda t: (there[t], t))
        return best, there[best]

    def _rotation(self, task: Task, rest: int) -> int:
        convoy = self._pick(task, rest)
        start = convoy[0].place
        team, team_s = self._team(start)
        ready = max(team_s, *(v.free_s for v in convoy))
        own = task.kinds == ("car",)
        fetch = None
        if not own:
            fetch = self._leg(start, task.place, task.corridor, "in", convoy, ready)
            ready = fetch["arrive_s"]
        boarding, carried = self._board(task, convoy, rest, ready)
        depart = max(b["to_s"] for b in boarding)
        carry = self._leg(task.place, task.to, task.corridor, "out", convoy, depart)
        unloading = [] if own else self._unload(task.to, convoy, carry["arrive_s"])
        for vehicle in convoy:
            vehicle.place, vehicle.used = task.to, True
            vehicle.free_s = carry["arrive_s"]
        for use in unloading:
            next(v for v in convoy if v.id == use["vehicle"]).free_s = use["to_s"]
        if team is not None:
            self.teams[team] = (task.to, carry["arrive_s"])
        self.rotations.append(
            {
                "id": f"R{len(self.rotations) + 1:04d}",
                "vehicles": [v.id for v in convoy],
                "team": team,
                "empty_leg": fetch,
                "boarding": boarding,
                "loaded_leg": carry,
                "unloading": unloading,
            }
        )
        return carried

    def _board(
        self, task: Task, convoy: list[_Vehicle], rest: int, ready: int
    ) -> tuple[list[dict[str, Any]], int]:
        boarding = []
        carried = 0
        for vehicle in convoy:
            begin, bay = ready, None
            if self.ranked:
                earlier = [
                    at
                    for (place, kind, group), at in self.last_board.items()
                    if (place, kind) == (task.place, vehicle.kind) and group != task.group
                ]
                begin = max(begin, *earlier, 0)
            if vehicle.kind != "car":
                bay = self._bay(task.place)
                begin = max(begin, self.bays[task.place, bay])
                self.bays[task.place, bay] = begin + BOARDING[vehicle.kind]
            aboard = min(SEATS[vehicle.kind], rest - carried)
            carried += aboard
            key = task.place, vehicle.kind, task.group
            self.last_board[key] = max(self.last_board[key], begin)
            boarding.append(
                {
                    "vehicle": vehicle.id,
                    "bay": bay,
                    "from_s": begin,
                    "to_s": begin + BOARDING[vehicle.kind],
                    "persons": {task.group: aboard},
                }
            )
        return boarding, carried

    def _bay(self, place: str) -> int:
        return min(range(BAYS[place]), key=lambda b: (self.bays[place, b], b))

    def _unload(self, place: str, convoy: list[_Vehicle], ready: int) -> list[dict[str, Any]]:
        unloading = []
        for vehicle in convoy:
            bay = self._bay(place)
            begin = max(ready, self.bays[place, bay])
            self.bays[place, bay] = begin + UNLOADING
            times = {"from_s": begin, "to_s": begin + UNLOADING}
            unloading.append({"vehicle": vehicle.id, "bay": bay, **times})
        return unloading

    def _leg(
        self, start: str, to: str, corridor: str, way: str, convoy: list[_Vehicle], ready: int
    ) -> dict[str, Any]:
        out = way == "out"
        nodes = outward(start, corridor, to) if out else inward(start, corridor, to)
        crossings = WAYS[corridor] if out else WAYS[corridor][::-1]
        slow = Fraction(4, 5) if any(v.kind == "minibus" for v in convoy) else Fraction(1)
        cuts = [0, *(nodes.index(c) for c in crossings), len(nodes) - 1]
        parts = [nodes[a : b + 1] for a, b in pairwise(cuts)]
        depart = self._wheels(parts[0], slow, ready)
        at = depart + drive_s(parts[0], slow * factor(depart))
        stops = []
        for crossing, part in zip(crossings, parts[1:], strict=True):
            needs = sum(inspection_s(crossing, way, v.kind) for v in convoy)
            begin = max(at, self.crossings[crossing, way] + SPACING)
            while not (
                is_open(CROSSINGS[crossing], begin, begin + needs)
                and is_open(MOVING, begin, begin + needs)
            ):
                begin += 60
            self.crossings[crossing, way] = begin + needs
            leave = self._wheels(part, slow, begin + needs)
            stops.append(
                {
                    "crossing": crossing,
                    "arrive_s": at,
                    "inspect_from_s": begin,
                    "inspect_to_s": begin + needs,
                    "leave_s": leave,
                }
            )
            at = leave + drive_s(part, slow * factor(leave))
        return {
            "from": start,
            "to": to,
            "corridor": corridor,
            "links": [link(a, b)[0] for a, b in pairwise(nodes)],
            "depart_s": depart,
            "stops": stops,
            "arrive_s": at,
        }

    @staticmethod
    def _wheels(nodes: list[str], slow: Fraction, ready: int) -> int:
        """Return the first minute from when the whole drive may be made."""
        while not is_open(MOVING, ready, ready + drive_s(nodes, slow * factor(ready))):
            ready += 60
        return ready
