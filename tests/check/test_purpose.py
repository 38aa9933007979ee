from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from safepassage.check import verify
from safepassage.plan.reader import plan_from_json
from tests.check.proof.timetable import Timetable, as_plan
from tests.check.proof.village import Group, Kind, Village, write_village


def _codes(village: Village, *rotations: tuple[str, str, str], empty: bool = False) -> set[str]:
    timetable = Timetable(village)
    for vehicle, place, to in rotations:
        if empty:
            timetable.rest = dict.fromkeys(timetable.rest, 0)
        timetable.rotation([vehicle], place, to)
    timetable.rest = {
        name: group.persons - _carried(timetable, name) for name, group in village.groups.items()
    }
    with tempfile.TemporaryDirectory() as folder:
        opened = write_village(Path(folder) / "village", village)
    data: dict[str, Any] = as_plan(timetable, opened)
    return {found.code for found in verify(plan_from_json(data), opened).findings}


def _carried(timetable: Timetable, name: str) -> int:
    boardings = (b for r in timetable.rotations for b in r["boarding"])
    return sum(b["persons"].get(name, 0) for b in boardings)


VILLAGE = Village(
    kinds={"bus": Kind(10, {"d": 1}), "van": Kind(10, {"d": 1})},
    groups={
        "one": Group(10, "a", ("bus",), ("r", "q")),
        "two": Group(10, "b", ("van",)),
    },
)


def test_a_vehicle_may_go_empty_where_it_suits_somebody() -> None:
    assert _codes(VILLAGE, ("bus-1", "a", "r"), ("van-1", "b", "r")) == set()
    assert _codes(VILLAGE, ("bus-1", "a", "q"), empty=True) == set()


def test_a_vehicle_goes_nowhere_to_no_purpose() -> None:
    # It suits nobody there, nobody there may go on to that place, and nobody is there.
    for useless in (("van-1", "a", "r"), ("van-1", "b", "q"), ("bus-1", "b", "r")):
        assert _codes(VILLAGE, useless, empty=True) == {"vehicle-of-no-use"}


def test_an_empty_vehicle_takes_a_way_that_is_open_to_somebody_there() -> None:
    village = Village(VILLAGE.kinds, VILLAGE.groups, open_to=("two",))
    assert _codes(village, ("van-1", "b", "r"), empty=True) == set()
    assert _codes(village, ("bus-1", "a", "r"), empty=True) == {"vehicle-of-no-use"}
