"""Ways to spoil an answer at the table, each with the code that has to come."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Data = dict[str, Any]


@dataclass(frozen=True)
class Tampering:
    name: str
    kind: str
    code: str
    apply: Callable[[Data], None]


TAMPERINGS: list[Tampering] = []


def tamper(kind: str, code: str) -> Callable[[Callable[[Data], None]], Callable[[Data], None]]:
    def enter(apply: Callable[[Data], None]) -> Callable[[Data], None]:
        TAMPERINGS.append(Tampering(apply.__name__, kind, code, apply))
        return apply

    return enter


def evidence(data: Data, given: str) -> Data:
    return next(e for e in data["evidence"] if e["id"] == given)


def change(data: Data, *, proven: bool = True) -> Data:
    return next(c for c in data["answer"]["changes"] if c["proven"] is proven)


@tamper("window", "table-other-case")
def another_digest(data: Data) -> None:
    data["case"]["digest"] = "0" * 64


@tamper("window", "table-other-case")
def settings_hidden(data: Data) -> None:
    data["case"]["overrides"] = ["fleet.escorts.teams=9"]


@tamper("window", "table-notice-changed")
def notice_bent(data: Data) -> None:
    data["notice"] = "This plan is safe."


@tamper("window", "table-malformed")
def window_as_text(data: Data) -> None:
    data["answer"]["by_count"]["likely"]["shortest_window_s"] = "7d"


@tamper("window", "table-malformed")
def key_left_out(data: Data) -> None:
    del data["answer"]["by_count"]["low"]["nothing_shorter"]


@tamper("window", "table-no-evidence")
def evidence_missing(data: Data) -> None:
    data["answer"]["by_count"]["likely"]["suffices"] = "e999"
    data["answer"]["suffices"] = "e999"


@tamper("window", "table-figure-differs")
def window_shortened(data: Data) -> None:
    data["answer"]["by_count"]["likely"]["shortest_window_s"] -= 60
    data["answer"]["shortest_window_s"] -= 60


@tamper("window", "table-figure-differs")
def stated_window_changed(data: Data) -> None:
    data["answer"]["stated_window_s"] += 3_600


@tamper("window", "table-figure-differs")
def top_level_differs(data: Data) -> None:
    data["answer"]["lower_bound_s"] += 1


@tamper("window", "table-bound-not-proven")
def bound_raised(data: Data) -> None:
    part = data["answer"]["by_count"]["likely"]
    part["lower_bound_s"] += 60
    data["answer"]["lower_bound_s"] += 60


@tamper("window", "table-bound-not-proven")
def frontier_bound_raised(data: Data) -> None:
    data["answer"]["frontier"][0]["points"][0]["lower_bound_s"] += 3_600


@tamper("window", "table-settings-differ")
def frontier_point_mislabelled(data: Data) -> None:
    data["answer"]["frontier"][0]["points"][-1]["amount"] += 1


@tamper("window", "table-settings-differ")
def proof_of_one_with_less(data: Data) -> None:
    points = data["answer"]["frontier"][0]["points"]
    points[-1]["bound_from"] = points[0]["amount"]
    points[-1]["nothing_shorter"] = points[0]["nothing_shorter"]


@tamper("window", "table-verdict-differs")
def short_window_called_enough(data: Data) -> None:
    part = data["answer"]["by_count"]["likely"]
    part["stated_is_enough"] = not part["stated_is_enough"]


@tamper("window", "table-plan-refused")
def departure_moved(data: Data) -> None:
    plan = evidence(data, data["answer"]["suffices"])["plan"]
    plan["rotations"][0]["loaded_leg"]["depart_s"] += 1


@tamper("window", "table-plan-refused")
def bound_of_the_plan_without_certificate(data: Data) -> None:
    plan = evidence(data, data["answer"]["suffices"])["plan"]
    plan["certificates"] = []


@tamper("window", "table-certificate-refused")
def certificate_bent(data: Data) -> None:
    certificate = evidence(data, data["answer"]["nothing_shorter"])["certificate"]
    certificate["multipliers"] = {}


@tamper("window", "table-certificate-refused")
def certificate_claims_more(data: Data) -> None:
    certificate = evidence(data, data["answer"]["nothing_shorter"])["certificate"]
    certificate["value"] += 7_200
    certificate["by_s"] += 7_200


@tamper("window", "table-settings-differ")
def plan_with_another_fleet(data: Data) -> None:
    found = evidence(data, data["answer"]["suffices"])
    found["settings"] = [*found["settings"], "fleet.vehicles.bus.counts.d.count=9"]


@tamper("needs", "table-plan-refused")
def answer_of_a_plan_bent(data: Data) -> None:
    plan = evidence(data, change(data)["suffices"])
    plan["plan"]["answer"]["evacuated_by_deadline"] = 0


@tamper("needs", "table-settings-differ")
def change_claims_other_settings(data: Data) -> None:
    change(data)["settings"] = ["fleet.vehicles.bus.counts.d.count=9"]


@tamper("needs", "table-settings-differ")
def something_else_changed_as_well(data: Data) -> None:
    found = change(data)
    settings = [*found["settings"], "places.x.inspection.0.time=10s"]
    found["settings"] = settings
    evidence(data, found["suffices"])["settings"] = settings


@tamper("needs", "table-not-one-step")
def two_steps_called_one(data: Data) -> None:
    found = change(data)
    found["at_least"] -= 1


@tamper("needs", "table-not-one-step")
def gap_called_proven(data: Data) -> None:
    change(data, proven=False)["proven"] = True


@tamper("needs", "table-not-one-step")
def refusal_left_out(data: Data) -> None:
    change(data)["less_does_not"] = None


@tamper("needs", "table-figure-differs")
def terms_said_to_be_worse(data: Data) -> None:
    change(data)["from"] -= 1


@tamper("needs", "table-figure-differs")
def clearance_of_change_bent(data: Data) -> None:
    change(data)["clearance_time_s"] -= 60


@tamper("needs", "table-no-evidence")
def plan_in_place_of_a_certificate(data: Data) -> None:
    data["answer"]["infeasible"] = change(data)["suffices"]


@tamper("needs", "table-certificate-refused")
def refusal_bent(data: Data) -> None:
    evidence(data, data["answer"]["infeasible"])["certificate"]["multipliers"] = {}


@tamper("needs", "table-not-ruled-out")
def weak_certificate_as_refusal(data: Data) -> None:
    """True, and of no use: no more are out at once than there are."""
    certificate = evidence(data, data["answer"]["infeasible"])["certificate"]
    certificate.clear()
    certificate.update(
        {
            "format": "safepassage-certificate/1",
            "claim": "out-by-at-most",
            "value": 600,
            "by_s": 0,
            "grid": [0, 1],
            "bays": False,
            "scale": 1,
            "multipliers": {},
            "sentence": "",
        }
    )


@tamper("needs", "table-verdict-differs")
def hopeless_called_open(data: Data) -> None:
    found = next(c for c in data["answer"]["not_enough"] if c["proven"])
    found["proven"] = False


@tamper("needs", "table-cost-differs")
def cost_lowered(data: Data) -> None:
    data["answer"]["combination"]["cost"] -= 1


@tamper("needs", "table-cost-differs")
def bound_on_the_cost_raised(data: Data) -> None:
    data["answer"]["combination"]["cost_at_least"] += 50


@tamper("needs", "table-cost-differs")
def what_is_cheaper_not_ruled_out(data: Data) -> None:
    data["answer"]["combination"]["ruled_out"] = []


@tamper("needs", "table-settings-differ")
def ruled_out_elsewhere(data: Data) -> None:
    entry = data["answer"]["combination"]["ruled_out"][0]
    name = next(iter(entry["amounts"]))
    entry["amounts"][name] += 1


@tamper("compare", "table-words-differ")
def status_bent(data: Data) -> None:
    data["answer"]["proposals"][0]["status"] = "accepted"


@tamper("compare", "table-figure-differs")
def more_out_in_time(data: Data) -> None:
    row = data["answer"]["proposals"][0]
    row["by_count"]["likely"]["evacuated_by_deadline"] += 1
    row["evacuated_by_deadline"] += 1


@tamper("compare", "table-figure-differs")
def row_differs_from_its_count(data: Data) -> None:
    data["answer"]["proposals"][0]["clearance_time_s"] -= 1


@tamper("compare", "table-verdict-differs")
def impossible_called_open(data: Data) -> None:
    row = data["answer"]["proposals"][0]
    row["by_count"]["likely"]["feasible"] = None
    row["feasible"] = None


@tamper("compare", "table-figure-differs")
def shortest_window_bent(data: Data) -> None:
    data["answer"]["proposals"][0]["shortest_window_s"] -= 1


@tamper("compare", "table-figure-differs")
def unknown_proposal(data: Data) -> None:
    data["answer"]["proposals"][0]["id"] = "another"


@tamper("compare", "table-row-missing")
def row_left_out(data: Data) -> None:
    data["answer"]["proposals"].clear()


@tamper("compare", "table-row-missing")
def row_told_twice(data: Data) -> None:
    rows = data["answer"]["proposals"]
    rows.append(rows[0])


@tamper("compare", "table-figure-differs")
def figures_without_counts(data: Data) -> None:
    """A row with figures and nothing to judge them by."""
    row = data["answer"]["proposals"][0]
    row["by_count"] = row["window"] = None
    row["feasible"], row["clearance_time_s"] = True, 60


@tamper("compare", "table-malformed")
def likely_count_left_out(data: Data) -> None:
    del data["answer"]["proposals"][0]["by_count"]["likely"]


@tamper("compare", "table-figure-differs")
def shortest_window_without_its_evidence(data: Data) -> None:
    data["answer"]["proposals"][0]["window"] = None


@tamper("compare", "table-figure-differs")
def deadline_of_the_row_moved(data: Data) -> None:
    data["answer"]["proposals"][0]["deadline_s"] += 3_600


@tamper("compare", "table-figure-differs")
def waiting_made_less(data: Data) -> None:
    data["answer"]["proposals"][0]["person_hours_waiting"] -= 1


@tamper("compare", "table-words-differ")
def clause_said_not_to_be_modelled(data: Data) -> None:
    data["answer"]["proposals"][0]["not_modelled"].append("route")


@tamper("compare", "table-words-differ")
def proposal_called_otherwise(data: Data) -> None:
    data["answer"]["proposals"][0]["title"] = "An ultimatum"


@tamper("compare", "table-other-case")
def case_called_otherwise(data: Data) -> None:
    data["case"]["title"] = "Another city"


@tamper("compare", "table-figure-differs")
def bottleneck_told_otherwise(data: Data) -> None:
    data["answer"]["proposals"][0]["bottleneck"]["sentence"] = "Nothing stands in the way."


@tamper("compare", "table-plan-refused")
def plan_that_nothing_refers_to(data: Data) -> None:
    """What is counted as replayed has been replayed, whoever refers to it."""
    found = next(e for e in data["evidence"] if e["plan"])
    bent = copy.deepcopy(found)
    bent["plan"]["answer"]["evacuated_by_deadline"] = 0
    data["evidence"].append({**bent, "id": "spare"})


@tamper("window", "table-figure-differs")
def verdict_bent_at_the_top(data: Data) -> None:
    data["answer"]["stated_is_enough"] = True


@tamper("window", "table-figure-differs")
def bottleneck_of_the_window_told_otherwise(data: Data) -> None:
    bottleneck = {"sentence": "Nothing stands in the way.", "clause_ids": []}
    data["answer"]["bottleneck"] = bottleneck
    data["answer"]["by_count"]["likely"]["bottleneck"] = bottleneck


@tamper("window", "table-figure-differs")
def gap_made_less(data: Data) -> None:
    data["answer"]["by_count"]["likely"]["gap"] = data["answer"]["gap"] = 0.0


@tamper("window", "table-settings-differ")
def frontier_turned_round(data: Data) -> None:
    """Told from most to least, the proof with least to go by would hold for all."""
    data["answer"]["frontier"][0]["points"].reverse()


@tamper("window", "table-settings-differ")
def frontier_with_something_else_changed(data: Data) -> None:
    curve = next(c for c in data["answer"]["frontier"] if c["lever"].startswith("routes"))
    curve["points"][0]["settings"].append("fleet.vehicles.bus.counts.d.count=1")


@tamper("window", "table-figure-differs")
def frontier_window_below_its_bound(data: Data) -> None:
    point = data["answer"]["frontier"][0]["points"][0]
    point["shortest_window_s"] = point["lower_bound_s"] - 1


@tamper("window", "table-settings-differ")
def frontier_of_an_unknown_term(data: Data) -> None:
    data["answer"]["frontier"][0]["lever"] = "vehicles:ferry"


@tamper("needs", "table-settings-differ")
def change_of_another_crossing(data: Data) -> None:
    found = next(c for c in data["answer"]["not_enough"] if c["what"] == "inspection:x")
    found["what"] = "inspection:y"


@tamper("needs", "table-settings-differ")
def change_of_an_unknown_term(data: Data) -> None:
    change(data)["what"] = "vehicles:ferry"


@tamper("needs", "table-not-ruled-out")
def ruled_out_though_it_suffices(data: Data) -> None:
    """A certificate against the terms is judged, whatever else is said of them."""
    weak_certificate_as_refusal(data)
    data["answer"]["feasible"] = True


@tamper("needs", "table-malformed")
def negative_weight(data: Data) -> None:
    data["answer"]["combination"]["weights"]["deadline"] = -1.0


@tamper("needs", "table-malformed")
def cost_beyond_all_numbers(data: Data) -> None:
    data["answer"]["combination"]["cost_at_least"] = 10**400


@tamper("needs", "table-malformed")
def grid_turned_back(data: Data) -> None:
    """Fewer vehicles than there are never suffice, and to rule them out says nothing."""
    grid = data["answer"]["combination"]["grids"]["vehicles:bus"]
    grid[1:] = [-n for n in grid[1:]]


@tamper("needs", "table-malformed")
def grid_that_skips_the_terms_as_they_stand(data: Data) -> None:
    del data["answer"]["combination"]["grids"]["vehicles:bus"][0]


@tamper("needs", "table-settings-differ")
def part_of_a_combination_bent(data: Data) -> None:
    data["answer"]["combination"]["parts"][0]["to"] -= 1


@tamper("needs", "table-malformed")
def grid_beyond_all_numbers(data: Data) -> None:
    data["answer"]["combination"]["grids"]["vehicles:bus"].append(10**400)


@tamper("needs", "table-verdict-differs")
def clearance_of_what_does_not_suffice(data: Data) -> None:
    data["answer"]["not_enough"][0]["clearance_time_s"] = 60


@tamper("needs", "table-verdict-differs")
def plan_of_terms_that_are_not_met(data: Data) -> None:
    data["answer"]["suffices"] = change(data)["suffices"]


@tamper("window", "table-settings-differ")
def timetable_of_one_with_more(data: Data) -> None:
    """What more vehicles can do says nothing of fewer."""
    points = data["answer"]["frontier"][0]["points"]
    points[0]["window_from"] = points[-1]["amount"]
    points[0]["shortest_window_s"] = points[-1]["shortest_window_s"]


@tamper("window", "table-settings-differ")
def timetable_of_no_point(data: Data) -> None:
    data["answer"]["frontier"][0]["points"][-1]["window_from"] += 1_000


@tamper("needs", "table-words-differ")
def label_of_another_amount(data: Data) -> None:
    change(data)["label"] = "1"


@tamper("needs", "table-words-differ")
def unit_bent(data: Data) -> None:
    change(data)["unit"] = "teams"


@tamper("needs", "table-clause-differs")
def clause_that_is_not_there(data: Data) -> None:
    found = data["answer"]["changes"]
    next(c for c in found if c["what"] == "deadline")["clause_id"] = "nowhere"


@tamper("needs", "table-clause-differs")
def clause_of_the_wrong_kind(data: Data) -> None:
    found = data["answer"]["changes"]
    next(c for c in found if c["what"] == "deadline")["clause_id"] = "route"


@tamper("needs", "table-clause-differs")
def clause_for_what_no_clause_states(data: Data) -> None:
    found = (*data["answer"]["changes"], *data["answer"]["not_enough"])
    next(c for c in found if c["what"] == "vehicles:bus")["clause_id"] = "window"


@tamper("needs", "table-settings-differ")
def part_of_the_combination_left_out(data: Data) -> None:
    data["answer"]["combination"]["parts"].pop()


@tamper("window", "table-words-differ")
def point_labelled_otherwise(data: Data) -> None:
    data["answer"]["frontier"][0]["points"][0]["label"] += " or more"


@tamper("window", "table-words-differ")
def assumption_hidden(data: Data) -> None:
    data["answer"]["frontier"][0]["assumed"] = "all is well"


@tamper("window", "table-figure-differs")
def frontier_window_of_another_point(data: Data) -> None:
    points = data["answer"]["frontier"][0]["points"]
    points[-1]["window_from"] = points[0]["amount"]
    assert points[-1]["shortest_window_s"] != points[0]["shortest_window_s"]


@tamper("window", "table-figure-differs")
def frontier_window_under_what_is_proven(data: Data) -> None:
    point = data["answer"]["frontier"][0]["points"][0]
    point["shortest_window_s"] = point["lower_bound_s"] - 1


@tamper("compare", "table-words-differ")
def title_bent(data: Data) -> None:
    data["answer"]["proposals"][0]["title"] = "A better paper"


@tamper("compare", "table-words-differ")
def clauses_said_to_be_modelled(data: Data) -> None:
    data["answer"]["proposals"][0]["not_modelled"] = ["route"]


@tamper("compare", "table-figure-differs")
def bottleneck_blamed_on_another_clause(data: Data) -> None:
    data["answer"]["proposals"][0]["bottleneck"]["clause_ids"] = ["route"]


@tamper("compare", "table-verdict-differs")
def terms_that_can_be_planned_passed_over(data: Data) -> None:
    data["answer"]["proposals"][0]["by_count"] = None


@tamper("compare", "table-figure-differs")
def waiting_made_shorter(data: Data) -> None:
    data["answer"]["proposals"][0]["person_hours_waiting"] -= 1


@tamper("compare", "table-words-differ")
def event_left_out(data: Data) -> None:
    data["answer"]["timeline"].pop()


@tamper("compare", "table-words-differ")
def provision_said_to_be_accepted(data: Data) -> None:
    accepted = {"date": "2030-01-02", "proposal": "terms"}
    data["answer"]["provisions"][0]["accepted"] = accepted


@tamper("compare", "table-words-differ")
def provision_said_to_have_died(data: Data) -> None:
    died = {"date": "2030-01-02", "proposal": "terms", "status": "lapsed"}
    data["answer"]["provisions"][0]["died"] = died


@tamper("compare", "table-words-differ")
def support_bent(data: Data) -> None:
    data["answer"]["provisions"][0]["occurrences"][0]["support"] = "unsupported"


@tamper("compare", "table-clause-differs")
def provision_in_a_clause_of_another_kind(data: Data) -> None:
    found = next(p for p in data["answer"]["provisions"] if p["kind"] == "leave")
    found["occurrences"][0]["clause_id"] = "window"
