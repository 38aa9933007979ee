"""The relaxation holds every timetable: on no grid does it prove what the plan at hand refutes."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from safepassage.check import verify
from safepassage.check.proof import read_programme
from safepassage.check.proof.slowed import read_slowed
from safepassage.check.reading import read_terms
from safepassage.convoy.bounds import clearance_bound, people_bound
from safepassage.convoy.effort import Effort
from safepassage.convoy.grid import grid_points
from safepassage.convoy.questions import ask, coarse, early, late
from safepassage.plan import Plan
from tests.convoy.hamlet import START, Group, Hamlet, Kind, compiled, plan_of
from tests.convoy.strategies import hamlets, relaxed

RELAXED = relaxed(60)


def _out_by(plan: Plan, moment: int) -> int:
    return sum(r.persons for r in plan.rotations if r.loaded_leg.arrive_s <= moment)


@RELAXED
@given(hamlets(), st.sampled_from([None, 900, 300]), st.booleans(), st.floats(0.1, 1.0))
def test_no_plan_beats_a_bound(hamlet: Hamlet, step: int | None, bays: bool, share: float) -> None:
    with tempfile.TemporaryDirectory() as folder:
        opened = hamlet.write(Path(folder))
        plan = plan_of(opened)
        operation, demand = compiled(opened)
    last = max((r.loaded_leg.arrive_s for r in plan.rotations), default=0)
    moment = int(last * share)
    if moment:
        bound = people_bound(operation, demand, moment, step=step)
        assert _out_by(plan, moment) <= bound.value <= demand.persons
    clearance = plan.answer.clearance_time_s
    if clearance:
        # Everybody is out by then, so nothing may prove that somebody is not.
        grid = coarse(operation, demand, clearance)
        if step is not None:
            grid = grid_points(operation, clearance, step)
        model, proof = ask(operation, demand, grid, clearance, whole=True, bays=bays)
        assert proof.most >= model.target


def test_finer_grids_prove_no_less(tmp_path: Path) -> None:
    hamlet = Hamlet(
        groups={"people": Group(900, "a")}, window={"daily": [{"from": "08:00", "to": "12:00"}]}
    )
    opened = hamlet.write(tmp_path)
    operation, demand = compiled(opened)
    clearance = plan_of(opened).answer.clearance_time_s
    assert clearance is not None
    coarse = clearance_bound(operation, demand, clearance, goal=0.0, fine=False)
    fine = clearance_bound(operation, demand, clearance, goal=0.0)
    assert coarse.value <= fine.value <= clearance
    # The last load, alone and on the first day, would take an hour; the bound knows the nights.
    assert fine.value > 0.9 * clearance
    assert abs(sum(fine.load.values()) - 1.0) < 1e-6


def test_one_bay_is_proven_to_hold_all_back(tmp_path: Path) -> None:
    """Where a single bay binds, the quick bound is its work, within the search's minute."""
    hamlet = Hamlet(
        crossings={"x": (0, 0)},
        kinds={"bus": Kind(50, {"d": 20})},
        groups={"people": Group(1000, "a")},
    )
    opened = hamlet.write(tmp_path)
    answer = plan_of(opened, effort=Effort.quick()).answer
    # Half an hour there, twenty times five minutes, half an hour out.
    assert answer.clearance_time_s == 1800 + 20 * 300 + 1800
    assert answer.lower_bound_s > answer.clearance_time_s - 60


def test_one_bay_that_unloads_holds_all_back(tmp_path: Path) -> None:
    """Where vehicles wait to be unloaded, the quick bound is the bay's work, to the minute."""
    hamlet = Hamlet(
        bays={"a": 4},
        crossings={"x": (0, 0)},
        reception={"r": (1, None)},
        kinds={"bus": Kind(50, {"d": 4})},
        groups={"people": Group(500, "a")},
        unload_s=3_000,
    )
    opened = hamlet.write(tmp_path)
    answer = plan_of(opened, effort=Effort.quick()).answer
    # There after 3,900 s; six are unloaded before the last one goes once more.
    assert answer.clearance_time_s == 3_900 + 6 * 3_000 + 3_900
    assert answer.lower_bound_s > answer.clearance_time_s - 60
    assert answer.bottleneck.resource == "bays/r"


def snow(until: str) -> Hamlet:
    figure = {"value": 0.5, "assumed": "made up for tests"}
    span = {"from": "2030-01-01T06:00:00+00:00", "to": until}
    return Hamlet(
        kinds={"bus": Kind(50, {"d": 2})},
        groups={"people": Group(500, "a")},
        conditions=[{"kind": "period", "id": "snow", "factor": figure, **span}],
    )


def test_what_slows_all_drives_counts_in_the_bound(tmp_path: Path) -> None:
    """A slow period from the start to the moment proven is in the bound, and the checker agrees."""
    opened = snow("2030-01-03T08:00:00+00:00").write(tmp_path)
    plan = plan_of(opened)
    verdict = verify(plan, opened)
    assert verdict.valid
    assert verdict.lower_bound_verified
    assert plan.answer.gap is not None
    assert plan.answer.gap < 0.01


def test_a_certificate_that_counts_on_snow_proves_nothing_without_it(tmp_path: Path) -> None:
    """Where the slow period ends a second earlier than the moment proven, the proof is refused."""
    plan = plan_of(snow("2030-01-03T08:00:00+00:00").write(tmp_path / "long"))
    end = datetime.fromisoformat(START) + timedelta(seconds=plan.answer.lower_bound_s - 1)
    short = snow(end.isoformat()).write(tmp_path / "short")
    verdict = verify(plan, short)
    assert not verdict.lower_bound_verified
    assert "certificate-does-not-prove" in {f.code for f in verdict.findings}
    whole = snow((end + timedelta(seconds=1)).isoformat()).write(tmp_path / "whole")
    codes = {f.code for f in verify(plan, whole).findings}
    assert "certificate-does-not-prove" not in codes


