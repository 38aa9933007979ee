"""Any prices make a bound that holds; those of the programme make one that is as good as it."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from safepassage.convoy.grid import grid_points
from safepassage.convoy.linear import optimum
from safepassage.convoy.potentials import settle
from safepassage.convoy.proving import _evaluate, prove
from safepassage.convoy.relaxation import Model, model
from tests.convoy.hamlet import Group, Hamlet, compiled


@pytest.fixture(scope="module")
def relaxed(tmp_path_factory: pytest.TempPathFactory) -> Model:
    """Two days of four hours: a night, and more columns than simplex is used for."""
    folder: Path = tmp_path_factory.mktemp("hamlet")
    hamlet = Hamlet(
        groups={"people": Group(900, "a")}, window={"daily": [{"from": "08:00", "to": "12:00"}]}
    )
    operation, demand = compiled(hamlet.write(folder))
    by = 28 * 3_600
    return model(operation, demand, grid_points(operation, by, 60), by, whole=True, bays=False)


def _gain(m: Model) -> np.ndarray:
    return np.concatenate(m.programme.gain)


def test_multipliers_have_one_sign_inside_the_face_and_at_a_vertex(relaxed: Model) -> None:
    """Rows with "at most" have multipliers of at least 0, with crossover and without."""
    lp = relaxed.programme
    most = ~np.array(lp.equal)
    for vertex in (False, True):
        solved = optimum(lp, _gain(relaxed), vertex=vertex)
        assert solved is not None
        assert solved.multipliers[most].min() > -1e-6
        assert solved.multipliers[most].max() > 1e-3


def test_proof_is_as_good_as_the_programme(relaxed: Model) -> None:
    """Without a vertex, rounding and settling lose less than one person."""
    lp = relaxed.programme
    solved = optimum(lp, _gain(relaxed), vertex=False)
    assert solved is not None
    most, _ = _evaluate(lp, solved.multipliers, 1.0)
    assert solved.value - 1e-3 <= most + 1 <= solved.value + 2


def test_no_prices_prove_less_than_the_optimum(relaxed: Model) -> None:
    """Whatever the prices, settled multipliers bound the programme from above."""
    lp = relaxed.programme
    solved = optimum(lp, _gain(relaxed), vertex=True)
    assert solved is not None
    draw = np.random.default_rng(1)
    for _ in range(20):
        prices = solved.multipliers * draw.uniform(0.0, 2.0, len(lp.limits))
        most, _ = _evaluate(lp, prices, 1.0)
        assert most >= int(solved.value) - 1


def test_settled_worth_never_rises_with_time(relaxed: Model) -> None:
    """Who may wait loses nothing by being ready sooner."""
    lp = relaxed.programme
    solved = optimum(lp, _gain(relaxed), vertex=True)
    assert solved is not None
    scale = 10**9
    whole = np.rint(solved.multipliers * scale).astype(np.int64)
    settled = settle(lp, np.rint(_gain(relaxed)).astype(np.int64) * scale, whole)
    ready = [
        settled[row] for key, row in lp.rows.items() if key[0] == "ready" and key[2] == "depot"
    ]
    if not ready:
        ready = [settled[row] for key, row in lp.rows.items() if key[0] == "boarded"]
    assert all(a >= b for a, b in pairwise(ready))


def test_unsolved_programme_is_no_proof(relaxed: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the time is over first there is no proof; where it is not, there is."""
    assert prove(relaxed, whole=True, seconds=60.0) is not None
    monkeypatch.setattr("safepassage.convoy.proving.optimum", lambda *_, **__: None)
    assert prove(relaxed, whole=True, seconds=60.0) is None
