"""Ways to tamper with a result of ``clear``, each with the code that has to come."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Result = dict[str, Any]


@dataclass(frozen=True)
class Tampering:
    """One way to tamper; ``apply`` changes the result in place."""

    name: str
    code: str
    apply: Callable[[Result], None]


TAMPERINGS: list[Tampering] = []


def tamper(code: str) -> Callable[[Callable[[Result], None]], Callable[[Result], None]]:
    """Register a way to tamper."""

    def register(apply: Callable[[Result], None]) -> Callable[[Result], None]:
        TAMPERINGS.append(Tampering(apply.__name__, code, apply))
        return apply

    return register


def departure(result: Result, **wanted: Any) -> dict[str, Any]:
    """The first departure with these values."""
    return next(
        d for d in result["departures"] if all(d.get(key) == x for key, x in wanted.items())
    )


@tamper("instance-differs")
def made_from_other_tables(result: Result) -> None:
    result["instance"]["digest"] = "0" * 64


@tamper("notice-differs")
def notice_made_a_promise(result: Result) -> None:
    result["notice"] = "This way everyone is safe."


@tamper("reversed-unknown")
def unknown_link_reversed(result: Result) -> None:
    result["instance"]["reversed_links"] = ["zz"]


@tamper("reversed-alone")
def one_way_street_reversed(result: Result) -> None:
    result["instance"]["reversed_links"] = ["ab"]


@tamper("reversed-both")
def both_directions_reversed(result: Result) -> None:
    result["instance"]["reversed_links"] = ["bc", "cb"]


@tamper("link-closed")
def a_road_in_use_reversed(result: Result) -> None:
    result["instance"]["reversed_links"] = ["bc"]


@tamper("vehicles-differ")
def vehicles_counted_too_low(result: Result) -> None:
    result["vehicles"] -= 1


@tamper("clearance-differs")
def clearance_made_shorter(result: Result) -> None:
    result["clearance_time_s"] -= 0.5
    result["gap"] = result["clearance_time_s"] / result["lower_bound_s"] - 1


@tamper("clearance-differs")
def clearance_withheld(result: Result) -> None:
    result["clearance_time_s"] = None
    result["gap"] = None


@tamper("clearance-not-had")
def clearance_of_a_broken_search(result: Result) -> None:
    result["complete"] = False


@tamper("gap-differs")
def gap_closed_on_paper(result: Result) -> None:
    result["gap"] = 0.0


@tamper("deadline-count-differs")
def count_by_the_deadline_raised(result: Result) -> None:
    result["evacuated_by_deadline"] = result["evacuated_at_most"]
    result["evacuated_by_deadline"] -= 0.5


@tamper("deadline-missing")
def deadline_left_out(result: Result) -> None:
    result["deadline_s"] = None


@tamper("count-beats-bound")
def bound_by_the_deadline_lowered(result: Result) -> None:
    result["evacuated_at_most"] = result["evacuated_by_deadline"] - 1


@tamper("cut-does-not-prove")
def fewer_by_the_deadline_claimed(result: Result) -> None:
    result["evacuated_at_most"] -= 1


@tamper("cut-does-not-prove")
def deadline_certificate_of_an_earlier_time(result: Result) -> None:
    cut = result["deadline_certificate"]
    cut["horizon_s"] -= 1
    cut["labels"] = {node: min(x, cut["horizon_s"]) for node, x in cut["labels"].items()}


@tamper("bound-not-certified")
def deadline_certificate_left_out(result: Result) -> None:
    result["deadline_certificate"] = None


@tamper("way-out-exists")
def a_way_out_denied(result: Result) -> None:
    result["no_way_out"] = ["a"]


@tamper("bottleneck-foreign")
def bottleneck_elsewhere(result: Result) -> None:
    result["bottleneck"]["links"][0]["link"] = "zz"


@tamper("bottleneck-foreign")
def bottleneck_of_other_origins(result: Result) -> None:
    result["bottleneck"]["origins"] = ["zz"]


@tamper("bottleneck-foreign")
def bottleneck_of_a_place_where_nobody_begins(result: Result) -> None:
    result["bottleneck"]["origins"] = [result["departures"][0]["destination"]]


@tamper("bottleneck-overstated")
def bottleneck_passes_more(result: Result) -> None:
    result["bottleneck"]["links"][0]["vehicles"] += 1


@tamper("bound-not-certified")
def certificate_left_out(result: Result) -> None:
    result["certificate"] = None


@tamper("cut-malformed")
def certificate_of_another_town(result: Result) -> None:
    result["certificate"]["labels"]["zz"] = 0


@tamper("cut-malformed")
def label_after_the_horizon(result: Result) -> None:
    result["certificate"]["labels"]["a"] = result["certificate"]["horizon_s"] + 1


@tamper("cut-does-not-prove")
def bound_raised_over_its_certificate(result: Result) -> None:
    result["lower_bound_s"] += 0.25
    result["gap"] = result["clearance_time_s"] / result["lower_bound_s"] - 1


@tamper("cut-does-not-prove")
def horizon_raised_as_well(result: Result) -> None:
    result["lower_bound_s"] += 2
    result["certificate"]["horizon_s"] += 2
    result["gap"] = result["clearance_time_s"] / result["lower_bound_s"] - 1


@tamper("cut-does-not-prove")
def labels_forgotten(result: Result) -> None:
    result["certificate"]["labels"] = {}


@tamper("bound-beats-result")
def bound_above_the_result(result: Result) -> None:
    result["lower_bound_s"] = result["clearance_time_s"] + 0.001


@tamper("origin-not-one")
def departure_from_elsewhere(result: Result) -> None:
    found = departure(result, origin="a", links=["ab", "bx"])
    found["origin"], found["links"] = "x", ["xa", "ab", "bx"]


@tamper("destination-not-one")
def departure_to_elsewhere(result: Result) -> None:
    found = departure(result, origin="a", links=["ab", "bx"])
    found["destination"], found["links"] = "b", ["ab"]


@tamper("link-not-there")
def tunnel_invented(result: Result) -> None:
    departure(result, links=["ab", "bx"])["links"] = ["tunnel"]


@tamper("links-apart")
def leap_in_the_middle(result: Result) -> None:
    departure(result, links=["ab", "bx"])["links"] = ["ab", "cx"]


@tamper("links-apart")
def way_that_ends_early(result: Result) -> None:
    departure(result, links=["ab", "bx"])["links"] = ["ab"]


@tamper("departure-empty")
def departure_backwards(result: Result) -> None:
    first = result["departures"][0]
    first["from_s"], first["to_s"] = first["to_s"], first["from_s"]


@tamper("departure-empty")
def departure_of_nobody(result: Result) -> None:
    result["departures"][0]["vehicles_per_hour"] = 0


@tamper("waits-differ")
def waits_too_few(result: Result) -> None:
    departure(result, links=["ab", "bx"])["waits_s"] = [0]


@tamper("wait-too-long")
def wait_beyond_the_limit(result: Result) -> None:
    departure(result, links=["ac", "cx"])["waits_s"] = [0, 20.5]


@tamper("before-ready")
def left_before_ready(result: Result) -> None:
    for found in result["departures"]:
        if found["origin"] == "c":
            found["from_s"] -= 5
            found["to_s"] -= 5


@tamper("too-late")
def arrival_in_two_centuries(result: Result) -> None:
    last = result["departures"][-1]
    last["from_s"], last["to_s"] = 4_700_000_000, 4_700_000_001


@tamper("capacity-exceeded")
def rate_raised(result: Result) -> None:
    departure(result, links=["ab", "bx"])["vehicles_per_hour"] += 3600


@tamper("capacity-exceeded")
def rate_raised_a_little(result: Result) -> None:
    for found in result["departures"]:
        found["vehicles_per_hour"] *= 1.00001


@tamper("link-closed")
def driven_while_closed(result: Result) -> None:
    found = departure(result, links=["ab", "bx"])
    found["from_s"], found["to_s"] = 12, 13


@tamper("reception-exceeded")
def camp_overfilled(result: Result) -> None:
    found = departure(result, origin="c", links=["cx"])
    found["destination"], found["links"] = "y", ["cy"]


@tamper("vehicles-added")
def departure_doubled(result: Result) -> None:
    result["departures"].append(result["departures"][0])


@tamper("vehicles-short")
def departure_lost(result: Result) -> None:
    del result["departures"][0]


@tamper("reversed-not-allowed")
def a_road_reversed_that_may_not_be(result: Result) -> None:
    result["contraflow"]["roads"] = ["cb"]
    result["instance"]["reversed_links"] = ["bc"]


@tamper("reversed-unknown")
def unknown_road_may_give_way(result: Result) -> None:
    result["contraflow"]["roads"].append("zz")


@tamper("without-reversed")
def compared_with_reversed_lanes(result: Result) -> None:
    result["contraflow"]["without"]["instance"]["reversed_links"] = ["cb"]


@tamper("without-reversed")
def comparison_left_out(result: Result) -> None:
    """Where lanes are reversed, there is a plan without that to compare with."""
    result["instance"]["reversed_links"] = ["cb"]
    result["contraflow"]["without"] = None


@tamper("vehicles-short")
def compared_with_a_plan_for_fewer(result: Result) -> None:
    del result["contraflow"]["without"]["departures"][0]


@tamper("cut-does-not-prove")
def compared_with_a_false_bound(result: Result) -> None:
    result["contraflow"]["without"]["lower_bound_s"] += 0.25


@tamper("cut-does-not-prove")
def bound_for_any_choice_raised(result: Result) -> None:
    result["contraflow"]["any_choice_s"] += 0.25


@tamper("bound-not-certified")
def certificate_for_any_choice_left_out(result: Result) -> None:
    result["contraflow"]["certificate"] = None


@tamper("bound-beats-result")
def bound_for_any_choice_above_the_result(result: Result) -> None:
    result["contraflow"]["any_choice_s"] = result["clearance_time_s"] + 1


@tamper("arrival-order")
def moments_out_of_order(result: Result) -> None:
    result["arrival"]["points"].reverse()


@tamper("arrival-count-differs")
def more_out_at_a_moment(result: Result) -> None:
    result["arrival"]["points"][-1]["out"] -= 0.5


@tamper("count-beats-bound")
def fewer_at_most_at_a_moment(result: Result) -> None:
    point = result["arrival"]["points"][-2]
    point["at_most"] = point["out"] - 0.5


@tamper("cut-does-not-prove")
def fewer_claimed_at_a_moment(result: Result) -> None:
    result["arrival"]["points"][1]["at_most"] -= 0.5


@tamper("bound-not-certified")
def certificate_of_a_moment_left_out(result: Result) -> None:
    result["arrival"]["points"][1]["certificate"] = None


@tamper("arrival-lag-understated")
def more_at_most_at_a_moment(result: Result) -> None:
    point = result["arrival"]["points"][1]
    point["at_most"], point["certificate"] = result["vehicles"], None
