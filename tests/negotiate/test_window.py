from __future__ import annotations

import pytest

from safepassage.cases import OpenCase
from safepassage.check.table import verify_table
from safepassage.negotiate.window import Windows, window_table, windows
from safepassage.plan.table import dumps_table


@pytest.fixture(scope="module")
def found(opened: OpenCase) -> Windows:
    return windows(opened, points=5)


def test_window_is_proven_from_both_sides(found: Windows) -> None:
    """A timetable shows that it is enough, a certificate that nothing under the bound is."""
    assert [shortest.level for shortest in found.shortest] == ["low", "likely", "high"]
    for shortest in found.shortest:
        assert shortest.window_s is not None
        assert 0 < shortest.lower_bound_s <= shortest.window_s
        assert shortest.reply.verification.lower_bound_verified
    assert found.stated_s == 9 * 3_600


def test_frontier_never_rises_with_more_to_go_by(found: Windows) -> None:
    """More vehicles, longer hours, faster inspection or one more way out never take longer."""
    assert {c.kind for c in found.curves} == {"vehicles", "inspection", "hours", "routes"}
    for curve in found.curves:
        for p in curve.points:
            assert p.window_s is None or p.lower_bound_s <= p.window_s
        if curve.kind != "routes":
            known = [p.window_s for p in curve.points if p.window_s is not None]
            assert known == sorted(known, reverse=True)
            bounds = [p.lower_bound_s for p in curve.points]
            assert bounds == sorted(bounds, reverse=True)


def test_a_frontier_is_nowhere_worse_than_the_terms_as_they_stand(found: Windows) -> None:
    """Who has at least what the terms give needs no longer than is told of the terms."""
    stand = next(s.window_s for s in found.shortest if s.level == "likely")
    assert stand is not None
    now = {"vehicles": 1, "inspection": 300, "hours": 6 * 3_600}
    for curve in found.curves:
        sign = -1 if curve.kind == "inspection" else 1
        for p in curve.points:
            if curve.kind == "routes":
                more = "north" in p.label
            else:
                more = sign * p.amount >= sign * now[curve.kind]
            assert not more or (p.window_s is not None and p.window_s <= stand)
            if p.window_from not in [x.amount for x in curve.points]:
                assert (p.window_from, p.window_s) == (now[curve.kind], stand)


def test_every_choice_of_routes_is_told(found: Windows) -> None:
    """One way, the other, both; both are at least as good as either."""
    (routes,) = (c for c in found.curves if c.kind == "routes")
    by_label = {p.label: p.window_s for p in routes.points}
    assert set(by_label) == {"north", "south", "north, south"}
    alone = [by_label["north"], by_label["south"]]
    assert by_label["north, south"] is not None
    assert by_label["north, south"] <= min(x for x in alone if x is not None)


def test_answer_is_accepted_by_the_checker(found: Windows, opened: OpenCase) -> None:
    """Every number of the file follows from its evidence."""
    verification = verify_table(window_table(found), opened)
    assert verification.valid, [str(f) for f in verification.findings]
    assert {f.code for f in verification.findings} == {"table-timetables-left-out"}


def test_answer_does_not_depend_on_the_number_of_processes(
    found: Windows, opened: OpenCase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two processes find what one finds, point by point and with the same evidence."""
    monkeypatch.setattr("safepassage.negotiate.window.LONG_S", 0.0)
    shared = windows(opened, points=5, workers=2)
    assert dumps_table(window_table(shared)) == dumps_table(window_table(found))
