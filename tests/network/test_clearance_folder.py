"""Clearance folders: what is read, and what is refused beside the nearest thing that is not."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from safepassage.errors import BadInput, Fault
from safepassage.files import MOST_LINES
from safepassage.network.clearance_folder import read_clearance_folder
from safepassage.network.link_tod import REPEATED_DAYS
from safepassage.network.road_instance import FOR_GOOD_S, CapacityPeriod, Destination, Origin
from tests.network.instances import CONFIG, DEMAND, LINKS, NODES, write_folder


def faults(folder: Path) -> tuple[Fault, ...]:
    """The faults of a folder, none for a good one."""
    try:
        read_clearance_folder(folder)
    except BadInput as error:
        return error.faults
    return ()


def test_reads_an_instance(tmp_path: Path):
    """Amounts, times and rates are exact, and coordinates may be left out."""
    instance = read_clearance_folder(write_folder(tmp_path))
    assert instance.origins == (
        Origin("a", Fraction(100), Fraction(0)),
        Origin("a", Fraction(50), Fraction(600)),
        Origin("b", Fraction(25), Fraction(0)),
    )
    assert instance.vehicles == 175
    assert instance.destinations == (Destination("c", None),)
    assert instance.network.nodes["a"].lon is None
    assert instance.network.nodes["b"].lat == 50.0
    assert dict(instance.longest_wait_s) == {"b": 60}
    assert instance.network.links["bc~"].capacity_vph == 900
    assert instance.network.links["ac"].capacity_vph is None
    assert [instance.transit_s(x) for x in ("ab", "bc", "ac")] == [100, 100, 900]
    assert not instance.changes
    assert instance.told_until_s is None
    assert instance.location == str(tmp_path)


def test_classes_count_as_cars(tmp_path: Path):
    """A vehicle of a class takes as much of a road as its passenger-car equivalents."""
    demand = "node_id,role,vehicle_class,vehicles,pce\na,origin,bus,10,2.5\nc,destination,,,\n"
    instance = read_clearance_folder(write_folder(tmp_path, demand=demand))
    assert instance.origins[0].vehicles == 25


def test_an_origin_may_be_a_destination(tmp_path: Path):
    """Nothing forbids one node both roles, nor a limit to those received."""
    demand = "node_id,role,vehicles\nc,origin,10\nc,destination,20\n"
    instance = read_clearance_folder(write_folder(tmp_path, demand=demand))
    assert instance.destinations[0].capacity == 20


def test_self_loops_and_links_without_length_are_read(tmp_path: Path):
    """They change no answer, and networks made from zones have them."""
    links = LINKS + "aa,a,a,1,1,36,100\nab0,a,b,1,0,36,100\n"
    instance = read_clearance_folder(write_folder(tmp_path, link=links))
    assert instance.transit_s("ab0") == 0


def test_digest_follows_every_table(tmp_path: Path):
    """A changed byte of any table is another instance; another file in the folder is not."""
    folder = write_folder(tmp_path)
    digests = [read_clearance_folder(folder).digest]
    (folder / "result.json").write_text("{}")
    assert read_clearance_folder(folder).digest == digests[0]
    for name, text in (("demand", DEMAND + "\n"), ("config", CONFIG), ("node", NODES + "d,,,\n")):
        write_folder(folder, **{name: text})
        digests.append(read_clearance_folder(folder).digest)
    assert len(set(digests)) == len(digests)


def test_times_of_day_repeat(tmp_path: Path):
    """A time of day holds every day, counted from the start of the clock, until it is cut off."""
    table = "link_id,time_day,capacity\nab,11111110_1300_1500,0\n"
    folder = write_folder(tmp_path, link_tod=table, config=CONFIG)
    instance = read_clearance_folder(folder)
    hour = 3600
    first, second, *_ = instance.changes["ab"]
    assert first == CapacityPeriod(Fraction(0), Fraction(hour), Fraction(0))
    assert (second.from_s, second.to_s) == (23 * hour, 25 * hour)
    assert instance.told_until_s == REPEATED_DAYS * 24 * hour
    assert instance.changes["ab"][-1].to_s >= instance.told_until_s - 24 * hour


def test_days_of_the_week_begin_with_sunday(tmp_path: Path):
    """3 May 2024 was a Friday: a row for Saturdays first holds the day after."""
    table = "link_id,time_day,capacity\nab,00000010_0000_0100,0\n"
    folder = write_folder(tmp_path, link_tod=table, config=CONFIG)
    assert read_clearance_folder(folder).changes["ab"][0].from_s == 10 * 3600


def test_a_night_ends_on_the_next_day(tmp_path: Path):
    """An end that is not after the beginning is on the next day, also of the night before."""
    table = "link_id,time_day,capacity\nab,11111111_2200_0600,0\n"
    periods = read_clearance_folder(write_folder(tmp_path, link_tod=table)).changes["ab"]
    assert (periods[0].from_s, periods[0].to_s) == (0, 6 * 3600)
    assert (periods[1].from_s, periods[1].to_s) == (22 * 3600, 30 * 3600)


def test_seconds_hold_once(tmp_path: Path):
    """Times in seconds are told out as they stand; without an end they are for good."""
    table = "link_id,from_s,to_s,capacity,lanes\nab,0,60.5,900,\nab,100,,,0\nbc,0,10,1,\n"
    instance = read_clearance_folder(write_folder(tmp_path, link_tod=table))
    assert instance.changes["ab"] == (
        CapacityPeriod(Fraction(0), Fraction(121, 2), Fraction(900)),
        CapacityPeriod(Fraction(100), FOR_GOOD_S, Fraction(0)),
    )
    assert instance.changes["bc"] == instance.changes["bc~"]
    assert instance.told_until_s is None


TOD = "link_id,time_day,from_s,to_s,capacity,lanes,free_speed,allowed_uses\n"
BAD = {
    "negative length": ("link", LINKS + "x,a,b,1,-1,36,9\n", "link.csv:5", "absurd-number"),
    "zero speed": ("link", LINKS + "x,a,b,1,1,0,9\n", "link.csv:5", "absurd-number"),
    "nan": ("link", LINKS + "x,a,b,1,nan,36,9\n", "link.csv:5", "bad-value"),
    "link id twice": ("link", LINKS + "ab,a,b,1,1,36,9\n", "link.csv:5", "duplicate-id"),
    "link to nowhere": ("link", LINKS + "x,a,z,1,1,36,9\n", "link.csv:5", "unknown-node"),
    "no capacity": ("link", LINKS + "x,a,b,1,1,36,\n", "link.csv:5", "bad-value"),
    "negative capacity": ("link", LINKS + "x,a,b,1,1,36,-5\n", "link.csv:5", "absurd-number"),
    "capacity of another name": (
        "link",
        LINKS.replace("capacity", "volume"),
        "link.csv:1",
        "missing-column",
    ),
    "unit": ("config", "long_length,speed\nfurlong,kph\n", "config.csv:2", "unknown-unit"),
    "capacity a lane": ("config", "capacity_over\nlane\n", "config.csv:2", "bad-value"),
    "start": ("config", "start_time\nnoon\n", "config.csv:2", "bad-value"),
    "node id twice": ("node", NODES + "a,,,\n", "node.csv:5", "duplicate-id"),
    "half a place": ("node", NODES + "d,1.0,,\n", "node.csv:5", "bad-value"),
    "negative wait": ("node", NODES + "d,,,-1\n", "node.csv:5", "absurd-number"),
    "demand of nobody known": ("demand", DEMAND + "z,origin,1,\n", "demand.csv:6", "unknown-node"),
    "role": ("demand", DEMAND + "a,orign,1,\n", "demand.csv:6", "unknown-word"),
    "vehicles missing": ("demand", DEMAND + "a,origin,,\n", "demand.csv:6", "bad-value"),
    "vehicles negative": ("demand", DEMAND + "a,origin,-1,\n", "demand.csv:6", "absurd-number"),
    "vehicles overflow": ("demand", DEMAND + "a,origin,1e19,\n", "demand.csv:6", "absurd-number"),
    "sum overflows": (
        "demand",
        DEMAND + "a,origin,99999999,\nb,origin,99999999,\n",
        "demand.csv:1",
        "absurd-number",
    ),
    "ready before the start": (
        "demand",
        DEMAND + "a,origin,1,-1\n",
        "demand.csv:6",
        "absurd-number",
    ),
    "destination twice": ("demand", DEMAND + "c,destination,,\n", "demand.csv:6", "duplicate-id"),
    "destination ready": ("demand", DEMAND + "b,destination,,9\n", "demand.csv:6", "bad-value"),
    "no destination": (
        "demand",
        "node_id,role,vehicles\na,origin,1\n",
        "demand.csv:1",
        "role-missing",
    ),
    "no vehicles": (
        "demand",
        "node_id,role,vehicles\na,origin,0\nc,destination,\n",
        "demand.csv:1",
        "no-vehicles",
    ),
    "empty demand": ("demand", "node_id,role,vehicles\n", "demand.csv:1", "empty-table"),
    "names of people": (
        "demand",
        "node_id,role,vehicles,surname\n",
        "demand.csv:1",
        "identity-field",
    ),
    "time of no link": (
        "link_tod",
        TOD + "zz,11111111_0000_0100,,,0,,,\n",
        "link_tod.csv:2",
        "unknown-id",
    ),
    "no time": ("link_tod", TOD + "ab,,,,0,,,\n", "link_tod.csv:2", "no-time"),
    "two times": ("link_tod", TOD + "ab,11111111_0000_0100,5,,0,,,\n", "link_tod.csv:2", "no-time"),
    "an end beside the time of a day": (
        "link_tod",
        TOD + "ab,11111111_0000_0100,,5,0,,,\n",
        "link_tod.csv:2",
        "no-time",
    ),
    "no such time": (
        "link_tod",
        TOD + "ab,11111111_0000_2500,,,0,,,\n",
        "link_tod.csv:2",
        "bad-value",
    ),
    "day unknown": (
        "link_tod",
        TOD + "ab,01111100_0700_0900,,,0,,,\n",
        "link_tod.csv:2",
        "no-start-time",
    ),
    "ends first": ("link_tod", TOD + "ab,,60,60,0,,,\n", "link_tod.csv:2", "ends-before-start"),
    "no capacity told": ("link_tod", TOD + "ab,,0,60,,,,\n", "link_tod.csv:2", "bad-value"),
    "speed by time": ("link_tod", TOD + "ab,,0,60,9,,30,\n", "link_tod.csv:2", "not-modelled"),
    "two at once": (
        "link_tod",
        TOD + "ab,,0,60,9,,,\nab,,59,70,8,,,\n",
        "link_tod.csv:3",
        "overlapping-periods",
    ),
}


def test_every_row_that_overlaps_an_earlier_one_is_told_once(tmp_path: Path):
    """A long closure reaches over several rows, whatever stands between; daily rows meet daily."""
    long = "ab,,0,1000,0,,,\n"
    short = "ab,,100,200,9,,,\nab,,300,400,9,,,\nab,,1000,1100,9,,,\n"
    found = faults(write_folder(tmp_path / "once", link_tod=TOD + long + short))
    assert [(f.where.rpartition(":")[2], f.code) for f in found] == [
        ("3", "overlapping-periods"),
        ("4", "overlapping-periods"),
    ]
    assert all(":2 has the other" in f.message for f in found)
    daily = "ab,11111110_0700_0900,,,0,,,\nab,11111110_0800_1000,,,9,,,\n"
    (fault,) = faults(write_folder(tmp_path / "daily", link_tod=TOD + daily))
    assert fault.where.endswith(":3")


@pytest.mark.parametrize("name", BAD)
def test_one_fault_one_line(tmp_path: Path, name: str):
    """Each slip is told once, with its file, its line and its code."""
    table, text, where, code = BAD[name]
    found = faults(write_folder(tmp_path, **{table: text}))
    assert [(f.where.rpartition("/")[2], f.code) for f in found] == [(where, code)]
    assert "\n" not in found[0].message


GOOD = {
    "zero length": ("link", LINKS + "x,a,b,1,0,36,9\n"),
    "zero capacity": ("link", LINKS + "x,a,b,1,1,36,0\n"),
    "huge capacity": ("link", LINKS + "x,a,b,1,1,36,1e9\n"),
    "capacity a link": ("config", "capacity_over\nlink\n"),
    "units": ("config", "long_length,speed\nmi,mph\n"),
    "place": ("node", NODES + "d,1.0,2.0,\n"),
    "no wait": ("node", NODES + "d,,,0\n"),
    "no vehicles on a row": ("demand", DEMAND + "a,origin,0,\n"),
    "many vehicles": ("demand", DEMAND + "a,origin,1e7,\n"),
    "fractions": ("demand", DEMAND + "a,origin,1/3,0.5\n"),
    "every day": ("link_tod", TOD + "ab,11111110_0700_0900,,,0,,,\n"),
    "next to each other": ("link_tod", TOD + "ab,,0,60,9,,,\nab,,60,70,8,,,\n"),
    "for good": ("link_tod", TOD + "ab,11111111_0000_2400,,,7,,,\n"),
}


@pytest.mark.parametrize("name", GOOD)
def test_the_nearest_good(tmp_path: Path, name: str):
    """What only looks like a slip is read."""
    table, text = GOOD[name]
    assert faults(write_folder(tmp_path, **{table: text})) == ()


def test_all_faults_at_once(tmp_path: Path):
    """Faults of all tables come together, in the order of files and lines."""
    found = faults(
        write_folder(
            tmp_path,
            node=NODES + "a,,,\n",
            link=LINKS + "x,a,z,1,-1,0,9\n",
            demand=DEMAND + "z,origin,nan,\n",
        )
    )
    assert [f.where.rpartition("/")[2] for f in found] == [
        "demand.csv:6",
        "demand.csv:6",
        "link.csv:5",
        "link.csv:5",
        "link.csv:5",
        "node.csv:5",
    ]


def test_a_table_of_millions_is_refused_unread(tmp_path: Path):
    """A table over the limit costs one line, not the memory of its rows."""
    demand = DEMAND + "a,origin,1,\n" * MOST_LINES
    (fault,) = faults(write_folder(tmp_path, demand=demand))
    assert fault.code == "too-many-rows"


def test_missing_tables_are_told_together(tmp_path: Path):
    """A folder that is no instance is told what it lacks; so is a path that is no folder."""
    (tmp_path / "empty").mkdir()
    found = faults(tmp_path / "empty")
    assert {f.code for f in found} == {"missing-file"}
    assert len(found) == 3
    assert [f.code for f in faults(tmp_path / "nowhere")] == ["missing-file"]
