"""Result files of ``clear``: what is written is read back the same, and nothing else is read."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safepassage.errors import BadInput
from safepassage.plan.clearance import (
    ArrivalPoint,
    Clearance,
    Contraflow,
    CutLink,
    CutOverTime,
    Departure,
    EarliestArrival,
    InstanceReference,
    RoadBottleneck,
)
from safepassage.plan.clearance_files import (
    as_written,
    dumps_clearance,
    read_clearance,
    write_clearance,
)
from safepassage.plan.clearance_reader import clearance_from_json

THIRD = Fraction(1, 3)
CUT = CutOverTime(Fraction(5), {"a": THIRD})
RESULT = Clearance(
    instance=InstanceReference("città", "ab" * 32, ("r9",)),
    vehicles=Fraction(100),
    clearance_time_s=Fraction(19600),
    lower_bound_s=Fraction(58799, 3),
    gap=0.25,
    deadline_s=Fraction(3600),
    evacuated_by_deadline=Fraction(50),
    evacuated_at_most=Fraction(200, 3),
    no_way_out=("é",),
    complete=True,
    bottleneck=RoadBottleneck(
        "Two roads.", ("a",), (CutLink("r1", Fraction(0), THIRD, Fraction(2, 7)),)
    ),
    certificate=CutOverTime(Fraction(58799, 3), {"b": Fraction(1, 2), "a": THIRD}),
    deadline_certificate=None,
    departures=(
        Departure("a", "z", ("r1", "r2"), (), THIRD, Fraction(10), Fraction(1800, 7)),
        Departure("a", "z", ("r1", "r2"), (THIRD, Fraction(5)), Fraction(0), Fraction(1), THIRD),
        Departure("z", "z", (), (), Fraction(0), Fraction(10), Fraction(36)),
    ),
)


def test_what_is_written_is_read_back_the_same(tmp_path: Path):
    """A result with the decimals of the file survives it exactly, byte by byte."""
    file = tmp_path / "result.json"
    write_clearance(RESULT, file)
    assert read_clearance(file) == as_written(RESULT)
    assert dumps_clearance(read_clearance(file)) == file.read_text(encoding="utf-8")
    assert [p.name for p in tmp_path.iterdir()] == ["result.json"]
    assert stat.S_IMODE(file.stat().st_mode) & 0o600 == 0o600


def test_what_was_asked_for_besides_is_read_back(tmp_path: Path):
    """Contraflow with the plan without it, and the curve; the careful roundings of their bounds."""
    asked = replace(
        RESULT,
        contraflow=Contraflow(("r1", "r9"), 7 * THIRD, CUT, RESULT),
        arrival=EarliestArrival(THIRD, (ArrivalPoint(Fraction(5), THIRD, THIRD, CUT),)),
    )
    file = tmp_path / "result.json"
    write_clearance(asked, file)
    read = read_clearance(file)
    assert read == as_written(asked)
    assert dumps_clearance(read) == file.read_text(encoding="utf-8")
    assert read.contraflow is not None
    assert read.contraflow.without == as_written(RESULT)
    assert read.contraflow.any_choice_s is not None
    assert read.contraflow.any_choice_s < 7 * THIRD
    assert read.arrival is not None
    assert read.arrival.lag_s > THIRD
    assert read.arrival.points[0].at_most > THIRD > read.arrival.points[0].out


def test_a_file_without_what_may_be_asked_for_is_read():
    """Both keys may be left out; a result that another is compared with has neither."""
    data = _parsed(dumps_clearance(RESULT))
    del data["contraflow"], data["arrival"]
    assert clearance_from_json(data) == as_written(RESULT)
    inner = {**data, "arrival": None}
    data["contraflow"] = {"roads": None, "any_choice_s": 0, "certificate": None, "without": inner}
    with pytest.raises(BadInput) as caught:
        clearance_from_json(data)
    assert caught.value.faults[0].code == "plan-unknown-key"
    assert caught.value.faults[0].where == "result:contraflow.without.arrival"
    del inner["arrival"]
    assert clearance_from_json(data).contraflow is not None


def test_the_text_is_laid_out_as_the_format_says():
    """Keys in the order of the format, one departure a line, waits only where there are some."""
    lines = dumps_clearance(RESULT).splitlines()
    assert lines[1] == '  "format": "safepassage-clearance/1",'
    assert sum(line.startswith('    {"origin": ') for line in lines) == 3
    assert ["waits_s" in line for line in lines[-5:-2]] == [False, True, False]
    data = json.loads(dumps_clearance(RESULT))
    assert list(data)[:4] == ["format", "notice", "instance", "vehicles"]
    assert data["certificate"] == {"horizon_s": "58799/3", "labels": {"a": "1/3", "b": 0.5}}
    assert data["departures"][0]["vehicles_per_hour"] == 257.142857142


def test_roundings_are_to_the_careful_side():
    """Bounds and rates are rounded down, the clearance and the most there can be up."""
    written = as_written(replace(RESULT, clearance_time_s=Fraction(58799, 3)))
    assert written.lower_bound_s is not None
    assert written.clearance_time_s is not None
    assert written.evacuated_at_most is not None
    assert written.lower_bound_s < Fraction(58799, 3) < written.clearance_time_s
    assert written.evacuated_at_most > Fraction(200, 3)
    assert written.departures[0].vehicles_per_hour < Fraction(1800, 7)
    assert written.certificate == RESULT.certificate


def test_the_gap_is_that_of_the_rounded_times():
    """Where times are so short that their rounding shows, the gap follows it."""
    short = Fraction(999001, 500000000) - Fraction(1, 10**10)
    written = as_written(replace(RESULT, clearance_time_s=short, lower_bound_s=short, gap=0.0))
    assert written.clearance_time_s is not None
    assert written.lower_bound_s is not None
    assert written.gap == float(written.clearance_time_s / written.lower_bound_s - 1) > 0
    assert as_written(replace(RESULT, gap=None)).gap is None


def test_a_first_wait_becomes_a_later_departure():
    """``from_s`` is when the first link is entered: nobody waits before it."""
    departure = as_written(RESULT).departures[1]
    assert departure.from_s == Fraction(333333333, 10**9)
    assert departure.waits_s == (0, 5)


def test_departures_that_round_to_nothing_are_left_out():
    """What is shorter than the last decimal is no departure."""
    short = replace(RESULT.departures[0], from_s=Fraction(0), to_s=Fraction(1, 10**10))
    slow = replace(RESULT.departures[0], vehicles_per_hour=Fraction(1, 10**10))
    assert as_written(replace(RESULT, departures=(short, slow))).departures == ()


@given(value=st.fractions(0, 10**6))
def test_numbers_keep_nine_decimals(value: Fraction):
    """A number comes back from the file as it was rounded, whatever its size."""
    written = as_written(replace(RESULT, vehicles=value))
    assert abs(written.vehicles - value) <= Fraction(1, 2 * 10**9)
    assert clearance_from_json(_parsed(dumps_clearance(written))).vehicles == written.vehicles


def _parsed(text: str) -> Any:
    from safepassage.plan.json_files import Real

    return json.loads(text, parse_float=Real)


def test_an_empty_result_is_read_back(tmp_path: Path):
    """A result may hold nothing at all but what it is of."""
    empty = replace(
        RESULT,
        clearance_time_s=None,
        lower_bound_s=None,
        gap=None,
        bottleneck=None,
        certificate=None,
        departures=(),
        complete=False,
        interrupted=True,
    )
    write_clearance(empty, tmp_path / "r.json")
    assert read_clearance(tmp_path / "r.json") == as_written(empty)


Bend = Callable[[dict[str, Any]], Any]


def _set(*path: str | int, value: Any) -> Bend:
    def bend(data: dict[str, Any]) -> None:
        part: Any = data
        for key in path[:-1]:
            part = part[key]
        part[path[-1]] = value

    return bend


@pytest.mark.parametrize(
    ("bend", "where", "code"),
    [
        (_set("format", value="safepassage-clearance/9"), "r:format", "plan-bad-value"),
        (_set("extra", value=1), "r:extra", "plan-unknown-key"),
        (lambda d: d.pop("gap"), "r:gap", "plan-missing-key"),
        (_set("vehicles", value=True), "r:vehicles", "plan-wrong-type"),
        (_set("vehicles", value=-1), "r:vehicles", "plan-bad-value"),
        (_set("vehicles", value=float("nan")), "r:vehicles", "plan-bad-value"),
        (_set("vehicles", value=0.1234567891), "r:vehicles", "plan-bad-value"),
        (_set("clearance_time_s", value="5"), "r:clearance_time_s", "plan-wrong-type"),
        (_set("clearance_time_s", value=1e12), "r:clearance_time_s", "plan-bad-value"),
        (
            _set("certificate", "horizon_s", value="1/0"),
            "r:certificate.horizon_s",
            "plan-bad-value",
        ),
        (_set("certificate", "labels", "a", value=[]), "r:certificate.labels.a", "plan-bad-value"),
        (_set("departures", 0, "links", 1, value=7), "r:departures[0].links[1]", "plan-wrong-type"),
        (_set("departures", 0, "links", 1, value=""), "r:departures[0].links[1]", "plan-bad-value"),
        (_set("departures", 0, "from_s", value=-1), "r:departures[0].from_s", "plan-bad-value"),
        (
            _set("departures", 1, "waits_s", 0, value=-5),
            "r:departures[1].waits_s[0]",
            "plan-bad-value",
        ),
        (lambda d: d["departures"][0].pop("to_s"), "r:departures[0].to_s", "plan-missing-key"),
    ],
)
def test_each_structural_fault_is_told(bend: Bend, where: str, code: str):
    """A value of the wrong kind is told with its place."""
    data = json.loads(dumps_clearance(RESULT))
    bend(data)
    with pytest.raises(BadInput) as caught:
        clearance_from_json(data, "r")
    assert [(f.where, f.code) for f in caught.value.faults] == [(where, code)]


def test_a_file_of_another_kind_is_one_fault():
    """A plan is told to be a plan, not to lack every key of a clearance."""
    with pytest.raises(BadInput, match="a result of `clear`, got 'safepassage-plan/1'") as told:
        clearance_from_json({"format": "safepassage-plan/1", "rotations": []}, "r")
    assert [f.where for f in told.value.faults] == ["r:format"]


def test_an_exponent_cannot_stall_the_reader():
    """A number of a thousand million digits is refused, not written out."""
    data = _parsed(dumps_clearance(RESULT).replace('"vehicles": 100', '"vehicles": 1e-999999999'))
    with pytest.raises(BadInput):
        clearance_from_json(data)
