"""Findings on observations: each rule with rows that raise it and the nearest that do not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safepassage.cases import OpenCase, open_case, write_template
from safepassage.errors import BadInput
from safepassage.record import RECORD_CODES, consistency
from safepassage.record.consistency import RULES
from safepassage.terms.observations import Observation
from tests.record.conftest import Town, convoy, out, stop

DONE = """
carried_out:
  proposal: two-days
  gist: As agreed.
  end: {value: "2030-05-03T18:00+02:00", cite: [agency-note]}
"""
LETTER = "council-letter"
SEATS = "seats: {value: 50, cite: [agency-note]}"
SEEN = ((SEATS, f"{SEATS}\n      seats_observed: [{{value: 60, cite: [{LETTER}]}}]"),)
"""A bus was seen with 60 people aboard; without such a report no load is the largest."""

# code, rows that raise it, rows that do not, lines of the rows told
PAIRS = [
    (
        "more-people-than-loads",
        [out("12:00", 631, vehicles="10 buses")],
        [out("12:00", 630, vehicles="10 buses")],
        (2,),
    ),
    (
        "more-people-than-seats",
        [out("12:00", 528, vehicles="10 buses")],
        [out("12:00", 528, vehicles="10 buses; 30 people in own cars")],
        (2,),
    ),
    (
        "arrives-before-departure",
        [convoy("10:00", "09:59", 50)],
        [convoy("10:00", "11:00", 50)],
        (2,),
    ),
    (
        "faster-than-the-road",
        [convoy("10:00", "10:16", 50)],
        [convoy("10:00", "10:17", 50)],
        (2,),
    ),
    (
        "total-goes-down",
        [out("10:00", 100), out("11:00", 99)],
        [out("10:00", 100), out("11:00", 100)],
        (2, 3),
    ),
    (
        "part-goes-down",
        [out("10:00", 100, fighters="20"), out("11:00", 120, fighters="19")],
        [out("10:00", 100, fighters="20"), out("11:00", 120)],
        (2, 3),
    ),
    (
        "sources-contradict",
        [out("10:00", 200), out("11:00", 189, LETTER)],
        [out("10:00", 200), out("11:00", 190, LETTER)],
        (3, 2),
    ),
    (
        "convoys-contradict",
        [convoy("10:00", "11:00", 50), convoy("10:00", "11:00", 40, LETTER)],
        [convoy("10:00", "11:00", 50), convoy("10:30", "11:00", 40, LETTER)],
        (2, 3),
    ),
    (
        "tallies-contradict",
        [out("10:00", 50, vehicles="3 buses"), out("11:00", 60, LETTER, vehicles="2 buses")],
        [out("12:00", 50, vehicles="3 buses"), out("11:00", 60, LETTER, vehicles="2 buses")],
        (3, 2),
    ),
    ("more-than-there-were", [out("17:00", 2041)], [out("17:00", 2040)], (2,)),
    # Five buses pass in ten minutes, and five more may have passed already and come together.
    (
        "faster-than-crossings",
        [out("10:00", 100), out("10:10", 601)],
        [out("10:00", 100), out("10:10", 600)],
        (2, 3),
    ),
    # Ten buses and four ambulances carry 508; in 33 min they can make a second journey.
    ("faster-than-fleet", [out("08:30", 509)], [out("08:33", 509)], (2,)),
    (
        "moved-while-stopped",
        [out("10:00", 100), out("11:00", 200), stop("10:00", "11:00", LETTER)],
        [out("10:00", 100), out("11:00", 200), stop("10:00", "10:56", LETTER)],
        (2, 3, 4),
    ),
    ("before-the-start", [out("08:16", 1)], [out("08:17", 1)], (2,)),
    ("after-the-end", [out("18:01", 100)], [out("18:00", 100)], (2,)),
    (
        "vehicles-not-in-fleet",
        [out("12:00", 100, vehicles="3 boats")],
        [out("12:00", 100, vehicles="3 convoys")],
        (2,),
    ),
    (
        "vehicles-not-read",
        [out("12:00", 100, vehicles="some buses")],
        [out("12:00", 100, vehicles="3 buses")],
        (2,),
    ),
]


@pytest.mark.parametrize(("code", "bad", "good", "lines"), PAIRS, ids=[p[0] for p in PAIRS])
def test_a_rule_tells_what_it_should_and_not_its_nearest(
    town: Town, code: str, bad: list[str], good: list[str], lines: tuple[int, ...]
) -> None:
    """Each rule tells its finding with the rows it is about, and leaves the nearest good rows."""
    changes = SEEN if code == "more-people-than-loads" else ()
    told = [f for f in consistency(town(*bad, more=DONE, changes=changes)) if f.code == code]
    assert [f.rows for f in told] == [tuple(f"observations.csv:{n}" for n in lines)]
    assert told[0].severity == RECORD_CODES[code].severity
    assert code not in {f.code for f in consistency(town(*good, more=DONE, changes=changes))}


def test_no_load_is_too_much_where_none_beyond_the_seats_was_reported(town: Town) -> None:
    """How many people squeeze into a bus is not known from its seats: a warning, and no error."""
    rows = [out("12:00", 900, vehicles="10 buses")]
    codes = {f.code for f in consistency(town(*rows, more=DONE))}
    assert "more-people-than-seats" in codes
    assert "more-people-than-loads" not in codes
    assert "more-people-than-loads" in {
        f.code for f in consistency(town(*rows, more=DONE, changes=SEEN))
    }


def test_a_convoy_is_told_as_a_convoy(town: Town) -> None:
    """People aboard a convoy are not people out by its departure."""
    told = consistency(town(convoy("10:00", "11:00", 90, vehicles="1 bus"), more=DONE))
    words = next(f.message for f in told if f.code == "more-people-than-seats")
    assert "90 people aboard the convoy of 2030-05-03 10:00" in words


def test_vehicles_may_be_counted_without_their_people(town: Town) -> None:
    """A count of vehicles alone bounds what others claim, and is no count of nobody."""
    rows = [out("12:00", None, LETTER, vehicles="4 buses"), out("12:00", 300)]
    told = {f.code: f for f in consistency(town(*rows, more=DONE))}
    assert set(told) == {"more-people-than-seats"}
    assert told["more-people-than-seats"].rows == ("observations.csv:3", "observations.csv:2")
    with pytest.raises(BadInput, match="only a row with vehicles may leave it empty"):
        town(out("12:00", None, LETTER), more=DONE)


def test_every_rule_has_a_pair() -> None:
    """A rule without a test could tell anything."""
    assert {rule.code for rule in RULES} == {pair[0] for pair in PAIRS}


def test_codes_are_told_apart_and_have_a_meaning() -> None:
    """The reference page needs one sentence for each code."""
    assert len(RECORD_CODES) == len(RULES)
    for rule in RULES:
        assert rule.meaning.endswith("."), rule.code


def test_a_finding_names_the_sources_of_its_rows(town: Town) -> None:
    """Whoever reads a finding can weigh who says what."""
    (found,) = consistency(town(out("10:00", 200), out("11:00", 100, LETTER)))
    assert found.sources == (LETTER, "agency-note")
    assert found.to_json()["rows"] == ["observations.csv:3", "observations.csv:2"]


def test_people_on_each_bus_are_told(town: Town) -> None:
    """600 people by 10 buses and 2 ambulances with two each are 59.6 on a bus: 60."""
    found = consistency(town(out("12:00", 600, vehicles="10 buses; 2 ambulances")))
    message = next(f.message for f in found if f.code == "more-people-than-seats")
    assert "carry 504" in message
    assert "60 people on each bus" in message


def test_a_larger_load_that_was_seen_is_no_error(town: Town) -> None:
    """More than the seats is doubtful; more than anybody ever saw in a bus cannot be."""
    seats = "seats: {value: 50, cite: [agency-note]}"
    seen = f"{seats}\n      seats_observed: [{{value: 80, cite: [agency-note]}}]"
    codes = {}
    for persons in (800, 841):
        opened = town(out("12:00", persons, vehicles="10 buses"), changes=((seats, seen),))
        codes[persons] = {f.code for f in consistency(opened)} - {"faster-than-crossings"}
    assert codes[800] == {"more-people-than-seats"}
    assert codes[841] == {"more-people-than-seats", "more-people-than-loads"}


def test_vehicles_counted_later_bound_a_claim(town: Town) -> None:
    """Vehicles only grow in number: ten buses by noon were no more than ten at eleven."""
    rows = [out("11:00", 700), out("12:00", 500, LETTER, vehicles="10 buses")]
    found = [f for f in consistency(town(*rows)) if f.code == "more-people-than-seats"]
    assert [f.sources for f in found] == [("agency-note", LETTER)]


def test_vehicles_counted_before_bound_a_claim_with_what_can_have_passed(town: Town) -> None:
    """By noon ten buses; in half an hour 15 more pass the bridge, and a convoy is behind it.

    That makes 750 and 250 people, and ten buses hold 500; a twentieth more is taken as the same.
    """
    tally = out("12:00", 500, LETTER, vehicles="10 buses")
    assert not consistency(town(out("12:30", 1520), tally))
    found = {f.code for f in consistency(town(out("12:30", 1530), tally))}
    assert "more-people-than-seats" in found


def test_nothing_passes_while_it_stands_still(town: Town) -> None:
    """The same claim, with movement stopped at noon, has ten buses to rest on."""
    tally = out("12:00", 500, LETTER, vehicles="10 buses")
    rows = [out("12:30", 600), tally, stop("12:00", "14:00")]
    assert "more-people-than-seats" in {f.code for f in consistency(town(*rows))}
    assert not consistency(town(*rows[:2]))


def test_vehicles_since_a_moment_carried_those_since(town: Town) -> None:
    """Ten buses since ten o'clock, when 300 were out, carry 500 of 800 people."""
    first = out("10:00", 300, LETTER)
    late = out("12:00", 800, LETTER, vehicles="10 buses", since="10:00")
    assert not consistency(town(first, late))
    early = out("12:00", 800, LETTER, vehicles="10 buses")
    assert "more-people-than-seats" in {f.code for f in consistency(town(first, early))}


