"""Futures: the same ones in whatever block, counted whole, and true to their case."""

from __future__ import annotations

import math
import pickle
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

from safepassage.cases import OpenCase, open_case
from safepassage.errors import BadInput, UnknownName
from safepassage.plan import Plan
from safepassage.simulate.futures import POLICIES, Futures, futures_of
from safepassage.simulate.outcomes import Outcomes
from safepassage.terms.uncertainty import ConvoyUnknown
from tests.convoy.hamlet import Group, Hamlet, plan_of


def same(one: Outcomes, other: Outcomes) -> bool:
    """Whether two blocks are the same, bit for bit."""
    pairs = ((getattr(one, f.name), getattr(other, f.name)) for f in fields(Outcomes))
    return all(a.tobytes() == b.tobytes() for a, b in pairs)


@pytest.fixture(scope="module", params=POLICIES)
def futures(request: pytest.FixtureRequest, aleppo: tuple[OpenCase, Plan]) -> Futures:
    """Of the bundled case, by each policy."""
    return futures_of(aleppo[0], None, aleppo[1], request.param)


def test_a_future_is_the_same_in_whatever_block(futures: Futures) -> None:
    """Blocks, their order and another process make no difference to a single byte."""
    whole = futures.outcomes(5, 12, seed=7)
    parts = [futures.outcomes(first, n, seed=7) for first, n in ((5, 1), (6, 8), (14, 3))]
    elsewhere = pickle.loads(pickle.dumps(futures))
    assert same(whole, Outcomes.joined(parts))
    assert same(whole, elsewhere.outcomes(5, 12, seed=7))
    assert not same(whole, futures.outcomes(5, 12, seed=8))


def test_futures_count_everybody_once(futures: Futures) -> None:
    """Out in time, left and refusing are all the people drawn, and curves only rise."""
    out = futures.outcomes(0, 40, seed=1)
    inside = futures.unknowns.index("people.inside")
    total = out.out_by_deadline + out.left_by_group.sum(axis=1) + out.refused
    # Each group is rounded for itself.
    assert np.abs(total - out.drawn[:, inside]).max() <= len(futures.groups)
    assert (np.diff(out.curve, axis=1) >= 0).all()
    assert (out.curve[:, -1] <= total - out.refused).all()
    assert (out.succeeded == (out.left_by_group.sum(axis=1) == 0)).all()


def test_quantiles_can_be_given(aleppo: tuple[OpenCase, Plan]) -> None:
    """The quantiles that a future draws, given by hand, make the same future."""
    made = futures_of(aleppo[0], None, aleppo[1])
    u = made.draws.uniforms(3, 0, 8)
    assert same(made.outcomes(0, 8, seed=3), made.outcomes_at(u, seed=3, first=0))
    u[:, made.unknowns.index("people.inside")] = 0.001
    fewer = made.outcomes_at(u, seed=3, first=0)
    assert (fewer.drawn[:, made.unknowns.index("people.inside")] < 13_000).all()


def test_undisturbed_is_the_plan(aleppo: tuple[OpenCase, Plan]) -> None:
    """With nothing drawn the one future is that of the plan, by either policy."""
    plan = aleppo[1]
    for policy in POLICIES:
        out = futures_of(aleppo[0], None, plan, policy).undisturbed()
        assert out.clearance_s.tolist() == [plan.answer.clearance_time_s]
        assert out.out_by_deadline.tolist() == [plan.answer.evacuated_by_deadline]


def test_every_unknown_says_where_it_is_from(futures: Futures) -> None:
    """Its sources, or what is assumed."""
    assert all("cited: " in told or "assumed: " in told for told in futures.origins)
    assert any(told.startswith("driving: assumed: ") for told in futures.assumed)


def test_a_case_without_uncertainty_takes_marked_assumptions(tmp_path: Path) -> None:
    """Its estimates become triangles, its times vary by default, and all of it says so."""
    opened = Hamlet(groups={"people": Group(100, "a")}).write(tmp_path)
    made = futures_of(opened, None, plan_of(opened))
    assert made.unknowns == ("people.people", "boarding", "driving", "inspection.posts")
    assert len(made.assumed) == len(made.unknowns)
    out = made.outcomes(0, 5, seed=0)
    assert (out.drawn[:, 0] == 100).all()
    assert out.out_by_deadline.tolist() == [-1] * 5


