"""Tampering with ways and times."""

from __future__ import annotations

from tests.check.tampering.tampering import Plan, rotation, shift, tamper


@tamper("route-broken")
def link_skipped(plan: Plan) -> None:
    del rotation(plan, 6)["loaded_leg"]["links"][1]


@tamper("route-broken")
def last_link_skipped(plan: Plan) -> None:
    del rotation(plan, 6)["loaded_leg"]["links"][-1]


@tamper("link-unknown")
def link_invented(plan: Plan) -> None:
    rotation(plan, 6)["loaded_leg"]["links"][1] = "a1-r1"


@tamper("corridor-missing")
def loaded_without_corridor(plan: Plan) -> None:
    rotation(plan, 6)["loaded_leg"]["corridor"] = None


@tamper("corridor-closed")
def corridor_not_open_to_anybody(plan: Plan) -> None:
    leg = rotation(plan, 1)["loaded_leg"]
    leg["corridor"], leg["links"] = "east", ["a2-e", "e-k", "k-r1"]
    leg["stops"] = [{**leg["stops"][0], "crossing": "e"}]


@tamper("corridor-closed")
def fetched_by_a_closed_corridor(plan: Plan) -> None:
    rotation(plan, 1)["empty_leg"]["corridor"] = "east"


@tamper("crossing-skipped")
def crossing_gone_around(plan: Plan) -> None:
    leg = rotation(plan, 6)["loaded_leg"]
    leg["links"] = ["a1-j", "j-x2", "x2-v", "v-k", "k-r1"]


@tamper("crossing-foreign")
def foreign_crossing_passed(plan: Plan) -> None:
    rotation(plan, 1)["loaded_leg"]["links"] = ["a2-e", "e-k", "k-r1"]


@tamper("crossing-foreign")
def crossed_without_saying_so(plan: Plan) -> None:
    leg = rotation(plan, 6)["empty_leg"]
    leg["corridor"], leg["stops"] = None, []


@tamper("crossing-foreign")
def crossing_passed_twice(plan: Plan) -> None:
    links = rotation(plan, 6)["loaded_leg"]["links"]
    links[2:2] = ["x1-y1", "x1-y1~"]


@tamper("via-skipped")
def further_node_gone_around(plan: Plan) -> None:
    rotation(plan, 14)["loaded_leg"]["links"] = ["a1-j", "j-x2", "x2-k", "k-r2"]


@tamper("stops-differ")
def stop_left_out(plan: Plan) -> None:
    del rotation(plan, 6)["loaded_leg"]["stops"][1]


@tamper("departure-before-boarding")
def departure_moved_forward(plan: Plan) -> None:
    rotation(plan, 6)["loaded_leg"]["depart_s"] -= 60


@tamper("drive-time-wrong")
def departure_moved_back(plan: Plan) -> None:
    rotation(plan, 6)["loaded_leg"]["depart_s"] += 60


@tamper("drive-time-wrong")
def arrival_by_a_second_early(plan: Plan) -> None:
    rotation(plan, 6)["loaded_leg"]["arrive_s"] -= 1


@tamper("drive-time-wrong")
def snow_forgotten(plan: Plan) -> None:
    # From y1 at half past eleven; 189 s and 328 s are what the two links take without snow.
    leg = rotation(plan, 6)["loaded_leg"]
    leg["arrive_s"] = leg["stops"][1]["leave_s"] + 189 + 328


@tamper("stop-out-of-order")
def inspected_before_arrival(plan: Plan) -> None:
    stop = rotation(plan, 9)["loaded_leg"]["stops"][0]
    stop["arrive_s"] = stop["inspect_from_s"] + 1


@tamper("stop-out-of-order")
def left_before_the_inspection_ended(plan: Plan) -> None:
    stop = rotation(plan, 9)["loaded_leg"]["stops"][0]
    stop["leave_s"] = stop["inspect_to_s"] - 1


@tamper("inspection-time-wrong")
def inspection_shortened(plan: Plan) -> None:
    rotation(plan, 6)["loaded_leg"]["stops"][0]["inspect_to_s"] -= 1


@tamper("crossing-closed")
def closed_crossing_used(plan: Plan) -> None:
    shift(rotation(plan, 10), 3 * 3600)


@tamper("crossing-closed")
def crossed_before_the_morning(plan: Plan) -> None:
    shift(rotation(plan, 1)["empty_leg"]["stops"], -60)


@tamper("crossing-shared")
def convoys_overlap_at_a_crossing(plan: Plan) -> None:
    first, second = (rotation(plan, n)["loaded_leg"]["stops"][0] for n in (6, 7))
    shift(second, first["inspect_to_s"] - second["inspect_from_s"] - 1)


@tamper("spacing-broken")
def spacing_broken(plan: Plan) -> None:
    first, second = (rotation(plan, n)["loaded_leg"]["stops"][0] for n in (6, 7))
    shift(second, first["inspect_to_s"] - second["inspect_from_s"] + 299)


@tamper("movement-closed")
def driven_into_the_curfew(plan: Plan) -> None:
    leg = rotation(plan, 10)["loaded_leg"]
    shift(leg["stops"][1], 6 * 3600)
    leg["arrive_s"] += 6 * 3600
