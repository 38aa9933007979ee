"""Nobody sets out ahead of an agreed pace, however a timetable is disturbed."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from safepassage.simulate.timetable import timetable_of
from safepassage.simulate.timetable_terms import Terms
from tests.convoy.hamlet import Group, Hamlet, Kind, figure, plan_of
from tests.simulate.plain import carried_out

HOUR = 3_600
LEG = 1_800
"""Ten minutes and twenty minutes; nothing is inspected."""
NEVER = 1 << 40


def _hamlet(persons: int, let_go: int, every: str, *, buses: int = 2, **more: Any) -> Hamlet:
    pace = {"kind": "pace", "id": "pace", "persons": figure(let_go), "every": figure(every)}
    return Hamlet(
        bays={"a": 3},
        crossings={"x": (0, 0)},
        kinds={"bus": Kind(50, {"d": buses})},
        groups={"people": Group(persons, "a")},
        clauses=[pace],
        **more,
    )


# Sixty people, fifty in each six hours, two buses: one with fifty at once, one with ten at 6 h.
SIXTY = _hamlet(60, 50, "6h")


@pytest.mark.parametrize("replan", [False, True])
@pytest.mark.parametrize(
    ("persons", "periods"), [(50, 0), (60, 1), (70, 1), (100, 1), (101, 2), (150, 2), (151, 3)]
)
def test_people_beyond_the_plan_keep_to_the_pace(
    persons: int, periods: int, replan: bool, tmp_path: Path
) -> None:
    """Free seats of the second period take forty more; who is left sets out in later periods."""
    opened = SIXTY.write(tmp_path)
    result = carried_out(opened, plan_of(opened), persons=[float(persons)], replan=replan)
    first = 2_100 if periods == 0 else periods * 6 * HOUR
    assert result.clearance == first + LEG


def test_who_loses_a_vehicle_goes_in_what_the_period_has_left(tmp_path: Path) -> None:
    """The second bus is lost with its ten people at 6 h; the first fetches them in that period."""
    opened = SIXTY.write(tmp_path)
    plan = plan_of(opened)
    second = next(r for r in plan.rotations if r.persons == 10).vehicles[0]
    lost = [0 if second == f"bus-{n}" else NEVER for n in (1, 2)]
    result = carried_out(opened, plan, lost=lost)
    assert 6 * HOUR + LEG <= result.clearance < 12 * HOUR


RANDOM = settings(
    max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)


@RANDOM
@given(
    persons=st.integers(20, 400),
    let_go=st.integers(11, 130),
    every=st.sampled_from(["1h", "2h", "9h"]),
    buses=st.integers(1, 4),
    convoys=st.sampled_from([None, (1, 2, 60), (2, 3, 0)]),
    data=st.data(),
)
def test_no_disturbance_puts_anybody_ahead_of_the_pace(
    persons: int,
    let_go: int,
    every: str,
    buses: int,
    convoys: tuple[int, int, int] | None,
    data: st.DataObject,
) -> None:
    """More people, lost buses, stops and slow boarding, held or planned again: by each moment no
    more are out than could set out by the pace half an hour before."""
    hamlet = _hamlet(persons, let_go, every, buses=max(buses, 2), convoys=convoys)
    with TemporaryDirectory() as folder:
        opened = hamlet.write(Path(folder))
        plan = plan_of(opened)
        terms = Terms(opened.case, opened.network, opened.case.proposal(), plan)
        moments, step = timetable_of(terms).tables.sizes[4:6].tolist()
        stop = data.draw(st.integers(0, 40_000))
        result = carried_out(
            opened,
            plan,
            replan=data.draw(st.booleans()),
            persons=[float(data.draw(st.integers(1, 2 * persons)))],
            refusing=[data.draw(st.sampled_from([0.0, 0.0, 0.2]))],
            lost=[data.draw(st.sampled_from([NEVER, NEVER, 0, 1])) for _ in range(max(buses, 2))],
            boarding=data.draw(st.sampled_from([0.5, 1.0, 3.0])),
            stop_on=[float(stop)],
            stop_off=[float(stop + data.draw(st.integers(1, 50_000)))],
        )
    period = int(every.removesuffix("h")) * HOUR
    for at, out in zip(range(0, step * (moments + 1), step), result.curve, strict=True):
        could = 0 if at < LEG else ((at - LEG) // period + 1) * let_go
        assert out <= could
