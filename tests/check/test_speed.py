from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from safepassage.check import verify
from safepassage.plan.reader import plan_from_json
from tests.check.naive import schedule
from tests.check.scheduler import Scheduler, Task
from tests.check.town import write_town


def _city(case: dict[str, Any]) -> None:
    case["groups"] = [g for g in case["groups"] if g["id"] == "civilians"]
    for level, persons in (("low", 1), ("likely", 50_000), ("high", 60_000)):
        case["groups"][0]["persons"][level]["value"] = persons
    for place in case["places"]:
        if place["kind"] == "reception":
            place["capacity"]["value"] = 40_000
    case["fleet"]["vehicles"][0]["counts"][0]["count"]["value"] = 60
    case["proposals"] = case["proposals"][:1]
    clauses = case["proposals"][0]["clauses"]
    clauses[1]["groups"] = ["civilians"]
    for clause in clauses:
        if clause["kind"] == "route" and "groups" in clause:
            clause["groups"] = ["civilians"]
    dropped = ("leave-wounded", "priority")
    case["proposals"][0]["clauses"] = [c for c in clauses if c["id"] not in dropped]


def test_verifies_eight_hundred_rotations_in_two_seconds(tmp_path: Path) -> None:
    opened = write_town(tmp_path / "town", _city)
    ways = (("a1", "r1", 21_000), ("a1", "r2", 14_000), ("a2", "r1", 9_000), ("a2", "r2", 6_000))
    tasks = tuple(
        Task("civilians", a, r, n, "north" if r == "r1" else "south", ("bus",)) for a, r, n in ways
    )
    fleet = {"bus": [("d", 60), ("d2", 2)]}
    plan = plan_from_json(schedule(opened, scheduler=Scheduler(tasks=tasks, fleet=fleet)))
    assert len(plan.rotations) >= 780
    begin = time.perf_counter()
    verification = verify(plan, opened)
    took = time.perf_counter() - begin
    assert {found.code for found in verification.findings} == {"beyond-terms"}
    assert took < 2
