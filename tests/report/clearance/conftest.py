from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from safepassage.network.network import Network
from safepassage.network.road_instance import RoadInstance
from safepassage.plan.clearance import Clearance
from safepassage.plan.clearance_files import as_written
from safepassage.report.clearance import ClearanceFacts, gather_clearance
from tests.check.clearance.reference import clear
from tests.check.clearance.small import build

PLACES = {"a": (10.0, 50.0), "b": (10.01, 50.0), "c": (10.02, 50.01)}


@pytest.fixture(scope="session")
def instance() -> RoadInstance:
    """Two roads in a row, the second half as wide; a third that nobody needs. By hand: 17 s."""
    plain = build(
        [("ab", "a", "b", 3, 2), ("bc", "b", "c", 2, 1), ("ca", "c", "a", 5, 1)],
        [("a", 12, 0)],
        {"c": None},
    )
    nodes = {
        n: replace(node, lon=PLACES[n][0], lat=PLACES[n][1])
        for n, node in plain.network.nodes.items()
    }
    names = {"ab": "Hill Street", "bc": "<b>Old Bridge</b>", "ca": None}
    links = {n: replace(link, name=names[n]) for n, link in plain.network.links.items()}
    return replace(plain, network=Network(nodes, links))


@pytest.fixture(scope="session")
def result(instance: RoadInstance) -> Clearance:
    return as_written(clear(instance, deadline=10))


@pytest.fixture(scope="session")
def facts(result: Clearance, instance: RoadInstance) -> ClearanceFacts:
    return gather_clearance(result, instance)


@pytest.fixture
def stopped(result: Clearance) -> Clearance:
    """The same, broken off before everyone had a departure."""
    return replace(
        result,
        departures=result.departures[:-4],
        complete=False,
        interrupted=True,
        clearance_time_s=None,
        gap=None,
        evacuated_by_deadline=Fraction(5),
    )
