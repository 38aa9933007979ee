"""Disturbed timetables against a model of the same plan in SimPy."""

from __future__ import annotations

import numpy as np
import pytest

from safepassage.cases import open_case
from safepassage.simulate.draws import nothing_drawn
from safepassage.simulate.slip import carried_out
from safepassage.simulate.timetable import timetable_of
from safepassage.simulate.timetable_terms import Terms
from safepassage.solver import solve

pytest.importorskip("simpy", reason="SimPy is not installed (extra bench)")


@pytest.mark.parametrize("proposal", ["us-2-dec", "us-russia-48h"])
def test_every_convoy_arrives_as_in_simpy(proposal: str) -> None:
    """Slower, held and suspended twice, with convoys that differ or not, on the same moments."""
    from benchmarks.simulate_simpy import Disturbed, Model

    opened = open_case("aleppo-2016")
    plan = solve(opened, proposal, levels=["low"]).plans["low"]
    terms = Terms(opened.case, opened.network, opened.case.proposal(proposal), plan)
    timetable = timetable_of(terms)
    model = Model(terms, plan)
    rng = np.random.default_rng(5)
    bridge = timetable.crossings.index("ramouseh-bridge")
    for number in range(6):
        boarding, driving, posts = rng.uniform(0.8, 2.0, 3)
        on = np.cumsum(rng.uniform(3_000, 40_000, 4))
        gaps, lengths = rng.uniform(2_000, 20_000, 5), rng.uniform(100, 9_000, 5)
        drawn = nothing_drawn(timetable.tables, timetable.persons)
        crossings = len(timetable.crossings)
        hold_gap, hold_s = np.full((1, crossings, 5), np.inf), np.zeros((1, crossings, 5))
        hold_gap[0, bridge], hold_s[0, bridge] = gaps, lengths
        own = rng.uniform(0.7, 1.6, (1, 3, len(timetable.rotations) if number % 2 else 0))
        drawn = drawn._replace(
            own=own,
            boarding=np.array([boarding]),
            driving=np.array([driving]),
            inspecting=np.full((1, 2 * crossings), posts),
            stop_on=on[None, ::2].copy(),
            stop_off=on[None, 1::2].copy(),
            hold_gap=hold_gap,
            hold_s=hold_s,
        )
        found = carried_out(timetable.tables, drawn, arrivals=True).arrivals[0]
        wanted = model.arrivals(
            Disturbed(
                boarding,
                driving,
                dict.fromkeys(timetable.crossings, posts),
                list(zip(on[::2], on[1::2], strict=True)),
                {"ramouseh-bridge": list(zip(gaps, lengths, strict=True))},
                {} if not number % 2 else dict(zip(timetable.rotations, own[0].T, strict=True)),
            )
        )
        assert found.tolist() == pytest.approx([wanted[r] for r in timetable.rotations], abs=1e-3)
