"""What is told of a result follows from its departures, and from nothing else."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from safepassage.network.road_instance import FOR_GOOD_S, CapacityPeriod, RoadInstance
from safepassage.plan.clearance import Clearance, CutOverTime, Departure, InstanceReference
from safepassage.report.clearance import ClearanceFacts, gather_clearance, sentences
from safepassage.report.clearance.departures import departures_table, ways_out
from safepassage.report.clearance.summary import answer_data, summary_lines
from safepassage.report.clearance.uses import road_uses


def test_the_curve_by_hand(facts: ClearanceFacts):
    """One a second arrives from 5 s to 17 s: half are out after 11 s, nine in ten after 15.8."""
    assert facts.curve.reached(0) == 0
    assert facts.curve.reached(6) == pytest.approx(11)
    assert facts.curve.reached(12.1) is None
    assert facts.out_s[50] == pytest.approx(11, abs=1e-4)
    assert facts.out_s[90] == pytest.approx(15.8, abs=1e-4)
    assert facts.out_s[100] == 17
    assert facts.received == {"c": pytest.approx(12)}


def test_how_roads_are_used(result: Clearance, instance: RoadInstance):
    """The bridge is full from 3 s to 15 s; the road that nobody takes is not told."""
    uses = {use.link.id: use for use in road_uses(result, instance)}
    assert set(uses) == {"ab", "bc"}
    bridge = uses["bc"]
    assert (bridge.from_s, bridge.to_s) == (3, 15)
    assert bridge.vehicles == pytest.approx(12)
    assert bridge.share == pytest.approx(1)
    assert bridge.cut is not None
    assert uses["ab"].cut is None


def test_a_closure_leaves_less_to_fill(result: Clearance, instance: RoadInstance):
    """How full a road is, is told of the time it is open."""
    shut = CapacityPeriod(Fraction(6), Fraction(9), Fraction(0))
    uses = road_uses(result, replace(instance, changes={"ab": (shut,)}))
    (hill,) = [use for use in uses if use.link.id == "ab"]
    (plain,) = [use for use in road_uses(result, instance) if use.link.id == "ab"]
    assert hill.share is not None
    assert plain.share is not None
    assert hill.share > plain.share


def test_an_exact_result_says_so(facts: ClearanceFacts):
    """Where nothing is left between time and bound, the sentence is that it is exact."""
    assert not facts.exact
    assert "within 6.25% of the best" in sentences.proof(facts)
    exact = replace(facts.clearance, lower_bound_s=facts.clearance.clearance_time_s, gap=0.0)
    told = replace(facts, clearance=exact)
    assert told.exact
    assert "exact, and proven" in sentences.proof(told)


def test_a_broken_search_says_so(stopped: Clearance, instance: RoadInstance):
    """Those without a departure are counted, and that better may be found is told."""
    facts = gather_clearance(stopped, instance)
    assert "stopped before everyone had a departure: 8 vehicles of 12" in sentences.answer(facts)
    assert "broken off" in sentences.proof(facts)
    assert facts.out_s[100] is None
    assert answer_data(facts, 1.0)["complete"] is False


def test_those_without_a_way_out_are_named(result: Clearance, instance: RoadInstance):
    """The places are told, and that the bound is one for the rest."""
    places = tuple(f"p{i}" for i in range(7))
    stuck = replace(result, clearance_time_s=None, gap=None, no_way_out=places)
    facts = gather_clearance(stuck, instance)
    assert "no way out from p0, p1, p2, p3 and p4 and 2 more places" in sentences.answer(facts)
    assert "everyone who has a way out" in sentences.proof(facts)


def test_the_deadline_is_told_with_its_bound(facts: ClearanceFacts):
    """How many are out, and how many can be; the latter only where it is fewer than all."""
    told = sentences.by_deadline(facts)
    assert "5 vehicles out; no more than 5 vehicles can be, proven." in told
    everyone = replace(facts.clearance, evacuated_at_most=facts.clearance.vehicles)
    assert "proven" not in sentences.by_deadline(replace(facts, clearance=everyone))


def test_parts_of_vehicles_are_told_on_the_safe_side() -> None:
    """Who is out is not overstated, nor understated who can be at most."""
    assert sentences.vehicles(999.6) == "1,000 vehicles"
    assert sentences.vehicles(999.6, "down") == "999 vehicles"
    assert sentences.vehicles(999.4, "up") == "1,000 vehicles"
    for amount in (999.9999999, 1_000.0000001):
        assert sentences.vehicles(amount, "down") == sentences.vehicles(amount, "up")


def test_summary_leaves_out_what_there_is_not(facts: ClearanceFacts):
    """No empty line, and files only where some were written."""
    lines = summary_lines(facts, 0.5, [])
    assert all(lines)
    assert not any(line.startswith("Written") for line in lines)


def test_ways_are_departures_put_together(facts: ClearanceFacts, instance: RoadInstance):
    """One way over the hill and the bridge, from the first to the last who takes it."""
    (way,) = ways_out(facts.clearance, instance)
    assert way.roads == "Hill Street, <b>Old Bridge</b>"
    assert way.vehicles == pytest.approx(12)
    assert way.begins == "0:00:00"


def test_the_table_has_every_departure(facts: ClearanceFacts, instance: RoadInstance):
    """A row each, in the order of the result, and no cell that a spreadsheet would run."""
    odd = replace(facts.clearance.departures[0], origin="=cmd()")
    table = departures_table(
        replace(facts.clearance, departures=(odd, *facts.clearance.departures)), instance
    )
    lines = table.splitlines()
    assert len(lines) == len(facts.clearance.departures) + 2
    assert lines[1].startswith("'=cmd()")


def test_who_is_already_there_needs_no_road(instance: RoadInstance):
    """A departure without links is told as what it is."""
    there = Departure("c", "c", (), (), Fraction(0), Fraction(10), Fraction(3600))
    empty = replace(instance, origins=())
    clearance = Clearance(
        instance=InstanceReference("small", instance.digest),
        vehicles=Fraction(10),
        clearance_time_s=Fraction(10),
        lower_bound_s=Fraction(0),
        gap=None,
        deadline_s=None,
        evacuated_by_deadline=None,
        evacuated_at_most=None,
        no_way_out=(),
        complete=True,
        bottleneck=None,
        certificate=CutOverTime(Fraction(0), {}),
        deadline_certificate=None,
        departures=(there,),
    )
    (way,) = ways_out(clearance, empty)
    assert way.roads == "already there"
    assert gather_clearance(clearance, empty).out_s[100] == 10


def test_the_folder_one_is_in_has_a_name(
    facts: ClearanceFacts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """``clear .`` is titled by the folder's name, as ``clear ../folder`` is."""
    (tmp_path / "harbour").mkdir()
    monkeypatch.chdir(tmp_path / "harbour")
    for location in (".", "./", "../harbour", "../harbour/", str(tmp_path / "harbour")):
        reference = replace(facts.instance, location=location)
        assert sentences.name(replace(facts, instance=reference)) == "harbour"


def test_never_is_no_number_of_seconds(result: Clearance, instance: RoadInstance):
    """A bound that stands for ever is told in words; any other in seconds."""
    never = replace(result, clearance_time_s=None, gap=None, lower_bound_s=FOR_GOOD_S)
    told = sentences.proof(gather_clearance(never, instance))
    assert told.startswith("That everyone cannot be out is proven")
    assert "3,162" not in told
    stuck = replace(never, bottleneck=None)
    assert sentences.bottleneck(gather_clearance(stuck, instance)) == "More time is of no help."
    late = replace(never, lower_bound_s=Fraction(86_400))
    assert "in under 86,400\N{NO-BREAK SPACE}s" in sentences.proof(gather_clearance(late, instance))
