"""Timetables as a choice of beats: when they are one, and that whole choices come out as chosen."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safepassage.cases import OpenCase
from safepassage.check import verify
from safepassage.convoy.appointments import appointed, in_turn
from safepassage.convoy.beats import BeatModel, Stretch, beat_model, stretches, suits
from safepassage.convoy.by_beats import Appointed, Aside, plan_by_beats
from safepassage.convoy.diving import whole_passes
from safepassage.convoy.effort import Effort
from safepassage.convoy.kernel import HOLD, HOLD_OUT, decode
from safepassage.convoy.tables import build
from safepassage.convoy.trips import Trips, allot
from safepassage.convoy.units import form_units
from safepassage.instance import Operation
from safepassage.solver import solve
from safepassage.stop import Gap
from tests.convoy.hamlet import Group, Hamlet, Kind, compiled

Open = Callable[[Hamlet], OpenCase]

MORNINGS = {"daily": [{"from": "08:00", "to": "12:00"}]}
DAY = 86_400


def village(**more: object) -> Hamlet:
    """Two types, two assembly points, one crossing that is open in the mornings."""
    return replace(
        Hamlet(
            roads={("a", "x"): 10, ("b", "x"): 15, ("x", "r"): 20},
            bays={"a": 2, "b": 2},
            crossings={"x": (120, 120)},
            kinds={"bus": Kind(50, {"d": 8}), "ambulance": Kind(2, {"d": 3})},
            groups={
                "people": Group(1_500, "a"),
                "others": Group(900, "b"),
                "wounded": Group(16, "b", ("ambulance",)),
            },
            window=MORNINGS,
        ),
        **more,
    )


def _ready(opened: OpenCase) -> tuple[Operation, Trips]:
    operation, demand = compiled(opened)
    return operation, allot(operation, demand)


def _solved(operation: Operation, trips: Trips, until: int) -> tuple[BeatModel, np.ndarray]:
    model = beat_model(operation, trips, until, until)
    x = whole_passes(model, lambda: math.inf)
    assert x is not None
    return model, x


def test_single_vehicles_at_crossings_with_one_time_are_a_choice_of_beats(opened: Open) -> None:
    """The plain operation suits."""
    assert suits(*_ready(opened(village())), DAY)


@pytest.mark.parametrize(
    "change",
    [
        {"teams": 3},
        {"convoys": (2, 4, 0)},
        {"convoys": (1, 1, 30)},
        {"special": {("x", "ambulance"): (60, 120)}},
        {"crossings": {"x": (120, 0)}},
    ],
    ids=["escorts", "convoys", "spacing", "two times", "no time inwards"],
)
def test_what_is_no_choice_of_beats_is_refused(opened: Open, change: dict[str, object]) -> None:
    """Escorts, convoys, spacing, types with other times and crossings without time do not suit."""
    operation, trips = _ready(opened(village(**change)))
    assert not suits(operation, trips, DAY)
    assert plan_by_beats(operation, trips, until=DAY, aim=0, left=lambda: math.inf) is None


def test_days_that_are_alike_are_one_stretch(opened: Open) -> None:
    """Of ten mornings, the eight between the first and the last are planned once."""
    operation, _ = _ready(opened(village()))
    parts = stretches(operation, 9 * DAY + 4 * 3_600)
    assert [p.days for p in parts] == [1, 8, 1]
    assert parts[1].end - parts[1].begin == DAY
    assert parts[2].begin == parts[1].begin + 8 * DAY


def test_few_days_are_planned_as_they_are(opened: Open) -> None:
    """Three mornings make one stretch."""
    operation, _ = _ready(opened(village()))
    until = 2 * DAY + 4 * 3_600
    assert stretches(operation, until) == [Stretch(0, until)]


def test_passes_come_out_whole_and_one_to_a_beat(opened: Open) -> None:
    """Every load has one way out, and no beat is given twice."""
    operation, trips = _ready(opened(village()))
    model, x = _solved(operation, trips, DAY + 4 * 3_600)
    chosen = x[model.events()]
    assert np.abs(chosen - np.rint(chosen)).max() < 1e-6
    taken: Counter[tuple[bool, int]] = Counter()
    out: Counter[tuple[str, str]] = Counter()
    for passes in model.passes:
        for i in np.flatnonzero(x[passes.columns] > 0.5):
            lead = operation.least_drive(passes.route.segments[0], passes.kind)
            taken[passes.inward, int(passes.depart[i]) + lead] += 1
            out[passes.place, passes.kind] += not passes.inward
    assert max(taken.values()) == 1
    assert out == {(p.place, p.kind): len(p.loads) for p in trips.pairs}


def test_appointments_are_kept(opened: Open) -> None:
    """Decoded, every departure is at the moment it is held to."""
    operation, trips = _ready(opened(village()))
    model, x = _solved(operation, trips, DAY + 4 * 3_600)
    units = form_units(operation, trips, {"bus": 1, "ambulance": 1})
    board = build(operation, trips, units, 5 * DAY)
    order, loose = appointed(operation, board, in_turn(model, x))
    assert loose == 0
    assert decode(board.tables, board.work, order, (0.0, 0.0), 0)
    departs = board.work.departs[: len(order)]
    assert (departs[:, 0] == order[:, HOLD]).all()
    assert (departs[:, 1] == order[:, HOLD_OUT]).all()


def test_typical_days_are_written_out(opened: Open) -> None:
    """A plan over many days serves every load, and the checker accepts it."""
    hamlet = village(groups={"people": Group(2_400, "a"), "others": Group(1_600, "b")})
    case = opened(hamlet)
    operation, trips = _ready(case)
    until = 6 * DAY
    assert len(stretches(operation, until)) == 3
    found = plan_by_beats(operation, trips, until=until, aim=until, left=lambda: math.inf)
    assert found is not None
    assert found.tally[1] <= until
    assert int(found.board.work.tally[4]) == found.board.total_trips


@settings(max_examples=12, deadline=None, derandomize=True)
@given(
    buses=st.integers(1, 9),
    people=st.integers(100, 2_000),
    seconds=st.sampled_from([90, 120, 200]),
    bays=st.integers(1, 3),
)
def test_plans_by_beats_are_valid(
    tmp_path_factory: pytest.TempPathFactory, buses: int, people: int, seconds: int, bays: int
) -> None:
    """What is planned by beats is accepted by the checker, with its bound."""
    hamlet = village(
        kinds={"bus": Kind(50, {"d": buses}), "ambulance": Kind(2, {"d": 2})},
        groups={"people": Group(people, "a"), "wounded": Group(7, "b", ("ambulance",))},
        crossings={"x": (seconds, seconds)},
        bays={"a": bays, "b": 1},
    )
    case = hamlet.write(tmp_path_factory.mktemp("village"))
    effort = Effort(tries=2, finalists=1, more_tries=2, rounds=0, goal=0.0)
    plan = solve(case, levels=("likely",), effort=effort, stop=Gap(0.0), seed=1).plans["likely"]
    verdict = verify(plan, case)
    assert verdict.valid, verdict.findings
    assert verdict.lower_bound_verified


def test_work_aside_hands_over_its_result_or_its_fault() -> None:
    """What happens in the thread is not lost."""
    assert Aside(lambda _: None).result() is None

    def fail(_: Aside) -> Appointed | None:
        raise ArithmeticError("told")

    with pytest.raises(ArithmeticError, match="told"):
        Aside(fail).result()
