from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from safepassage.cases import OpenCase
from safepassage.check import CODES, verify
from safepassage.plan.reader import plan_from_json
from tests.check.naive import schedule
from tests.check.scheduler import TASKS, Scheduler, Task
from tests.check.tampering import DAY, TAMPERINGS, Tampering, rotation, shift
from tests.check.test_linked_tampering import LINKED
from tests.check.town import figure, write_town

Codes = Callable[..., set[str]]


@pytest.mark.parametrize("proposal", ["deal", "free"])
def test_accepts_the_naive_plan(town: OpenCase, proposal: str) -> None:
    verification = verify(plan_from_json(schedule(town, proposal=proposal)), town)
    assert verification.findings == ()
    assert verification.valid
    assert verification.lower_bound_verified


def _no_ambulances(case: dict[str, Any]) -> None:
    ambulance = next(v for v in case["fleet"]["vehicles"] if v["id"] == "ambulance")
    ambulance["counts"][0]["count"]["value"] = 0


def test_accepts_a_plan_that_says_whom_it_cannot_take(tmp_path: Path, codes: Codes) -> None:
    opened = write_town(tmp_path / "town", _no_ambulances)
    tasks = tuple(task for task in TASKS if task.group != "wounded")
    plan = schedule(opened, scheduler=Scheduler(tasks=tasks, left=(("wounded", "a1", 9),)))
    assert plan["answer"]["clearance_time_s"] is None
    assert not plan["answer"]["feasible"]
    assert codes(plan, opened) == set()
    plan["answer"]["clearance_time_s"] = 100_000
    assert codes(plan, opened) == {"answer-clearance"}


@pytest.mark.parametrize("tampering", TAMPERINGS, ids=lambda t: f"{t.name}-{t.code}")
def test_refuses_tampering(tampering: Tampering, plan: dict[str, Any], town: OpenCase) -> None:
    tampering.apply(plan)
    verification = verify(plan_from_json(plan), town)
    assert tampering.code in {found.code for found in verification.findings}
    assert not verification.valid


def _swap(old: int, *new: Task) -> tuple[Task, ...]:
    return (*TASKS[:old], *new, *TASKS[old + 1 :])


# Here the whole plan is made anew with one rule ignored, so nothing else is wrong with it.


def test_refuses_only_the_wrong_destination(town: OpenCase, codes: Codes) -> None:
    some = Task("elderly", "a1", "r2", 30, "north", ("bus",))
    tasks = _swap(2, some, Task("elderly", "a1", "r1", 100, "north", ("bus",)))
    assert codes(schedule(town, scheduler=Scheduler(tasks=tasks))) == {"destination-closed"}


def test_refuses_only_the_corridor_not_open_to_the_group(town: OpenCase, codes: Codes) -> None:
    tasks = _swap(2, Task("elderly", "a1", "r1", 130, "south", ("bus",)))
    assert codes(schedule(town, scheduler=Scheduler(tasks=tasks))) == {"corridor-closed"}


def test_refuses_only_the_overfilled_reception_point(town: OpenCase, codes: Codes) -> None:
    tasks = _swap(6, Task("families", "a2", "r1", 30, "north", ("car",)))
    assert codes(schedule(town, scheduler=Scheduler(tasks=tasks))) == {"reception-overfilled"}


def _paced(persons: int) -> Callable[[dict[str, Any]], None]:
    def change(case: dict[str, Any]) -> None:
        deal = next(p for p in case["proposals"] if p["id"] == "deal")
        pace = {"kind": "pace", "id": "pace", "persons": figure(persons), "every": figure("3d")}
        deal["clauses"].append({**pace, "gist": "On pace.", "assumed": "made up"})

    return change


def test_refuses_only_people_ahead_of_the_pace(tmp_path: Path, codes: Codes) -> None:
    few = write_town(tmp_path / "few", _paced(100))
    assert codes(schedule(few, proposal="deal"), few) == {"ahead-of-pace"}
    enough = write_town(tmp_path / "enough", _paced(1_000))
    assert codes(schedule(enough, proposal="deal"), enough) == set()


def test_refuses_only_the_bent_shares(town: OpenCase, codes: Codes) -> None:
    tasks = _swap(3, Task("civilians", "a1", "r1", 258, "north", ("bus",)))
    short = Task("civilians", "a1", "r2", 170, "south", ("bus",))
    tasks = (*tasks[:4], short, *tasks[5:])
    assert codes(schedule(town, scheduler=Scheduler(tasks=tasks))) == {"destination-share"}


def test_refuses_only_the_broken_priority(town: OpenCase, codes: Codes) -> None:
    tasks = (TASKS[0], TASKS[1], TASKS[3], TASKS[2], *TASKS[4:])
    plan = schedule(town, scheduler=Scheduler(tasks=tasks, ranked=False))
    assert codes(plan) == {"priority-broken"}
    unranked = Scheduler(tasks=tasks, escorts=0, ranked=False)
    assert codes(schedule(town, proposal="free", scheduler=unranked)) == set()


def test_refuses_only_the_torn_apart_families(
    plan: dict[str, Any], town: OpenCase, codes: Codes
) -> None:
    last = rotation(plan, 21)
    shift(last, DAY)
    late = sum(n for b in last["boarding"] for n in b["persons"].values())
    answer = plan["answer"]
    answer["clearance_time_s"] = last["loaded_leg"]["arrive_s"]
    answer["slack_s"] -= DAY
    answer["person_seconds_waiting"] += DAY * late
    answer["evacuated_by_deadline"] -= late
    answer["feasible"] = False
    found = codes(plan)
    assert "together-broken" in found
    assert found <= {"together-broken", "beyond-terms"}


def test_refuses_only_the_small_convoy(tmp_path: Path, codes: Codes) -> None:
    def larger(case: dict[str, Any]) -> None:
        case["fleet"]["convoys"]["min_vehicles"]["value"] = 2

    opened = write_town(tmp_path / "town", larger)
    assert codes(schedule(opened), opened) == {"convoy-too-small"}


def test_notes_what_runs_on_after_the_window(town: OpenCase, plan: dict[str, Any]) -> None:
    answer = plan["answer"]
    late = 0
    for number in (20, 21):
        shift(rotation(plan, number), 2 * DAY)
        persons = sum(n for b in rotation(plan, number)["boarding"] for n in b["persons"].values())
        late += persons
    answer["clearance_time_s"] += 2 * DAY
    answer["slack_s"] -= 2 * DAY
    answer["person_seconds_waiting"] += 2 * DAY * late
    answer["evacuated_by_deadline"] -= late
    answer["feasible"] = False
    verification = verify(plan_from_json(plan), town)
    assert [found.code for found in verification.findings] == ["beyond-terms"]
    assert verification.findings[0].clause_id == "ceasefire"
    assert verification.valid


def test_every_code_is_tested() -> None:
    told_by_a_test_of_its_own = {
        "beyond-terms",
        "convoy-too-small",
        "destination-closed",
        "ahead-of-pace",
        "destination-share",
        "priority-broken",
        "reception-overfilled",
        "together-broken",
        "vehicle-of-no-use",
    }
    tampered = {t.code for t in TAMPERINGS} | LINKED
    assert set(CODES) == tampered | told_by_a_test_of_its_own


def test_at_least_twenty_five_kinds_of_tampering() -> None:
    assert len({t.code for t in TAMPERINGS}) >= 25
