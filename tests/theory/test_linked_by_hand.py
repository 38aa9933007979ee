"""Linked steps whose answers are worked out by hand.

One road: assembly point ``a``, ten minutes, crossing ``x`` (a minute a vehicle, outward), twenty
minutes, reception point ``r``, where the buses stand. Boarding takes five minutes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from safepassage.cases import OpenCase
from safepassage.check import verify
from safepassage.errors import BadInput
from safepassage.plan import Plan
from tests.convoy.hamlet import Group, Hamlet, Kind, figure, plan_of

Open = Callable[[Hamlet], OpenCase]
MINUTE = 60


def _step(name: str, batches: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    return {"id": name, "gist": f"Step {name}.", "batches": batches, **more}


def _linked(*steps: dict[str, Any], **more: Any) -> list[dict[str, Any]]:
    return [{"kind": "linked", "id": "steps", "steps": list(steps), **more}]


def _some(group: str, persons: int) -> dict[str, Any]:
    return {"groups": [group], "persons": figure(persons)}


def _planned(opened: OpenCase) -> Plan:
    plan = plan_of(opened)
    found = verify(plan, opened)
    assert found.valid
    assert found.lower_bound_verified
    return plan


def _one_by_one(buses: int) -> Hamlet:
    first, then = _step("one", [_some("people", 50)]), _step("two", [_some("people", 50)])
    return Hamlet(
        kinds={"bus": Kind(50, {"d": buses})},
        groups={"people": Group(100, "a")},
        clauses=_linked(first, {**then, "after": ["one"]}),
    )


def test_the_second_bus_waits_aboard_until_the_first_is_there(opened: Open) -> None:
    """Fetch 30, board 5, drive 31 minutes; the second bus has boarded, and departs then."""
    plan = _planned(opened(_one_by_one(2)))
    first, second = plan.rotations
    assert first.loaded_leg.arrive_s == (30 + 5 + 31) * MINUTE
    assert second.boarding[0].to_s == (30 + 10) * MINUTE
    assert second.loaded_leg.depart_s == first.loaded_leg.arrive_s
    assert plan.answer.clearance_time_s == (30 + 5 + 31 + 31) * MINUTE
    # The grid of the proof is five minutes wide in each of the two steps.
    assert plan.answer.lower_bound_s >= plan.answer.clearance_time_s - 2 * 5 * MINUTE


def test_with_one_bus_the_steps_cost_nothing(opened: Open) -> None:
    """The only bus comes back for the second step in any case."""
    plan = _planned(opened(_one_by_one(1)))
    assert plan.answer.clearance_time_s == (30 + 5 + 31) * MINUTE + (2 + 30 + 5 + 31) * MINUTE


def _two_sides(kinds: dict[str, Kind], first: tuple[str, ...], then: tuple[str, ...]) -> Hamlet:
    one, two = _step("one", [_some("north", 50)]), _step("two", [_some("south", 50)])
    return Hamlet(
        roads={("a", "x"): 10, ("b", "x"): 10, ("x", "r"): 20},
        bays={"a": 1, "b": 1},
        kinds=kinds,
        groups={"north": Group(50, "a", first), "south": Group(50, "b", then)},
        clauses=_linked(one, {**two, "after": ["one"]}),
    )


def test_sides_with_a_bus_each_wait_for_one_another_alone(opened: Open) -> None:
    """The south's own bus has boarded when the north is there: 31 minutes later all are out."""
    kinds = {"bus": Kind(50, {"d": 1}), "other": Kind(50, {"d": 1})}
    plan = _planned(opened(_two_sides(kinds, ("bus",), ("other",))))
    assert plan.answer.clearance_time_s == (30 + 5 + 31 + 31) * MINUTE


def test_sides_that_share_a_bus_wait_for_it_to_come_back(opened: Open) -> None:
    """The one bus unloads, goes back and fetches the south: it costs 2 + 30 + 5 minutes more."""
    plan = _planned(opened(_two_sides({"bus": Kind(50, {"d": 1})}, ("bus",), ("bus",))))
    assert plan.answer.clearance_time_s == (30 + 5 + 31 + 2 + 30 + 5 + 31) * MINUTE


