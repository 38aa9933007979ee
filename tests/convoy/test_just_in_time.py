"""Later departures: only where nothing else changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from safepassage.cases import OpenCase
from safepassage.check import verify
from safepassage.convoy.just_in_time import depart_just_in_time
from safepassage.convoy.later import SPARE_S
from tests.convoy.hamlet import START, Group, Hamlet, Kind, compiled, figure, plan_of

Open = Callable[[Hamlet], OpenCase]
NIGHT = {"daily": [{"from": "20:00", "to": "22:00"}]}


def _cars(**fields: Any) -> Hamlet:
    fields.setdefault("groups", {"people": Group(8, "a", ("car",))})
    return Hamlet(kinds={"car": Kind(4, {"a": 2}, {"own": True})}, window=NIGHT, **fields)


def test_cars_leave_home_for_the_opening(opened: Open) -> None:
    """``x`` opens at 20:00, 43,200 s after the start, ten minutes from home."""
    rotations = plan_of(opened(_cars())).rotations
    assert [r.loaded_leg.depart_s for r in rotations] == [42_600, 42_660]
    assert [r.boarding[0].to_s for r in rotations] == [42_600, 42_660]
    assert all(
        r.loaded_leg.stops[0].arrive_s == r.loaded_leg.stops[0].inspect_from_s for r in rotations
    )


def test_boarding_keeps_its_turn_where_there_is_one(opened: Open) -> None:
    groups = {
        "early": Group(4, "a", ("car",), more={"priority": 1}),
        "late": Group(4, "a", ("car",), more={"priority": 2}),
    }
    rotations = plan_of(opened(_cars(groups=groups))).rotations
    assert [r.loaded_leg.depart_s for r in rotations] == [42_600, 42_660]
    assert [r.boarding[0].from_s for r in rotations] == [0, 0]


def test_groups_that_travel_together_keep_their_departures(opened: Open) -> None:
    groups = {"people": Group(8, "a", ("car",), more={"together_within": "30s"})}
    plan = plan_of(opened(_cars(groups=groups)))
    assert not plan.left
    departs = [r.loaded_leg.depart_s for r in plan.rotations]
    assert max(departs) - min(departs) <= 30


def test_slower_driving_at_the_later_moment_is_counted(opened: Open) -> None:
    """At half the speed from 19:00 on, a car leaves twenty minutes before the opening."""
    dark = {"kind": "daily", "id": "dark", "from": "19:00", "to": "06:00", "factor": figure(0.5)}
    rotations = plan_of(opened(_cars(conditions=[dark]))).rotations
    assert [r.loaded_leg.depart_s for r in rotations] == [42_000, 42_060]


def test_wheels_that_may_not_turn_later_stay_as_they_were(opened: Open) -> None:
    """Wheels may turn until 19:00 and again from 20:00: the wait at ``x`` cannot be shortened
    beyond the last drive that ends by 19:00, so the departure stays."""
    hamlet = _cars()
    day = {"from": "06:00", "to": "19:00"}
    evening = {"from": "20:00", "to": "23:00"}
    hamlet.clauses = [
        {"kind": "ceasefire", "id": "quiet", "daily": [day, evening], "movement": "all"}
    ]
    rotations = plan_of(opened(hamlet)).rotations
    assert [r.loaded_leg.depart_s for r in rotations] == [300, 300]


def test_nobody_no_change(opened: Open) -> None:
    operation, demand = compiled(opened(Hamlet()))
    assert depart_just_in_time(operation, demand, ()) == ()
    plan = plan_of(opened(Hamlet()))
    assert depart_just_in_time(operation, demand, plan.rotations) == plan.rotations
    empty = replace(plan.rotations[0], empty_leg=None)
    assert depart_just_in_time(operation, demand, [empty]) == (empty,)


def _two_crossings(**fields: Any) -> Hamlet:
    """Two cars, a post ``w`` five minutes from home, and five minutes on ``x``, open from 20:00."""
    fields.setdefault("crossings", {"w": (60, 0), "x": (60, 0)})
    hamlet = _cars(
        roads={("a", "w"): 5, ("w", "x"): 5, ("x", "r"): 20}, corridors={"c": ["w", "x"]}, **fields
    )
    hamlet.window = {**NIGHT, "crossings": ["x"]}
    return hamlet


def test_cars_wait_at_home_for_the_second_crossing(opened: Open) -> None:
    """``w`` is open all day, ``x`` at 20:00: by hand, each is through ``w`` five minutes before."""
    case = opened(_two_crossings())
    plan = plan_of(case)
    legs = [r.loaded_leg for r in plan.rotations]
    assert [leg.stops[1].inspect_from_s for leg in legs] == [43_200, 43_260]
    assert [leg.stops[0].inspect_from_s for leg in legs] == [42_840, 42_900]
    assert [leg.depart_s for leg in legs] == [42_540, 42_600]
    assert verify(plan, case).valid


def test_an_earlier_crossing_is_left_to_whoever_has_it(opened: Open) -> None:
    """Where ``w`` takes three minutes and ``x`` one, the second car has the last time at ``w``;
    the first one is inspected right before it, and waits two minutes at ``x``."""
    case = opened(_two_crossings(crossings={"w": (180, 0), "x": (60, 0)}))
    plan = plan_of(case)
    legs = [r.loaded_leg for r in plan.rotations]
    assert [leg.stops[1].inspect_from_s for leg in legs] == [43_200, 43_260]
    assert [leg.stops[0].inspect_from_s for leg in legs] == [42_600, 42_780]
    assert [leg.depart_s for leg in legs] == [42_300, 42_480]
    assert verify(plan, case).valid


def test_nobody_keeps_to_the_terms_no_longer(opened: Open) -> None:
    """``w`` closes for good at noon: cars pass it by then, and wait for the evening at ``x``."""
    hamlet = _two_crossings()
    morning = {"start": figure(START), "length": figure("4h"), "crossings": ["w"]}
    hamlet.clauses = [{"kind": "ceasefire", "id": "morning", **morning}]
    case = opened(hamlet)
    plan = plan_of(case)
    legs = [r.loaded_leg for r in plan.rotations]
    assert [leg.stops[0].inspect_to_s for leg in legs] == [14_340, 14_400]
    assert [leg.depart_s for leg in legs] == [13_980, 14_040]
    assert verify(plan, case).valid


def _linked(**more: Any) -> Hamlet:
    """A car of the north, then one of the south."""
    steps = [
        {
            "id": name,
            "gist": "They go.",
            "batches": [{"groups": [name], "persons": figure(4)}],
            "after": after,
        }
        for name, after in (("north", []), ("south", ["north"]))
    ]
    hamlet = _cars(groups={g: Group(4, "a", ("car",)) for g in ("north", "south")})
    hamlet.clauses = [{"kind": "linked", "id": "steps", "steps": steps, **more}]
    return hamlet


def test_steps_that_wait_for_one_another_leave_late_too(opened: Open) -> None:
    """The north leaves for the opening; the south, which waits for its arrival, when it can."""
    rotations = plan_of(opened(_linked())).rotations
    legs = [r.loaded_leg for r in sorted(rotations, key=lambda r: r.loaded_leg.depart_s)]
    assert [leg.depart_s for leg in legs] == [42_600, legs[0].arrive_s]


def test_whoever_others_follow_keeps_the_departure(opened: Open) -> None:
    """Where the south waits for the north to move first, the north's departure tells when.

    It is not put off to the last moment, as the others' are: half an hour is kept to spare.
    """
    rule = {"rule": "first_mover", "waiting": ["south"], "awaited": ["north"], "gist": "North."}
    rotations = plan_of(opened(_linked(rules=[rule]))).rotations
    assert min(r.loaded_leg.depart_s for r in rotations) == 42_600 - SPARE_S
