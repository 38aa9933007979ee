from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from safepassage.cases import OpenCase
from safepassage.check.reading import Reading, UnplannableError, read_terms
from safepassage.terms.places import Direction
from tests.check.town import figure, write_town

HOUR = 3600


def read(opened: OpenCase, proposal: str = "deal", level: Any = "likely") -> Reading:
    found = opened.case.proposal(proposal)
    return read_terms(opened.case, opened.network, found, level, 10 * 24 * HOUR)


@pytest.fixture
def reading(town: OpenCase) -> Reading:
    return read(town)


@pytest.fixture
def changed(tmp_path: Path) -> Callable[[Callable[[dict[str, Any]], None]], Reading]:
    return lambda change: read(write_town(tmp_path / "town", change))


def clause(case: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(c for c in case["proposals"][0]["clauses"] if c["id"] == name)
    return found


def test_start_is_the_earliest_of_the_timed_clauses(reading: Reading) -> None:
    assert reading.start == datetime.fromisoformat("2030-05-10T06:30+02:00")


def test_start_of_the_proposal_goes_before_those_of_clauses(changed: Any) -> None:
    def later(case: dict[str, Any]) -> None:
        case["proposals"][0]["start"] = figure("2030-05-11T06:30+02:00")

    reading = changed(later)
    assert reading.start == datetime.fromisoformat("2030-05-11T06:30+02:00")
    assert reading.window_end_s == 2 * 24 * HOUR
    assert reading.groups["wounded"].deadline_s == 30 * HOUR
    assert reading.groups["elderly"].deadline_s == 53 * HOUR + 1800 - 24 * HOUR


def test_a_proposal_of_words_cannot_be_read(town: OpenCase) -> None:
    with pytest.raises(UnplannableError, match="no start"):
        read(town, "talk")


def test_deadlines(reading: Reading) -> None:
    assert reading.groups["wounded"].deadline_s == 30 * HOUR
    assert reading.groups["families"].deadline_s == 53 * HOUR + 1800
    assert reading.deadline_s == 53 * HOUR + 1800
    assert reading.window_end_s == 72 * HOUR
    assert reading.windows.window_end_clause == "ceasefire"


def test_a_group_without_deadline_has_that_of_the_window(changed: Any) -> None:
    reading = changed(lambda case: clause(case, "leave-others").pop("by"))
    assert reading.groups["families"].deadline_s == 72 * HOUR
    assert reading.groups["families"].deadline_clause == "ceasefire"
    assert reading.deadline_s == 72 * HOUR


def test_without_any_end_there_is_no_deadline(changed: Any) -> None:
    def endless(case: dict[str, Any]) -> None:
        clause(case, "leave-others").pop("by")
        clause(case, "ceasefire").pop("length")
        clause(case, "south-hours").pop("length")

    reading = changed(endless)
    assert reading.window_end_s is None
    assert reading.groups["wounded"].deadline_s == 30 * HOUR
    assert reading.deadline_s is None


def test_a_deadline_after_the_window_is_kept_and_both_bind(changed: Any) -> None:
    reading = changed(lambda case: clause(case, "leave-wounded")["within"].update(value="100h"))
    wounded = reading.groups["wounded"]
    assert wounded.deadline_s == 100 * HOUR
    assert reading.deadline_s == 100 * HOUR
    assert reading.in_time(wounded, 72 * HOUR)
    assert not reading.in_time(wounded, 72 * HOUR + 1)


def test_people_are_split_by_largest_remainder(reading: Reading) -> None:
    civilians = reading.groups["civilians"]
    assert civilians.people == {"a1": 428, "a2": 183}
    assert civilians.allotted == {
        ("a1", "r1"): 257,
        ("a1", "r2"): 171,
        ("a2", "r1"): 110,
        ("a2", "r2"): 73,
    }
    assert civilians.destinations == {"r1", "r2"}
    assert civilians.destination_clause == "destination"
    assert reading.persons == 780
    assert "staff" not in reading.groups


def test_each_level_has_its_count(town: OpenCase) -> None:
    assert read(town, level="low").persons == 300 + 80 + 5 + 20
    assert read(town, level="high").persons == 900 + 150 + 12 + 40


def test_ranks_and_corridors(town: OpenCase, reading: Reading) -> None:
    ranks = {group.id: group.rank for group in reading.groups.values()}
    assert ranks == {"wounded": 0, "elderly": 1, "civilians": 2, "families": 2}
    assert reading.groups["elderly"].corridors == {"north"}
    assert reading.groups["families"].corridors == {"north", "south"}
    assert read(town, "free").groups["elderly"].rank == 100


def test_without_route_clause_every_corridor_is_open(changed: Any) -> None:
    def anywhere(case: dict[str, Any]) -> None:
        clauses = case["proposals"][0]["clauses"]
        case["proposals"][0]["clauses"] = [c for c in clauses if c["kind"] != "route"]

    reading = changed(anywhere)
    assert reading.groups["elderly"].corridors == {"north", "south", "east"}


def test_inspection_times_come_from_the_clause_before_the_place(reading: Reading) -> None:
    times = reading.inspections
    assert times["x1", "bus", Direction.OUT] == (90, "inspection-north")
    assert times["x1", "bus", Direction.IN] == (30, None)
    assert times["x1", "ambulance", Direction.OUT] == (30, None)
    assert times["x2", "car", Direction.OUT] == (50, None)
    assert times["x2", "car", Direction.IN] == (0, None)
    assert times["y1", "bus", Direction.OUT] == (0, None)


def test_the_class_goes_before_any_and_the_direction_before_both(changed: Any) -> None:
    def entry(direction: str, vehicle_class: str, time: str) -> dict[str, Any]:
        return {"direction": direction, "vehicle_class": vehicle_class, "time": figure(time)}

    def several(case: dict[str, Any]) -> None:
        next(p for p in case["places"] if p["id"] == "y1")["inspection"] = [
            entry("out", "any", "1s"),
            entry("both", "any", "2s"),
            entry("both", "large", "3s"),
            entry("in", "large", "4s"),
        ]

    times = changed(several).inspections
    assert times["y1", "bus", Direction.OUT][0] == 3
    assert times["y1", "bus", Direction.IN][0] == 4
    assert times["y1", "car", Direction.OUT][0] == 1
    assert times["y1", "car", Direction.IN][0] == 2


def test_vehicles_are_numbered_through_their_counts(reading: Reading) -> None:
    def place(vehicle_id: str) -> str | None:
        vehicle = reading.vehicle(vehicle_id)
        return vehicle.place if vehicle is not None else None

    assert [place(f"bus-{i}") for i in range(1, 7)] == ["d", "d", "d", "d2", "d2", None]
    for unknown in (
        "bus-0",
        "bus-01",
        "bus-",
        "bus",
        "-1",
        "",
        "bus-1-1",
        "bus-¹",
        "bus-" + "9" * 40,
    ):
        assert place(unknown) is None


def test_who_returns(reading: Reading) -> None:
    assert {kind.id: kind.once for kind in reading.kinds.values()} == {
        "bus": False,
        "minibus": True,
        "ambulance": False,
        "car": True,
    }
    assert reading.kinds["minibus"].once_clause == "return"


def test_escorts(town: OpenCase, reading: Reading) -> None:
    assert reading.escorts.clause_id == "escort"
    assert reading.escorts.teams == 3
    assert read(town, "free").escorts.clause_id is None


def test_escort_teams_of_the_fleet_where_the_clause_has_no_number(changed: Any) -> None:
    reading = changed(lambda case: clause(case, "escort").pop("teams"))
    assert reading.escorts.teams == 9


def test_open_times_are_cut_from_clauses_and_the_crossing(reading: Reading) -> None:
    windows = reading.windows
    eight = 90 * 60
    assert windows.crossing_open("x1", eight, eight + 9 * HOUR)
    assert not windows.crossing_open("x1", eight, eight + 9 * HOUR + 1)
    assert windows.closed_by("x1", eight, eight + 9 * HOUR + 1) is None
    assert windows.closed_by("x1", eight - 1, eight) == "ceasefire"
    assert windows.crossing_open("y1", eight, eight + 10 * HOUR)
    assert not windows.crossing_open("x2", eight, eight + HOUR)
    assert windows.closed_by("x2", eight, eight + HOUR) == "south-hours"
    assert windows.movement_open(0, 15 * HOUR + 1800)
    assert not windows.movement_open(0, 15 * HOUR + 1801)
    assert windows.closed_by(None, 0, 16 * HOUR) == "curfew"


def test_extended_time_keeps_the_daily_hours(reading: Reading) -> None:
    eight = 90 * 60 + 8 * 24 * HOUR
    assert reading.windows.crossing_open("x1", eight, eight + HOUR)
    assert not reading.windows.crossing_open("x1", eight - 1, eight + HOUR)


def test_conditions_multiply_while_they_are_in_force(changed: Any, reading: Reading) -> None:
    ten = 3 * HOUR + 1800
    assert reading.slowness(ten - 1) == 1
    assert reading.slowness(ten) == Fraction(3, 4)
    assert reading.slowness(ten + 4 * HOUR) == 1
    nineteen = 12 * HOUR + 1800
    assert reading.slowness(nineteen) == Fraction(1, 2)
    assert reading.slowness(nineteen + 11 * HOUR) == 1

    def snow_at_night(case: dict[str, Any]) -> None:
        case["fleet"]["conditions"][1]["to"] = "2030-05-10T23:00+02:00"

    assert changed(snow_at_night).slowness(nineteen) == Fraction(3, 8)


def test_not_modelled(reading: Reading) -> None:
    assert reading.not_modelled == ("monitoring", "text")