def test_a_side_that_may_use_either_fleet_takes_the_one_that_is_free(opened: Open) -> None:
    """A second type with as many seats is used where the first would have to come back."""
    kinds = {"bus": Kind(50, {"d": 1}), "other": Kind(50, {"d": 1})}
    plan = _planned(opened(_two_sides(kinds, ("bus",), ("bus", "other"))))
    assert plan.answer.clearance_time_s == (30 + 5 + 31 + 31) * MINUTE


def _exchange(**more: Any) -> Hamlet:
    rule = {"rule": "simultaneous_at_exchange_point", "place": "x", "gist": "They meet.", **more}
    step = _step("one", [_some("near", 50), _some("far", 50)], release=[rule])
    return Hamlet(
        roads={("a", "x"): 10, ("b", "x"): 30, ("x", "r"): 20},
        bays={"a": 1, "b": 1},
        kinds={"bus": Kind(50, {"d": 2})},
        groups={"near": Group(50, "a"), "far": Group(50, "b")},
        clauses=_linked(step),
    )


def test_convoys_meet_at_the_exchange_point(opened: Open) -> None:
    """The far bus is there after 20 + 30 + 5 + 30 minutes; the near one stands until then."""
    plan = _planned(opened(_exchange()))
    legs = {r.place: r.loaded_leg for r in plan.rotations}
    assert legs["b"].stops[0].arrive_s == 85 * MINUTE
    assert legs["a"].stops[0].leave_s == 85 * MINUTE
    assert legs["a"].arrive_s == 105 * MINUTE
    assert legs["b"].arrive_s == plan.answer.clearance_time_s == 106 * MINUTE


def test_nobody_stands_longer_than_the_longest_hold(opened: Open) -> None:
    """The near bus would stand for 39 minutes; with ten allowed it sets out later."""
    plan = _planned(opened(_exchange(longest_hold=figure("10min"))))
    near = next(r.loaded_leg.stops[0] for r in plan.rotations if r.place == "a")
    held = near.leave_s - near.arrive_s - (near.inspect_to_s - near.inspect_from_s)
    assert held <= 10 * MINUTE
    assert plan.answer.clearance_time_s == 106 * MINUTE


def test_who_waits_for_those_who_refuse_stays(opened: Open) -> None:
    """A step that lacks one person is never over, so the next one does not begin."""
    hamlet = _one_by_one(2)
    refusal = {"groups": ["people"], "share": figure("1/100"), "gist": "One stays."}
    hamlet.leave = {"refusals": [refusal]}
    first, second = hamlet.clauses[0]["steps"]
    first["batches"], second["batches"] = [_some("people", 99)], [_some("people", 1)]
    plan = _planned(opened(hamlet))
    assert plan.answer.persons == 99
    assert plan.answer.clearance_time_s is not None
    # Now the first step cannot be whole, and another side waits for it.
    hamlet.groups["others"] = Group(50, "a")
    first["batches"] = [_some("people", 100)]
    second["batches"] = [_some("others", 50)]
    plan = _planned(opened(hamlet))
    assert plan.answer.clearance_time_s is None
    assert [(x.group, x.persons) for x in plan.left] == [("others", 50)]
    assert "step two" in plan.left[0].reason
    assert "steps" in plan.left[0].reason


def test_terms_that_go_on_bring_the_others_all_the_same(opened: Open) -> None:
    """With ``partial: goes_on`` nobody has to wait for those who refuse."""
    hamlet = _one_by_one(2)
    refusal = {"groups": ["people"], "share": figure("1/100"), "gist": "One stays."}
    hamlet.leave = {"refusals": [refusal]}
    hamlet.groups["others"] = Group(50, "a")
    first, second = hamlet.clauses[0]["steps"]
    first["batches"], second["batches"] = [_some("people", 100)], [_some("others", 50)]
    hamlet.clauses[0]["partial"] = "goes_on"
    plan = _planned(opened(hamlet))
    assert plan.answer.clearance_time_s is not None
    assert plan.answer.persons == 149


def test_a_step_that_moves_nobody_passes_on_what_it_waits_for(opened: Open) -> None:
    """A step without people between two others does not let the later one begin sooner."""
    hamlet = _one_by_one(2)
    first, third = hamlet.clauses[0]["steps"]
    empty = _step("between", [_some("people", 0)], after=["one"])
    hamlet.clauses[0]["steps"] = [first, empty, {**third, "after": ["between"]}]
    plan = _planned(opened(hamlet))
    assert plan.answer.clearance_time_s == (30 + 5 + 31 + 31) * MINUTE


