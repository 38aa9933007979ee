"""A small town with everything the convoy model knows, as a case folder.

Two assembly points inside (``a1``, ``a2``), two reception points outside (``r1``, ``r2``), a
depot, and three corridors: north through two crossings, south through one and bound to a further
node, east closed to all.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from safepassage.cases import OpenCase, open_case

ROADS = {
    ("a1", "j"): (2.3, 37),
    ("a2", "j"): (1.7, 41),
    ("a1", "a2"): (1.1, 30),
    ("j", "x1"): (3.1, 43),
    ("x1", "y1"): (2.1, 50),
    ("y1", "k"): (3.2, 61),
    ("j", "x2"): (4.7, 29),
    ("x2", "v"): (2.9, 47),
    ("v", "k"): (3.7, 53),
    ("x2", "k"): (4.1, 55),
    ("k", "r1"): (6.1, 67),
    ("k", "r2"): (4.3, 59),
    ("v", "r2"): (3.9, 31),
    ("r1", "d"): (0.7, 20),
    ("d", "k"): (2.2, 33),
    ("a2", "e"): (2.0, 40),
    ("e", "k"): (2.5, 40),
}
"""Roads both ways: kilometres and km/h."""

Change = Callable[[dict[str, Any]], None]


def figure(value: Any) -> dict[str, Any]:
    """A number with where it comes from."""
    return {"value": value, "assumed": "made up for tests"}


def _clause(kind: str, name: str, **fields: Any) -> dict[str, Any]:
    return {"kind": kind, "id": name, "gist": f"On {kind}.", "assumed": "made up", **fields}


def _count(place: str, number: int) -> dict[str, Any]:
    return {"place": place, "count": figure(number)}


def _persons(low: int, likely: int, high: int) -> dict[str, Any]:
    return {"low": figure(low), "likely": figure(likely), "high": figure(high)}


def _places() -> list[dict[str, Any]]:
    def inspection(direction: str, vehicle_class: str, time: str) -> dict[str, Any]:
        return {"direction": direction, "vehicle_class": vehicle_class, "time": figure(time)}

    boarding = [{"vehicle": "bus", "time": figure("15min")}]
    boarding += [{"vehicle": "any", "time": figure("6min")}]
    unloading = [{"vehicle": "any", "time": figure("8min")}]
    reception = {"kind": "reception", "unloading": unloading}
    places: list[dict[str, Any]] = [
        {"kind": "assembly", "id": "a1", "bays": figure(3), "boarding": boarding},
        {"kind": "assembly", "id": "a2", "bays": figure(2), "boarding": boarding},
        {
            "kind": "crossing",
            "id": "x1",
            "hours": [{"from": "07:00", "to": "17:00"}],
            "inspection": [inspection("out", "large", "5min"), inspection("both", "any", "30s")],
        },
        {"kind": "crossing", "id": "y1"},
        {"kind": "crossing", "id": "x2", "inspection": [inspection("out", "any", "50s")]},
        {"kind": "crossing", "id": "e"},
        {**reception, "id": "r1", "bays": figure(4), "capacity": figure(510)},
        {**reception, "id": "r2", "bays": figure(3), "capacity": figure(350)},
        {"kind": "depot", "id": "d"},
        {"kind": "depot", "id": "d2", "node": "r2"},
    ]
    return [{"name": p["id"], "node": p["id"], **p} for p in places]


def _group(name: str, persons: dict[str, Any], **fields: Any) -> dict[str, Any]:
    destinations = [{"place": p} for p in fields.pop("to")]
    places = [{"place": p, "share": s} for p, s in fields.pop("at").items()]
    group = {"id": name, "name": name, "persons": persons, "category": "civilians"}
    return {**group, "places": places, "destinations": destinations, **fields}


def _groups() -> list[dict[str, Any]]:
    return [
        _group(
            "civilians",
            _persons(300, 611, 900),
            at={"a1": 0.7, "a2": 0.3},
            vehicles=["bus", "minibus"],
            to=["r1"],
        ),
        _group("elderly", _persons(80, 130, 150), at={"a1": 1}, vehicles=["bus"], to=["r1"]),
        _group(
            "wounded",
            _persons(5, 9, 12),
            category="wounded",
            at={"a1": 1},
            vehicles=["ambulance"],
            to=["r1"],
        ),
        _group(
            "families",
            _persons(20, 30, 40),
            category="families",
            at={"a2": 1},
            vehicles=["car"],
            to=["r1", "r2"],
            together_within="4h",
        ),
        _group("staff", _persons(1, 2, 3), at={"a1": 1}, vehicles=["bus"], to=["r1"]),
    ]


def _fleet() -> dict[str, Any]:
    def kind(name: str, size: str, seats: int, counts: list[Any], **more: Any) -> dict[str, Any]:
        return {
            "id": name,
            "name": name,
            "inspection_class": size,
            "seats": figure(seats),
            "counts": counts,
            **more,
        }

    slow = figure(0.8)
    return {
        "vehicles": [
            kind("bus", "large", 16, [_count("d", 3), _count("d2", 2)]),
            kind("minibus", "large", 12, [_count("d", 3)], speed_factor=slow, returns=True),
            kind("ambulance", "medical", 2, [_count("d", 3)]),
            kind("car", "private", 5, [_count("a2", 8)], own=True),
        ],
        "convoys": {
            "min_vehicles": figure(1),
            "max_vehicles": figure(4),
            "spacing": figure("5min"),
        },
        "escorts": {"teams": figure(9)},
        "conditions": [
            {"kind": "daily", "id": "night", "from": "19:00", "to": "06:00", "factor": figure(0.5)},
            {
                "kind": "period",
                "id": "snow",
                "from": "2030-05-10T10:00+02:00",
                "to": "2030-05-10T14:00+02:00",
                "factor": figure(0.75),
            },
        ],
    }


def _timed(kind: str, name: str, hours: tuple[str, str], **fields: Any) -> dict[str, Any]:
    daily = [{"from": hours[0], "to": hours[1]}]
    return _clause(kind, name, daily=daily, **fields)


def _clauses() -> list[dict[str, Any]]:
    shares = [{"place": "r1", "share": 0.6}, {"place": "r2", "share": 0.4}]
    large = {"direction": "out", "vehicle_class": "large", "time": figure("90s")}
    return [
        _clause("leave", "leave-wounded", groups=["wounded"], within=figure("30h")),
        _clause(
            "leave",
            "leave-others",
            groups=["civilians", "elderly", "families"],
            by=figure("2030-05-12T12:00+02:00"),
        ),
        _timed(
            "ceasefire",
            "ceasefire",
            ("08:00", "18:00"),
            start=figure("2030-05-10T06:30+02:00"),
            length=figure("3d"),
        ),
        _timed("window", "south-hours", ("09:00", "16:00"), crossings=["x2"], length=figure("4d")),
        _timed("window", "curfew", ("05:00", "22:00"), movement="all"),
        _clause("route", "route-all", corridors=["north"]),
        _clause("route", "route-south", corridors=["south"], groups=["civilians", "families"]),
        _clause("inspection", "inspection-north", crossing="x1", inspection=[large]),
        _clause("escort", "escort", teams=figure(3)),
        _clause("priority", "priority", order=["wounded", "elderly"]),
        _clause("destination", "destination", groups=["civilians"], places=shares),
        _clause("return_of_vehicles", "return", vehicles=["minibus"], returns=False),
        _clause("monitoring", "monitoring"),
        _clause("text", "text"),
    ]


def town() -> dict[str, Any]:
    """The case, as plain data to be changed before it is written."""
    proposal = {
        "tabled_by": ["council"],
        "tabled": "2030-05-01",
        "history": [{"status": "tabled", "date": "2030-05-01"}],
    }
    clauses = _clauses()
    unguarded = [
        {**c, "id": f"free-{c['id']}"} for c in clauses if c["kind"] not in ("escort", "priority")
    ]
    corridors = [("north", ["x1", "y1"], []), ("south", ["x2"], ["v"]), ("east", ["e"], [])]
    return {
        "format": "safepassage-case/1",
        "id": "town",
        "title": "A town to be left",
        "summary": "Made up for tests.",
        "utc_offset": "+02:00",
        "default_proposal": "deal",
        "parties": [{"id": "council", "name": "Council", "parts": ["leaves"]}],
        "places": _places(),
        "corridors": [
            {"id": name, "name": name, "crossings": crossings, "via": via}
            for name, crossings, via in corridors
        ],
        "groups": _groups(),
        "fleet": _fleet(),
        "proposals": [
            {"id": "deal", "title": "Deal", "clauses": clauses, **proposal},
            {"id": "free", "title": "No escort", "clauses": unguarded, **proposal},
            {"id": "talk", "title": "Only words", "clauses": [], **proposal},
        ],
    }


def write_town(folder: Path, change: Change | None = None) -> OpenCase:
    """Write the case folder, with a change to its data, and open it."""
    data = town()
    if change is not None:
        change(data)
    network = folder / "network"
    network.mkdir(parents=True)
    (folder / "case.yaml").write_text(json.dumps(data, indent=1), encoding="utf-8")
    sources = {"format": "safepassage-sources/1", "sources": []}
    (folder / "sources.yaml").write_text(json.dumps(sources), encoding="utf-8")
    nodes = sorted({node for road in ROADS for node in road})
    rows = [f"{node},{20 + i / 100},{30 + i / 100}" for i, node in enumerate(nodes)]
    _table(network / "node.csv", "node_id,x_coord,y_coord", rows)
    header = (
        "link_id,from_node_id,to_node_id,directed,length,free_speed,length_assumed,speed_assumed"
    )
    rows = [f"{a}-{b},{a},{b},0,{km},{kmh},made up,made up" for (a, b), (km, kmh) in ROADS.items()]
    _table(network / "link.csv", header, rows)
    return open_case(folder)


def _table(file: Path, header: str, rows: list[str]) -> None:
    file.write_text("\n".join([header, *rows, ""]), encoding="utf-8")
