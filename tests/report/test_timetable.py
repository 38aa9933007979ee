from __future__ import annotations

import csv
import io

import pytest

from safepassage.cases import OpenCase
from safepassage.plan import Level, Plan
from safepassage.report.timetable import timetable


def rows(opened: OpenCase, plan: Plan) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(timetable(opened, plan))))


def test_columns(opened: OpenCase, plans: dict[Level, Plan]) -> None:
    assert list(rows(opened, plans["likely"])[0]) == [
        "rotation",
        "leg",
        "vehicles",
        "vehicles_bus",
        "vehicles_ambulance",
        "vehicle_ids",
        "team",
        "persons",
        "persons_civilians",
        "persons_wounded",
        "from",
        "from_name",
        "to",
        "to_name",
        "corridor",
        "board_from",
        "depart",
        "bridge_from",
        "bridge_to",
        "arrive",
        "within_terms",
    ]


def test_one_row_a_leg_in_the_order_of_departure(
    opened: OpenCase, plans: dict[Level, Plan]
) -> None:
    found = rows(opened, plans["high"])
    assert [(r["rotation"], r["leg"]) for r in found] == [
        ("R0001", "empty"),
        ("R0002", "empty"),
        ("R0001", "loaded"),
        ("R0002", "loaded"),
        ("R0003", "empty"),
        ("R0003", "loaded"),
    ]


def test_loaded_leg(opened: OpenCase, plans: dict[Level, Plan]) -> None:
    loaded = rows(opened, plans["likely"])[2]
    assert loaded["vehicle_ids"] == "bus-1 bus-2"
    assert (loaded["vehicles"], loaded["vehicles_bus"], loaded["persons_civilians"]) == (
        "2",
        "2",
        "100",
    )
    assert loaded["board_from"] == "2030-05-03T08:04:00+02:00"
    assert loaded["depart"] == "2030-05-03T08:14:00+02:00"
    assert loaded["bridge_from"] == "2030-05-03T08:19:00+02:00"
    assert loaded["bridge_to"] == "2030-05-03T08:21:00+02:00"
    assert loaded["arrive"] == "2030-05-03T08:31:00+02:00"


def test_empty_leg_carries_nobody(opened: OpenCase, plans: dict[Level, Plan]) -> None:
    empty = rows(opened, plans["likely"])[0]
    assert (empty["persons"], empty["corridor"], empty["bridge_from"]) == ("0", "", "")


def test_persons_add_up(opened: OpenCase, plans: dict[Level, Plan]) -> None:
    for plan in plans.values():
        assert sum(int(r["persons"]) for r in rows(opened, plan)) == plan.answer.persons


def test_leg_that_arrives_after_the_deadline_is_marked(
    opened: OpenCase, plans: dict[Level, Plan]
) -> None:
    marks = {(r["rotation"], r["leg"]): r["within_terms"] for r in rows(opened, plans["high"])}
    assert marks["R0003", "loaded"] == "no"
    assert marks["R0003", "empty"] == "yes", "the bridge is open"
    assert marks["R0001", "loaded"] == "yes"


def test_name_is_no_formula(opened: OpenCase, plans: dict[Level, Plan]) -> None:
    assert rows(opened, plans["likely"])[2]["to_name"].startswith("'=Camp")


@pytest.mark.parametrize("level", ["low", "likely", "high"])
def test_same_plan_gives_the_same_bytes(
    opened: OpenCase, plans: dict[Level, Plan], level: Level
) -> None:
    assert timetable(opened, plans[level]) == timetable(opened, plans[level])
