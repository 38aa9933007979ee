"""Plans with linked steps, spoilt so that convoys do not wait for one another."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from safepassage.cases import OpenCase
from safepassage.check import verify
from safepassage.check.proof.chain import verify_chain
from safepassage.check.reading import read_terms
from safepassage.plan.reader import plan_from_json
from tests.check.tampering import shift
from tests.convoy.hamlet import Group, Hamlet, Kind, figure, plan_of

HOUR = 3_600
LINKED = {
    "step-too-early",
    "moved-first",
    "last-did-not-wait",
    "released-ahead",
    "exchange-passed-by",
    "hold-too-long",
}

Plan = dict[str, Any]


def _batch(group: str, persons: int | None) -> dict[str, Any]:
    size = {"rest": True} if persons is None else {"persons": figure(persons)}
    return {"groups": [group], **size}


def _hamlet(**more: Any) -> Hamlet:
    """North exchanges 100 against 50 of the south; then 50 more of each go; ten buses."""
    exchange = {
        "rule": "simultaneous_at_exchange_point",
        "place": "x",
        "longest_hold": figure("2h"),
        "gist": "They meet.",
    }
    waits = {"waiting": ["south"], "awaited": ["north"], "gist": "North goes first and last."}
    steps = [
        {
            "id": "one",
            "gist": "First.",
            "batches": [_batch("north", 100), _batch("south", 50)],
            "release": [exchange],
        },
        {
            "id": "two",
            "gist": "Then.",
            "batches": [_batch("north", None), _batch("south", None)],
            "after": ["one"],
        },
    ]
    rules = [{"rule": "first_mover", **waits}, {"rule": "last_waits_for_last", **waits}]
    return Hamlet(
        roads={("a", "x"): 10, ("b", "x"): 30, ("x", "r"): 20},
        bays={"a": 4, "b": 4},
        crossings={"x": (0, 0)},
        reception={"r": (20, None)},
        kinds={"bus": Kind(50, {"d": 10})},
        groups={"north": Group(150, "a"), "south": Group(100, "b")},
        clauses=[{"kind": "linked", "id": "steps", "steps": steps, "rules": rules, **more}],
    )


@pytest.fixture
def opened(tmp_path: Path) -> OpenCase:
    return _hamlet().write(tmp_path)


@pytest.fixture
def plan(opened: OpenCase) -> Plan:
    return plan_of(opened).to_json()


def _codes(plan: Plan, opened: OpenCase) -> set[str]:
    found = verify(plan_from_json(plan), opened).findings
    return {f.code for f in found if f.severity == "error"} & LINKED


def _of(plan: Plan, group: str) -> list[dict[str, Any]]:
    """Rotations of a group, in the order of their departures."""
    return [r for r in plan["rotations"] if any(group in b["persons"] for b in r["boarding"])]


def _second_step_at_once(plan: Plan) -> None:
    shift(_of(plan, "north")[-1]["loaded_leg"], -HOUR)


def _south_goes_first(plan: Plan) -> None:
    for found in _of(plan, "north"):
        shift(found, HOUR)


def _last_of_north_comes_last(plan: Plan) -> None:
    shift(_of(plan, "north")[-1], HOUR)


def _north_does_not_wait(plan: Plan) -> None:
    shift(_of(plan, "south")[0], HOUR)


def _exchange_is_passed_by(plan: Plan) -> None:
    _of(plan, "south")[0]["loaded_leg"]["stops"] = []


def _stands_for_hours(plan: Plan) -> None:
    leg = _of(plan, "south")[0]["loaded_leg"]
    leg["stops"][0]["leave_s"] += 3 * HOUR
    leg["arrive_s"] += 3 * HOUR


TAMPERINGS: dict[str, Callable[[Plan], None]] = {
    "step-too-early": _second_step_at_once,
    "moved-first": _south_goes_first,
    "last-did-not-wait": _last_of_north_comes_last,
    "released-ahead": _north_does_not_wait,
    "exchange-passed-by": _exchange_is_passed_by,
    "hold-too-long": _stands_for_hours,
}


def test_every_code_of_linked_steps_is_tried() -> None:
    """No rule of linked steps goes without a plan that breaks it."""
    assert set(TAMPERINGS) == LINKED


@pytest.mark.parametrize("code", TAMPERINGS)
def test_refuses_convoys_that_do_not_wait(code: str, plan: Plan, opened: OpenCase) -> None:
    """What the planner made is taken; with one wait broken it is refused by that wait's code."""
    assert verify(plan_from_json(plan), opened).valid
    TAMPERINGS[code](plan)
    assert code in _codes(plan, opened)


def test_waiting_longer_at_home_breaks_no_wait(plan: Plan, opened: OpenCase) -> None:
    """The last convoy of the side that waits may leave still later."""
    shift(_of(plan, "south")[-1], HOUR)
    assert _codes(plan, opened) == set()


def test_a_step_with_somebody_left_is_never_over(plan: Plan, opened: OpenCase) -> None:
    """Whoever goes on although some of the step before stayed is refused."""
    first, last = _of(plan, "south")
    plan["rotations"].remove(last)
    plan["left"] = [{"group": "south", "place": "b", "persons": 50, "reason": "They stay."}]
    # Those who are left are the last ones: step two lacks them, and nothing waits for it.
    assert "step-too-early" not in _codes(plan, opened)
    plan["rotations"].remove(first)
    plan["left"][0]["persons"] = 100
    assert "step-too-early" in _codes(plan, opened)


