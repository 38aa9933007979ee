"""Tiny cases whose every number can be chosen, and which are known here by heart.

Roads (seconds at free speed, which is 10 metres a second): depot ``i`` inside and assembly points
``a`` and ``b`` on one side of the crossing ``x``; behind it a second one, ``y``; then the
reception points ``r`` and ``q``, and the depot ``d``. A crossing ``z`` may lie beside ``x``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from safepassage.cases import OpenCase, open_case
from tests.check.town import figure

START = "2030-05-10T00:00:00+00:00"


@dataclass(frozen=True)
class Kind:
    """A vehicle type: its seats, where how many stand, and its times at the crossings."""

    seats: int
    counts: dict[str, int]
    out: tuple[int, int] = (0, 0)
    """Inspection at ``x`` and at ``y`` or ``z``, with people aboard."""
    back: tuple[int, int] = (0, 0)
    own: bool = False
    returns: bool = True


@dataclass(frozen=True)
class Group:
    persons: int
    place: str
    kinds: tuple[str, ...]
    to: tuple[str, ...] = ("r",)


@dataclass(frozen=True)
class Village:
    kinds: dict[str, Kind]
    groups: dict[str, Group]
    roads: dict[tuple[str, str], int] = field(
        default_factory=lambda: {
            ("i", "a"): 50,
            ("i", "b"): 70,
            ("a", "x"): 100,
            ("b", "x"): 150,
            ("x", "y"): 40,
            ("y", "r"): 200,
            ("y", "q"): 260,
            ("r", "q"): 90,
            ("d", "y"): 30,
        }
    )
    two_crossings: bool = False
    """Whether the corridor has ``y`` as well; else it is a mere fork of the road."""
    hours: tuple[tuple[int, int], ...] = ()
    """Open minutes of every day at ``x``; none: always."""
    least: int = 1
    most: int = 1
    spacing: int = 0
    teams: int = 0
    """0: no escort."""
    boarding: int = 60
    unloading: int = 30
    bays: int = 2
    deadline: int | None = None
    room: int | None = None
    at_one_node: bool = False
    """Whether all places sit on the node of the crossing, so that no drive takes any time."""
    parallel: bool = False
    """Whether there is ``z``, with the hours of ``x``, its own corridor, and times of its own."""
    open_to: tuple[str, ...] = ()
    """Where given, the groups that have the way alone; the others have another corridor like it."""

    @property
    def crossings(self) -> tuple[str, ...]:
        if self.parallel:
            return ("x", "z")
        return ("x", "y") if self.two_crossings else ("x",)

    @property
    def corridors(self) -> dict[str, list[str]]:
        if self.parallel:
            return {"way": ["x"], "other": ["z"]}
        return {name: list(self.crossings) for name in ("way", "other")[: 1 + bool(self.open_to)]}

    def inspection_s(self, crossing: str, kind: str, *, outward: bool) -> int:
        times = self.kinds[kind].out if outward else self.kinds[kind].back
        return times["xyz".index(crossing) and 1]

    def drive_s(self, nodes: tuple[str, ...]) -> int:
        pairs = pairwise(nodes)
        return sum(self.roads.get((a, b)) or self.roads[b, a] for a, b in pairs)


BESIDE = {("a", "z"): 130, ("b", "z"): 80, ("z", "y"): 60}
"""Roads to a parallel crossing."""


def _place(name: str, kind: str, **fields: Any) -> dict[str, Any]:
    return {"kind": kind, "id": name, "name": name, "node": name, **fields}


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _places(village: Village) -> list[dict[str, Any]]:
    boarding = [{"vehicle": "any", "time": figure(f"{village.boarding}s")}]
    unloading = [{"vehicle": "any", "time": figure(f"{village.unloading}s")}]
    room = {} if village.room is None else {"capacity": figure(village.room)}
    bays = {"bays": figure(village.bays)}
    places = [_place(a, "assembly", boarding=boarding, **bays) for a in ("a", "b")]
    places += [_place(r, "reception", unloading=unloading, **bays, **room) for r in ("r", "q")]
    places += [_place(d, "depot") for d in ("d", "i")]
    for i, crossing in enumerate(village.crossings):
        inspection = [
            {"direction": direction, "vehicle_class": name, "time": figure(f"{times[i]}s")}
            for name, kind in village.kinds.items()
            for direction, times in (("out", kind.out), ("in", kind.back))
        ]
        hours = [{"from": _clock(begin), "to": _clock(end)} for begin, end in village.hours] * (
            i == 0 or village.parallel
        )
        places.append(_place(crossing, "crossing", inspection=inspection, hours=hours))
    return [{**p, "node": "x"} for p in places] if village.at_one_node else places


def _kind(name: str, kind: Kind) -> dict[str, Any]:
    return {
        "id": name,
        "name": name,
        "inspection_class": name,
        "seats": figure(kind.seats),
        "counts": [{"place": p, "count": figure(n)} for p, n in kind.counts.items()],
        "own": kind.own,
        "returns": kind.returns,
    }


def _group(name: str, group: Group) -> dict[str, Any]:
    return {
        "id": name,
        "name": name,
        "category": "civilians",
        "persons": {level: figure(group.persons) for level in ("low", "likely", "high")},
        "places": [{"place": group.place, "share": 1}],
        "vehicles": list(group.kinds),
        "destinations": [{"place": d} for d in group.to],
    }


def _clauses(village: Village) -> list[dict[str, Any]]:
    leave: dict[str, Any] = {"kind": "leave", "id": "leave", "groups": list(village.groups)}
    if village.deadline is not None:
        leave["within"] = figure(f"{village.deadline}s")
    window = {"kind": "window", "id": "window", "start": figure(START)}
    clauses = [leave, window]
    if village.open_to:
        others = [g for g in village.groups if g not in village.open_to]
        for corridor, groups in (("way", list(village.open_to)), ("other", others)):
            route = {"kind": "route", "id": f"route-{corridor}", "corridors": [corridor]}
            clauses.append({**route, "groups": groups})
    if village.teams:
        clauses.append({"kind": "escort", "id": "escort", "teams": figure(village.teams)})
    return [{**c, "gist": "Made up.", "assumed": "made up"} for c in clauses]


def village_data(village: Village) -> dict[str, Any]:
    convoys = {"min_vehicles": figure(village.least), "max_vehicles": figure(village.most)}
    if village.spacing:
        convoys["spacing"] = figure(f"{village.spacing}s")
    return {
        "format": "safepassage-case/1",
        "id": "village",
        "title": "A village",
        "summary": "Made up for tests.",
        "utc_offset": "+00:00",
        "default_proposal": "deal",
        "parties": [{"id": "council", "name": "Council", "parts": ["leaves"]}],
        "places": _places(village),
        "corridors": [
            {"id": name, "name": name, "crossings": crossings}
            for name, crossings in village.corridors.items()
        ],
        "groups": [_group(name, group) for name, group in village.groups.items()],
        "fleet": {
            "vehicles": [_kind(name, kind) for name, kind in village.kinds.items()],
            "convoys": convoys,
        },
        "proposals": [
            {
                "id": "deal",
                "title": "Deal",
                "tabled_by": ["council"],
                "tabled": "2030-05-01",
                "history": [{"status": "tabled", "date": "2030-05-01"}],
                "clauses": _clauses(village),
            }
        ],
    }


def write_village(folder: Path, village: Village) -> OpenCase:
    """Write the case folder and open it."""
    network = folder / "network"
    network.mkdir(parents=True)
    (folder / "case.yaml").write_text(json.dumps(village_data(village)), encoding="utf-8")
    sources = {"format": "safepassage-sources/1", "sources": []}
    (folder / "sources.yaml").write_text(json.dumps(sources), encoding="utf-8")
    nodes = sorted({node for road in village.roads for node in road})
    rows = ["node_id,x_coord,y_coord"]
    rows += [f"{node},{20 + i / 100},{30 + i / 100}" for i, node in enumerate(nodes)]
    (network / "node.csv").write_text("\n".join([*rows, ""]), encoding="utf-8")
    rows = [
        "link_id,from_node_id,to_node_id,directed,length,free_speed,length_assumed,speed_assumed"
    ]
    rows += [
        f"{a}-{b},{a},{b},0,{seconds / 100},36,made up,made up"
        for (a, b), seconds in village.roads.items()
    ]
    (network / "link.csv").write_text("\n".join([*rows, ""]), encoding="utf-8")
    return open_case(folder)