def test_a_proposal_in_a_circle_is_refused_and_the_chain_taken(opened: Open) -> None:
    """Two steps that wait for each other are bad input, told before anything is planned."""
    hamlet = _one_by_one(2)
    hamlet.clauses[0]["steps"][0]["after"] = ["two"]
    with pytest.raises(BadInput, match="circle"):
        opened(hamlet)
    hamlet.clauses[0]["steps"][0]["after"] = []
    opened(hamlet)


def test_a_type_that_nobody_uses_does_not_decide_the_convoy_sizes(opened: Open) -> None:
    """Convoys of two are found though a further type of vehicle stands idle."""
    hamlet = _one_by_one(4)
    hamlet.kinds["van"] = Kind(7, {"d": 3})
    hamlet.convoys = (1, 4, 0)
    plan = _planned(opened(hamlet))
    assert plan.answer.clearance_time_s is not None


def test_nobody_waits_for_a_first_mover_who_is_not_there(opened: Open) -> None:
    """The north's rest is nobody: the south sets out at once, and not after all others, never."""
    rule = {
        "rule": "first_mover",
        "waiting": ["south"],
        "awaited": ["north"],
        "gist": "North first.",
    }
    hamlet = _two_sides({"bus": Kind(50, {"d": 2})}, ("bus",), ("bus",))
    rest = [{"groups": [side], "rest": True} for side in ("north", "south")]
    steps = [_step("one", [_some("north", 50)]), _step("two", rest, release=[rule])]
    hamlet.clauses = _linked(*steps)
    assert _planned(opened(hamlet)).answer.clearance_time_s == (30 + 5 + 31 + 1) * MINUTE


@pytest.mark.parametrize(("partial", "staying"), [("goes_on", 0), ("halts", 50)])
def test_who_waits_for_a_first_mover_who_refuses(opened: Open, partial: str, staying: int) -> None:
    """No northerner leaves: the south stays too, unless what is delivered in part is enough."""
    rule = {
        "rule": "first_mover",
        "waiting": ["south"],
        "awaited": ["north"],
        "gist": "North first.",
    }
    hamlet = _two_sides({"bus": Kind(50, {"d": 2})}, ("bus",), ("bus",))
    both = [_some("north", 50), _some("south", 50)]
    hamlet.clauses = _linked(_step("one", both, release=[rule]), partial=partial)
    hamlet.leave = {"refusals": [{"groups": ["north"], "share": figure("1"), "gist": "They stay."}]}
    plan = _planned(opened(hamlet))
    assert sum(x.persons for x in plan.left) == staying


def test_a_share_is_that_many_people(opened: Open) -> None:
    """Half of a hundred is fifty: by number or by share, the same timetable."""
    hamlet = _one_by_one(2)
    by_number = _planned(opened(hamlet))
    half = {"groups": ["people"], "share": figure("1/2")}
    for step in hamlet.clauses[0]["steps"]:
        step["batches"] = [half]
    by_share = _planned(opened(hamlet))
    assert by_share.rotations == by_number.rotations
    assert by_share.answer.clearance_time_s == (30 + 5 + 31 + 31) * MINUTE


def test_what_is_announced_for_those_who_stay_changes_no_timetable(opened: Open) -> None:
    """Nothing acts on a stated consequence: with it and without it, one plan."""
    hamlet = _one_by_one(2)
    refusal = {"groups": ["people"], "share": figure("1/10"), "gist": "Some stay."}
    hamlet.leave = {"refusals": [refusal], "within": figure("1h")}
    found = opened(hamlet)
    before = plan_of(found)
    terms = found.case.proposal()
    leave = terms.clauses[0].model_copy(update={"otherwise": "threat"})
    told = terms.model_copy(update={"clauses": (leave, *terms.clauses[1:])})
    case = found.case.model_copy(update={"proposals": (told,)})
    after = plan_of(replace(found, case=case))
    assert (after.rotations, after.left) == (before.rotations, before.left)
    assert after.answer == before.answer
