"""Timetables worked by hand.

The hamlet: ``a`` ten minutes from crossing ``x``, ``x`` twenty minutes from ``r``, where the
vehicles start. Boarding 300 s, unloading 120 s, a minute of inspection on the way out, none on the
way in. So a bus that meets nobody is at ``a`` at 1,800, has boarded at 2,100, is through ``x`` at
2,760, at ``r`` at 3,960 and free again at 4,080.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from safepassage.cases import OpenCase
from safepassage.check import verify
from safepassage.errors import BadInput
from safepassage.plan import Plan
from tests.convoy.hamlet import Group, Hamlet, Kind, figure, plan_of

Open = Callable[[Hamlet], OpenCase]
HOUR = {"from": "08:00", "to": "09:00"}
DAY = 86_400


@pytest.fixture
def planned(opened: Open) -> Callable[[Hamlet], Plan]:
    """The plan, which the checker accepts, proof and all."""

    def plan(hamlet: Hamlet) -> Plan:
        case = opened(hamlet)
        plan = plan_of(case)
        assert not [str(f) for f in verify(plan, case).findings if f.severity == "error"]
        assert plan.answer.lower_bound_s <= (plan.answer.clearance_time_s or 0)
        return plan

    return plan


Planned = Callable[[Hamlet], Plan]


@pytest.mark.parametrize("loads", [1, 2, 5])
def test_one_bus(planned: Planned, loads: int) -> None:
    """A rotation takes 4,080 s; the last one ends with the arrival, 120 s before its end."""
    plan = planned(Hamlet(groups={"people": Group(50 * loads, "a")}))
    assert plan.answer.clearance_time_s == 4_080 * loads - 120
    assert plan.answer.feasible
    # The bound leaves little more than the minute at which its search ends.
    assert plan.answer.lower_bound_s >= plan.answer.clearance_time_s - 90


def test_crossing_limits(planned: Planned) -> None:
    """Twelve buses reach ``x`` at 2,700; every 600 s one is through: the last at 9,900."""
    plan = planned(
        Hamlet(
            bays={"a": 12},
            crossings={"x": (600, 0)},
            reception={"r": (12, None)},
            kinds={"bus": Kind(50, {"d": 12})},
            groups={"people": Group(600, "a")},
        )
    )
    assert plan.answer.clearance_time_s == 2_700 + 12 * 600 + 1_200
    assert plan.answer.bottleneck.resource == "crossings"
    assert "window" in plan.answer.bottleneck.clause_ids


def test_fleet_limits(planned: Planned) -> None:
    """Two buses, four loads, no inspection: twice 3,900 s with one unloading between."""
    plan = planned(
        Hamlet(
            bays={"a": 2},
            crossings={"x": (0, 0)},
            kinds={"bus": Kind(50, {"d": 2})},
            groups={"people": Group(200, "a")},
        )
    )
    assert plan.answer.clearance_time_s == 2 * 3_900 + 120
    assert plan.answer.bottleneck.resource == "fleet/bus"


def test_bays_limit(planned: Planned) -> None:
    """Three buses at one bay board until 1,800 + 900; the last drives 1,800 s more."""
    plan = planned(
        Hamlet(
            crossings={"x": (0, 0)},
            kinds={"bus": Kind(50, {"d": 3})},
            groups={"people": Group(150, "a")},
        )
    )
    assert plan.answer.clearance_time_s == 1_800 + 900 + 1_800


def test_closed_at_night(planned: Planned) -> None:
    """Open for the first hour of each day. The second time the bus would be at ``x`` at 5,280:
    it passes at 86,400, boards from 87,000 to 87,300, and is through again at 87,960.
    """
    plan = planned(Hamlet(groups={"people": Group(100, "a")}, window={"daily": [HOUR]}))
    assert plan.answer.clearance_time_s == DAY + 600 + 300 + 600 + 60 + 1_200
    second = plan.rotations[1].empty_leg
    assert second is not None
    assert second.depart_s == DAY - 1_200, "it waits at r, not at the closed crossing"


def test_wheels_stand_still_at_night(planned: Planned) -> None:
    """The bus is through ``x`` at 2,760, and 1,200 s more do not fit into the hour."""
    plan = planned(Hamlet(window={"daily": [HOUR], "movement": "all"}))
    assert plan.answer.clearance_time_s == DAY + 1_200
    assert plan.rotations[0].loaded_leg.stops[0].leave_s == DAY


def test_convoy_is_inspected_in_one_piece(planned: Planned) -> None:
    """Three buses together: three minutes at ``x`` from 2,700 on."""
    plan = planned(
        Hamlet(
            bays={"a": 3},
            kinds={"bus": Kind(50, {"d": 3})},
            groups={"people": Group(150, "a")},
            convoys=(3, 3, 0),
        )
    )
    assert plan.answer.clearance_time_s == 2_700 + 180 + 1_200
    assert [len(r.vehicles) for r in plan.rotations] == [3]


def test_spacing(planned: Planned) -> None:
    """The first is through at 2,760; the second begins 300 s later, at 3,060."""
    plan = planned(
        Hamlet(
            bays={"a": 2},
            kinds={"bus": Kind(50, {"d": 2})},
            groups={"people": Group(100, "a")},
            convoys=(1, 1, 300),
        )
    )
    assert plan.answer.clearance_time_s == 3_060 + 60 + 1_200


def test_one_escort(planned: Planned) -> None:
    """Two buses, one team: the second starts when the first has arrived, at 3,960."""
    plan = planned(
        Hamlet(
            bays={"a": 2},
            kinds={"bus": Kind(50, {"d": 2})},
            groups={"people": Group(100, "a")},
            teams=1,
        )
    )
    assert plan.answer.clearance_time_s == 2 * 3_960
    assert {r.team for r in plan.rotations} == {"escort-1"}


def test_own_vehicles(planned: Planned) -> None:
    """Two cars board at once, reach ``x`` at 900; the second is through at 1,020."""
    plan = planned(
        Hamlet(
            kinds={"car": Kind(4, {"a": 2}, {"own": True})},
            groups={"people": Group(8, "a", ("car",))},
        )
    )
    assert plan.answer.clearance_time_s == 1_020 + 1_200
    # The second car boards a minute later rather than wait at x.
    assert [r.boarding[0].from_s for r in plan.rotations] == [0, 60]


def test_snow(planned: Planned) -> None:
    """At half the speed both drives take 3,600 s."""
    snow = {
        "kind": "period",
        "id": "snow",
        "from": "2030-01-01T00:00:00+00:00",
        "to": "2030-01-03T00:00:00+00:00",
        "factor": figure(0.5),
    }
    plan = planned(Hamlet(conditions=[snow]))
    assert plan.answer.clearance_time_s == 3_600 + 300 + 1_200 + 60 + 2_400


def test_deadline(planned: Planned) -> None:
    """Arrivals at 3,960, 8,040 and 12,120: two loads within three hours, and no plan has more."""
    plan = planned(Hamlet(groups={"people": Group(150, "a")}, leave={"within": figure("3h")}))
    answer = plan.answer
    assert not answer.feasible
    assert (answer.evacuated_by_deadline, answer.deadline_s) == (100, 10_800)
    assert answer.slack_s == 10_800 - 12_120
    assert 100 <= answer.evacuated_at_most < 150


def test_capacity(planned: Planned) -> None:
    """Thirty of fifty find room."""
    plan = planned(Hamlet(reception={"r": (9, 30)}))
    assert plan.answer.evacuated_by_deadline == 30
    assert plan.answer.clearance_time_s is None
    assert [(x.group, x.place, x.persons) for x in plan.left] == [("people", "a", 20)]
    assert "no room" in plan.left[0].reason


def test_nearer_reception_point_first(planned: Planned) -> None:
    """``s`` is five minutes from ``x`` and takes 30; the other twenty go to ``r``."""
    plan = planned(
        Hamlet(
            roads={("a", "x"): 10, ("x", "r"): 20, ("x", "s"): 5},
            reception={"r": (9, None), "s": (9, 30)},
            kinds={"bus": Kind(50, {"d": 2})},
            groups={"people": Group(50, "a", to=("r", "s"))},
        )
    )
    brought = {r.loaded_leg.to: r.persons for r in plan.rotations}
    assert brought == {"s": 30, "r": 20}


def _route(corridors: list[str], groups: list[str]) -> dict[str, Any]:
    return {"kind": "route", "id": "route", "corridors": corridors, "groups": groups}


def test_no_way_out(planned: Planned) -> None:
    """The corridor is open to the staff alone: that is a fault of the terms."""
    hamlet = Hamlet(
        groups={"people": Group(50, "a"), "staff": Group(5, "a")},
        clauses=[_route(["c"], ["staff"])],
    )
    with pytest.raises(BadInput, match="expected a way for 'people' from 'a'"):
        planned(hamlet)


def test_nobody_can_leave(planned: Planned) -> None:
    """An hour a day, and the way from ``a`` to ``x`` takes two: nobody, ever."""
    plan = planned(
        Hamlet(
            roads={("a", "x"): 120, ("x", "r"): 20},
            window={"daily": [HOUR], "movement": "all"},
        )
    )
    assert not plan.rotations
    assert (plan.answer.feasible, plan.answer.evacuated_by_deadline) == (False, 0)
    assert sum(x.persons for x in plan.left) == 50
    assert "no timetable was found" in plan.left[0].reason


def test_others_leave_where_some_cannot(planned: Planned) -> None:
    """``b`` is two hours from ``x`` and wheels turn for one; ``a`` is served all the same."""
    plan = planned(
        Hamlet(
            roads={("a", "x"): 10, ("b", "x"): 120, ("x", "r"): 20},
            bays={"a": 1, "b": 1},
            groups={"near": Group(50, "a"), "far": Group(50, "b")},
            window={"daily": [HOUR], "movement": "all"},
        )
    )
    assert sum(r.persons for r in plan.rotations) == 50
    assert [(x.group, x.persons) for x in plan.left] == [("far", 50)]


def test_too_few_for_a_convoy(planned: Planned) -> None:
    """Convoys of three need three buses; there are two."""
    plan = planned(Hamlet(kinds={"bus": Kind(50, {"d": 2})}, convoys=(3, 4, 0)))
    assert not plan.rotations
    assert "too few vehicles" in plan.left[0].reason


def test_together(planned: Planned) -> None:
    """One bus brings two loads, 4,080 s apart: kept together within two hours, not within one."""
    hamlet = Hamlet(groups={"people": Group(100, "a", more={"together_within": "2h"})})
    assert not planned(hamlet).left
    hamlet.groups["people"].more["together_within"] = "1h"
    plan = planned(hamlet)
    assert [x.persons for x in plan.left] == [100]
    assert "together" in plan.left[0].reason


def test_together_around_the_others(planned: Planned) -> None:
    """A bus on four journeys; the families' two loads follow on one another."""
    families = Group(100, "b", more={"together_within": "75min"})
    plan = planned(
        Hamlet(
            roads={("a", "x"): 10, ("b", "x"): 10, ("x", "r"): 20},
            bays={"a": 1, "b": 1},
            groups={"people": Group(100, "a"), "families": families},
        )
    )
    assert not plan.left
    assert plan.answer.clearance_time_s == 4 * 4_080 - 120


def test_fractions_of_a_second(planned: Planned) -> None:
    """A window from half a second after the start on, for three hours: it ends at 10,800."""
    quiet = {
        "kind": "ceasefire",
        "id": "quiet",
        "start": figure("2030-01-01T08:00:00.500000+00:00"),
        "length": figure("3h"),
    }
    plan = planned(Hamlet(clauses=[quiet]))
    assert plan.answer.window_end_s == 10_800
