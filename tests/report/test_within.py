"""Which legs lie within the terms: open times as stated, not extended."""

from __future__ import annotations

from dataclasses import replace

from safepassage.plan import Leg, Rotation, Stop
from safepassage.report.facts.within import Within
from tests.report.village import rotations

OPEN = Within(crossings={"bridge": ((1000, 2000),)}, movement=None, window_end_s=None, deadlines={})


def first() -> Rotation:
    """Inspected from 1140 to 1260, there at 1860."""
    return rotations("likely")[0]


def asked(within: Within, leg: Leg | None = None) -> bool:
    rotation = first()
    return within.leg(rotation, leg or rotation.loaded_leg, loaded=True)


def test_inspection_has_to_fit_inside_one_open_interval() -> None:
    assert asked(OPEN)
    assert asked(replace(OPEN, crossings={"bridge": ((1140, 1260),)}))
    assert not asked(replace(OPEN, crossings={"bridge": ((1140, 1259),)}))
    assert not asked(replace(OPEN, crossings={"bridge": ((1000, 1200), (1230, 2000))}))
    assert not asked(replace(OPEN, crossings={"bridge": ()}))


def test_people_have_to_arrive_by_window_end_and_deadline() -> None:
    assert asked(replace(OPEN, window_end_s=1860))
    assert not asked(replace(OPEN, window_end_s=1859))
    assert not asked(replace(OPEN, deadlines={"civilians": 1859}))
    assert asked(replace(OPEN, deadlines={"wounded": 1}))


def test_every_drive_has_to_fit_where_movement_is_bound() -> None:
    assert asked(replace(OPEN, movement=((800, 2000),)))
    assert asked(replace(OPEN, movement=((800, 1140), (1260, 1860))))
    assert not asked(replace(OPEN, movement=((800, 1100), (1260, 1860))))
    waits = replace(first().loaded_leg, stops=(Stop("bridge", 1140, 1140, 1260, 1400),))
    assert asked(replace(OPEN, movement=((800, 1140), (1400, 1860))), waits)
