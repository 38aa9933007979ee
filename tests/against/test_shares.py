"""Buses and own cars at one crossing, against every number of cars and every order.

Bays are as many as buses, and nobody is inspected on the way in, so that ``x`` is all that vehicles
wait for: ten minutes from ``a``, twenty from ``r``, where buses start.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import pytest

from safepassage.cases import OpenCase
from safepassage.check import verify
from tests.convoy.hamlet import Group, Hamlet, Kind, plan_of

BOARD, UNLOAD, TO_X, TO_R = 300, 120, 600, 1_200
SEATS, IN_CAR = 50, 5


def _least(persons: int, buses: int, cars: int, bus_s: int, car_s: int) -> int:
    """Least clearance time over every number of cars that drive, and every order at ``x``."""
    found: list[int] = []
    for driving in range(cars + 1):
        rest = persons - IN_CAR * driving
        loads = max(0, -(-rest // SEATS))
        ready = (TO_R + TO_X + BOARD + TO_X,) * buses
        found.append(_pass(0, ready, loads, driving, bus_s, car_s))
    return min(found)


def _pass(free: int, ready: tuple[int, ...], loads: int, cars: int, bus_s: int, car_s: int) -> int:
    """Arrival of the last vehicle, whichever passes ``x`` next from ``free`` on."""
    if not loads and not cars:
        return free + TO_R
    ends = []
    if cars:
        ends.append(_pass(max(free, BOARD + TO_X) + car_s, ready, loads, cars - 1, bus_s, car_s))
    if loads:
        # Buses are alike: the one that is there first goes.
        first, *others = sorted(ready)
        end = max(free, first) + bus_s
        again = end + TO_R + UNLOAD + TO_R + TO_X + BOARD + TO_X
        ends.append(_pass(end, (*others, again), loads - 1, cars, bus_s, car_s))
    return min(ends)


CASES = list(product((110, 120, 160), (1, 2), (2, 4), ((1_200, 1_000), (300, 900), (900, 200))))


@pytest.mark.parametrize(("persons", "buses", "cars", "inspection"), CASES)
def test_as_many_cars_as_are_best(
    persons: int,
    buses: int,
    cars: int,
    inspection: tuple[int, int],
    opened: Callable[[Hamlet], OpenCase],
) -> None:
    """The planner is as good as the best number of cars in the best order, and never better."""
    bus_s, car_s = inspection
    case = opened(
        Hamlet(
            bays={"a": buses},
            crossings={"x": (bus_s, 0)},
            special={("x", "car"): (car_s, 0)},
            kinds={
                "bus": Kind(SEATS, {"d": buses}),
                "car": Kind(IN_CAR, {"a": cars}, {"own": True}),
            },
            groups={"people": Group(persons, "a", ("bus", "car"))},
        )
    )
    plan = plan_of(case)
    assert not [f for f in verify(plan, case).findings if f.severity == "error"]
    assert plan.answer.clearance_time_s == _least(persons, buses, cars, bus_s, car_s)
