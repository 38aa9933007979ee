"""Small random road networks, with every oddity that tables allow."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from safepassage.network.road_instance import RoadInstance
from tests.check.clearance.small import build

NODES = "abcde"


@st.composite
def instances(draw: Any) -> RoadInstance:
    """Loops, parallel roads, no transit time, huge and tiny capacities, windows, late groups."""
    ends = st.sampled_from(NODES)
    rate = st.one_of(st.integers(0, 4), st.sampled_from([1000, None]))
    roads = [
        (f"r{i}", draw(ends), draw(ends), draw(st.integers(0, 3)), draw(rate))
        for i in range(draw(st.integers(1, 8)))
    ]
    # A long way round that is never shut, so that everyone has a way out.
    roads += [(f"w{a}", a, "e", 4, 1) for a in NODES[:-1]]
    origins = draw(
        st.lists(st.tuples(ends, st.integers(1, 12), st.integers(0, 4)), min_size=1, max_size=4)
    )
    others = draw(st.dictionaries(st.sampled_from("cd"), st.integers(0, 6), max_size=2))
    changes = draw(
        st.dictionaries(
            st.sampled_from([r[0] for r in roads if r[0][0] == "r"]),
            st.tuples(st.integers(0, 5), st.integers(1, 6), st.integers(0, 3)).map(
                lambda t: ((t[0], t[0] + t[1], t[2]),)
            ),
            max_size=2,
        )
    )
    return build(roads, origins, {"e": None, **others}, changes)
