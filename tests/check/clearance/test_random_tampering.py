"""Whatever is done to a result, the checker answers; and no bound it accepts is too high."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from fractions import Fraction
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from safepassage.check.clearance import verify_clearance
from safepassage.errors import BadInput
from safepassage.network.road_instance import RoadInstance
from safepassage.plan.clearance import CutOverTime
from safepassage.plan.clearance_files import as_written, dumps_clearance
from safepassage.plan.clearance_reader import clearance_from_json
from tests.check.clearance.reference import clear
from tests.check.clearance.small import town
from tests.check.clearance.strategies import instances
from tests.check.test_random_tampering import branches, leaves, reach

TOWN = town()
CLEARED = clear(TOWN, deadline=20)
FILE: dict[str, Any] = json.loads(dumps_clearance(CLEARED))
TEXTS = sorted({leaf for _, leaf in leaves(FILE) if isinstance(leaf, str)})

relaxed = settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])


@relaxed
@given(data=st.data())
def test_nothing_makes_the_checker_stumble(data: Any):
    """Numbers bent, texts swapped, entries lost or doubled: there is a verdict each time."""
    result = copy.deepcopy(FILE)
    for _ in range(data.draw(st.integers(1, 5))):
        action = data.draw(st.sampled_from(["number", "text", "delete", "double", "null"]))
        if action in ("number", "text", "null"):
            path, old = data.draw(st.sampled_from(leaves(result)))
            new: Any = None if action == "null" else old
            if action == "number" and isinstance(old, int | float):
                new = data.draw(st.one_of(st.integers(0, 10**10), st.floats(0, 100, width=16)))
            elif action == "text" and isinstance(old, str):
                new = data.draw(st.sampled_from(TEXTS))
            reach(result, path[:-1])[path[-1]] = new
            continue
        lists = [p for p in branches(result) if isinstance(reach(result, p), list)]
        chosen = reach(result, data.draw(st.sampled_from(lists)))
        if chosen:
            at = data.draw(st.integers(0, len(chosen) - 1))
            if action == "delete":
                del chosen[at]
            else:
                chosen.insert(at, copy.deepcopy(chosen[at]))
    try:
        read_back = clearance_from_json(result)
    except BadInput:
        return
    verification = verify_clearance(read_back, TOWN)
    assert all(found.message and found.where for found in verification.findings)
    assert verification.valid == (not verification.findings)
    if verification.valid and read_back.lower_bound_s is not None:
        assert CLEARED.clearance_time_s is not None
        assert read_back.lower_bound_s <= CLEARED.clearance_time_s


@relaxed
@given(instance=instances(), data=st.data())
def test_no_bound_that_is_accepted_is_too_high(instance: RoadInstance, data: Any):
    """Labels and horizon at will: what the checker accepts is never above a plan that is valid."""
    cleared = clear(instance)
    time = cleared.clearance_time_s
    assert time is not None
    horizon = time + data.draw(st.fractions(-2, 2, max_denominator=4))
    if horizon <= 0:
        return
    found = cleared.certificate.labels if cleared.certificate is not None else {}
    labels = {
        node: min(max(label + data.draw(st.integers(-2, 2)), Fraction(0)), horizon)
        for node, label in found.items()
    }
    claimed = as_written(
        replace(
            cleared,
            lower_bound_s=horizon,
            certificate=CutOverTime(horizon, labels),
            gap=float(time / horizon - 1),
        )
    )
    verification = verify_clearance(claimed, instance)
    assert horizon <= time or not verification.lower_bound_verified
    if horizon > time:
        codes = {finding.code for finding in verification.findings}
        assert codes >= {"bound-beats-result", "cut-does-not-prove"}