def test_no_rows_no_findings(town: Town) -> None:
    """Nothing reported contradicts nothing."""
    assert consistency(town()) == ()


def test_a_proposal_under_which_nobody_leaves_judges_what_it_can(town: Town) -> None:
    """Without ways and times, totals that go down are still told."""
    text = """
  - id: words
    title: Words
    tabled_by: [relief-agency]
    tabled: 2030-05-02
    history: [{status: tabled, date: 2030-05-02, cite: [agency-note]}]
    clauses: [{kind: text, id: word, gist: A word., cite: [agency-note]}]
"""
    opened = town(out("07:00", 100), out("08:00", 90), more=text)
    assert [f.code for f in consistency(opened, "words")] == ["total-goes-down"]
    assert "before-the-start" in {f.code for f in consistency(opened)}


def test_more_than_so_many_buses_bound_nobody(town: Town) -> None:
    """Ten buses carry 500; more than ten carry nobody knows how many."""
    assert consistency(town(out("12:00", 600, vehicles="10 buses")))
    assert not consistency(town(out("12:00", 600, vehicles="over 10 buses")))


def test_a_convoy_within_a_stop_is_told(town: Town) -> None:
    """It cannot have driven while everything stood still; one that waits for the end can."""
    held = stop("10:00", "12:00", LETTER)
    (found,) = consistency(town(convoy("10:30", "11:30", 50), held))
    assert (found.code, found.sources) == ("moved-while-stopped", ("agency-note", LETTER))
    assert not consistency(town(convoy("10:30", "12:30", 50), held))


