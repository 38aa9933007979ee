"""A hamlet with round numbers, as a case folder; every test says what is different in its own.

One road: assembly point ``a``, ten minutes, crossing ``x``, twenty minutes, reception point ``r``.
The vehicles start at ``r``, from a depot beside it. Everything else a test sets itself.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from safepassage.cases import OpenCase, open_case
from safepassage.instance import Demand, Operation, compile_demand, compile_operation
from safepassage.plan import Plan
from safepassage.solver import solve
from safepassage.stop import Gap

START = "2030-01-01T08:00:00+00:00"


def figure(value: Any) -> dict[str, Any]:
    return {"value": value, "assumed": "made up for tests"}


@dataclass
class Kind:
    """A vehicle type; ``at`` maps places to numbers of vehicles."""

    seats: int
    at: dict[str, int]
    more: dict[str, Any] = field(default_factory=dict)


@dataclass
class Group:
    persons: int
    at: str
    kinds: tuple[str, ...] = ("bus",)
    to: tuple[str, ...] = ("r",)
    more: dict[str, Any] = field(default_factory=dict)


@dataclass
class Hamlet:
    """Roads in minutes, all else in seconds."""

    roads: dict[tuple[str, str], int] = field(
        default_factory=lambda: {("a", "x"): 10, ("x", "r"): 20}
    )
    bays: dict[str, int] = field(default_factory=lambda: {"a": 1})
    crossings: dict[str, tuple[int, int]] = field(default_factory=lambda: {"x": (60, 0)})
    """Inspection seconds of any vehicle, out and in."""
    special: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)
    """The same for one crossing and vehicle type."""
    corridors: dict[str, list[str]] = field(default_factory=lambda: {"c": ["x"]})
    reception: dict[str, tuple[int, int | None]] = field(default_factory=lambda: {"r": (9, None)})
    """Bays and capacity."""
    depots: dict[str, str] = field(default_factory=lambda: {"d": "r"})
    """Nodes of the depots."""
    kinds: dict[str, Kind] = field(default_factory=lambda: {"bus": Kind(50, {"d": 1})})
    groups: dict[str, Group] = field(default_factory=lambda: {"people": Group(50, "a")})
    quick: dict[str, int] = field(default_factory=dict)
    """Boarding and unloading seconds of some types."""
    board_s: int = 300
    unload_s: int = 120
    convoys: tuple[int, int, int] | None = None
    """Fewest, most, and the spacing."""
    teams: int | None = None
    escort: dict[str, Any] = field(default_factory=dict)
    """Fields of the escort clause, which is there if there are teams."""
    conditions: list[dict[str, Any]] = field(default_factory=list)
    window: dict[str, Any] = field(default_factory=dict)
    """Fields of the window besides its start."""
    leave: dict[str, Any] = field(default_factory=dict)
    clauses: list[dict[str, Any]] = field(default_factory=list)

    def places(self) -> list[dict[str, Any]]:
        """Inside, crossings, outside, depots."""
        quick = [{"vehicle": k, "time": figure(f"{t}s")} for k, t in self.quick.items()]
        boarding = [{"vehicle": "any", "time": figure(f"{self.board_s}s")}, *quick]
        unloading = [{"vehicle": "any", "time": figure(f"{self.unload_s}s")}, *quick]
        rows: list[dict[str, Any]] = [
            {"kind": "assembly", "id": a, "bays": figure(n), "boarding": boarding}
            for a, n in self.bays.items()
        ]
        for x, times in self.crossings.items():
            by_class = {k: v for (at, k), v in self.special.items() if at == x}
            inspection = [
                {"direction": d, "vehicle_class": kind, "time": figure(f"{t}s")}
                for kind, pair in {"any": times, **by_class}.items()
                for d, t in zip(("out", "in"), pair, strict=True)
            ]
            rows.append({"kind": "crossing", "id": x, "inspection": inspection})
        for r, (n, most) in self.reception.items():
            room = {} if most is None else {"capacity": figure(most)}
            place = {"kind": "reception", "id": r, "bays": figure(n), **room}
            rows.append({**place, "unloading": unloading})
        rows += [{"kind": "depot", "id": d, "node": node} for d, node in self.depots.items()]
        return [{"name": p["id"], "node": p["id"], **p} for p in rows]

    def fleet(self) -> dict[str, Any]:
        vehicles = [
            {
                "id": name,
                "name": name,
                "inspection_class": name,
                "seats": figure(kind.seats),
                "counts": [{"place": p, "count": figure(n)} for p, n in kind.at.items()],
                **kind.more,
            }
            for name, kind in self.kinds.items()
        ]
        fleet: dict[str, Any] = {"vehicles": vehicles, "conditions": self.conditions}
        if self.convoys is not None:
            least, most, spacing = self.convoys
            fleet["convoys"] = {
                "min_vehicles": figure(least),
                "max_vehicles": figure(most),
                "spacing": figure(f"{spacing}s"),
            }
        if self.teams is not None:
            fleet["escorts"] = {"teams": figure(self.teams)}
        return fleet

    def terms(self) -> list[dict[str, Any]]:
        clauses = [
            {"kind": "leave", "id": "leave", "groups": list(self.groups), **self.leave},
            {"kind": "window", "id": "window", "start": figure(START), **self.window},
            *self.clauses,
        ]
        if self.teams is not None:
            clauses.append({"kind": "escort", "id": "escort", **self.escort})
        return [{"gist": f"On {c['kind']}.", "assumed": "made up", **c} for c in clauses]

    def data(self) -> dict[str, Any]:
        groups = [
            {
                "id": name,
                "name": name,
                "category": "civilians",
                "persons": {x: figure(g.persons) for x in ("low", "likely", "high")},
                "places": [{"place": g.at, "share": 1}],
                "vehicles": list(g.kinds),
                "destinations": [{"place": p} for p in g.to],
                **g.more,
            }
            for name, g in self.groups.items()
        ]
        proposal = {
            "id": "terms",
            "title": "Terms",
            "tabled_by": ["council"],
            "tabled": "2029-12-01",
            "history": [{"status": "tabled", "date": "2029-12-01"}],
            "clauses": self.terms(),
        }
        return {
            "format": "safepassage-case/1",
            "id": "hamlet",
            "title": "A hamlet to be left",
            "summary": "Made up for tests.",
            "utc_offset": "+00:00",
            "default_proposal": "terms",
            "parties": [{"id": "council", "name": "Council", "parts": ["leaves"]}],
            "places": self.places(),
            "corridors": [
                {"id": c, "name": c, "crossings": xs} for c, xs in self.corridors.items()
            ],
            "groups": groups,
            "fleet": self.fleet(),
            "proposals": [proposal],
        }

    def write(self, folder: Path) -> OpenCase:
        """Write the case folder and open it."""
        network = folder / "network"
        network.mkdir(parents=True, exist_ok=True)
        (folder / "case.yaml").write_text(json.dumps(self.data()), encoding="utf-8")
        (folder / "sources.yaml").write_text("format: safepassage-sources/1\n", encoding="utf-8")
        nodes = sorted({n for road in self.roads for n in road})
        rows = [f"{n},{0.01 * i:.2f},{0.01 * (i % 3):.2f}" for i, n in enumerate(nodes)]
        _table(network / "node.csv", "node_id,x_coord,y_coord", rows)
        header = "link_id,from_node_id,to_node_id,directed,length,free_speed"
        # At 60 km/h a kilometre is a minute.
        rows = [f"{a}-{b},{a},{b},0,{km},60,made up,made up" for (a, b), km in self.roads.items()]
        _table(network / "link.csv", header + ",length_assumed,speed_assumed", rows)
        return open_case(folder)


def _table(file: Path, header: str, rows: list[str]) -> None:
    file.write_text("\n".join([header, *rows, ""]), encoding="utf-8")


def compiled(opened: OpenCase) -> tuple[Operation, Demand]:
    """What the planner sees of the likely count."""
    proposal = opened.case.proposal()
    operation = compile_operation(opened.case, opened.network, proposal)
    end = operation.timeline.window_end
    return operation, compile_demand(opened.case, proposal, "likely", operation.start, end)


def plan_of(opened: OpenCase, **settings: Any) -> Plan:
    """The plan of the likely count; wall time never stops it."""
    settings.setdefault("stop", Gap(0.0))
    return solve(opened, levels=["likely"], **settings).plans["likely"]
