"""Links of gaps at a crossing that are spoilt in any part prove nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from safepassage.cases import OpenCase
from tests.convoy.gap_hamlets import link_of, refusal
from tests.convoy.hamlet import Group, Hamlet, Kind, figure


def _hamlet() -> Hamlet:
    """Two steps of one side, by bus and van, in convoys of two to four."""
    steps: list[dict[str, Any]] = [
        {
            "id": "one",
            "gist": "Half.",
            "batches": [{"groups": ["near", "far"], "persons": _half()}],
        },
        {
            "id": "two",
            "gist": "The rest.",
            "batches": [{"groups": ["near", "far"], "rest": True}],
            "after": ["one"],
        },
    ]
    return Hamlet(
        roads={("a", "x"): 10, ("b", "x"): 25, ("x", "r"): 20},
        bays={"a": 2, "b": 2},
        crossings={"x": (180, 30), "y": (60, 60)},
        kinds={"bus": Kind(20, {"d": 6}), "van": Kind(5, {"d": 2})},
        groups={"near": Group(900, "a", ("bus", "van")), "far": Group(300, "b")},
        convoys=(2, 4, 600),
        clauses=[{"kind": "linked", "id": "steps", "steps": steps}],
    )


def _half() -> dict[str, Any]:
    return figure(600)


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> OpenCase:
    """The case, with a second crossing that nobody passes."""
    hamlet = _hamlet()
    hamlet.roads = {**hamlet.roads, ("y", "r"): 1}
    return hamlet.write(Path(tmp_path_factory.mktemp("gaps")))


@pytest.fixture(scope="module")
def good(opened: OpenCase) -> dict[str, Any]:
    """The link of both steps."""
    link = link_of(opened)[1]
    assert link is not None
    return link


def test_the_link_is_proven_as_it_stands(opened: OpenCase, good: dict[str, Any]) -> None:
    """What is spoilt below is good before."""
    assert good["batches"] == [0, 1]
    assert refusal(opened, good) == ""


@pytest.mark.parametrize(
    ("part", "spoilt", "message"),
    [
        ("value", lambda v: v + 1, "the prices prove"),
        ("value", lambda _: 0, "whole number"),
        ("value", lambda v: v + 0.5, "whole number"),
        ("value", lambda _: 10**12, "whole number"),
        ("release_s", lambda _: 1, "0 s is proven"),
        ("batches", lambda _: [0], "the prices prove"),
        ("batches", lambda _: [1, 0], "comes after all the others"),
        ("batches", lambda _: [0, 2], "some of 2 batches"),
        ("crossing", lambda _: "y", "need not pass y"),
        ("crossing", lambda _: "r", "id of a crossing"),
        ("crossing", lambda _: ["x"], "id of a crossing"),
        ("vehicle", lambda _: "tram", "more than one journey"),
        ("vehicle", lambda _: 7, "id of a type"),
        ("vehicle", lambda _: "van", "sizes: expected 2 prices"),
        ("unit_s", lambda _: 0, "whole numbers from 1"),
        ("unit_s", lambda _: 1, "units in the longest gap"),
        ("unit_s", lambda _: True, "whole numbers from 1"),
        ("unit_s", lambda _: 10_000, "the quickest convoy holds"),
        ("scale", lambda _: 0, "whole numbers from 1"),
        ("scale", lambda s: 2 * s, "the prices prove"),
        ("scale", lambda s: s // 2, "worth more than"),
        ("people", lambda rows: rows[:-1], "one price of each group"),
        ("people", lambda rows: [*rows, rows[0]], "one price of each group"),
        ("people", lambda rows: [[*r[:2], r[2] + r[2] // 50] for r in rows], "worth more than"),
        ("people", lambda rows: [[*r[:2], -1] for r in rows], "rows of group, place"),
        ("people", lambda rows: [[*r[:2], 0] for r in rows], "the prices prove"),
        ("people", lambda rows: [r[:2] for r in rows], "rows of group, place"),
        ("people", lambda _: {"near": 1}, "rows of group, place"),
        ("sizes", lambda s: s[:-1], "expected 4 prices"),
        ("sizes", lambda s: [*s, 0], "expected 4 prices"),
        ("sizes", lambda s: [10**9 for _ in s], "above its time"),
        ("sizes", lambda s: [-x for x in s], "expected 4 prices"),
        ("sizes", lambda s: [float(x) for x in s], "expected 4 prices"),
        ("sizes", lambda s: [0 for _ in s], "worth more than"),
        ("sizes", lambda _: "1234", "expected 4 prices"),
        ("guests", lambda _: {}, "expected prices of van"),
        ("guests", lambda _: {"van": [-1, 0, 0, 0]}, "4 prices of van"),
        ("guests", lambda _: {"van": [10**9] * 4}, "above its time"),
        ("guests", lambda _: {"van": [0, 0, 0]}, "4 prices of van"),
        ("guests", lambda _: {"van": 0}, "4 prices of van"),
        ("guests", lambda g: {**g, "bus": [0] * 4}, "expected prices of van"),
        ("guests", lambda _: ["van"], "expected prices of van"),
    ],
)
def test_a_spoilt_link_proves_nothing(
    part: str, spoilt: Any, message: str, opened: OpenCase, good: dict[str, Any]
) -> None:
    """One part after another is spoilt."""
    assert message in refusal(opened, {**good, part: spoilt(good[part])})


@pytest.mark.parametrize("part", ["people", "sizes", "guests", "unit_s", "crossing", "scale"])
def test_no_part_may_be_missing(part: str, opened: OpenCase, good: dict[str, Any]) -> None:
    """A link has all its keys and no others."""
    less = {k: v for k, v in good.items() if k != part}
    assert "expected the keys" in refusal(opened, less)
    assert "expected the keys" in refusal(opened, {**good, "far": []})


def test_steps_that_do_not_wait_are_not_counted_together(
    tmp_path: Path, good: dict[str, Any]
) -> None:
    """Without the wait between them, two steps may pass at once."""
    hamlet = _hamlet()
    hamlet.roads = {**hamlet.roads, ("y", "r"): 1}
    hamlet.clauses[0]["steps"][1]["after"] = []
    assert "comes after" in refusal(hamlet.write(tmp_path), good)


def test_who_may_take_another_way_is_not_counted(tmp_path: Path, good: dict[str, Any]) -> None:
    """Where a corridor leads past another crossing, gaps at the first say nothing."""
    hamlet = _hamlet()
    hamlet.roads = {**hamlet.roads, ("y", "r"): 1, ("a", "y"): 5}
    hamlet.corridors = {"c": ["x"], "e": ["y"]}
    assert "need not pass x" in refusal(hamlet.write(tmp_path), good)


def test_more_types_than_can_be_divided_are_told(tmp_path: Path, good: dict[str, Any]) -> None:
    """With thirty types the ways to make up a convoy could never all be looked at."""
    hamlet = _hamlet()
    hamlet.roads = {**hamlet.roads, ("y", "r"): 1}
    more = {f"type-{i}": Kind(5, {"d": 2}) for i in range(30)}
    hamlet.kinds.update(more)
    hamlet.groups["near"] = Group(900, "a", ("bus", "van", *more))
    assert "convoys: expected" in refusal(hamlet.write(tmp_path), good)
    assert link_of(hamlet.write(tmp_path))[1] is None
