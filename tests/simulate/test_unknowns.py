"""What a case states as unknown reaches the timetable as worked out by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from safepassage.cases import open_case
from safepassage.simulate.futures import Futures, futures_of
from tests.convoy.hamlet import Group, Hamlet, Kind, figure, plan_of

HOUR = 3_600
# As in ``test_slip``: one bus is at a at 1,800 s, boarded at 2,100 s, through x at 2,760 s, at r at
# 3,960 s, and the second time 4,080 s later.
TWO_ROUNDS = Hamlet(groups={"people": Group(100, "a")})


def constant(value: Any) -> dict[str, Any]:
    return {"kind": "constant", "value": value, "assumed": "made up"}


def futures(folder: Path, hamlet: Hamlet, **stated: Any) -> Futures:
    """Futures of a hamlet in which nothing is unknown but what is stated."""
    plan = plan_of(hamlet.write(folder))
    certain = {"boarding": constant(1), "driving": constant(1)}
    posts = [{"id": "posts", "factor": constant(1)}]
    people = [
        {"id": f"of-{g}", "groups": [g], "persons": constant(hamlet.groups[g].persons)}
        for g in hamlet.groups
    ]
    told = {"format": "safepassage-uncertainty/1", **certain, "inspection": posts, **stated}
    told.setdefault("people", people)
    (folder / "uncertainty.yaml").write_text(json.dumps(told), encoding="utf-8")
    return futures_of(open_case(folder), None, plan)


def clearance(found: Futures, count: int = 1) -> float:
    """The one clearance time of some futures that are all alike."""
    (alone,) = set(found.outcomes(0, count, 0).clearance_s.tolist())
    return float(alone)


def test_nothing_unknown_is_the_plan(tmp_path: Path) -> None:
    """Constants at what the terms say give every future the planned end."""
    assert clearance(futures(tmp_path, TWO_ROUNDS), 5) == 8_040


def test_boarding_driving_and_posts_are_multiples(tmp_path: Path) -> None:
    """Twice the boarding, driving by half slower, three times as long at the post, per round."""
    found = futures(
        tmp_path,
        Hamlet(groups={"people": Group(50, "a")}),
        boarding=constant(2),
        driving=constant(1.5),
        inspection=[{"id": "posts", "crossings": ["x"], "factor": constant(3)}],
    )
    assert clearance(found) == 2 * 300 + 1.5 * (1_800 + 1_800) + 3 * 60


def test_weather_slows_the_drives_that_begin_in_it(tmp_path: Path) -> None:
    """In snow from 2,000 s to 3,000 s only the drive that begins at 2,100 s takes twice as long."""
    snow = {
        "id": "snow",
        "share": figure(1),
        "onset": constant("2000s"),
        "length": constant("1000s"),
        "factor": constant(2),
    }
    # The first drive (600 s) begins at 2,100 and ends at 3,300, so the second is after the snow.
    assert clearance(futures(tmp_path / "a", TWO_ROUNDS, weather=[snow])) == 8_040 + 600
    longer = {**snow, "length": constant("1400s")}
    assert clearance(futures(tmp_path / "b", TWO_ROUNDS, weather=[longer])) == 8_040 + 600 + 1_200
    never = {**snow, "share": figure(0)}
    assert clearance(futures(tmp_path / "c", TWO_ROUNDS, weather=[never]), 20) == 8_040


SIDES = Hamlet(
    kinds={"bus": Kind(50, {"d": 2})},
    bays={"a": 2},
    crossings={"x": (0, 0)},
    groups={"one": Group(50, "a"), "other": Group(50, "a")},
    clauses=[
        {
            "kind": "linked",
            "id": "steps",
            "steps": [
                {
                    "id": "both",
                    "gist": "x",
                    "batches": [{"groups": [g], "rest": True} for g in ("one", "other")],
                    "release": [
                        {
                            "rule": "simultaneous_at_exchange_point",
                            "place": "x",
                            "gist": "They meet.",
                        }
                    ],
                }
            ],
        }
    ],
)
"""Two sides that meet at the crossing; without disturbance both are out at 3,900 s."""


def test_a_late_side_makes_the_other_wait_where_they_meet(tmp_path: Path) -> None:
    """The one side departs an hour late, and the other is released when it is there."""
    late = [{"id": "one", "groups": ["one"], "late": constant("1h")}]
    assert clearance(futures(tmp_path / "with", SIDES, linked=late)) == 3_900 + HOUR
    found = futures(tmp_path / "each", SIDES, linked=late).outcomes(0, 1, 0)
    # Nobody of either side is out before that: the exchange is as late as the later side.
    assert found.curve[0][3_900 // 600 + 1] == 0
    assert clearance(futures(tmp_path / "without", SIDES)) == 3_900


def test_a_suspension_hits_both_sides(tmp_path: Path) -> None:
    """It begins after 2,000 s and lasts an hour: nobody departs at 2,100 s, on either side."""
    stops = {"time_to_suspension": constant("2000s"), "length": constant("1h")}
    found = futures(tmp_path, SIDES, suspensions=stops).outcomes(0, 1, 0)
    first = 2_000 + HOUR + 1_800
    assert found.clearance_s[0] >= first
    assert found.curve[0][first // 600] == 0


@pytest.mark.parametrize(("gap", "share"), [("1h", 0.0), ("100s", 1.0)])
def test_what_is_drawn_no_more_is_told(tmp_path: Path, gap: str, share: float) -> None:
    """Sixteen suspensions a hundred seconds apart are over before two rounds are; an hour: not."""
    stops = {"time_to_suspension": constant(gap), "length": constant("1s")}
    assert futures(tmp_path / "stops", TWO_ROUNDS, suspensions=stops).cut_short(0, 5) == share
    held = {"time_to_hold": constant(gap), "time_to_release": constant("1s")}
    holds = [{"id": "held", "crossings": ["x"], **held}]
    assert futures(tmp_path / "holds", TWO_ROUNDS, holds=holds).cut_short(0, 5) == share
    assert futures(tmp_path / "none", TWO_ROUNDS).cut_short(0, 5) == 0


def test_vehicles_are_lost_with_the_share_stated_each_time(tmp_path: Path) -> None:
    """With a quarter each time, 1 - 0.75^(k + 1) of the vehicles are missing from rotation k on."""
    hamlet = Hamlet(kinds={"bus": Kind(50, {"d": 8})}, groups={"people": Group(800, "a")})
    found = futures(tmp_path, hamlet, vehicle_loss=[{"id": "all", "share": constant(0.25)}])
    values = found.draws.values(found.draws.uniforms(1, 0, 4_000))
    lost = found.draws.drawn(values, 1, 0).lost
    for k in range(4):
        share = 1 - 0.75 ** (k + 1)
        error = 4 * np.sqrt(share * (1 - share) / lost.size)
        assert (lost <= k).mean() == pytest.approx(share, abs=error)


def test_estimates_that_contradict_come_with_their_weights(tmp_path: Path) -> None:
    """Fifty or a hundred people, one in four against three: a quarter of the futures end early."""
    told = [{"value": n, "weight": w, "assumed": "made up"} for n, w in ((50, "1/4"), (100, "3/4"))]
    people = [{"id": "all", "groups": ["people"], "persons": {"kind": "estimates", "of": told}}]
    done = futures(tmp_path, TWO_ROUNDS, people=people).outcomes(0, 4_000, 0).clearance_s
    assert set(done.tolist()) == {3_960, 8_040}
    assert (done == 3_960).mean() == pytest.approx(0.25, abs=0.03)