def test_after_the_window_without_a_recorded_end(town: Town) -> None:
    """Where nobody recorded the end, the window of the terms stands for it: 48 hours."""
    assert not consistency(town(out("2030-05-05T08:00+02:00", 1000)))
    (found,) = consistency(town(out("2030-05-05T08:01+02:00", 1000)))
    assert found.code == "after-the-end"
    assert "the window ended" in found.message


BEGIN = datetime(2030, 5, 2, tzinfo=UTC)
MOMENTS = st.integers(0, 4 * 24 * 60).map(lambda minutes: BEGIN + timedelta(minutes=minutes))
TALLIES = st.sampled_from([None, "10 buses", "over 3 buses; 1 ambulance", "boats", "7 vehicles"])


@st.composite
def observation(draw: st.DrawFn, line: int) -> Observation:
    """Any row that can be read, and some that could not."""
    return Observation(
        kind=draw(st.sampled_from(["out", "convoy", "stop"])),  # type: ignore[arg-type]  # words
        source=draw(st.sampled_from(["agency-note", "council-letter"])),
        time=draw(MOMENTS),
        until=draw(st.none() | MOMENTS),
        persons=draw(st.integers(0, 3_000)),
        fighters=draw(st.none() | st.integers(0, 10)),
        vehicles=draw(TALLIES),
        since=draw(st.none() | MOMENTS),
        line=line,
    )


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> OpenCase:
    """The template's town, to be given rows."""
    folder = tmp_path_factory.mktemp("quiet") / "town"
    write_template(folder)
    return open_case(folder)


@given(data=st.data(), number=st.integers(0, 8))
def test_any_rows_are_judged_and_every_finding_names_rows_that_are_there(
    quiet: OpenCase, data: st.DataObject, number: int
) -> None:
    """Whatever was reported, there is an answer, and it leads back to the rows."""
    rows = tuple(data.draw(observation(line)) for line in range(2, 2 + number))
    lines = {f"observations.csv:{row.line}" for row in rows}
    for found in consistency(replace(quiet, observations=rows)):
        assert found.rows
        assert set(found.rows) <= lines
        assert found.message.endswith(".")
