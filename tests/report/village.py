"""A village with one road out, and plans for it worked out by hand.

Everything a report can show is there once: Arabic names, a disputed clause, a clause that is not
modelled, an unsupported claim, an opinion, a stated consequence, and text that would do harm in a
page, a spreadsheet or a formula if it were not escaped.

The way: garage -2 km- square -3 km- bridge -6 km- camp; 240 s, 300 s and 600 s.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from safepassage.cases import OpenCase
from safepassage.check.assumed import assumed_in
from safepassage.plan import (
    Answer,
    Assumption,
    Boarding,
    Bottleneck,
    CaseReference,
    Left,
    Leg,
    Level,
    Plan,
    Rotation,
    Stop,
    Unloading,
)

HARM = '<script>alert("1 & 2")</script>'
START = "2030-05-03T08:00:00+02:00"
PERSONS: Mapping[Level, int] = {"low": 62, "likely": 102, "high": 152}
ARABIC = "الساحة"


def figure(value: Any, **where: Any) -> dict[str, Any]:
    """A number, assumed unless it is cited."""
    return {"value": value, **(where or {"assumed": "made up for tests"})}


def _places() -> list[dict[str, Any]]:
    inspection = [
        {"direction": "out", "vehicle_class": "any", "time": figure("60s")},
        {"direction": "in", "vehicle_class": "any", "time": figure("30s")},
    ]
    handling = [{"vehicle": "any", "time": figure("10min")}]
    return [
        {
            "kind": "assembly",
            "id": "square",
            "name": "Square, the old one",
            "name_local": ARABIC,
            "node": "s",
            "bays": figure(2),
            "boarding": handling,
            "assumed": f"the middle of the village {HARM}",
        },
        # A crossing and a corridor of one id: names are kept apart by kind.
        {
            "kind": "crossing",
            "id": "bridge",
            "name": "Bridge",
            "node": "b",
            "inspection": inspection,
        },
        {
            "kind": "reception",
            "id": "camp",
            "name": "=Camp $x$",
            "node": "c",
            "bays": figure(2),
            "unloading": [{"vehicle": "any", "time": figure("5min")}],
        },
        {"kind": "depot", "id": "garage", "name": "Garage", "node": "g"},
    ]


def _group(name: str, category: str, counts: tuple[int, int, int], vehicle: str) -> dict[str, Any]:
    low, likely, high = counts
    return {
        "id": name,
        "name": name.title(),
        "category": category,
        "persons": {
            "low": figure(low, cite=["paper"]),
            "likely": figure(likely),
            "high": figure(high, cite=["letter"], assumed="rounded up"),
        },
        "places": [{"place": "square", "share": 1}],
        "vehicles": [vehicle],
        "destinations": [{"place": "camp"}],
    }


def _vehicle(name: str, seats: int, number: int) -> dict[str, Any]:
    return {
        "id": name,
        "name": name.title(),
        "inspection_class": name,
        "seats": figure(seats, cite=["paper"]),
        "counts": [{"place": "garage", "count": figure(number)}],
    }


def _clauses(within: str | None) -> list[dict[str, Any]]:
    leave: dict[str, Any] = {
        "kind": "leave",
        "id": "leave",
        "gist": "Everyone may leave.",
        "groups": ["civilians", "wounded"],
        "otherwise": "threat",
        "cite": [{"source": "letter", "locator": "lines 1-2"}],
        "obliges": ["council"],
    }
    window: dict[str, Any] = {
        "kind": "window",
        "id": "window",
        "gist": "From eight to six.",
        "start": figure(START),
        "daily": [{"from": "08:00", "to": "18:00"}],
        "start_condition": "when the guns are silent",
        "cite": ["paper"],
    }
    if within is not None:
        leave["within"] = figure(within, cite=["paper"])
        window["length"] = figure("10h", cite=["paper"])
        window["extension"] = {"by": figure("3h"), "condition": "granted on the day"}
    route: dict[str, Any] = {
        "kind": "route",
        "id": "route",
        "gist": f"By the bridge {HARM}.",
        "corridors": ["bridge"],
        "support": "disputed",
        "disputes": [{"by": "Opponents", "gist": "Speak of a ferry.", "cite": ["letter"]}],
        "assumed": "no road is named",
    }
    items = {"kind": "items", "id": "items", "gist": "One bag each.", "allowed": ["a bag"]}
    return [leave, window, route, {**items, "cite": ["paper"]}]


def _proposal(name: str, within: str | None) -> dict[str, Any]:
    tabled = {"status": "tabled", "date": "2030-05-01", "by": ["council"], "cite": ["paper"]}
    clauses = _clauses(within)
    if within is None:
        clauses = [{**clause, "id": f"open-{clause['id']}"} for clause in clauses]
    return {
        "id": name,
        "title": f"The {name} paper",
        "title_local": "ورقة",
        "tabled_by": ["council"],
        "tabled": "2030-05-01",
        "history": [tabled],
        "clauses": clauses,
    }


def _said() -> dict[str, Any]:
    return {
        "statements": [
            {
                "id": "threat",
                "speaker": "General",
                "role": "commander",
                "date": "2030-05-02",
                "gist": "Whoever stays is an enemy.",
                "cite": ["letter"],
            },
            {
                "id": "later",
                "speaker": "Mayor",
                "role": "mayor",
                "date": "2030-06-01",
                "gist": "It is over.",
                "cite": ["letter"],
            },
        ],
        "claims": [
            {
                "id": "claim",
                "by": "Outlet",
                "gist": "The paper names a ferry.",
                "date": "2030-05-02",
                "cite": ["letter"],
                "support": "unsupported",
                "proposal": "timed",
                "disputes": [{"by": "The paper", "gist": "It does not.", "cite": ["paper"]}],
            },
            {
                "id": "judgement",
                "by": "Outlet",
                "gist": "It is all their fault.",
                "date": "2030-05-02",
                "cite": ["letter"],
                "support": "supported",
                "opinion": True,
            },
        ],
    }


def case_data() -> dict[str, Any]:
    """``case.yaml`` of the village."""
    corridor = {"id": "bridge", "name": "Bridge road", "name_local": "طريق الجسر"}
    council = {"id": "council", "name": "Council", "parts": ["leaves"], "cite": ["paper"]}
    return {
        "format": "safepassage-case/1",
        "id": "village",
        "title": "A village",
        "title_local": "قرية",
        "summary": "Made up.",
        "utc_offset": "+02:00",
        "default_proposal": "timed",
        "parties": [council],
        "places": _places(),
        "corridors": [{**corridor, "crossings": ["bridge"]}],
        "groups": [
            _group("civilians", "civilians", (60, 100, 150), "bus"),
            _group("wounded", "wounded", (2, 2, 2), "ambulance"),
        ],
        "fleet": {
            "vehicles": [_vehicle("bus", 50, 2), _vehicle("ambulance", 2, 1)],
            "convoys": {
                "min_vehicles": figure(1),
                "max_vehicles": figure(2),
                "spacing": figure("2min"),
            },
        },
        **_said(),
        "proposals": [_proposal("timed", "75min"), _proposal("open", None)],
    }


SOURCES = {
    "format": "safepassage-sources/1",
    "sources": [
        {
            "id": "paper",
            "publisher": "Council",
            "date": "2030-05-01",
            "address": "https://example.org/paper?a=1&b=2",
            "kind": "agreement",
            "standing": "official_text",
        },
        {
            "id": "letter",
            "publisher": "A newspaper",
            "date": "2030-05-02",
            "address": "javascript:alert(1)",
            "kind": "news",
            "standing": "outlet",
            "note": f"Partisan {HARM}",
        },
    ],
}

_NODES = """\
node_id,name,name_local,x_coord,y_coord
g,Garage,,37.10,36.10
s,Square,,37.12,36.11
b,Bridge,,37.15,36.12
c,Camp,,37.21,36.13
"""

_WAYS = (("g", "s", 2, 30), ("s", "b", 3, 36), ("b", "c", 6, 36))


def write_village(folder: Path) -> Path:
    """Write the case folder."""
    (folder / "network").mkdir(parents=True)
    for name, data in (("case", case_data()), ("sources", SOURCES)):
        text = json.dumps(data, ensure_ascii=False)
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    (folder / "network" / "node.csv").write_text(_NODES, encoding="utf-8")
    rows = [
        "link_id,from_node_id,to_node_id,directed,length,free_speed,length_assumed,speed_source"
    ]
    for a, b, length, speed in _WAYS:
        for start, end in ((a, b), (b, a)):
            rows.append(f"{start}{end},{start},{end},1,{length},{speed},drawn,paper")
    (folder / "network" / "link.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return folder


def _stop(arrive: int, takes: int) -> Stop:
    return Stop("bridge", arrive, arrive, arrive + takes, arrive + takes)


def _round(
    number: int, vehicles: Mapping[str, Mapping[str, int]], empty: Leg, board_s: int
) -> Rotation:
    """Board at ``board_s``, drive to the camp, unload."""
    depart = board_s + 600
    stop = _stop(depart + 300, 60 * len(vehicles))
    arrive = stop.leave_s + 600
    return Rotation(
        id=f"R{number:04d}",
        vehicles=tuple(vehicles),
        team=None,
        empty_leg=empty,
        boarding=tuple(
            Boarding(v, i, board_s, depart, persons)
            for i, (v, persons) in enumerate(vehicles.items())
        ),
        loaded_leg=Leg("square", "camp", "bridge", ("sb", "bc"), depart, (stop,), arrive),
        unloading=tuple(Unloading(v, i, arrive, arrive + 300) for i, v in enumerate(vehicles)),
    )


def rotations(level: Level) -> tuple[Rotation, ...]:
    """Two buses at once, then the ambulance; at the high count one bus comes back."""
    fetch = Leg("garage", "square", None, ("gs",), 0, (), 240)
    full = {"bus-1": {"civilians": 50}, "bus-2": {"civilians": 10 if level == "low" else 50}}
    rounds = [_round(1, full, fetch, 240), _round(2, {"ambulance-1": {"wounded": 2}}, fetch, 840)]
    if level == "high":
        back = Leg("camp", "square", "bridge", ("cb", "bs"), 2160, (_stop(2760, 30),), 3090)
        rounds.append(_round(3, {"bus-1": {"civilians": 50}}, back, 3090))
    return tuple(rounds)


def _told(assumption: Assumption) -> tuple[str, str]:
    return assumption.where, assumption.text


def plan(
    opened: OpenCase, level: Level, proposal: str = "timed", left: tuple[Left, ...] = ()
) -> Plan:
    """A plan that the checker accepts: no bound that needs a proof."""
    rounds = rotations(level)
    limit = 4500 if proposal == "timed" else None
    clearance = max(r.loaded_leg.arrive_s for r in rounds)
    persons = PERSONS[level]
    in_time = sum(r.persons for r in rounds if limit is None or r.loaded_leg.arrive_s <= limit)
    waiting = sum(r.persons * r.loaded_leg.arrive_s for r in rounds)
    clauses = ("window", "route") if limit is not None else ("open-window", "open-route")
    return Plan(
        case=CaseReference(opened.case.id, opened.case.title, opened.digest, opened.location),
        proposal=proposal,
        count=level,
        seed=0,
        start=datetime.fromisoformat(START),
        answer=Answer(
            feasible=in_time == persons,
            persons=persons,
            evacuated_by_deadline=in_time,
            clearance_time_s=clearance,
            lower_bound_s=0,
            gap=None,
            deadline_s=limit,
            window_end_s=36_000 if limit is not None else None,
            slack_s=limit - clearance if limit is not None else None,
            evacuated_at_most=persons,
            person_seconds_waiting=waiting,
            bottleneck=Bottleneck("The bridge is slow.", clauses, "crossings"),
        ),
        left=left,
        certificates=(),
        not_modelled=("items",) if limit is not None else ("open-items",),
        assumptions=tuple(sorted(assumed_in(opened, opened.case.proposal(proposal)), key=_told)),
        rotations=rounds,
    )


def plans(opened: OpenCase, proposal: str = "timed") -> dict[Level, Plan]:
    """A plan for each count."""
    levels: tuple[Level, ...] = ("low", "likely", "high")
    return {level: plan(opened, level, proposal) for level in levels}
