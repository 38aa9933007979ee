"""Convoy instances with the figures stated, as case folders.

``base`` is the reference: 35,000 people of whom 200 are patients, 100 buses of 50 and 20 ambulances
of 2, six assembly points with four bays, boarding and unloading 15 minutes, two crossings that
pass 3 and 2 vehicles in five minutes each way, 08:00 to 18:00 daily, all vehicles on the far
side. The harder ones change one or two things at a time. Everything is assumed; nothing is a place.
"""

from __future__ import annotations

import csv
import json
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["INSTANCES", "ConvoyInstance", "write_case"]


@dataclass(frozen=True, slots=True)
class ConvoyInstance:
    """What varies between instances."""

    name: str
    people: int = 35_000
    patients: int = 200
    buses: int = 100
    ambulances: int = 20
    points: int = 6
    rates: tuple[int, ...] = (3, 2)
    """Vehicles in five minutes each way, by crossing."""
    seed: int = 1
    convoy: tuple[int, int] | None = None
    teams: int | None = None
    unload_bays: int = 40
    batch: int | None = None
    """Buses that have to be there in full before the next such batch departs."""
    step_s: int = 300
    """Driving times are multiples of this."""


INSTANCES = {
    i.name: i
    for i in (
        ConvoyInstance("base"),
        ConvoyInstance("fewer-vehicles", buses=60, ambulances=12),
        ConvoyInstance("600-vehicles", people=100_000, patients=600, buses=520, ambulances=80),
        ConvoyInstance("4-crossings", rates=(3, 2, 2, 1)),
        ConvoyInstance("12-points", points=12),
        ConvoyInstance("10-days", people=200_000, patients=1_500),
        ConvoyInstance("uneven-minutes", step_s=60, seed=2),
        ConvoyInstance("convoys", convoy=(2, 16), teams=8),
        ConvoyInstance("batches-of-8", batch=8),
        ConvoyInstance("batches-of-20", batch=20),
        ConvoyInstance("batches-of-50", batch=50),
    )
}


LINK_COLUMNS = [
    "link_id",
    "from_node_id",
    "to_node_id",
    "directed",
    "length",
    "free_speed",
    "length_assumed",
    "speed_assumed",
]
ASSUMED = ("benchmark instance", "benchmark instance")


def _assumed(value: Any) -> dict[str, Any]:
    return {"value": value, "assumed": "benchmark instance"}


def _estimate(value: int) -> dict[str, Any]:
    return {level: _assumed(value) for level in ("low", "likely", "high")}


def _places(instance: ConvoyInstance) -> list[dict[str, Any]]:
    places: list[dict[str, Any]] = [
        {
            "id": f"a{i}",
            "kind": "assembly",
            "name": f"Assembly point {i}",
            "node": f"a{i}",
            "bays": _assumed(4),
            "boarding": [{"vehicle": "any", "time": _assumed("15min")}],
        }
        for i in range(instance.points)
    ]
    places += [
        {
            "id": f"x{c}",
            "kind": "crossing",
            "name": f"Crossing {c}",
            "node": f"x{c}",
            "inspection": [
                {
                    "direction": "both",
                    "vehicle_class": "any",
                    "time": _assumed(f"{300 // rate}s"),
                }
            ],
        }
        for c, rate in enumerate(instance.rates)
    ]
    places.append(
        {
            "id": "reception",
            "kind": "reception",
            "name": "Reception point",
            "node": "reception",
            "bays": _assumed(instance.unload_bays),
            "unloading": [{"vehicle": "any", "time": _assumed("15min")}],
        }
    )
    places.append({"id": "depot", "kind": "depot", "name": "Depot", "node": "reception"})
    return places


def _fleet(instance: ConvoyInstance) -> dict[str, Any]:
    fleet: dict[str, Any] = {
        "vehicles": [
            {
                "id": kind,
                "name": kind,
                "inspection_class": kind,
                "seats": _assumed(seats),
                "counts": [{"place": "depot", "count": _assumed(count)}],
            }
            for kind, seats, count in (
                ("bus", 50, instance.buses),
                ("ambulance", 2, instance.ambulances),
            )
        ]
    }
    if instance.convoy:
        least, most = instance.convoy
        fleet["convoys"] = {"min_vehicles": _assumed(least), "max_vehicles": _assumed(most)}
    if instance.teams:
        fleet["escorts"] = {"teams": _assumed(instance.teams)}
    return fleet


