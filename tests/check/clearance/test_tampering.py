"""Results of ``clear`` spoilt in one way each are refused with the code of that way."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from safepassage.check.clearance import CLEARANCE_CODES, ClearanceVerification, verify_clearance
from safepassage.errors import BadInput
from safepassage.network.network import Network
from safepassage.network.road_instance import RoadInstance
from safepassage.plan.clearance import (
    ArrivalPoint,
    Clearance,
    Contraflow,
    CutOverTime,
    EarliestArrival,
    InstanceReference,
)
from safepassage.plan.clearance_files import as_written, dumps_clearance
from safepassage.plan.clearance_reader import clearance_from_json
from tests.check.clearance.reference import arrived, clear, maximum_flow
from tests.check.clearance.small import build, town
from tests.check.clearance.tampering import TAMPERINGS, Tampering

Judge = Callable[[dict[str, Any]], ClearanceVerification]


@pytest.fixture(scope="module")
def instance() -> RoadInstance:
    return town()


@pytest.fixture(scope="module")
def result(instance: RoadInstance) -> dict[str, Any]:
    """The town cleared by a slow and plain method, as its file, with all that can be asked for."""
    cleared = clear(instance, deadline=20)
    links = dict(instance.network.links)
    for name in ("bc", "cb"):
        links[name] = replace(links[name], capacity_vph=Fraction(6 * 3600))
    shared = clear(replace(instance, network=Network(instance.network.nodes, links)))
    asked = replace(
        cleared,
        contraflow=Contraflow(("bc", "cb"), shared.lower_bound_s, shared.certificate, cleared),
        arrival=EarliestArrival(Fraction(LAG_S), points(cleared, instance)),
    )
    data: dict[str, Any] = json.loads(dumps_clearance(asked))
    return data


LAG_S = 5
"""More than whatever maximum flow there is needs; how late it is differs from run to run."""


def points(cleared: Clearance, instance: RoadInstance) -> tuple[ArrivalPoint, ...]:
    """The most who can be out by some moments, and who is, by maximum flows."""
    found = []
    for time in (8, 14, 24, 30):
        flow = maximum_flow(instance, time)
        out = sum((arrived(d, instance, time) for d in cleared.departures), Fraction(0))
        cut = CutOverTime(Fraction(time), flow.labels)
        found.append(ArrivalPoint(Fraction(time), out, Fraction(flow.amount), cut))
    return tuple(found)


def codes(verification: ClearanceVerification) -> set[str]:
    return {found.code for found in verification.findings}


def test_accepts_the_result(result: dict[str, Any], instance: RoadInstance):
    """What a method that knows nothing of the checker computes is accepted with its bounds."""
    verification = verify_clearance(clearance_from_json(result), instance)
    assert verification.findings == ()
    assert verification.valid
    assert verification.lower_bound_verified


@pytest.mark.parametrize("tampering", TAMPERINGS, ids=lambda t: f"{t.name}-{t.code}")
def test_refuses_tampering(tampering: Tampering, result: dict[str, Any], instance: RoadInstance):
    """Each way of tampering is told by its code."""
    spoilt = copy.deepcopy(result)
    tampering.apply(spoilt)
    verification = verify_clearance(clearance_from_json(spoilt), instance)
    assert tampering.code in codes(verification)
    assert not verification.valid


def test_every_code_is_tested():
    """A code that nothing can bring about is not needed."""
    of_their_own = {"beyond-told", "decimals-exceeded", "way-out-missing"}
    assert set(CLEARANCE_CODES) == {t.code for t in TAMPERINGS} | of_their_own
    assert len({t.code for t in TAMPERINGS}) >= 15


def test_accepts_what_rounding_does(result: dict[str, Any], instance: RoadInstance):
    """A ten-millionth more or less is no finding: the file holds decimals."""
    rounded = copy.deepcopy(result)
    for found in rounded["departures"]:
        found["vehicles_per_hour"] = round(found["vehicles_per_hour"] * 1.0000001, 6)
        found["to_s"] += 1e-8
    assert verify_clearance(clearance_from_json(rounded), instance).findings == ()


def test_weaker_claims_are_accepted(result: dict[str, Any], instance: RoadInstance):
    """A lower bound that is lower, and a bound on those out that is higher, are proven as well."""
    weaker = copy.deepcopy(result)
    weaker["lower_bound_s"] -= 1
    weaker["gap"] = weaker["clearance_time_s"] / weaker["lower_bound_s"] - 1
    weaker["evacuated_at_most"] += 1
    assert verify_clearance(clearance_from_json(weaker), instance).findings == ()


def test_a_way_round_and_round_for_centuries_is_told():
    """Times that no column holds are a finding, not a fault of the checker."""
    century = 3_000_000_000
    instance = build(
        [("out", "a", "b", century, 1), ("back", "b", "a", century, 1)], [("a", 1, 0)], {"b": None}
    )
    good = as_written(clear(build([("out", "a", "b", 1, 1)], [("a", 1, 0)], {"b": None})))
    for rounds, told in ((0, False), (1, True), (4, True)):
        links = ("out", *("back", "out") * rounds)
        departures = tuple(replace(d, links=links, waits_s=()) for d in good.departures)
        verification = verify_clearance(replace(good, departures=departures), instance)
        assert ("too-late" in codes(verification)) is told


def test_a_curve_without_points_is_no_curve(result: dict[str, Any], instance: RoadInstance):
    """A guarantee on no moment at all guarantees nothing; one moment is one."""
    spoilt = copy.deepcopy(result)
    spoilt["arrival"]["points"] = spoilt["arrival"]["points"][-1:]
    assert verify_clearance(clearance_from_json(spoilt), instance).valid
    spoilt["arrival"]["points"] = []
    with pytest.raises(BadInput, match=r"arrival\.points"):
        clearance_from_json(spoilt)


def test_finer_than_the_file_is_refused(instance: RoadInstance):
    """Numbers in memory have to be those of the file, or what is checked is not what is written."""
    fine = clear(instance, deadline=20)
    first = replace(fine.departures[0], to_s=fine.departures[0].to_s + Fraction(1, 3 * 10**9))
    fine = replace(fine, departures=(first, *fine.departures[1:]))
    assert "decimals-exceeded" in codes(verify_clearance(fine, instance))
    assert verify_clearance(as_written(fine), instance).valid


def test_times_without_told_capacities_are_refused(instance: RoadInstance):
    """Capacities that repeat are told for a month: no result may speak of what comes after."""
    result = as_written(clear(instance))
    assert verify_clearance(result, replace(instance, told_until_s=Fraction(40))).valid
    short = verify_clearance(result, replace(instance, told_until_s=Fraction(20)))
    assert codes(short) == {"beyond-told"}


def _nowhere() -> tuple[RoadInstance, Clearance]:
    """Nobody gets from the island; those of the coast do."""
    apart = build(
        [("r", "coast", "camp", 3, 2), ("s", "island", "reef", 1, 1)],
        [("coast", 10, 0), ("island", 5, 0)],
        {"camp": None},
    )
    coast = build([("r", "coast", "camp", 3, 2)], [("coast", 10, 0)], {"camp": None})
    cleared = clear(coast)
    result = replace(
        cleared,
        vehicles=Fraction(15),
        clearance_time_s=None,
        gap=None,
        no_way_out=("island",),
        instance=InstanceReference("small", apart.digest),
    )
    return apart, as_written(result)


def test_no_way_out_is_an_answer():
    """Where some have no way out, the rest leave, and the bound is one for the rest."""
    apart, result = _nowhere()
    verification = verify_clearance(result, apart)
    assert verification.findings == ()
    assert verification.lower_bound_verified


def test_no_way_out_has_to_be_said():
    """A result that keeps silent about those who cannot leave is refused."""
    apart, result = _nowhere()
    silent = replace(result, no_way_out=())
    assert codes(verify_clearance(silent, apart)) == {"way-out-missing"}


def test_ready_after_the_last_way_has_closed():
    """Whoever becomes ready when the only road is shut for good has no way out."""
    floods = build(
        [("r", "a", "b", 3, 2)],
        [("a", 10, 0), ("a", 5, 8)],
        {"b": None},
        {"r": ((8, 100 * 366 * 86_400, 0),)},
    )
    dry = build([("r", "a", "b", 3, 2)], [("a", 10, 0)], {"b": None})
    result = as_written(
        replace(
            clear(dry), vehicles=Fraction(15), clearance_time_s=None, gap=None, no_way_out=("a",)
        )
    )
    assert codes(verify_clearance(result, floods)) == set()
    in_time = replace(
        floods, origins=tuple(replace(o, ready_s=Fraction(0)) for o in floods.origins)
    )
    assert "way-out-exists" in codes(verify_clearance(result, in_time))


def test_a_reception_that_is_too_small_for_all():
    """That not everyone can ever be received is proven by a cut of a hundred years."""
    small = build([("r", "a", "b", 3, 2)], [("a", 10, 0)], {"b": 6})
    room = build([("r", "a", "b", 3, 2)], [("a", 6, 0)], {"b": None})
    cleared = replace(clear(room), vehicles=Fraction(10), clearance_time_s=None, gap=None)
    century = Fraction(100 * 366 * 86_400)
    proof = CutOverTime(century, {"a": Fraction(0), "b": Fraction(0)})
    result = as_written(replace(cleared, lower_bound_s=None, certificate=proof))
    assert codes(verify_clearance(result, small)) == set()
    unproven = replace(result, certificate=None)
    assert codes(verify_clearance(unproven, small)) == {"vehicles-short"}


def test_a_broken_search_may_leave_some_without_a_departure(instance: RoadInstance):
    """An incomplete result states no clearance time, and is otherwise held to every rule."""
    cleared = clear(instance)
    part = replace(
        cleared,
        departures=cleared.departures[:-3],
        complete=False,
        interrupted=True,
        clearance_time_s=None,
        gap=None,
    )
    assert codes(verify_clearance(as_written(part), instance)) == set()
    claimed = replace(part, complete=True)
    assert "vehicles-short" in codes(verify_clearance(as_written(claimed), instance))


def test_contraflow_gives_a_direction_the_lanes_of_the_other():
    """The lanes of a reversed link carry the other way, and its own entrance is shut."""
    roads = [("out", "a", "b", 3, 2), ("in", "b", "a", 3, 1)]
    plain = build(roads, [("a", 12, 0)], {"b": None})
    wide = build([("out", "a", "b", 3, 3)], [("a", 12, 0)], {"b": None})
    reference = InstanceReference("small", plain.digest, ("in",))
    result = as_written(replace(clear(wide), instance=reference))
    assert verify_clearance(result, plain).findings == ()
    kept = replace(result, instance=InstanceReference("small", plain.digest))
    assert "capacity-exceeded" in codes(verify_clearance(kept, plain))


def test_a_bound_for_any_choice_counts_the_lanes_of_both_directions():
    """What is proven with lanes as they are is not so for any choice, unless none may give way."""
    plain = build([("out", "a", "b", 3, 2), ("in", "b", "a", 3, 1)], [("a", 12, 0)], {"b": None})
    result = as_written(clear(plain))
    none = Contraflow((), result.lower_bound_s, result.certificate, None)
    assert verify_clearance(replace(result, contraflow=none), plain).findings == ()
    every = replace(result, contraflow=replace(none, roads=None))
    verification = verify_clearance(every, plain)
    assert codes(verification) == {"cut-does-not-prove"}
    assert not verification.lower_bound_verified


def test_many_findings_of_a_kind_are_counted(instance: RoadInstance):
    """Twenty of a kind are told and the rest counted, so that nobody reads thousands."""
    cleared = clear(instance)
    odd = tuple(replace(d, links=("zz",)) for d in cleared.departures)
    verification = verify_clearance(as_written(replace(cleared, departures=odd)), instance)
    told = [found for found in verification.findings if found.code == "link-not-there"]
    assert len(told) == 21
    assert "more of this kind" in told[-1].message
