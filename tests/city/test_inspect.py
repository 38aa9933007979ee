"""Findings: each with the nearest network that has it not."""

from __future__ import annotations

from fractions import Fraction

import pytest

from safepassage.city.demand import DemandRow
from safepassage.city.findings import IMPORT_CODES, Finding
from safepassage.city.inspect import inspect
from safepassage.city.roads import Roads
from safepassage.city.zones import ZonePlace
from tests.city.rows import Row, roads

AB: Row = ("a", "b", 9, 36, 9)
BC: Row = ("b", "c", 9, 36, 9)
BACK: tuple[Row, ...] = (("b", "a", 9, 36, 9), ("c", "b", 9, 36, 9))


def demand(made: Roads, **roles: str) -> list[DemandRow]:
    """Ten vehicles at each origin."""
    return [
        DemandRow(
            made.node_id.index(node),
            role,
            Fraction(10),
            Fraction(0),
            ZonePlace("zones.csv:2", f"zone {node}"),
        )
        for node, role in roles.items()
    ]


def codes(rows: tuple[Row, ...], **roles: str) -> dict[str, Finding]:
    """Findings by code."""
    made = roads(*rows)
    return {f.code: f for f in inspect(made, demand(made, **roles))}


OUT = {"a": "origin", "c": "destination"}


@pytest.mark.parametrize(
    ("code", "bad", "good", "roles"),
    [
        ("unreachable-zone", (AB, ("c", "b", 9, 36, 9)), (AB, BC), OUT),
        ("unreachable-zone", (AB, ("b", "c", 9, 36, 0)), (AB, ("b", "c", 9, 36, None)), OUT),
        ("zero-capacity", (AB, BC, ("a", "c", 9, 36, 0)), (AB, BC, ("a", "c", 9, 36, 1)), OUT),
        ("one-way-trap", (AB, BC, ("b", "d", 9, 36, 9)), (AB, BC, ("d", "b", 9, 36, 9)), OUT),
        ("one-way-trap", (AB, BC), (AB, BC, *BACK), {}),
        ("disconnected-part", (AB, BC, ("x", "y", 9, 36, 9)), (AB, BC, ("c", "y", 9, 36, 9)), {}),
    ],
)
def test_found_and_the_nearest_without(
    code: str, bad: tuple[Row, ...], good: tuple[Row, ...], roles: dict[str, str]
):
    """One change apart."""
    assert code in codes(bad, **roles)
    assert code not in codes(good, **roles)


def test_unreachable_zones_are_counted_and_named():
    """Vehicles without a way out, and their zones."""
    found = codes((AB, ("c", "b", 9, 36, 9)), **OUT)["unreachable-zone"]
    assert found.message == "1 zone(s) with 10 vehicles have no way out"
    assert (found.ids, found.count, found.severity) == (("zone a",), 1, "warning")


def test_warnings_come_first_and_codes_are_known():
    """Every code has a severity and a meaning."""
    found = inspect(
        made := roads(AB, ("c", "b", 9, 36, 0), ("x", "y", 9, 36, 9)), demand(made, **OUT)
    )
    severities = [f.severity for f in found]
    assert severities == sorted(severities, key=lambda s: s != "warning")
    assert {f.code for f in found} <= set(IMPORT_CODES)


def test_only_some_ids_are_told():
    """A thousand ids would be read by nobody; the count says how many there are."""
    found = Finding.of("zone-empty", "many", [str(i) for i in range(1000)])
    assert len(found.ids) == 10
    assert found.to_json()["count"] == 1000
