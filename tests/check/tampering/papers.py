"""Tampering with what the plan says it is of, with ids, and with its parts."""

from __future__ import annotations

from tests.check.tampering.tampering import Plan, replace, rotation, tamper


@tamper("other-digest")
def digest_of_another_case(plan: Plan) -> None:
    plan["case"]["digest"] = "0" * 64


@tamper("other-case")
def case_renamed(plan: Plan) -> None:
    plan["case"]["id"] = "city"


@tamper("other-overrides")
def override_invented(plan: Plan) -> None:
    plan["case"]["overrides"] = ["fleet.escorts.teams=40"]


@tamper("unknown-proposal")
def proposal_invented(plan: Plan) -> None:
    plan["proposal"] = "promise"


@tamper("proposal-not-plannable")
def proposal_of_mere_words(plan: Plan) -> None:
    plan["proposal"] = "talk"


@tamper("escort-not-agreed")
def other_proposal(plan: Plan) -> None:
    plan["proposal"] = "free"


@tamper("other-start")
def start_moved(plan: Plan) -> None:
    plan["start"] = "2030-05-10T07:30:00+02:00"


@tamper("notice-changed")
def notice_made_a_promise(plan: Plan) -> None:
    plan["notice"] = "This plan is safe."


@tamper("not-modelled-differs")
def not_modelled_emptied(plan: Plan) -> None:
    plan["not_modelled"] = []


@tamper("not-modelled-differs")
def not_modelled_padded(plan: Plan) -> None:
    plan["not_modelled"].append("curfew")


@tamper("assumptions-differ")
def assumption_hushed_up(plan: Plan) -> None:
    del plan["assumptions"][0]


@tamper("assumptions-differ")
def assumption_invented(plan: Plan) -> None:
    plan["assumptions"].append({"where": "fleet", "text": "all will be well"})


@tamper("assumptions-differ")
def assumption_said_of_something_else(plan: Plan) -> None:
    plan["assumptions"][0]["where"] = "fleet"


@tamper("persons-missing")
def higher_count_claimed(plan: Plan) -> None:
    plan["count"] = "high"


@tamper("rotation-id-twice")
def rotation_id_repeated(plan: Plan) -> None:
    rotation(plan, 2)["id"] = "R0001"


@tamper("place-unknown")
def place_invented(plan: Plan) -> None:
    rotation(plan, 4)["empty_leg"]["from"] = "nowhere"


@tamper("place-unknown")
def set_down_at_a_depot(plan: Plan) -> None:
    rotation(plan, 4)["loaded_leg"]["to"] = "d"


@tamper("corridor-unknown")
def corridor_invented(plan: Plan) -> None:
    rotation(plan, 4)["loaded_leg"]["corridor"] = "tunnel"


@tamper("group-unknown")
def group_that_does_not_leave(plan: Plan) -> None:
    rotation(plan, 6)["boarding"][0]["persons"] = {"staff": 2}


@tamper("group-unknown")
def group_invented_among_those_left(plan: Plan) -> None:
    plan["left"].append({"group": "ghosts", "place": "a1", "persons": 1, "reason": "unseen"})


@tamper("vehicle-unknown")
def vehicle_beyond_the_fleet(plan: Plan) -> None:
    replace(rotation(plan, 7), "bus-5", "bus-99")


@tamper("vehicle-unknown")
def vehicle_under_an_alias(plan: Plan) -> None:
    replace(rotation(plan, 7), "bus-5", "bus-05")


@tamper("vehicle-twice")
def vehicle_listed_twice(plan: Plan) -> None:
    rotation(plan, 7)["vehicles"][0] = rotation(plan, 7)["vehicles"][1]


@tamper("legs-apart")
def fetched_for_another_place(plan: Plan) -> None:
    rotation(plan, 6)["empty_leg"]["to"] = "a2"


@tamper("legs-apart")
def fetched_from_where_it_stands(plan: Plan) -> None:
    rotation(plan, 6)["empty_leg"]["from"] = "a1"


@tamper("boarding-mismatch")
def vehicle_never_boards(plan: Plan) -> None:
    del rotation(plan, 6)["boarding"][0]


@tamper("unloading-mismatch")
def vehicle_never_unloads(plan: Plan) -> None:
    del rotation(plan, 6)["unloading"][0]
