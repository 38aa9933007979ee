"""History replayed: the plan as it would have been made, with the stops that were reported."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

import pytest

from safepassage.cases import open_case
from safepassage.cases.catalogue import OpenCase
from safepassage.errors import BadInput
from safepassage.record.replay import replay_history
from safepassage.solver import solve
from tests.record.conftest import Town, out, stop

HOUR = 3_600
ALL_DAY = (('        daily: [{from: "08:00", to: "18:00"}]\n', ""),)
"""The bridge is open by night as well, so that a stop moves everything by its length."""


def test_without_reports_the_prediction_is_the_plan(town: Town) -> None:
    """Arrivals are those of the plan, and there is nothing to hold them against."""
    opened = town()
    history = replay_history(opened)
    plan = solve(opened, levels=("likely",)).plans["likely"]
    arrivals = [r.loaded_leg.arrive_s for r in plan.rotations if r.persons]
    assert history.level == "likely"
    assert history.persons == plan.answer.persons == 1530
    assert set(history.curve.times_s) == {0, *arrivals}
    assert history.curve.times_s[-1] == plan.answer.clearance_time_s
    assert history.curve == history.undisturbed
    assert history.fits == ()
    assert history.duration is None


def test_a_stop_holds_everything_back_by_its_length(town: Town) -> None:
    """Nobody is out later than planned before the stop, and everybody by an hour after it."""
    quiet = replay_history(town(changes=ALL_DAY))
    held = replay_history(town(stop("09:00", "10:00"), changes=ALL_DAY))
    assert held.undisturbed == quiet.curve
    for before, after in zip(quiet.curve.times_s, held.curve.times_s, strict=True):
        assert after == before + (HOUR if before > HOUR else 0)
    assert held.stops == ((HOUR, 2 * HOUR),)


def test_hours_of_the_day_stay_where_they_are(town: Town) -> None:
    """With the bridge shut from six, work lost at the end of the first day is done on the next."""
    quiet = replay_history(town())
    held = replay_history(town(stop("09:00", "17:00")))
    assert quiet.curve.times_s[-1] < 10 * HOUR
    last = held.curve.times_s[-1]
    assert last > 24 * HOUR
    driving = HOUR // 2
    for at in held.curve.times_s:
        assert at % (24 * HOUR) <= 10 * HOUR + driving


def test_after_a_stop_without_end_nobody_comes_out(town: Town) -> None:
    """What stands still for good is never reached, and told so."""
    history = replay_history(town(out("09:30", 50), stop("09:30", ""), out("19:00", 1530)))
    assert history.curve.persons[-1] < history.persons
    assert history.duration is not None
    assert history.duration.predicted_s is None
    assert history.duration.undisturbed_s is not None
    assert history.stops[-1][1] is None


def test_what_was_counted_does_not_change_the_prediction(town: Town) -> None:
    """Nothing is fitted: other counts, the same curve."""
    few, many = (replay_history(town(out("10:00", n), out("12:00", 1500))) for n in (10, 900))
    assert few.curve == many.curve
    assert few.fits != many.fits


@pytest.mark.parametrize(("persons", "level"), [(1220, "low"), (1221, "likely"), (1531, "high")])
def test_it_plans_for_the_least_count_with_as_many_people(
    town: Town, persons: int, level: str
) -> None:
    """Low, likely and high have 1,220, 1,530 and 2,040 people."""
    assert replay_history(town(out("17:00", persons))).level == level


def test_seconds_count_from_when_people_began_to_leave(town: Town) -> None:
    """Two hours late: arrivals move with it, and the duration is from then."""
    done = """
carried_out:
  proposal: two-days
  gist: As agreed, two hours late.
  start: {value: "2030-05-03T10:00+02:00", cite: [agency-note]}
  end: {value: "2030-05-03T16:00+02:00", assumed: the last bus was not seen}
  persons: {value: 1500, cite: [agency-note]}
"""
    quiet = replay_history(town(changes=ALL_DAY))
    late = replay_history(town(out("18:00", 1530), more=done, changes=ALL_DAY))
    assert late.begin == datetime.fromisoformat("2030-05-03T10:00+02:00")
    assert late.curve.times_s[1:] == quiet.curve.times_s[1:]
    assert late.duration is not None
    assert late.duration.actual_s == 6 * HOUR
    assert late.duration.predicted_s == quiet.curve.reached(1500)
    assert late.assumed == ("end: the last bus was not seen",)
    assert quiet.assumed == ()
    assert late.fits == (), "counted after the end, it says nothing of the pace"


def test_weather_with_a_date_stays_on_its_date(town: Town) -> None:
    """Snow that falls within a stop slows nobody; the same snow without the stop does."""
    night = (
        '{kind: daily, id: night, from: "20:00", to: "06:00",'
        " factor: {value: 0.5, assumed: no lights}}"
    )
    snow = (
        '{kind: period, id: snow, from: "2030-05-03T09:00+02:00", to: "2030-05-03T11:00+02:00",'
        " factor: {value: 0.2, assumed: deep}}"
    )
    changes = (*ALL_DAY, (night, snow))
    clear = replay_history(town(changes=ALL_DAY)).curve.times_s[-1]
    slowed = replay_history(town(changes=changes)).curve.times_s[-1]
    spared = replay_history(town(stop("09:00", "11:00"), changes=changes)).curve.times_s[-1]
    assert slowed > clear
    assert spared == clear + 2 * HOUR


def test_a_proposal_that_nobody_can_be_moved_under_is_refused(town: Town) -> None:
    """A prediction of nothing would look like an answer: here the bridge opens when all is shut."""
    old = "    controlled_by: [road-holder]"
    hours = f'{old}\n    hours: [{{from: "19:00", to: "20:00"}}]'
    with pytest.raises(BadInput) as told:
        replay_history(town(out("10:00", 100), changes=((old, hours),)))
    assert [f.code for f in told.value.faults] == ["nobody-moves"]


def test_the_same_seed_gives_the_same_prediction(town: Town) -> None:
    """Byte for byte, as JSON."""
    opened = town(out("10:00", 100), stop("10:00", "11:00"))
    assert replay_history(opened, seed=3).to_json() == replay_history(opened, seed=3).to_json()


@pytest.fixture
def mountain_road(tmp_path: Path) -> OpenCase:
    """Nagorno-Karabakh with a stop that no source reported."""
    folder = tmp_path / "road"
    shutil.copytree(open_case("nagorno-karabakh-2023").folder, folder)
    with (folder / "observations.csv").open("a", encoding="utf-8") as stream:
        stream.write(
            "stop,nk12,2023-09-25T12:00+04:00,2023-09-25T18:00+04:00,,,,,,made up,for a test\n"
        )
    return open_case(folder)


def test_everybody_on_the_road_is_cleared_as_a_network(mountain_road: OpenCase) -> None:
    """21,043 vehicles at 10 s each and 2 h 30 min of driving; a stop adds its length."""
    quiet = replay_history(open_case("nagorno-karabakh-2023"))
    assert quiet.movement == "roads"
    driving = 100 / 40 * HOUR
    assert quiet.curve.times_s[-1] == pytest.approx(21_043 * 10 + driving, rel=1e-3)
    held = replay_history(mountain_road)
    assert held.curve.times_s[-1] == quiet.curve.times_s[-1] + 6 * HOUR
    assert held.curve.at(27 * HOUR) == pytest.approx(quiet.curve.at(24 * HOUR), abs=1)
    assert held.curve.at(40 * HOUR) == pytest.approx(quiet.curve.at(34 * HOUR), abs=20)
