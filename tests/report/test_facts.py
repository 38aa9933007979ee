"""Every number of the report, against the village worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from safepassage.cases import OpenCase
from safepassage.check import Verification
from safepassage.plan import Left, Level, Plan
from safepassage.report.facts import HOUR, Facts, gather, main_level
from safepassage.report.facts.movement import vehicle_type
from tests.report import village


def test_likely_count_stands_for_all(plans: dict[Level, Plan]) -> None:
    assert main_level(plans) == "likely"
    assert main_level({"high": plans["high"], "low": plans["low"]}) == "low"


def test_answers_in_order_with_local_times(facts: Facts) -> None:
    assert list(facts.answers) == ["low", "likely", "high"]
    likely = facts.answer
    assert likely.clearance == datetime.fromisoformat("2030-05-03T08:40:00+02:00")
    assert likely.deadline == datetime.fromisoformat("2030-05-03T09:15:00+02:00")
    assert likely.clearance is not None
    assert likely.clearance.utcoffset() == facts.start.utcoffset()
    assert (likely.carried, likely.late, likely.convoys, likely.vehicles) == (102, 0, 2, 3)
    assert likely.last is not None
    assert (likely.last.rotation, likely.last.persons) == ("R0002", 2)


def test_late_people_are_counted(facts: Facts) -> None:
    high = facts.answers["high"]
    assert (high.carried, high.late) == (152, 50)
    assert not high.proven_impossible


def test_curve_steps_at_every_arrival(facts: Facts) -> None:
    low, likely, high = facts.curves
    assert (likely.times_s, likely.persons) == ((0, 1860, 2400), (0, 100, 102)), (
        "840 s board, 300 s to the bridge, 120 s for two vehicles, 600 s to the camp"
    )
    assert low.persons[-1] == low.total == 62
    assert high.times_s[-1] == 4650


def test_corridor_sums(facts: Facts) -> None:
    (road,) = facts.corridors
    assert (road.persons, road.convoys, road.vehicles) == (102, 2, 3)
    assert road.shortest_m == road.longest_m == 9000
    assert (road.first_s, road.last_s) == (840, 2400)


def test_string_diagram_measures_from_the_first_crossing(facts: Facts) -> None:
    (diagram,) = facts.strings
    assert diagram.marks == (("square", -3000.0), ("bridge", 0.0), ("camp", 6000.0))
    first = diagram.trips[0]
    assert first.loaded
    assert first.vehicle == "bus"
    assert list(zip(first.times_s, first.metres, strict=True)) == [
        (840, -3000),
        (1140, 0),
        (1260, 0),
        (1860, 6000),
    ], "inspected for two minutes where it stands"


def test_empty_legs_run_inward(
    opened: OpenCase, plans: dict[Level, Plan], verifications: dict[Level, Verification]
) -> None:
    facts = gather(opened, {"high": plans["high"]}, verifications)
    (diagram,) = facts.strings
    (empty,) = [t for t in diagram.trips if not t.loaded]
    assert (empty.times_s[0], empty.metres[0]) == (2160, 6000)
    assert (empty.times_s[-1], empty.metres[-1]) == (3090, -3000)
    assert empty.persons == 0


def test_crossing_use_by_hour(facts: Facts) -> None:
    (use,) = [u for u in facts.uses if u.kind == "crossing-out"]
    (hour,) = use.hours
    assert (hour.start_s, hour.open_s) == (0, 2400), "up to the last arrival"
    assert (hour.used_s, hour.spacing_s) == (3 * 60, 120)
    assert use.share == hour.share == pytest.approx(300 / 2400)
    assert not [u for u in facts.uses if u.kind == "crossing-in"]


def test_vehicles_and_bays_in_use(facts: Facts) -> None:
    uses = {(u.id, u.kind): u for u in facts.uses}
    buses = uses["bus", "vehicles"]
    unloaded = 1860 + 300
    assert buses.hours[0].used_s == 2 * min(unloaded, 2400)
    assert uses["square", "boarding"].hours[0].used_s == 3 * 600
    assert uses["camp", "unloading"].hours[0].open_s == 2 * 2400


def test_hours_follow_the_clock(
    opened: OpenCase, plans: dict[Level, Plan], verifications: dict[Level, Verification]
) -> None:
    facts = gather(opened, {"high": plans["high"]}, verifications)
    for use in facts.uses:
        assert [h.start_s for h in use.hours] == [0, HOUR]


def test_map_carries_people_over_links(facts: Facts) -> None:
    assert [line.persons for line in facts.map.lines] == [102, 102]
    assert {p.id: p.persons for p in facts.map.places} == {
        "square": 102,
        "bridge": 102,
        "camp": 102,
        "garage": 0,
    }
    assert len(facts.map.empty) == 1, "the road from the garage"
    assert facts.map.roads == ()
    square = next(p for p in facts.map.places if p.id == "square")
    assert square.name_local == village.ARABIC
    assert square.at == (37.12, 36.11)


def test_names_of_one_id_are_kept_apart(facts: Facts) -> None:
    assert facts.names.places["bridge"].text == "Bridge"
    assert facts.names.corridors["bridge"].text == "Bridge road"


def test_terms_carry_marks_and_sources(facts: Facts) -> None:
    terms = {t.id: t for t in facts.terms}
    assert [t for t in terms if not terms[t].modelled] == ["items"]
    assert terms["route"].support.value == "disputed"
    assert terms["route"].disputes[0].by == "Opponents"
    assert terms["route"].assumed == "no road is named"
    assert terms["leave"].obliges == ("Council",)
    assert terms["leave"].references[0].locator == "lines 1-2"


def test_terms_tell_what_no_timetable_can_show(facts: Facts) -> None:
    terms = {t.id: t for t in facts.terms}
    assert terms["window"].details == (
        "Begins on a condition: when the guns are silent.",
        (
            "May be lengthened by 3h, on a condition: granted on the day. "
            "The plan does not count on it."
        ),
    )
    assert terms["items"].details == ("May be taken by everyone: a bag.",)
    assert terms["leave"].details == ()


def test_stated_consequence_comes_first_and_later_statements_stay_out(facts: Facts) -> None:
    assert [s.id for s in facts.statements] == ["threat"]
    assert facts.statements[0].consequence_of == ("leave",)


def test_opinions_come_after_claims(facts: Facts) -> None:
    assert [(c.id, c.opinion) for c in facts.claims] == [("claim", False), ("judgement", True)]


def test_every_figure_has_source_or_assumption(facts: Facts) -> None:
    assert facts.figures
    assert all(f.assumed or f.references for f in facts.figures)
    shown = {f.where: (f.value, f.unit) for f in facts.figures}
    assert shown["groups", "civilians", "persons", "high"] == (150, "people")
    assert shown["places", "bridge", "inspection", "out", "any", "time"] == ("1min", "")
    assert shown["fleet", "vehicles", "bus", "counts", "garage", "count"] == (2, "vehicles")
    assert ("places", "bridge", "inspection", "in", "any", "time") in shown


def test_road_figures_count_what_is_assumed(facts: Facts) -> None:
    roads = facts.roads
    assert (roads.links, roads.length_assumed, roads.speed_assumed) == (3, 3, 0)
    assert (roads.length_reasons, roads.speed_reasons) == (("drawn",), ())


def test_sources_are_numbered_in_the_order_of_citing(facts: Facts) -> None:
    assert [n for n, _ in facts.sources] == [1, 2]
    numbers = {s.id: n for n, s in facts.sources}
    for term in facts.terms:
        assert all(r.number == numbers[r.source.id] for r in term.references)


def test_proven_impossible_deadline_is_a_finding(
    opened: OpenCase, plans: dict[Level, Plan], verifications: dict[Level, Verification]
) -> None:
    high = plans["high"]
    bent = replace(high, answer=replace(high.answer, evacuated_at_most=110))
    proven = {**verifications, "high": Verification(True, (), True)}
    told = gather(opened, {**plans, "high": bent}, proven).protection
    assert told[0].code == "deadline-below-minimum"
    assert told[0].clause_id == "leave"
    assert "high 152" in told[0].message
    unproven = {**verifications, "high": Verification(True, (), False)}
    assert "deadline-below-minimum" not in {
        f.code for f in gather(opened, {**plans, "high": bent}, unproven).protection
    }


def test_plan_that_moves_nobody(opened: OpenCase, plans: dict[Level, Plan]) -> None:
    """A plan without a convoy is still told, with everybody left."""
    low = plans["low"]
    left = (
        Left("civilians", "square", 60, "No vehicle suits them."),
        Left("wounded", "square", 2, "No vehicle suits them."),
    )
    answer = replace(low.answer, feasible=False, evacuated_by_deadline=0, clearance_time_s=None)
    nobody = replace(low, rotations=(), left=left, answer=replace(answer, slack_s=None))
    facts = gather(opened, {"low": nobody}, {"low": Verification(True, (), True)})
    assert facts.answer.carried == 0
    assert facts.answer.last is None
    assert facts.uses == ()
    assert facts.strings == ()


def test_vehicle_type() -> None:
    assert vehicle_type("mini-bus-12") == "mini-bus"
