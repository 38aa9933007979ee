"""Random hamlets with linked steps: two sides, a chain of steps, and every kind of rule."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.convoy.hamlet import Group, Hamlet, Kind, figure
from tests.convoy.strategies import conditions

__all__ = ["linked_hamlets"]

SIDES = {"north": ["n1", "n2"], "south": ["s1"]}


def _batch(draw: st.DrawFn, groups: list[str], persons: int, *, last: bool) -> dict[str, Any]:
    if last and draw(st.booleans()):
        return {"groups": groups, "rest": True}
    return {"groups": groups, "persons": figure(draw(st.integers(1, max(1, persons // 3))))}


def _rule(draw: st.DrawFn, first: list[str], second: list[str]) -> list[dict[str, Any]]:
    kind = draw(st.sampled_from(["none", "exchange", "last", "first"]))
    if kind == "none":
        return []
    if kind == "exchange":
        rule: dict[str, Any] = {"rule": "simultaneous_at_exchange_point", "place": "x"}
        if draw(st.integers(0, 2)) == 0:
            rule["longest_hold"] = figure("20h")
    else:
        name = {"last": "last_waits_for_last", "first": "first_mover"}[kind]
        rule = {"rule": name, "waiting": first, "awaited": second}
    return [{**rule, "gist": "They wait."}]


@st.composite
def linked_hamlets(draw: st.DrawFn) -> Hamlet:
    """Three groups at three places, up to three steps of one or both sides."""
    persons = {g: draw(st.integers(3, 40)) for side in SIDES.values() for g in side}
    totals = {name: sum(persons[g] for g in groups) for name, groups in SIDES.items()}
    count = draw(st.integers(1, 3))
    steps = []
    for k in range(count):
        batches = [
            _batch(draw, groups, totals[name], last=k == count - 1)
            for name, groups in SIDES.items()
            if name == "north" or draw(st.booleans())
        ]
        both = len(batches) == 2
        steps.append(
            {
                "id": f"step-{k}",
                "gist": "Some go.",
                "batches": batches,
                "after": [f"step-{k - 1}"] if k and draw(st.integers(0, 3)) else [],
                "release": _rule(draw, SIDES["south"], SIDES["north"]) if both else [],
            }
        )
    kinds = {"bus": Kind(16, {"d": draw(st.integers(1, 3))})}
    if draw(st.booleans()):
        kinds["van"] = Kind(7, {"d": draw(st.integers(1, 3))})
    names = tuple(kinds)
    places = {"n1": "a", "n2": "b", "s1": "c"}
    groups = {
        g: Group(n, places[g], names if draw(st.booleans()) else ("bus",))
        for g, n in persons.items()
    }
    refusing = draw(st.integers(0, 4)) == 0
    leave: dict[str, Any] = {}
    if refusing:
        share = draw(st.sampled_from(["1/4", "1/2"]))
        leave["refusals"] = [{"groups": ["s1"], "share": figure(share), "gist": "They stay."}]
    clause = {"kind": "linked", "id": "steps", "steps": steps}
    if draw(st.integers(0, 3)) == 0:
        clause["partial"] = "goes_on"
    return Hamlet(
        roads={
            ("a", "x"): draw(st.integers(1, 40)),
            ("b", "x"): draw(st.integers(1, 40)),
            ("c", "x"): draw(st.integers(1, 40)),
            ("x", "r"): draw(st.integers(1, 40)),
        },
        bays={p: draw(st.integers(1, 2)) for p in "abc"},
        crossings={"x": (draw(st.sampled_from([0, 60, 300])), draw(st.sampled_from([0, 30])))},
        kinds=kinds,
        groups=groups,
        convoys=draw(st.sampled_from([None, None, (1, 2, 120), (2, 3, 0)])),
        teams=draw(st.sampled_from([None, None, 2, 4])),
        leave=leave,
        window={"daily": [{"from": "08:00", "to": "18:00"}]} if draw(st.booleans()) else {},
        conditions=draw(conditions()),
        clauses=[clause],
    )
