"""Tampering with bays, vehicles, convoys and escorts."""

from __future__ import annotations

from tests.check.tampering.tampering import Plan, replace, rotation, shift, tamper


@tamper("bay-wrong")
def bay_invented(plan: Plan) -> None:
    rotation(plan, 6)["boarding"][0]["bay"] = 3


@tamper("bay-wrong")
def bay_given_to_an_own_car(plan: Plan) -> None:
    rotation(plan, 20)["boarding"][0]["bay"] = 0


@tamper("bay-wrong")
def boarded_without_a_bay(plan: Plan) -> None:
    rotation(plan, 6)["boarding"][0]["bay"] = None


@tamper("bay-shared")
def bay_double_booked(plan: Plan) -> None:
    boarding = rotation(plan, 6)["boarding"]
    boarding[1]["bay"] = boarding[0]["bay"]


@tamper("boarding-time-wrong")
def boarding_shortened(plan: Plan) -> None:
    rotation(plan, 6)["boarding"][0]["to_s"] -= 60


@tamper("unloading-time-wrong")
def unloading_shortened(plan: Plan) -> None:
    rotation(plan, 6)["unloading"][0]["to_s"] -= 60


@tamper("boarding-before-arrival")
def boarded_before_it_came(plan: Plan) -> None:
    boarding = rotation(plan, 6)["boarding"][0]
    arrive = rotation(plan, 6)["empty_leg"]["arrive_s"]
    shift(boarding, arrive - 1 - boarding["from_s"])


@tamper("unloading-before-arrival")
def unloaded_on_the_way(plan: Plan) -> None:
    shift(rotation(plan, 6)["unloading"], -1)


@tamper("vehicle-in-two-places")
def vehicle_in_two_places(plan: Plan) -> None:
    replace(rotation(plan, 7), "bus-5", "bus-4")


@tamper("vehicle-in-two-places")
def sent_off_while_unloading(plan: Plan) -> None:
    start = rotation(plan, 7)["empty_leg"]["depart_s"]
    use = next(u for u in rotation(plan, 6)["unloading"] if u["vehicle"] == "bus-1")
    shift(use, start + 1 - use["to_s"])


@tamper("vehicle-elsewhere")
def vehicle_teleported(plan: Plan) -> None:
    # bus-4 stands at the other depot.
    replace(rotation(plan, 1), "bus-1", "bus-4")
    replace(rotation(plan, 3), "bus-4", "bus-1")


@tamper("vehicle-elsewhere")
def fetched_from_another_depot(plan: Plan) -> None:
    rotation(plan, 3)["empty_leg"]["from"] = "r2"


@tamper("vehicle-does-not-return")
def minibus_used_again(plan: Plan) -> None:
    replace(rotation(plan, 18), "bus-2", "minibus-1")


@tamper("vehicle-does-not-return")
def own_car_used_again(plan: Plan) -> None:
    replace(rotation(plan, 21), "car-5", "car-1")


@tamper("own-vehicle-fetched")
def own_car_fetched(plan: Plan) -> None:
    rotation(plan, 20)["empty_leg"] = rotation(plan, 18)["empty_leg"]


@tamper("convoy-too-large")
def convoy_too_large(plan: Plan) -> None:
    grown = rotation(plan, 20)
    grown["vehicles"].append("car-7")
    grown["boarding"].append({**grown["boarding"][0], "vehicle": "car-7", "persons": {}})


@tamper("escort-missing")
def escort_left_out(plan: Plan) -> None:
    rotation(plan, 6)["team"] = None


@tamper("escort-unknown")
def escort_invented(plan: Plan) -> None:
    rotation(plan, 6)["team"] = "escort-4"


@tamper("escort-unknown")
def escort_under_another_name(plan: Plan) -> None:
    rotation(plan, 6)["team"] = "guard"


@tamper("escort-in-two-places")
def escort_double_booked(plan: Plan) -> None:
    rotation(plan, 2)["team"] = "escort-1"


@tamper("escort-too-far")
def escort_beamed_across_the_line(plan: Plan) -> None:
    # The cars begin to board at a2 the very second their escort can be there from r2.
    shift(rotation(plan, 21)["boarding"], -1)
