"""Random hamlets whose people all pass one crossing in convoys, in steps one after another."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from safepassage.cases import OpenCase
from safepassage.check.proof.chain import verify_chain
from safepassage.check.reading import read_terms
from safepassage.convoy.chain import _Known
from safepassage.convoy.gap_link import _sides, ask_gaps
from safepassage.convoy.gaps import Gaps, read_gaps
from safepassage.instance import Demand, Operation
from tests.convoy.hamlet import Group, Hamlet, Kind, compiled, figure

__all__ = ["gap_hamlets", "gaps_of", "link_of", "links_one_by_one", "refusal"]

#: When the crossing is open each day: for a morning, from noon on past the night, twice.
HOURS = [
    {"daily": [{"from": from_, "to": to} for from_, to in hours]}
    for hours in (
        [("06:00", "10:00")],
        [("12:00", "03:00")],
        [("08:00", "09:30"), ("13:00", "16:00")],
    )
]
NORTH, SOUTH = ["n1", "n2"], ["s1"]


def _exchange() -> list[dict[str, Any]]:
    return [{"rule": "simultaneous_at_exchange_point", "place": "x", "gist": "They wait."}]


@st.composite
def gap_hamlets(draw: st.DrawFn) -> Hamlet:
    """One or two steps; the other side, vans beside buses and own cars may be there or not."""
    other = draw(st.booleans())
    persons = {"n1": draw(st.integers(40, 400)), "n2": draw(st.integers(1, 200))}
    if other:
        persons["s1"] = draw(st.integers(10, 120))
    kinds = {"bus": Kind(10, {"d": draw(st.integers(2, 5))})}
    north: tuple[str, ...] = ("bus",)
    if draw(st.booleans()):
        kinds["van"] = Kind(4, {"d": draw(st.integers(1, 3))})
        north = ("bus", "van")
    if draw(st.integers(0, 2)) == 0:
        kinds["car"] = Kind(3, {"a": draw(st.integers(1, 4))}, {"own": True})
    far = ("van",) if "van" in kinds and draw(st.integers(0, 3)) == 0 else ("bus",)
    own = (*north, "car") if "car" in kinds else north
    steps: list[dict[str, Any]] = []
    count = draw(st.integers(1, 2))
    for k in range(count):
        last = k == count - 1
        sides = [(NORTH, persons["n1"] + persons["n2"])]
        if other and (k == 0 or draw(st.booleans())):
            sides.append((SOUTH, persons["s1"]))
        batches = [
            {"groups": g, "rest": True} if last else {"groups": g, "persons": figure(-(-n // 2))}
            for g, n in sides
        ]
        both = len(batches) == 2 and draw(st.booleans())
        steps.append(
            {
                "id": f"step-{k}",
                "gist": "Some go.",
                "batches": batches,
                "after": [f"step-{k - 1}"] if k else [],
                "release": _exchange() if both else [],
            }
        )
    groups = {"n1": Group(persons["n1"], "a", own), "n2": Group(persons["n2"], "b", far)}
    if other:
        groups["s1"] = Group(persons["s1"], "c", ("bus",))
    least = draw(st.integers(1, 2))
    return Hamlet(
        roads={
            ("a", "x"): draw(st.integers(1, 20)),
            ("b", "x"): draw(st.integers(1, 30)),
            ("c", "x"): draw(st.integers(1, 30)),
            ("x", "r"): draw(st.integers(1, 15)),
        },
        bays={p: draw(st.integers(1, 3)) for p in "abc"},
        crossings={"x": (draw(st.sampled_from([60, 180, 300])), draw(st.sampled_from([0, 30])))},
        special={("x", k): (draw(st.sampled_from([30, 120])), 0) for k in kinds if k == "van"},
        kinds=kinds,
        groups=groups,
        board_s=draw(st.sampled_from([120, 600, 1_200])),
        convoys=(least, draw(st.integers(least + 1, 4)), draw(st.sampled_from([0, 120, 600]))),
        window=draw(st.sampled_from([{}, {}, *HOURS])),
        clauses=[{"kind": "linked", "id": "steps", "steps": steps}],
    )


def gaps_of(opened: OpenCase) -> Gaps | None:
    """The passes of all steps."""
    op, demand, known, phases = _steps(opened)
    assert demand.linked is not None
    batches = [[demand.linked.batches[i] for i in phase] for phase in phases]
    floors = known.floors(op, demand, [i for phase in phases for i in phase])
    return read_gaps(op, demand, _sides(demand, batches), batches, (0, 20 * 86_400), floors)


def link_of(opened: OpenCase) -> tuple[int, dict[str, Any] | None]:
    """What gaps prove of all steps, and the link."""
    op, demand, known, phases = _steps(opened)
    return _asked(op, demand, known, phases, 0)


def links_one_by_one(opened: OpenCase) -> tuple[int, list[dict[str, Any]]]:
    """What gaps prove of each step from the end of the one before, and the links."""
    op, demand, known, phases = _steps(opened)
    release, links = 0, []
    for phase in phases:
        moment, link = _asked(op, demand, known, [phase], release)
        if link is None:
            break
        release = moment
        links.append(link)
    return release, links


def _steps(opened: OpenCase) -> tuple[Operation, Demand, _Known, list[list[int]]]:
    op, demand = compiled(opened)
    assert demand.linked is not None
    known = _Known(demand.linked)
    return op, demand, known, [known.batches(s) for s in known.steps]


def _asked(
    op: Operation, demand: Demand, known: _Known, phases: list[list[int]], release: int
) -> tuple[int, dict[str, Any] | None]:
    stretch = [i for phase in phases for i in phase]
    floors = known.floors(op, demand, stretch) if release == 0 else {}
    assert demand.linked is not None
    link = ask_gaps(op, demand, demand.linked, phases, release, floors, 10**6)
    return link.value, link.data and {"batches": stretch, "release_s": release, **link.data}


def refusal(opened: OpenCase, *links: dict[str, Any]) -> str:
    """What the checker says against links; empty where they are proven."""
    terms = opened.case.proposal()
    reading = read_terms(opened.case, opened.network, terms, "likely", 10**6)
    chain = {
        "format": "safepassage-chain/1",
        "claim": "clearance-at-least",
        "value": links[-1]["release_s"] + links[-1]["value"],
        "links": [*links],
        "sentence": "",
    }
    return verify_chain(chain, reading)[1]