def _groups(instance: ConvoyInstance) -> list[dict[str, Any]]:
    shares = [{"place": f"a{i}", "share": f"1/{instance.points}"} for i in range(instance.points)]
    return [
        {
            "id": name,
            "name": name,
            "category": category,
            "persons": _estimate(count),
            "places": shares,
            "shares_assumed": "benchmark instance",
            "vehicles": [vehicle],
            "destinations": [{"place": "reception"}],
        }
        for name, category, count, vehicle in (
            ("people", "civilians", instance.people - instance.patients, "bus"),
            ("patients", "wounded", instance.patients, "ambulance"),
        )
    ]


def _clauses(instance: ConvoyInstance) -> list[dict[str, Any]]:
    clauses: list[dict[str, Any]] = [
        {
            "id": "leave",
            "kind": "leave",
            "gist": "All are to leave.",
            "groups": ["people", "patients"],
        },
        {
            "id": "hours",
            "kind": "window",
            "gist": "Ten hours a day.",
            "start": _assumed("2030-01-01T08:00:00+00:00"),
            "daily": [{"from": "08:00", "to": "18:00"}],
        },
    ]
    if instance.batch:
        clauses.append(_steps(instance, instance.batch))
    if instance.teams:
        clauses.append({"id": "escort", "kind": "escort", "gist": "Every convoy has an escort."})
    return clauses


def _steps(instance: ConvoyInstance, buses: int) -> dict[str, Any]:
    """Steps of so many full buses, one after another; patients are in none."""
    people = instance.people - instance.patients
    count = -(-people // (50 * buses))
    return {
        "id": "batches",
        "kind": "linked",
        "gist": "One batch after another.",
        "steps": [
            {
                "id": f"step-{k}",
                "gist": "A batch.",
                "batches": [
                    {"groups": ["people"], "rest": True}
                    if k == count - 1
                    else {"groups": ["people"], "persons": _assumed(50 * buses)}
                ],
                "after": [f"step-{k - 1}"] if k else [],
            }
            for k in range(count)
        ],
    }


def _links(instance: ConvoyInstance) -> list[tuple[str, str, int]]:
    """Seconds from assembly point to crossing and from crossing to reception, both ways."""
    draw = random.Random(instance.seed)
    step = instance.step_s
    links = []
    for i in range(instance.points):
        for c in range(len(instance.rates)):
            seconds = step * draw.randint(900 // step, 2_400 // step)
            links.append((f"a{i}", f"x{c}", seconds))
    links += [
        (f"x{c}", "reception", step * draw.randint(1_200 // step, 1_800 // step))
        for c in range(len(instance.rates))
    ]
    return links


def write_case(instance: ConvoyInstance, folder: Path) -> Path:
    """Write the instance as a case folder; returns the folder."""
    network = folder / "network"
    network.mkdir(parents=True, exist_ok=True)
    case = {
        "format": "safepassage-case/1",
        "id": instance.name if instance.name[0].isalpha() else f"i-{instance.name}",
        "title": f"Convoy instance {instance.name}",
        "summary": "A benchmark instance.",
        "utc_offset": "+00:00",
        "default_proposal": "terms",
        "negotiated": False,
        "parties": [{"id": "operator", "name": "Operator", "parts": ["carries_out"]}],
        "places": _places(instance),
        "corridors": [
            {"id": f"r{c}", "name": f"Corridor {c}", "crossings": [f"x{c}"]}
            for c in range(len(instance.rates))
        ],
        "groups": _groups(instance),
        "fleet": _fleet(instance),
        "proposals": [
            {
                "id": "terms",
                "title": "Terms",
                "tabled_by": ["operator"],
                "tabled": "2030-01-01",
                "history": [{"status": "tabled", "date": "2030-01-01"}],
                "clauses": _clauses(instance),
            }
        ],
    }
    # JSON is YAML; written so, no value is ever an alias.
    (folder / "case.yaml").write_text(json.dumps(case, indent=1), encoding="utf-8")
    (folder / "sources.yaml").write_text("format: safepassage-sources/1\n", encoding="utf-8")
    links = _links(instance)
    nodes = sorted({n for a, b, _ in links for n in (a, b)})
    with (network / "node.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["node_id", "x_coord", "y_coord"])
        writer.writerows([n, 0.01 * i, 0.01 * (i % 3)] for i, n in enumerate(nodes))
    with (network / "link.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(LINK_COLUMNS)
        for a, b, seconds in links:
            # 36 km/h is ten metres a second; lengths are in km.
            for x, y in ((a, b), (b, a)):
                writer.writerow([f"{x}-{y}", x, y, "true", f"{seconds / 100:.2f}", 36, *ASSUMED])
    return folder
