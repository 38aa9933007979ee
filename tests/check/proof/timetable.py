"""A plain scheduler for the villages: rotations in a given order, each as soon as it can."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from safepassage.cases import OpenCase
from tests.check.assumptions import assumed
from tests.check.proof.village import START, Village

INWARD = ("a", "b", "i")


@dataclass
class Timetable:
    """Hands out crossings, bays and escorts to the rotations that it is asked for."""

    village: Village
    rotations: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Set everything out at the start."""
        self.at: dict[str, str] = {}
        self.free: dict[str, int] = {}
        self.done: set[str] = set()
        for name, kind in self.village.kinds.items():
            number = 0
            for place, count in kind.counts.items():
                for _ in range(count):
                    number += 1
                    self.at[f"{name}-{number}"] = place
                    self.free[f"{name}-{number}"] = 0
        self.passed: dict[tuple[str, bool], int] = defaultdict(lambda: -self.village.spacing)
        self.bays: dict[tuple[str, int], int] = defaultdict(int)
        self.teams = [("", 0)] * self.village.teams
        self.rest = {name: group.persons for name, group in self.village.groups.items()}

    def kind(self, vehicle: str) -> str:
        return vehicle.rpartition("-")[0]

    def able(self, vehicle: str, place: str, to: str) -> bool:
        """Tell whether the vehicle is of use there, and may still go."""
        kind = self.village.kinds[self.kind(vehicle)]
        if vehicle in self.done or (kind.own and self.at[vehicle] != place):
            return False
        return any(
            g.place == place and to in g.to and self.kind(vehicle) in g.kinds
            for g in self.village.groups.values()
        )

    def rotation(
        self, convoy: list[str], place: str, to: str, back: str = "x", out: str = "x"
    ) -> int:
        """Add a rotation by these crossings; returns how many people it carries."""
        start = self.at[convoy[0]]
        own = self.village.kinds[self.kind(convoy[0])].own
        ready = max(self.free[v] for v in convoy)
        team, number = None, -1
        if self.teams:
            number = min(range(len(self.teams)), key=lambda n: self._there(n, start))
            ready = max(ready, self._there(number, start))
            team = f"escort-{number + 1}"
        fetch = (
            None
            if own
            else self._leg(self._nodes(start, place, back), convoy, ready, outward=False)
        )
        ready = ready if fetch is None else fetch["arrive_s"]
        boarding = [self._board(v, place, to, ready) for v in convoy]
        depart = max(b["to_s"] for b in boarding)
        carry = self._leg(self._nodes(place, to, out), convoy, depart, outward=True)
        unloading = [] if own else [self._unload(v, to, carry["arrive_s"]) for v in convoy]
        for vehicle in convoy:
            self.at[vehicle], self.free[vehicle] = to, carry["arrive_s"]
            if own or not self.village.kinds[self.kind(vehicle)].returns:
                self.done.add(vehicle)
        for use in unloading:
            self.free[use["vehicle"]] = use["to_s"]
        if team is not None:
            self.teams[number] = (to, carry["arrive_s"])
        self.rotations.append(
            {
                "id": f"R{len(self.rotations) + 1:04d}",
                "vehicles": convoy,
                "team": team,
                "empty_leg": fetch,
                "boarding": boarding,
                "loaded_leg": carry,
                "unloading": unloading,
            }
        )
        return sum(n for b in boarding for n in b["persons"].values())

    def _there(self, number: int, place: str) -> int:
        last, free = self.teams[number]
        return free + (self.village.drive_s(self._nodes(last, place)) if last else 0)

    def _nodes(self, start: str, end: str, by: str = "x") -> tuple[str, ...]:
        """Return the way from one place to another, which the shape of the village leaves open."""
        if start == end:
            return (start,)
        if start in INWARD and end in INWARD:
            return (start, end) if "i" in (start, end) else (start, "i", end)
        if start not in INWARD and end not in INWARD:
            return (start, end) if {start, end} == {"r", "q"} else (start, "y", end)
        if start in INWARD:
            near = ("i", "a") if start == "i" else (start,)
            return (*near, by, "y", end)
        return self._nodes(end, start, by)[::-1]

    def _leg(
        self, nodes: tuple[str, ...], convoy: list[str], ready: int, *, outward: bool
    ) -> dict[str, Any]:
        village = self.village
        crossings = [c for c in nodes[1:-1] if c in village.crossings]
        marks = [0, *(nodes.index(c) for c in crossings), len(nodes) - 1]
        parts = [nodes[a : b + 1] for a, b in pairwise(marks)]
        at = ready + village.drive_s(parts[0])
        stops = []
        for crossing, part in zip(crossings, parts[1:], strict=True):
            needs = sum(
                village.inspection_s(crossing, self.kind(v), outward=outward) for v in convoy
            )
            begin = max(at, self.passed[crossing, outward] + village.spacing)
            begin = self._open(crossing, begin, needs)
            end = begin + needs
            self.passed[crossing, outward] = end
            times = {"inspect_from_s": begin, "inspect_to_s": end, "leave_s": end}
            stops.append({"crossing": crossing, "arrive_s": at, **times})
            at = end + village.drive_s(part)
        links = [f"{a}-{b}" if (a, b) in village.roads else f"{b}-{a}~" for a, b in _pairs(nodes)]
        return {
            "from": nodes[0],
            "to": nodes[-1],
            "corridor": ("other" if "z" in crossings else "way") if crossings else None,
            "links": links,
            "depart_s": ready,
            "stops": stops,
            "arrive_s": at,
        }

    def _open(self, crossing: str, begin: int, needs: int) -> int:
        """Return the first moment from then on at which there is time for the inspection."""
        if crossing == "y" or not self.village.hours:
            return begin
        days = range(begin // 86_400, begin // 86_400 + 3)
        for day in days:
            for from_, to in sorted(self.village.hours):
                x, y = day * 86_400 + from_ * 60, day * 86_400 + to * 60
                if max(begin, x) + needs <= y:
                    return max(begin, x)
        raise AssertionError("no open time is long enough")

    def _board(self, vehicle: str, place: str, to: str, ready: int) -> dict[str, Any]:
        kind = self.village.kinds[self.kind(vehicle)]
        bay = None if kind.own else self._bay(place)
        begin = ready if bay is None else max(ready, self.bays[place, bay])
        end = begin + self.village.boarding
        if bay is not None:
            self.bays[place, bay] = end
        seats, persons = kind.seats, {}
        for name, group in self.village.groups.items():
            fits = group.place == place and to in group.to and self.kind(vehicle) in group.kinds
            aboard = min(seats, self.rest[name]) if fits else 0
            if aboard:
                persons[name] = aboard
                seats -= aboard
                self.rest[name] -= aboard
        return {"vehicle": vehicle, "bay": bay, "from_s": begin, "to_s": end, "persons": persons}

    def _unload(self, vehicle: str, place: str, ready: int) -> dict[str, Any]:
        bay = self._bay(place)
        begin = max(ready, self.bays[place, bay])
        end = begin + self.village.unloading
        self.bays[place, bay] = end
        return {"vehicle": vehicle, "bay": bay, "from_s": begin, "to_s": end}

    def _bay(self, place: str) -> int:
        return min(range(self.village.bays), key=lambda b: (self.bays[place, b], b))

    @property
    def clearance_s(self) -> int:
        """Arrival of the last person."""
        legs = [r["loaded_leg"] for r in self.rotations if any(b["persons"] for b in r["boarding"])]
        return max((leg["arrive_s"] for leg in legs), default=0)

    def out_by(self, moment: int) -> int:
        return sum(
            n
            for r in self.rotations
            if r["loaded_leg"]["arrive_s"] <= moment
            for b in r["boarding"]
            for n in b["persons"].values()
        )


def _pairs(nodes: tuple[str, ...]) -> list[tuple[str, str]]:
    return list(pairwise(nodes))


def as_plan(timetable: Timetable, opened: OpenCase, **answer: Any) -> dict[str, Any]:
    """Return a whole plan as JSON data, its answer counted from the rotations."""
    village = timetable.village
    persons = sum(g.persons for g in village.groups.values())
    left = [
        {"group": g, "place": village.groups[g].place, "persons": n, "reason": "made up"}
        for g, n in timetable.rest.items()
        if n
    ]
    clearance = None if left else timetable.clearance_s
    deadline = village.deadline
    in_time = timetable.out_by(10**9 if deadline is None else deadline)
    waiting = sum(
        n * r["loaded_leg"]["arrive_s"]
        for r in timetable.rotations
        for b in r["boarding"]
        for n in b["persons"].values()
    )
    slack = None if deadline is None or clearance is None else deadline - clearance
    return {
        "format": "safepassage-plan/1",
        "notice": (
            "This plan is an estimate, never a guarantee of safety. It says what the stated "
            "terms, roads and vehicles allow, not what will happen."
        ),
        "case": {
            "id": "village",
            "title": "A village",
            "digest": opened.digest,
            "location": opened.location,
            "overrides": [],
        },
        "proposal": "deal",
        "count": "likely",
        "seed": 0,
        "start": START,
        "answer": {
            "feasible": in_time == persons,
            "persons": persons,
            "evacuated_by_deadline": in_time,
            "clearance_time_s": clearance,
            "lower_bound_s": 0,
            "gap": None,
            "deadline_s": deadline,
            "window_end_s": None,
            "slack_s": slack,
            "evacuated_at_most": persons,
            "person_seconds_waiting": waiting,
            "bottleneck": {"sentence": "Roads.", "clause_ids": [], "resource": None},
            **answer,
        },
        "left": left,
        "certificates": [],
        "not_modelled": [],
        "assumptions": assumed(opened, "deal"),
        "rotations": timetable.rotations,
    }
