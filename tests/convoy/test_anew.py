"""Linked steps with convoys that are formed anew at every rotation."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from safepassage.cases import OpenCase
from safepassage.check import verify
from safepassage.convoy import annealing
from safepassage.convoy import linked as module
from safepassage.convoy.anew import form_anew
from safepassage.convoy.annealing import _going_on_best, _Search, improve_anew
from safepassage.convoy.assemble import rotations
from safepassage.convoy.batches import divide_demand
from safepassage.convoy.effort import Effort
from safepassage.convoy.kernel import CREW_OF, HOLD, PAIR_OF
from safepassage.convoy.search import key
from safepassage.convoy.waits import Settling, settle
from tests.convoy.hamlet import Group, Hamlet, Kind, compiled, figure, plan_of
from tests.convoy.linked_hamlets import linked_hamlets
from tests.convoy.strategies import relaxed

Open = Callable[[Hamlet], OpenCase]
SMALL = replace(Effort(), trips=60, rounds=1, fine=False)
RELAXED = relaxed(15)


@RELAXED
@given(linked_hamlets(), st.booleans())
def test_checker_accepts_convoys_formed_anew(hamlet: Hamlet, raced: bool) -> None:
    """Whatever convoys are formed, every vehicle is where it stands and every wait is kept."""
    with tempfile.TemporaryDirectory() as folder:
        opened = replace(hamlet, convoys=(1, 3, 60)).write(Path(folder))
        # A timetable of whole units is never taken, however good it is.
        with (
            patch.object(module, "CHANGES", 15),
            patch.object(module, "QUICK_CHANGES", 15),
            patch.object(module, "_instead", _always),
            patch.object(annealing, "RACED", 1 if raced else 1_000),
            patch.object(annealing, "SHORT", 9.0 if raced else 0.0),
        ):
            plan = plan_of(opened, effort=SMALL)
        verification = verify(plan, opened)
    refused = [f for f in verification.findings if f.severity == "error"]
    assert not refused, "\n".join(map(str, refused))
    assert verification.lower_bound_verified


def _always(_best: module._Choice, anew: module.Anew) -> module._Choice:
    return module._Choice(
        anew.division, anew.sizes, None, anew.board, anew.stages, anew.order, anew.tally
    )


def _two_steps() -> Hamlet:
    """Five buses; four loads in the first step, six in the second; two to three go together."""
    steps = [
        {
            "id": name,
            "gist": "Some go.",
            "batches": [{"groups": ["people"], "persons": figure(persons)}],
            "after": after,
        }
        for name, persons, after in (("one", 200, []), ("two", 300, ["one"]))
    ]
    return Hamlet(
        bays={"a": 3},
        kinds={"bus": Kind(50, {"d": 5})},
        groups={"people": Group(500, "a")},
        convoys=(2, 3, 600),
        clauses=[{"kind": "linked", "id": "steps", "steps": steps}],
    )


def test_vehicles_of_different_convoys_go_together_later(opened: Open) -> None:
    """Three and two set out; who comes back first makes up the next convoy, whoever that was."""
    op, demand = compiled(opened(_two_steps()))
    assert demand.linked is not None
    division = divide_demand(op, demand, demand.linked, "far-first", large=True)
    made = form_anew(op, demand.linked, division, [0, 1, 1], {"bus": 3}, 20 * 86_400)
    assert made is not None
    better = improve_anew(made, op, 1, 300, lambda: False)
    assert better.tally <= made.tally
    assert settle(better.board, better.stages, better.order)
    convoys = [set(r.vehicles) for r in rotations(better.board)]
    assert all(2 <= len(c) <= 3 for c in convoys)
    whole = [{f"bus-{n}" for n in u} for u in ((1, 2, 3), (4, 5))]
    assert any(c not in whole for c in convoys)


def test_the_race_is_won_by_how_the_next_step_can_end(opened: Open) -> None:
    """Of two orders, the one after which the next step ends sooner is chosen, wherever it stands.

    In the worse one nobody sets out for twenty hours.
    """
    op, demand = compiled(opened(_two_steps()))
    assert demand.linked is not None
    division = divide_demand(op, demand, demand.linked, "far-first", large=True)
    made = form_anew(op, demand.linked, division, [0, 1, 1], {"bus": 3}, 20 * 86_400)
    assert made is not None
    first, last, _ = made.stages.cuts
    late = made.order.copy()
    late[first:last, HOLD] = 20 * 3_600
    settling = Settling(made.board, made.stages)
    settling.restart()
    settling.begin()
    search = _Search(op, made, settling, random.Random(1), first, last)
    for found in ([late, made.order], [made.order, late]):
        assert _going_on_best(found, search, 0) is made.order
        # Where the search began, as if nothing had been tried.
        assert settling.stretch(made.order, first, last)
        assert 0 < key(made.board)[1] < made.tally[1]


def test_a_race_is_one_for_each_seed_and_never_worse(opened: Open) -> None:
    """Several searches of a step tell nothing of when, or in what company, they ran."""
    op, demand = compiled(opened(_two_steps()))
    assert demand.linked is not None
    division = divide_demand(op, demand, demand.linked, "far-first", large=True)
    made = form_anew(op, demand.linked, division, [0, 1, 1], {"bus": 3}, 20 * 86_400)
    assert made is not None
    with patch.object(annealing, "RACED", 1):
        raced = [improve_anew(made, op, seed, 200, lambda: False) for seed in (1, 2, 1)]
    assert all(x.tally <= made.tally for x in raced)
    assert (raced[0].order == raced[2].order).all()


def test_nothing_to_form_where_every_convoy_has_one_size(opened: Open) -> None:
    """Vehicles that go singly are units of their own already."""
    op, demand = compiled(opened(replace(_two_steps(), convoys=None)))
    assert demand.linked is not None
    division = divide_demand(op, demand, demand.linked, "far-first", large=True)
    assert form_anew(op, demand.linked, division, [0, 1, 1], {"bus": 1}, 20 * 86_400) is None


@pytest.mark.parametrize(
    ("change", "sizes", "expected"),
    [
        ("merge", [2, 2, 3, 2], [4, 3, 2, 2]),
        ("merge", [4, 3, 2, 2], [5, 2, 2, 2]),
        ("merge", [5, 2, 2, 2], None),
        ("dissolve", [2, 4, 3, 5], [5, 4, 5, 2]),
        ("dissolve", [2, 5, 5, 5], None),
    ],
)
def test_one_convoy_less(
    opened: Open, change: str, sizes: list[int], expected: list[int] | None
) -> None:
    """Merging and dissolving save one convoy, keep to the largest, and put a spare row last."""
    op, demand = compiled(opened(replace(_two_steps(), convoys=(2, 5, 600))))
    assert demand.linked is not None
    division = divide_demand(op, demand, demand.linked, "far-first", large=True)
    made = form_anew(op, demand.linked, division, [0, 1, 1], {"bus": 3}, 20 * 86_400)
    assert made is not None
    order = np.repeat(made.order[:1], len(sizes), axis=0)
    order[:, CREW_OF] = sizes
    search = _Search(op, made, Settling(made.board, made.stages), random.Random(1), 0, len(sizes))
    changed = getattr(search, change)(order, 0, 0)
    assert changed == (expected is not None)
    if expected is not None:
        assert order[:, CREW_OF].tolist() == expected
        assert len(set(order[:, PAIR_OF].tolist())) == 1
