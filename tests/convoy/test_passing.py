"""Counting batches at the crossings: the planner's count is the checker's, to the second."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from safepassage.check.proof.passes import later_than
from safepassage.check.proof.programme import read_programme
from safepassage.check.reading import read_terms
from safepassage.convoy.passing import Counting, Row
from tests.convoy.hamlet import Group, Hamlet, Kind, compiled
from tests.convoy.strategies import relaxed

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