HALF = {"value": 0.5, "assumed": "made up for tests"}
SPANS = [("06:30", "07:10"), ("08:00", "09:30"), ("10:00", "15:00"), ("16:00", "16:05")]


@settings(RELAXED, max_examples=80)
@given(data=st.data())
def test_every_plan_fits_into_the_rows_of_slow_periods(data: st.DataObject) -> None:
    """Whatever a plan has its vehicles do by any arrival is within each type's row by itself."""
    chosen = data.draw(st.lists(st.sampled_from(SPANS), min_size=1, max_size=3, unique=True))
    slow = [
        {"kind": "daily", "id": f"c{i}", "from": x, "to": y, "factor": HALF}
        for i, (x, y) in enumerate(chosen)
    ]
    drawn = data.draw(hamlets())
    groups = {n: replace(g, persons=4 * g.persons) for n, g in drawn.groups.items()}
    hamlet = replace(drawn, conditions=slow, groups=groups, window={}, leave={}, clauses=[])
    with tempfile.TemporaryDirectory() as folder:
        opened = hamlet.write(Path(folder) / "hamlet")
        plan = plan_of(opened, effort=Effort.quick())
        assume(plan.rotations)
        proposal = opened.case.proposal(plan.proposal)
        reading = read_terms(opened.case, opened.network, proposal, "likely", 10 * 86_400)
        legs = [(r.loaded_leg, v.rpartition("-")[0]) for r in plan.rotations for v in r.vehicles]
        by = data.draw(st.sampled_from(sorted({leg.arrive_s for leg, _ in legs})))
        programme = read_programme(reading, (0, by))
        rows = read_slowed(programme, by)
        for kind, row in rows.items():
            ways = {(w.start, w.end, w.corridor): w for w in row.fleet.carrying}
            taken = sum(
                row.journey(ways[leg.from_, leg.to, leg.corridor])
                for leg, k in legs
                if k == kind and leg.arrive_s <= by
            )
            event(f"share of the row: {10 * taken // max(1, row.limit(by))} tenths")
            assert taken <= row.limit(by)


def afternoon(until: str) -> Hamlet:
    """Two buses with 30 loads; snow from noon on, which halves the speed."""
    span = {"from": "2030-01-01T12:00:00+00:00", "to": until}
    return Hamlet(
        crossings={"x": (0, 0)},
        kinds={"bus": Kind(50, {"d": 2})},
        groups={"people": Group(1500, "a")},
        conditions=[{"kind": "period", "id": "snow", "factor": HALF, **span}],
    )


def test_snow_that_passes_costs_half_of_its_hours(tmp_path: Path) -> None:
    """Eight hours of snow, less 1,200 s for a drive that began before it, are worth half.

    A journey drives 3,600 s and stands for 420 s, of which half can make up for snow.
    """
    opened = afternoon("2030-01-01T20:00:00+00:00").write(tmp_path)
    plan = plan_of(opened, effort=Effort.quick())
    verdict = verify(plan, opened)
    assert verdict.valid
    assert verdict.lower_bound_verified
    by_hand = 15 * (3_600 + 420 / 2) + (8 * 3_600 - 1_200) / 2 - 120 / 2
    assert by_hand - 60 < plan.answer.lower_bound_s <= by_hand + 1


def test_the_same_proof_fails_where_snow_passes_sooner(tmp_path: Path) -> None:
    """Three minutes less of snow, and buses might be a minute earlier than is claimed."""
    plan = plan_of(afternoon("2030-01-01T20:00:00+00:00").write(tmp_path / "long"))
    sooner = afternoon("2030-01-01T19:57:00+00:00").write(tmp_path / "short")
    assert "certificate-does-not-prove" in {f.code for f in verify(plan, sooner).findings}
    without = replace(afternoon(""), conditions=[]).write(tmp_path / "without")
    assert "certificate-malformed" in {f.code for f in verify(plan, without).findings}


@pytest.mark.parametrize("persons", [200, 900])
def test_a_timetable_that_ends_after_a_night_leaves_no_bound_unasked(
    tmp_path: Path, persons: int
) -> None:
    """Wherever behind the next opening the search begins, it finds what holds before the night."""
    hamlet = Hamlet(
        groups={"people": Group(persons, "a")}, window={"daily": [{"from": "08:00", "to": "12:00"}]}
    )
    operation, demand = compiled(hamlet.write(tmp_path))
    clearance = plan_of(hamlet.write(tmp_path)).answer.clearance_time_s
    assert clearance is not None
    near = clearance_bound(operation, demand, clearance, goal=0.0, fine=False)
    assert near.value > 0
    opens = next(a for a, _ in operation.timeline.crossing_open("x", 864_000) if a > clearance)
    for later in (opens, opens + 600, opens + 3_600):
        far = clearance_bound(operation, demand, later, goal=0.0, fine=False)
        assert 0.97 * near.value <= far.value <= clearance


def test_closed_hours_are_one_moment(tmp_path: Path) -> None:
    """From the last arrival of a day to the first of the next, as many are out."""
    hamlet = Hamlet(window={"daily": [{"from": "08:00", "to": "12:00"}]})
    operation, _ = compiled(hamlet.write(tmp_path))
    night = [14_400 + 3_600 * k for k in range(3, 19)]
    assert len({(early(operation, by), late(operation, by)) for by in night}) == 1
    assert early(operation, night[0]) <= night[0] < night[-1] <= late(operation, night[-1])
    assert (early(operation, 10_000), late(operation, 10_000)) == (10_000, 10_000)
