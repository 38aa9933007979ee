"""Columns and records: the same network either way."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from safepassage.city.roads import roads_of
from safepassage.network.network import Link, Network, Node
from safepassage.units import transit_seconds


@st.composite
def networks(draw: st.DrawFn) -> Network:
    """Networks with whatever a link can carry, in millionths at the finest."""
    names = draw(st.lists(st.text("abc", min_size=1, max_size=3), min_size=2, unique=True))
    figures = st.integers(1, 10**9).map(lambda n: Fraction(n, 10**6))
    words = st.none() | st.sampled_from(["osm", "a guess"])
    degrees = st.floats(-80, 80)
    nodes = {}
    for n in names:
        place = draw(st.none() | st.tuples(degrees, degrees)) or (None, None)
        nodes[n] = Node(n, draw(words), None, *place)
    links = {}
    for i in range(draw(st.integers(0, 5))):
        links[f"l{i}"] = Link(
            id=f"l{i}",
            from_node=draw(st.sampled_from(names)),
            to_node=draw(st.sampled_from(names)),
            length_m=draw(figures | st.just(Fraction(0))),
            free_speed_kmh=draw(st.integers(1, 200 * 10**6).map(lambda n: Fraction(n, 10**6))),
            capacity_vph=draw(st.none() | figures | st.just(Fraction(0))),
            lanes=draw(st.none() | st.integers(1, 9)),
            geometry=draw(
                st.none() | st.lists(st.tuples(degrees, degrees), min_size=2, max_size=3).map(tuple)
            ),
            name=draw(words),
            length_source=draw(words),
            lanes_assumed=draw(words),
            capacity_assumed=draw(words),
            facility_type=draw(words),
            source_links=(f"s{i}", "s"),
        )
    return Network(nodes, links)


@given(networks())
def test_there_and_back_loses_nothing(network: Network):
    """Every figure, text, line and way back is as it was."""
    assert roads_of(network).network() == network


def test_figures_finer_than_a_millionth_keep_their_transit_time():
    """A third of a metre is rounded, the seconds are those of the exact figures."""
    for thirds in range(1, 200):
        length, speed = Fraction(thirds, 3), Fraction(10, 3)
        link = Link("l", "a", "b", length, speed)
        nodes = {n: Node(n, None, None, None, None) for n in "ab"}
        again = roads_of(Network(nodes, {"l": link}))
        seconds = transit_seconds(length, speed)
        assert again.transit_s.tolist() == [seconds]
        found = again.network().links["l"]
        assert transit_seconds(found.length_m, found.free_speed_kmh) == seconds
