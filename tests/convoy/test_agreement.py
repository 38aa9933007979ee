"""Planner and checker build the same programme: no multipliers prove less to the checker."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from safepassage.check import verify
from safepassage.check.proof import read_form, read_programme
from safepassage.check.proof.frame import Frame
from safepassage.check.proof.prices import read_prices
from safepassage.check.proof.verify import least_bound
from safepassage.check.reading import read_terms
from safepassage.convoy.grid import grid_points
from safepassage.convoy.programme import Floats, RowKey
from safepassage.convoy.proving import SCALE, Proof, _evaluate, certificate
from safepassage.convoy.questions import coarse
from safepassage.convoy.relaxation import Model, model
from tests.convoy.hamlet import Group, Hamlet, Kind, compiled, figure, plan_of
from tests.convoy.strategies import hamlets, relaxed

RELAXED = relaxed(80)
SETTLED = {"ready", "arrived", "boarded", "people"}
"""Families whose multipliers follow from all others."""


def _prices(m: Model, of: Callable[[RowKey], bool], seed: int) -> Floats:
    """Random multipliers of some rows, each worth about a person, and of all seats."""
    draw, lp = np.random.default_rng(seed), m.programme
    prices = np.zeros(len(lp.limits))
    for key, row in lp.rows.items():
        if key[0] == "seats":
            prices[row] = draw.uniform(0.5, 1.0)
        elif key[0] not in SETTLED and of(key):
            prices[row] = draw.uniform() / max(1.0, abs(lp.limits[row]))
    return prices


@RELAXED
@given(
    hamlets(),
    st.integers(60, 60_000),
    st.booleans(),
    st.booleans(),
    st.sampled_from([None, None, 900]),
    st.integers(0, 10**6),
)
def test_whatever_the_multipliers_the_checker_lets_no_more_out(
    hamlet: Hamlet, by: int, whole: bool, bays: bool, step: int | None, seed: int
) -> None:
    """By each family of rows, and by all together, the checker proves what the planner does."""
    with tempfile.TemporaryDirectory() as folder:
        opened = hamlet.write(Path(folder))
        operation, demand = compiled(opened)
    operation = operation.within(0, by)
    grid = coarse(operation, demand, by) if step is None else grid_points(operation, by, step)
    m = model(operation, demand, grid, by, whole=whole, bays=bays, tours=True)
    terms = read_terms(opened.case, opened.network, opened.case.proposal(), "likely", 0)
    rows = read_programme(terms, (0, by))
    families = {str(key[0]) for key in m.programme.rows} - SETTLED
    for family in [*sorted(families), None]:
        prices = _prices(m, lambda key, name=family: name in (key[0], None), seed)
        most, multipliers = _evaluate(m.programme, prices, 1.0, m.tours)
        claim = "clearance-at-least" if whole else "out-by-at-most"
        value = by + 1 if whole else max(0, most)
        form = read_form(certificate(m, Proof(most, 0.0, 0.0, multipliers), claim, value, by))
        assert not isinstance(form, str), form
        frame = Frame.of(rows, form)
        known = read_prices(form.multipliers, frame)
        assert not isinstance(known, str), known
        bound = least_bound(frame, known, SCALE)
        assert bound is not None
        assert bound // 1 <= most, family


ALONE = Hamlet(
    roads={("a", "x"): 1, ("x", "r"): 1},
    crossings={"x": (0, 0)},
    kinds={"bus": Kind(16, {"d": 1}, {"returns": False})},
    groups={"people": Group(1, "a")},
    window={"daily": [{"from": "08:00", "to": "18:00"}]},
    board_s=0,
    unload_s=0,
    convoys=(1, 3, 120),
)
"""A bus is at the people after two minutes, at the crossing after three, and out after four."""
ESCORTED = Hamlet(
    reception={"r": (9, None), "q": (9, None)},
    roads={("a", "x"): 29, ("x", "r"): 20, ("x", "q"): 21},
    crossings={"x": (30, 60)},
    kinds={"bus": Kind(16, {"d": 4}, {"returns": False})},
    groups={"people": Group(17, "a", to=("q",))},
    board_s=0,
    unload_s=0,
    teams=1,
    leave={"within": figure("3h")},
)
"""Buses do not return, so only the team comes from where the people go to."""


@pytest.mark.parametrize("hamlet", [ALONE, ESCORTED], ids=["spacing", "escorts"])
def test_the_checker_proves_what_the_planner_proved(hamlet: Hamlet, tmp_path: Path) -> None:
    """Nothing is spaced before anybody can be out; who does not return comes from a depot."""
    opened = hamlet.write(tmp_path)
    plan = plan_of(opened)
    assert verify(plan, opened).findings == ()
    assert plan.certificates


def test_a_type_does_not_unload_where_it_takes_nobody(tmp_path: Path) -> None:
    """Bays have no state for a type at a reception point that none of its people go to."""
    hamlet = Hamlet(
        reception={"r": (1, None), "q": (1, None)},
        roads={("a", "x"): 10, ("x", "r"): 20, ("x", "q"): 21},
        kinds={"bus": Kind(50, {"d": 1}), "van": Kind(7, {"d": 1})},
        groups={"people": Group(50, "a"), "others": Group(14, "a", ("van",), ("q",))},
    )
    operation, demand = compiled(hamlet.write(tmp_path))
    m = model(operation, demand, [0, 3_600, 7_200], 7_200, whole=True, bays=True)
    unloading = {key[1:3] for key in m.programme.rows if key[0] == "unload" and len(key) == 4}
    assert unloading == {("bus", "r"), ("van", "q")}
