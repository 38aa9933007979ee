"""Tampering with people, the answer and the proof."""

from __future__ import annotations

from tests.check.tampering.tampering import DAY, Plan, rotation, shift, tamper


@tamper("persons-added")
def person_added(plan: Plan) -> None:
    rotation(plan, 8)["boarding"][0]["persons"]["elderly"] += 1


@tamper("persons-missing")
def person_removed(plan: Plan) -> None:
    rotation(plan, 8)["boarding"][0]["persons"]["elderly"] -= 1


@tamper("persons-missing")
def group_forgotten(plan: Plan) -> None:
    del plan["rotations"][19:]


@tamper("persons-added")
def person_carried_and_left(plan: Plan) -> None:
    plan["left"].append({"group": "elderly", "place": "a1", "persons": 1, "reason": "none"})


@tamper("group-not-there")
def left_where_they_are_not(plan: Plan) -> None:
    plan["left"].append({"group": "elderly", "place": "a2", "persons": 1, "reason": "none"})


@tamper("group-not-there")
def boarded_where_they_are_not(plan: Plan) -> None:
    rotation(plan, 1)["boarding"][1]["persons"] = {"elderly": 16}


@tamper("seats-exceeded")
def a_seat_too_many(plan: Plan) -> None:
    boarding = rotation(plan, 6)["boarding"]
    boarding[0]["persons"]["elderly"] += 1
    boarding[1]["persons"]["elderly"] -= 1


@tamper("vehicle-unsuitable")
def wounded_put_in_a_bus(plan: Plan) -> None:
    rotation(plan, 4)["boarding"][0]["persons"] = {"elderly": 2}
    rotation(plan, 8)["boarding"][0]["persons"] = {"wounded": 2}


@tamper("answer-clearance")
def clearance_understated(plan: Plan) -> None:
    plan["answer"]["clearance_time_s"] -= 3600


@tamper("answer-clearance")
def clearance_hidden(plan: Plan) -> None:
    plan["answer"]["clearance_time_s"] = None


@tamper("answer-persons")
def population_understated(plan: Plan) -> None:
    plan["answer"]["persons"] -= 100


@tamper("answer-evacuated")
def evacuated_overstated(plan: Plan) -> None:
    # Six of the families would be late if their convoy came two days after.
    shift(rotation(plan, 21), 2 * DAY)


@tamper("answer-deadline")
def deadline_bent(plan: Plan) -> None:
    plan["answer"]["deadline_s"] += 3600
    plan["answer"]["slack_s"] += 3600


@tamper("answer-window-end")
def window_lengthened(plan: Plan) -> None:
    plan["answer"]["window_end_s"] += DAY


@tamper("answer-slack")
def slack_overstated(plan: Plan) -> None:
    plan["answer"]["slack_s"] += 1


@tamper("answer-feasible")
def feasible_denied(plan: Plan) -> None:
    plan["answer"]["feasible"] = False


@tamper("answer-waiting")
def waiting_understated(plan: Plan) -> None:
    plan["answer"]["person_seconds_waiting"] -= 1


@tamper("answer-gap")
def gap_claimed(plan: Plan) -> None:
    plan["answer"]["gap"] = 0.0


@tamper("answer-gap")
def gap_beautified(plan: Plan) -> None:
    answer = plan["answer"]
    answer["lower_bound_s"] = answer["clearance_time_s"] // 2
    answer["gap"] = 0.01


@tamper("answer-bottleneck")
def bottleneck_blamed_on_no_clause(plan: Plan) -> None:
    plan["answer"]["bottleneck"]["clause_ids"] = ["free-ceasefire"]


@tamper("answer-bottleneck")
def bottleneck_blamed_on_another_kind_of_clause(plan: Plan) -> None:
    """An escort, however scarce, is not what shuts a crossing."""
    plan["answer"]["bottleneck"].update(resource="crossings", clause_ids=["escort"])


@tamper("answer-bottleneck")
def bottleneck_of_vehicles_that_there_are_not(plan: Plan) -> None:
    plan["answer"]["bottleneck"]["resource"] = "fleet/tram"


@tamper("answer-bottleneck")
def bottleneck_of_no_kind_known(plan: Plan) -> None:
    plan["answer"]["bottleneck"]["resource"] = "patience"


@tamper("answer-bottleneck")
def bottleneck_at_bays_of_a_crossing(plan: Plan) -> None:
    plan["answer"]["bottleneck"]["resource"] = "bays/x1"


@tamper("bound-without-certificate")
def bound_raised(plan: Plan) -> None:
    answer = plan["answer"]
    answer["lower_bound_s"] = answer["clearance_time_s"]
    answer["gap"] = 0.0


@tamper("bound-without-certificate")
def most_possible_lowered(plan: Plan) -> None:
    plan["answer"]["evacuated_at_most"] -= 1


@tamper("bound-above-clearance")
def bound_raised_above_the_plan(plan: Plan) -> None:
    answer = plan["answer"]
    answer["lower_bound_s"] = answer["clearance_time_s"] + 1


@tamper("evacuated-above-bound")
def most_possible_below_the_plan(plan: Plan) -> None:
    plan["answer"]["evacuated_at_most"] = 700


@tamper("bound-above-persons")
def most_possible_above_the_population(plan: Plan) -> None:
    plan["answer"]["evacuated_at_most"] += 1


@tamper("certificate-unknown")
def certificate_of_no_kind(plan: Plan) -> None:
    plan["certificates"].append({"kind": "oath"})


_CERTIFICATE = {
    "format": "safepassage-certificate/1",
    "claim": "clearance-at-least",
    "value": 3_601,
    "by_s": 3_600,
    "grid": [0, 3_600],
    "bays": False,
    "scale": 1_000,
    "multipliers": {},
    "sentence": "",
}


@tamper("certificate-does-not-prove")
def certificate_without_a_proof(plan: Plan) -> None:
    plan["certificates"].append(dict(_CERTIFICATE))


@tamper("certificate-malformed")
def certificate_bent(plan: Plan) -> None:
    plan["certificates"].append({**_CERTIFICATE, "grid": [0, 3_600, 1_800]})


@tamper("certificate-malformed")
def certificate_without_end(plan: Plan) -> None:
    """Four million noughts prove nothing, and would take a checker minutes to add up."""
    plan["certificates"].append({**_CERTIFICATE, "multipliers": {"people": [[0] * 2_000] * 2_001}})


@tamper("certificate-malformed")
def certificates_without_number(plan: Plan) -> None:
    plan["certificates"] += [_CERTIFICATE] * 21


@tamper("certificate-malformed")
def certificate_with_rows_of_its_own(plan: Plan) -> None:
    plan["certificates"].append({**_CERTIFICATE, "multipliers": {"oath": 1}})


@tamper("certificate-malformed")
def certificate_with_a_wrong_sign(plan: Plan) -> None:
    plan["certificates"].append({**_CERTIFICATE, "multipliers": {"people": [-1]}})
