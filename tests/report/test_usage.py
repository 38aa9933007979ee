from __future__ import annotations

import pytest

from safepassage.instance import Timeline
from safepassage.instance.timeline import Daily
from safepassage.report.facts.usage import HOUR, HourOfUse, Use, closed_times


def test_share_of_an_hour_that_offers_nothing() -> None:
    assert HourOfUse(0, 0, 0).share == 0
    assert Use("x", "vehicles", ()).share == 0
    assert Use("x", "vehicles", ()).peak is None


def test_peak_is_the_first_of_the_busiest_hours() -> None:
    hours = (HourOfUse(0, 10, 5), HourOfUse(HOUR, 10, 8), HourOfUse(2 * HOUR, 10, 7, 1))
    peak = Use("x", "vehicles", hours).peak
    assert peak is not None
    assert peak.start_s == HOUR


@pytest.mark.parametrize(
    ("use", "resource", "binds"),
    [
        (Use("bridge", "crossing-in", ()), "crossings", True),
        (Use("bridge", "crossing-in", ()), "bridge", False),
        (Use("bus", "vehicles", ()), "fleet/bus", True),
        (Use("bus", "vehicles", ()), "fleet/van", False),
        (Use("bus", "vehicles", ()), "crossings", False),
        (Use("camp", "unloading", ()), "bays/camp", True),
        (Use("escorts", "escorts", ()), "escorts", True),
        (Use("bus", "vehicles", ()), None, False),
    ],
)
def test_bottleneck_is_found_by_its_name(use: Use, resource: str | None, binds: bool) -> None:
    assert use.binds(resource) is binds


def test_closed_times_are_what_is_not_open() -> None:
    daily = (Daily(8 * HOUR, 18 * HOUR),)
    timeline = Timeline(midnight=0, terms=(), hours={"gate": daily}, conditions=())
    assert closed_times(timeline, "gate", 30 * HOUR) == (
        (0, 8 * HOUR),
        (18 * HOUR, 30 * HOUR),
    )
    assert closed_times(timeline, "other", 30 * HOUR) == ()
