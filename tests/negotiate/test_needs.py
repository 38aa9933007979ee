from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from safepassage.cases import OpenCase, changed_case
from safepassage.check.table import verify_table
from safepassage.errors import BadInput
from safepassage.negotiate.combine import cheapest, unit
from safepassage.negotiate.levers import levers
from safepassage.negotiate.needs import Needs, needs, needs_table
from safepassage.negotiate.session import Session
from safepassage.negotiate.window import window_table, windows
from tests.convoy.hamlet import Group, Hamlet, Kind, figure


@pytest.fixture(scope="module")
def found(opened: OpenCase) -> Needs:
    return needs(opened, weights={"vehicles:bus": 1.0, "hours:window": 2.0})


def test_terms_as_they_stand_are_proven_impossible(found: Needs) -> None:
    """The question is asked of terms that no timetable meets."""
    assert found.now.impossible
    assert not found.now.suffices


def test_each_change_suffices_and_less_is_ruled_out_or_open(found: Needs) -> None:
    """What suffices has a timetable; what is said to be too little has a certificate."""
    assert found.changes
    for change in found.changes:
        sign = 1 if change.lever.amounts.step > 0 else -1
        if change.to is not None:
            assert change.suffices is not None
            assert change.suffices.suffices
            assert sign * change.at_least <= sign * change.to
        if change.short is not None:
            assert change.refused is not None
            assert change.refused.impossible
        assert change.proven == (
            change.to is not None and change.short == change.to - change.lever.amounts.step
        )


def test_some_change_is_proven_least(found: Needs) -> None:
    """On a small case the gap closes for at least one change: one step less does not do."""
    assert any(change.proven for change in found.changes)


def test_longer_hours_alone_cannot_be_told_enough_below_what_is_ruled_out(found: Needs) -> None:
    """No amount both suffices and is ruled out."""
    for change in found.changes:
        if change.to is not None and change.short is not None:
            order = list(change.lever.amounts[:200])
            if change.to in order and change.short in order:
                assert order.index(change.short) < order.index(change.to)


def test_what_it_takes_is_the_same_in_one_process_and_in_two(
    found: Needs, opened: OpenCase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who asks, and in which order, changes no answer and no proof."""
    monkeypatch.setattr("safepassage.negotiate.needs.LONG_S", 0.0)
    shared = needs(opened, weights={"vehicles:bus": 1.0, "hours:window": 2.0}, workers=2)
    assert needs_table(shared) == needs_table(found)


def test_a_weight_that_names_nothing_is_refused_before_anything_is_searched(
    opened: OpenCase,
) -> None:
    """A wrong name is told at once, with what there is."""
    told: list[str] = []
    with pytest.raises(BadInput, match="vehicles:bus"):
        needs(opened, weights={"vehicles:bsu": 1.0}, progress=told.append)
    assert told == []


def test_nothing_is_needed_where_the_terms_can_be_met(opened: OpenCase) -> None:
    """A feasible proposal needs no change."""
    free = changed_case(opened, ["proposals.terms.clauses.window.length=30d"])
    found = needs(free)
    assert found.now.suffices
    assert found.changes == ()
    assert verify_table(needs_table(found), free).valid


def test_cheapest_combination_agrees_with_trying_all(opened: OpenCase) -> None:
    """Brute force over the same steps finds nothing cheaper, and the bound is no higher than it."""
    session = Session(opened)
    weights = {"vehicles:bus": 1.0, "hours:window": 2.0, "escorts": 1.0}
    used = [x for x in levers(opened, opened.case.proposal()) if x.id in weights]
    reach = {"vehicles:bus": 3, "hours:window": 8 * 3_600, "escorts": 4}
    found = cheapest(session, used, weights, "likely", [(x, reach[x.id]) for x in used])
    costs = []
    for amounts in product(*(found.grids[x.id] for x in used)):
        settings = tuple(
            s for x, n in zip(used, amounts, strict=True) if n != x.now for s in x.settings(n)
        )
        if session.refine(settings).suffices:
            costs.append(
                sum(
                    weights[x.id] * abs(n - x.now) / unit(x)
                    for x, n in zip(used, amounts, strict=True)
                )
            )
    assert found.cost is not None
    assert found.cost_at_least <= min(costs) + 1e-9
    assert found.cost >= min(costs) - 1e-9
    if found.cost_at_least == found.cost:
        assert found.cost == pytest.approx(min(costs))


@pytest.mark.parametrize(
    "weights", [{"trams": 1.0}, {"vehicles:bus": 0.0}, {"vehicles:bus": float("nan")}]
)
def test_a_bad_weight_is_one_clear_line(opened: OpenCase, weights: dict[str, float]) -> None:
    """A weight names a change there is, and is over 0."""
    with pytest.raises(BadInput) as error:
        needs(opened, weights=weights)
    assert len(error.value.faults) == 1
    assert error.value.faults[0].where.startswith("--weight")


def test_answer_is_accepted_by_the_checker(found: Needs, opened: OpenCase) -> None:
    """Every claim of the file follows from its evidence."""
    verification = verify_table(needs_table(found), opened)
    assert verification.findings == ()
    assert verification.valid


PACED = Hamlet(
    bays={"a": 6},
    crossings={"x": (0, 0)},
    reception={"r": (6, None)},
    kinds={"bus": Kind(50, {"d": 6})},
    groups={"people": Group(300, "a")},
    leave={"within": figure("7h")},
    clauses=[{"kind": "pace", "id": "pace", "persons": figure(100), "every": figure("6h")}],
)
"""Three hundred people, half an hour from safety; two periods begin early enough, so that 150 in
each are enough and 149 are not."""


def test_a_pace_is_turned_to_the_person(tmp_path: Path) -> None:
    """The least pace that suffices is found, one person fewer ruled out, and the file verified."""
    opened = PACED.write(tmp_path)
    found = needs(opened)
    (change,) = [c for c in found.changes if c.lever.id == "pace:pace"]
    assert (change.to, change.short, change.proven) == (150, 149, True)
    assert verify_table(needs_table(found), opened).valid


def test_a_pace_bent_in_the_file_is_refused(tmp_path: Path) -> None:
    """A number of people that the settings do not state is no answer."""
    opened = PACED.write(tmp_path)
    table = needs_table(needs(opened))
    (change,) = [c for c in table.answer["changes"] if c["what"] == "pace:pace"]
    change["to"] -= 1
    assert not verify_table(table, opened).valid


def test_a_frontier_shortens_the_window_with_a_faster_pace(tmp_path: Path) -> None:
    """From half the pace to three times as many, no later."""
    found = windows(PACED.write(tmp_path), points=3)
    (paces,) = [c for c in found.curves if c.kind == "pace"]
    assert [p.amount for p in paces.points] == [50, 175, 300]
    assert [p.window_s for p in paces.points] == [
        5 * 6 * 3_600 + 1_800,
        6 * 3_600 + 1_800,
        2_100 + 1_800,
    ]
    assert verify_table(window_table(found), found.opened).valid
