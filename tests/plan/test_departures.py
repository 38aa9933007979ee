"""Departures in columns: the same values as one by one, whatever their numbers."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from tempfile import NamedTemporaryFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safepassage.errors import BadInput
from safepassage.plan import json_files
from safepassage.plan.clearance import Contraflow, Departure
from safepassage.plan.clearance_files import (
    as_written,
    dumps_clearance,
    read_clearance,
    write_clearance,
)
from safepassage.plan.clearance_reader import clearance_from_json
from safepassage.plan.departures import Departures, Exact, together
from safepassage.plan.json_files import read_json
from tests.plan.test_clearance_files import RESULT

NUMBERS = st.one_of(
    st.fractions(0, 10**6, max_denominator=10**4),
    st.integers(0, 10**21).map(Fraction),
    st.integers(0, 10**9).map(lambda ms: Fraction(ms, 1000)),
)
NAMES = st.sampled_from(["a", "b", "ü", "r1"])


@st.composite
def departures(draw: st.DrawFn, numbers: st.SearchStrategy[Fraction] = NUMBERS) -> Departure:
    links = tuple(draw(st.lists(NAMES, max_size=4)))
    waits = draw(st.lists(numbers, min_size=len(links), max_size=len(links)))
    begin, rate = draw(numbers), draw(numbers)
    return Departure(
        origin=draw(NAMES),
        destination=draw(NAMES),
        links=links,
        waits_s=tuple(waits) if any(waits) else (),
        from_s=begin,
        to_s=begin + draw(numbers),
        vehicles_per_hour=rate,
    )


MANY = st.lists(departures(), max_size=8)
FEW_DIGITS = st.lists(departures(st.fractions(0, 10**6, max_denominator=99)), max_size=8)


@given(MANY)
def test_columns_hold_the_departures_put_into_them(some: list[Departure]) -> None:
    """Columns give back every departure as it was, by number, in slices and in order."""
    found = Departures.of(some)
    assert list(found) == some
    assert [found[i] for i in range(-len(some), 0)] == some
    assert found[1:3] == tuple(some[1:3])
    assert (found == tuple(some), found == [*some, *some[:1]]) == (True, not some)
    assert hash(found) == hash(tuple(some))


@given(MANY, MANY)
def test_joined_columns_hold_all_of_them(first: list[Departure], rest: list[Departure]) -> None:
    """Joining changes no departure, and leaves what is joined as it was."""
    columns = Departures.of(rest)
    assert list(together(first, columns)) == [*first, *rest]
    assert list(together(first, tuple(rest))) == [*first, *rest]
    assert list(columns) == rest


@given(MANY)
def test_columns_are_written_as_departures_one_by_one_are(some: list[Departure]) -> None:
    """A result file is the same byte for byte, in whatever way departures are kept."""
    one_by_one = replace(RESULT, departures=tuple(some))
    in_columns = replace(RESULT, departures=Departures.of(some))
    assert as_written(in_columns).departures == as_written(one_by_one).departures
    assert dumps_clearance(in_columns) == dumps_clearance(one_by_one)


@given(MANY)
def test_the_last_arrival_is_that_of_the_slowest_departure(some: list[Departure]) -> None:
    """The last arrival is the latest of end, waits and driving."""
    seconds = {"a": 1, "b": 20, "ü": 300, "r1": 0}
    found = Departures.of(some)
    driving = [sum(map(seconds.__getitem__, links)) for links in found.way_links()]
    ends = (d.to_s + sum(d.waits_s) + sum(map(seconds.__getitem__, d.links)) for d in some)
    assert found.last_arrival(driving) == max(ends, default=0)


@given(FEW_DIGITS, FEW_DIGITS)
def test_a_file_is_read_into_columns(some: list[Departure], without: list[Departure]) -> None:
    """Departures taken as a file is read are those told by parsing all of it first."""
    other = replace(RESULT, departures=tuple(without), contraflow=None, arrival=None)
    contraflow = Contraflow(None, None, None, other)
    text = dumps_clearance(replace(RESULT, departures=tuple(some), contraflow=contraflow))
    with NamedTemporaryFile("w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        taken = read_clearance(stream.name)
        assert taken == clearance_from_json(read_json(stream.name))
    assert taken.departures == () or isinstance(taken.departures, Departures)
    assert dumps_clearance(taken) == text


def test_departures_that_are_none_are_told_with_their_place(tmp_path: Path) -> None:
    """Faults of a departure name its place, whatever good ones have been taken before."""
    good = tmp_path / "good.json"
    write_clearance(RESULT, good)
    data = json.loads(good.read_text())
    assert len(read_clearance(good).departures) == len(data["departures"])
    data["departures"][1]["from_s"] = -1
    data["departures"][2]["links"] = [7]
    bad = tmp_path / "bad.json"
    bad.write_text(json.dumps(data))
    with pytest.raises(BadInput) as caught:
        read_clearance(bad)
    places = [fault.where.partition(":")[2] for fault in caught.value.faults]
    assert places == ["departures[1].from_s", "departures[2].links[0]"]


def test_waits_that_are_too_few_are_read_as_they_are(tmp_path: Path) -> None:
    """A departure that only the checker refuses is read beside others that are good."""
    data = json.loads(dumps_clearance(RESULT))
    data["departures"][1]["waits_s"] = [0, 5, 5]
    file = tmp_path / "result.json"
    file.write_text(json.dumps(data))
    assert [len(d.waits_s) for d in read_clearance(file).departures] == [0, 3, 0]


def test_results_of_roads_may_be_larger_than_plans(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A result of ``clear`` has a larger limit, and one too; other files have not."""
    text = dumps_clearance(RESULT)
    file = tmp_path / "result.json"
    file.write_text(text, encoding="utf-8")
    monkeypatch.setattr(json_files, "LARGEST_FILE", 210)
    assert read_clearance(file) == as_written(RESULT)
    for content, most in ((text, 300), (text.replace("clearance/1", "nothing/1"), 10**6)):
        file.write_text(content, encoding="utf-8")
        monkeypatch.setattr(json_files, "LARGEST_OF_ROADS", most)
        with pytest.raises(BadInput) as caught:
            read_clearance(file)
        assert [fault.code for fault in caught.value.faults] == ["plan-too-large"]


def test_some_are_left_out_and_others_end_sooner() -> None:
    """Leaving departures out and shortening others changes nothing else."""
    some = RESULT.departures
    kept = Departures.of(some).kept({1}, {0: Fraction(22, 7)})
    assert list(kept) == [replace(some[0], to_s=Fraction(22, 7)), some[2]]


def test_a_way_is_kept_once() -> None:
    """Departures of the same roads share a way, and other ends make another."""
    first = RESULT.departures[0]
    found = Departures.of([first, replace(first, from_s=Fraction(1)), replace(first, origin="b")])
    assert list(found.ways) == [0, 0, 1]


def test_waits_have_to_be_as_many_as_links() -> None:
    """A departure with a wait too few cannot be kept in columns; one with all of them can."""
    good = RESULT.departures[1]
    assert list(Departures.of([good])) == [good]
    with pytest.raises(ValueError, match="1 waits before 2 links"):
        Departures.of([replace(good, waits_s=good.waits_s[:1])])


@given(st.lists(NUMBERS))
def test_a_column_is_exact(numbers: list[Fraction]) -> None:
    """A column gives back multiples of its part, huge numbers and all other fractions."""
    column = Exact(1000)
    for number in numbers:
        column.append(number)
    assert list(column) == numbers
    assert [column[row] for row in range(len(column))] == numbers