def test_a_step_that_goes_on_is_over_without_them(tmp_path: Path) -> None:
    """Where the terms go on in spite of a part that is missing, so may the convoys."""
    hamlet = _hamlet(partial="goes_on")
    opened = hamlet.write(tmp_path)
    plan = plan_of(opened).to_json()
    for gone in _of(plan, "south"):
        plan["rotations"].remove(gone)
    plan["left"] = [{"group": "south", "place": "b", "persons": 100, "reason": "They stay."}]
    assert _codes(plan, opened) & {"step-too-early", "last-did-not-wait"} == set()


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("value", 10**6),
        ("links", []),
        ("links", [{"batches": [0]}]),
        ("claim", "out-by-at-most"),
    ],
)
def test_a_chain_proves_no_more_than_its_links(
    part: str, value: Any, plan: Plan, opened: OpenCase
) -> None:
    """A chain whose value, links or claim are spoilt proves nothing."""
    verified = verify(plan_from_json(plan), opened)
    assert verified.lower_bound_verified
    chain = next(c for c in plan["certificates"] if c["format"] == "safepassage-chain/1")
    chain[part] = value
    codes = {f.code for f in verify(plan_from_json(plan), opened).findings}
    assert "certificate-does-not-prove" in codes


@pytest.mark.parametrize("by", [1, 600, 20_000])
def test_a_link_may_not_begin_before_its_release_is_proven(
    by: int, plan: Plan, opened: OpenCase
) -> None:
    """A link that takes for granted a later release than is proven is refused."""
    chain = next(c for c in plan["certificates"] if c["format"] == "safepassage-chain/1")
    chain["links"][-1]["release_s"] += by
    chain["value"] += by
    codes = {f.code for f in verify(plan_from_json(plan), opened).findings}
    assert "certificate-does-not-prove" in codes


def _row_chain(places: dict[str, int]) -> tuple[Hamlet, list[dict[str, Any]]]:
    """Batches of one load each; those of ``b`` have the longer way."""
    groups = {f"of-{a}": Group(50 * n, a) for a, n in places.items()}
    count = sum(places.values())
    steps = [
        {
            "id": f"step-{k}",
            "gist": "One bus.",
            "batches": [{"groups": list(groups), "persons": figure(50)}],
            "after": [f"step-{k - 1}"] if k else [],
        }
        for k in range(count)
    ]
    hamlet = Hamlet(
        roads={("a", "x"): 10, ("b", "x"): 25, ("x", "r"): 20},
        bays=dict.fromkeys(places, 2),
        kinds={"bus": Kind(50, {"d": 4})},
        groups=groups,
        clauses=[{"kind": "linked", "id": "steps", "steps": steps}],
    )
    # Fetch 30, board 5, drive 10, pass 1, drive 20; each further one 31, and 15 more from b.
    seconds = 60 * (35 + 31 * count + 15 * places["b"])
    row = {"batches": [*range(count)], "release_s": 0, "value": seconds, "far": [["b"]]}
    return hamlet, [row]


def _proves(opened: OpenCase, links: list[dict[str, Any]], value: int) -> str:
    """What the checker says against a chain; empty where it is proven."""
    terms = opened.case.proposal()
    reading = read_terms(opened.case, opened.network, terms, "likely", 10**6)
    chain = {
        "format": "safepassage-chain/1",
        "claim": "clearance-at-least",
        "value": value,
        "links": links,
        "sentence": "",
    }
    return verify_chain(chain, reading)[1]


def test_a_row_proves_what_the_count_gives_and_no_second_more(tmp_path: Path) -> None:
    """Three loads from near and two from far, by hand: the far ones delay whichever batch."""
    hamlet, links = _row_chain({"a": 3, "b": 2})
    opened = hamlet.write(tmp_path)
    value = links[0]["value"]
    assert _proves(opened, links, value) == ""
    links[0]["value"] += 1
    assert "can be there" in _proves(opened, links, value + 1)


@pytest.mark.parametrize(
    ("part", "spoilt", "message"),
    [
        ("far", [], "can be there"),
        ("far", [["b", 3]], "lists of places"),
        ("far", ["b"], "lists of places"),
        ("far", [["b"]] * 21, "lists of places"),
        ("batches", [1, 0, 2, 3, 4], "in a step after"),
        ("batches", [0, 2, 3, 4], "can be there"),
        ("release_s", 60, "0 s is proven"),
        ("value", 0, "whole number"),
        ("value", 10.5, "whole number"),
        ("grid", [0, 60], "expected the keys"),
    ],
)
def test_a_spoilt_row_proves_nothing(part: str, spoilt: Any, message: str, tmp_path: Path) -> None:
    """A row with other places, order, release, value or keys than it may have is refused."""
    hamlet, links = _row_chain({"a": 3, "b": 2})
    opened = hamlet.write(tmp_path)
    good, value = dict(links[0]), links[0]["value"]
    links[0][part] = spoilt
    assert message in _proves(opened, links, value)
    assert _proves(opened, [good], value) == ""


def test_a_batch_that_is_never_full_proves_nothing(tmp_path: Path) -> None:
    """Where some refuse, the batches that lack them are there as soon as those are who come."""
    hamlet, links = _row_chain({"a": 3, "b": 2})
    hamlet.leave = {
        "refusals": [{"groups": ["of-a"], "share": figure("1/3"), "gist": "They stay."}]
    }
    opened = hamlet.write(tmp_path)
    assert "are never there" in _proves(opened, links, links[0]["value"])
    shorter = {**links[0], "batches": [0, 1, 2, 3], "value": links[0]["value"] - 31 * 60}
    assert _proves(opened, [shorter], shorter["value"]) == ""
