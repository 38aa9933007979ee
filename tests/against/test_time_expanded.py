"""The checker of clearance results against maximum flows on the full time-expanded graph."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from safepassage.check.clearance import verify_clearance
from safepassage.check.clearance.cut import value_of
from safepassage.check.clearance.roads import read_roads
from safepassage.check.clearance.telling import Findings
from safepassage.network.road_instance import RoadInstance
from safepassage.plan.clearance import CutOverTime
from safepassage.plan.clearance_files import as_written
from tests.check.clearance.naive import can_be_driven
from tests.check.clearance.reference import clear, maximum_flow
from tests.check.clearance.strategies import NODES, instances

few = settings(max_examples=40)
FLOW_CODES = {
    "origin-not-one",
    "destination-not-one",
    "links-apart",
    "departure-empty",
    "waits-differ",
    "wait-too-long",
    "before-ready",
    "capacity-exceeded",
    "link-closed",
    "reception-exceeded",
    "vehicles-added",
    "vehicles-short",
}


@few
@given(instance=instances(), horizon=st.integers(1, 15))
def test_a_minimum_cut_has_the_value_of_the_maximum_flow(instance: RoadInstance, horizon: int):
    """What networkx ships at most is what its minimum cut is worth to the checker."""
    flow = maximum_flow(instance, horizon)
    roads = read_roads(instance, (), Findings())
    cut = CutOverTime(Fraction(horizon), flow.labels)
    found = value_of(cut, roads, instance.origins, instance.destinations)
    assert found.vehicles == flow.amount


@few
@given(instance=instances(), horizon=st.integers(1, 15), data=st.data())
def test_no_cut_is_worth_less_than_any_flow(instance: RoadInstance, horizon: int, data: Any):
    """Whatever the labels, a cut never claims that fewer can be out than can: bounds are bounds."""
    label = st.fractions(0, horizon, max_denominator=3)
    labels = {n: data.draw(label) for n in NODES if n in instance.network.nodes}
    roads = read_roads(instance, (), Findings())
    cut = CutOverTime(Fraction(horizon), labels)
    found = value_of(cut, roads, instance.origins, instance.destinations)
    assert found.vehicles is None or found.vehicles >= maximum_flow(instance, horizon).amount


@few
@given(instance=instances())
def test_what_a_maximum_flow_ships_is_accepted(instance: RoadInstance):
    """Paths taken from the flow are a valid result, and its cut a valid bound."""
    result = as_written(clear(instance, deadline=7))
    verification = verify_clearance(result, instance)
    assert verification.findings == ()
    assert verification.lower_bound_verified
    assert can_be_driven(instance, list(result.departures))


@settings(max_examples=80)
@given(instance=instances(), data=st.data())
def test_bent_departures_are_judged_as_second_by_second(instance: RoadInstance, data: Any):
    """Move, lengthen, thin out or hold up departures: both ways to judge agree."""
    departures = list(clear(instance).departures)
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(departures) - 1))
        d = departures[at]
        shift = Fraction(data.draw(st.integers(-2, 3)))
        bend = data.draw(st.sampled_from(["move", "lengthen", "rate", "wait", "drop", "twice"]))
        if bend == "move" and d.from_s + shift >= 0:
            departures[at] = replace(d, from_s=d.from_s + shift, to_s=d.to_s + shift)
        elif bend == "lengthen":
            departures[at] = replace(d, to_s=d.to_s + 1, vehicles_per_hour=d.vehicles_per_hour / 2)
        elif bend == "rate":
            departures[at] = replace(d, vehicles_per_hour=d.vehicles_per_hour + 1800 * shift)
        elif bend == "wait" and d.links and shift >= 0:
            waits = [Fraction(0), *(d.waits_s or (Fraction(0),) * len(d.links))[1:]]
            waits[data.draw(st.integers(0, len(waits) - 1))] = shift
            departures[at] = replace(d, waits_s=tuple(waits))
        elif bend == "drop" and len(departures) > 1:
            del departures[at]
        elif bend == "twice":
            departures.append(d)
    bent = replace(clear(instance), departures=tuple(departures))
    found = {f.code for f in verify_clearance(bent, instance).findings}
    assert bool(found & FLOW_CODES) == (not can_be_driven(instance, departures))