def test_a_plan_of_another_proposal_is_refused(aleppo: tuple[OpenCase, Plan]) -> None:
    """A timetable is carried out under its own terms only."""
    opened, plan = aleppo
    with pytest.raises(UnknownName, match="us-2-dec"):
        futures_of(opened, "us-2-dec", plan)
    assert futures_of(opened, plan.proposal, plan).groups


def test_fitting_needs_a_record(aleppo: tuple[OpenCase, Plan]) -> None:
    """Without stops in the observations there is nothing to fit to; with them there is."""
    opened, plan = aleppo
    assert "suspension.length" in futures_of(opened, None, plan).unknowns
    bare = replace(opened, observations=())
    with pytest.raises(BadInput, match="to fit suspension"):
        futures_of(bare, None, plan)


def test_suspensions_are_fitted_to_several_cases(aleppo: tuple[OpenCase, Plan]) -> None:
    """115 h of Nagorno-Karabakh without a stop make the next one later, its length no other."""
    opened, plan = aleppo
    assert opened.uncertainty is not None

    def with_cases(*cases: str) -> dict[str, float]:
        stops = opened.uncertainty.suspensions
        fits = {
            name: getattr(stops, name).model_copy(update={"cases": cases})
            for name in ("time_to_suspension", "length")
        }
        stated = {"suspensions": stops.model_copy(update=fits)}
        changed = opened.uncertainty.model_copy(update=stated)
        draws = futures_of(replace(opened, uncertainty=changed), None, plan)
        medians = draws.draws.values(np.full((1, len(draws.unknowns)), 0.5))[0]
        return dict(zip(draws.unknowns, medians.tolist(), strict=True))

    alone, both = with_cases(), with_cases("nagorno-karabakh-2023")
    # Of two times that ended in a stop, each hour without one adds half an hour to the mean.
    later = (both["suspension.onset"] - alone["suspension.onset"]) / math.log(2)
    assert later == pytest.approx(115 * 3_600 / 2)
    assert both["suspension.length"] == alone["suspension.length"]
    with pytest.raises(BadInput, match="nowhere"):
        with_cases("nowhere")


def test_convoys_differ_where_the_case_says_so(aleppo: tuple[OpenCase, Plan]) -> None:
    """Each by its own draw, the same in whatever block; all else is drawn as without it."""
    opened, plan = aleppo
    assert opened.uncertainty is not None
    spread = {"kind": "uniform", "low": 0.5, "high": 1.5, "assumed": "made up"}
    stated = ConvoyUnknown.model_validate({"driving": spread})
    changed = opened.uncertainty.model_copy(update={"each_convoy": stated})
    plain = futures_of(opened, None, plan)
    varied = futures_of(replace(opened, uncertainty=changed), None, plan)
    assert varied.unknowns == plain.unknowns
    assert varied.sourced[-1] == ("each_convoy.driving", "assumed: made up")
    assert "each_convoy.driving: assumed: made up" in varied.assumed
    values = varied.draws.values(varied.draws.uniforms(3, 0, 200))
    drawn, before = varied.draws.drawn(values, 3, 0), plain.draws.drawn(values, 3, 0)
    assert before.own.shape == (200, 3, 0)
    assert (drawn.own[:, [0, 2]] == 1).all()
    own = drawn.own[:, 1]
    assert own.shape == (200, len(plan.rotations))
    assert len(np.unique(own)) == own.size
    assert own.mean() == pytest.approx(1, abs=0.02)
    assert np.array_equal(drawn.lost, before.lost)
    assert np.array_equal(drawn.hold_gap, before.hold_gap)
    whole = varied.outcomes(0, 60, 3)
    assert same(whole, Outcomes.joined([varied.outcomes(i, 20, 3) for i in (0, 20, 40)]))
    assert not same(whole, plain.outcomes(0, 60, 3))


def test_bundled_case_is_opened_with_its_uncertainty() -> None:
    """The file beside the case is read with it and enters its digest."""
    assert open_case("aleppo-2016").uncertainty is not None
    assert open_case("fort-mcmurray-2016").uncertainty is None
