"""Counting batches at the crossings: the planner's count is the checker's, to the second."""

from __future__ import annotations

import tempfile
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safepassage.check.proof.passes import later_than
from safepassage.check.proof.programme import read_programme
from safepassage.check.reading import read_terms
from safepassage.convoy.passing import Counting, Row
from tests.convoy.hamlet import START, Group, Hamlet, Kind, compiled
from tests.convoy.strategies import conditions, relaxed

LONG = 20 * 86_400
RELAXED = relaxed(60)


@st.composite
def _hamlets(draw: st.DrawFn) -> Hamlet:
    """Three places on the way to one crossing, open all day or in the daytime."""
    kinds = {"bus": Kind(16, {"d": 3})}
    if draw(st.booleans()):
        kinds["van"] = Kind(7, {"d": 2})
    return Hamlet(
        roads={
            **{(p, "x"): draw(st.integers(1, 40)) for p in "abc"},
            ("x", "r"): draw(st.integers(1, 40)),
        },
        bays=dict.fromkeys("abc", 2),
        crossings={"x": (draw(st.sampled_from([0, 60, 300])), draw(st.sampled_from([0, 30])))},
        kinds=kinds,
        groups={f"of-{p}": Group(draw(st.integers(1, 90)), p, tuple(kinds)) for p in "abc"},
        convoys=draw(st.sampled_from([None, (1, 2, 120), (2, 3, 0)])),
        window={"daily": [{"from": "08:00", "to": "10:00"}]} if draw(st.booleans()) else {},
        conditions=draw(conditions()),
    )


@RELAXED
@given(
    _hamlets(),
    st.lists(st.integers(1, 60), min_size=1, max_size=6),
    st.lists(st.sets(st.sampled_from("abc"), min_size=1), max_size=3),
    st.integers(0, 30_000),
)
def test_planner_and_checker_count_alike(
    hamlet: Hamlet, sizes: list[int], far: list[set[str]], release: int
) -> None:
    """The checker takes the planner's moment for proven, and not a second more."""
    with tempfile.TemporaryDirectory() as folder:
        opened = hamlet.write(Path(folder))
        op, demand = compiled(opened)
        everybody = sum(c.persons for c in demand.cells)
        fitting = [n for i, n in enumerate(sizes) if sum(sizes[: i + 1]) <= everybody] or [1]
        places = [tuple(sorted(p)) for p in far]
        row = Row(demand.cells, fitting)
        over = Counting(op, row, LONG).over(release, places)
        terms = opened.case.proposal()
        reading = read_terms(opened.case, opened.network, terms, "likely", LONG)
        programme = read_programme(reading)
        groups = set(hamlet.groups)

        def proven(value: int) -> bool:
            return later_than(programme, groups, places, fitting, (release, value - 1))

        assert release <= over <= LONG
        assert over == release or proven(over)
        assert not proven(over + 1)


@RELAXED
@given(_hamlets(), st.lists(st.integers(1, 60), min_size=2, max_size=5))
def test_the_sets_chosen_make_no_row_shorter(hamlet: Hamlet, sizes: list[int]) -> None:
    """To count distant places apart proves as much as not to, or more."""
    with tempfile.TemporaryDirectory() as folder:
        op, demand = compiled(hamlet.write(Path(folder)))
        counting = Counting(op, Row(demand.cells, sizes), LONG)
        assert counting.over(0, counting.choose()) >= counting.over(0, ())


@pytest.mark.parametrize(
    ("until", "over"),
    [
        # A bus is boarded after 2,100 s, drives 600 s, is inspected for 60 s, and drives 1,200 s.
        (0, 2_100 + 600 + 60 + 1_200),
        # Both drives begin in snow, and take twice as long.
        (90_000, 2_100 + 1_200 + 60 + 2_400),
        # The first does, and is over before one that waits for the end of the snow.
        (3_000, 2_100 + 1_200 + 60 + 1_200),
        # It is better to wait.
        (2_200, 2_200 + 600 + 60 + 1_200),
        # A drive that begins when the snow ends is as quick as ever.
        (3_360, 2_100 + 1_200 + 60 + 1_200),
        (3_361, 2_100 + 1_200 + 60 + 1 + 1_200),
    ],
)
def test_what_slows_drives_for_a_time_counts_for_those_that_begin_in_it(
    tmp_path: Path, until: int, over: int
) -> None:
    """By hand, and to the second what the checker takes for proven."""
    start = datetime.fromisoformat(START)
    span = {"from": start + timedelta(seconds=2_000), "to": start + timedelta(seconds=until)}
    factor = {"value": 0.5, "assumed": "made up for tests"}
    snow = {k: moment.isoformat() for k, moment in span.items()}
    slow = [{"kind": "period", "id": "snow", "factor": factor, **snow}] if until else []
    opened = Hamlet(conditions=slow).write(tmp_path)
    op, demand = compiled(opened)
    assert Counting(op, Row(demand.cells, [50]), LONG).over(0, ()) == over
    reading = read_terms(opened.case, opened.network, opened.case.proposal(), "likely", LONG)
    programme = read_programme(reading)
    assert later_than(programme, {"people"}, [], [50], (0, over - 1))
    assert not later_than(programme, {"people"}, [], [50], (0, over))
