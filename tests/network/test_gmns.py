"""GMNS tables: what is read, what is refused, and that writing loses nothing."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from safepassage.errors import BadInput, Fault
from safepassage.network.cells import exact_text
from safepassage.network.gmns import read_network, write_network
from safepassage.network.network import Link, Network, Node


def faults(folder: Path) -> tuple[Fault, ...]:
    """The faults of a folder, none for a good one."""
    try:
        read_network(folder)
    except BadInput as error:
        return error.faults
    return ()


def test_links_and_units(folder: Path):
    """Lengths are metres, speeds km/h, exactly; an undirected link becomes two."""
    network = read_network(folder)
    assert list(network.links) == ["ab", "bc", "bc~"]
    assert network.links["ab"].length_m == 8000
    assert network.links["bc"].length_m == 13_500
    assert network.links["bc~"].from_node == "c"
    assert network.links["ab"].capacity_vph == 1800
    assert network.links["ab"].lanes == 2
    assert network.links["ab"].geometry == ((10.0, 50.0), (10.05, 50.01), (10.1, 50.0))
    assert network.out_links("b") == ("bc",)
    assert network.links["ab"].drive_s == 720


def test_the_units_of_the_configuration(folder: Path):
    """A mile is 1609.344 m and a mile an hour 1.609344 km/h, exactly."""
    (folder / "config.csv").write_text("long_length,speed\nmi,mph\n")
    link = read_network(folder).links["ab"]
    assert link.length_m == Fraction("12874.752")
    assert link.free_speed_kmh == Fraction("64.37376")


def test_a_line_turns_with_its_link(folder: Path):
    """The way back runs along the same line from its other end."""
    text = (folder / "link.csv").read_text().replace(",1,8,", ",0,8,")
    (folder / "link.csv").write_text(text)
    links = read_network(folder).links
    assert links["ab~"].geometry == links["ab"].geometry[::-1]


PAIRS = [
    ("unknown-node", "link.csv", "bc,b,c", "bc,b,d", "bc,b,a"),
    ("link-to-itself", "link.csv", "bc,b,c", "bc,b,b", "bc,c,b"),
    ("duplicate-id", "link.csv", "bc,b,c", "ab,b,c", "cb,b,c"),
    ("duplicate-id", "link.csv", "ab,a,b", "bc~,a,b", "bc_,a,b"),
    ("duplicate-id", "node.csv", "c,Camp", "c,Camp,10,50\nc,Camp", "c,Camp"),
    ("absurd-number", "link.csv", ",8,40", ",0,40", ",0.001,40"),
    ("absurd-number", "link.csv", ",8,40", ",-8,40", ",8.0,40"),
    ("absurd-number", "link.csv", ",8,40", ",8000,40", ",1000,40"),
    ("absurd-number", "link.csv", ",8,40", ",8,201", ",8,200"),
    ("absurd-number", "link.csv", ",8,40", ",8,0", ",8,0.1"),
    ("absurd-number", "link.csv", ",1800,2", ",-1,2", ",0,2"),
    ("absurd-number", "link.csv", ",1800,2", ",1800,0", ",1800,1"),
    ("absurd-number", "link.csv", ",1800,2", ",1800,1.5", ",1800,"),
    ("bad-value", "link.csv", ",8,40", ",8 km,40", ",8.,40"),
    ("bad-value", "link.csv", ",8,40", ",1/0,40", ",1/3,40"),
    ("bad-value", "link.csv", ",8,40", ",8,1e999999999", ",8,1e2"),
    ("bad-value", "link.csv", ",8,40", ",,40", ",8,40"),
    ("bad-value", "link.csv", "c,0,13.5", "c,maybe,13.5", "c,false,13.5"),
    ("bad-value", "link.csv", "ab,a,b", "a b,a,b", "a-b,a,b"),
    ("bad-geometry", "link.csv", "10.05 50.01,", "10.05,", "10.05 50.02,"),
    ("bad-geometry", "link.csv", "LINESTRING", "POINT", "linestring"),
    ("absurd-number", "node.csv", "10.2,50.1", "190,50.1", "-180,50.1"),
    ("absurd-number", "node.csv", "10.2,50.1", "10.2,-91", "10.2,-90"),
    ("bad-value", "node.csv", "10.2,50.1", "10.2,", "10.2,50"),
    ("bad-value", "node.csv", "10.2,50.1", "10.2,nan", "10.2,+50"),
    ("missing-column", "link.csv", "free_speed", "speed_limit", "free_speed"),
    ("unknown-column", "link.csv", ",geometry", ",geometri", ",geometry"),
    ("identity-field", "node.csv", "name", "surname", "name"),
    ("csv-shape", "node.csv", "Camp", "Camp,North", '"Camp, North"'),
    ("csv-syntax", "node.csv", "Camp", "Ca\0mp", "Camp"),
]


@pytest.mark.parametrize(("code", "file", "old", "bad", "good"), PAIRS)
def test_refused_at_its_line_and_near_good_taken(
    folder: Path, code: str, file: str, old: str, bad: str, good: str
):
    """Each fault is told with its code at the row it is in."""
    original = (folder / file).read_text()
    assert original.count(old) == 1
    (folder / file).write_text(original.replace(old, bad))
    found = faults(folder)
    assert {f.code for f in found} == {code}, found
    line = original[: original.index(old)].count("\n") + 1 + bad.count("\n")
    assert {f.where.rpartition("/")[2] for f in found} <= {f"{file}:{line}", f"{file}:{line + 1}"}
    (folder / file).write_text(original.replace(old, good))
    assert faults(folder) == ()


def test_faults_of_both_tables_are_told_at_once(folder: Path):
    """A bad coordinate does not make its node unknown as well."""
    for file, old, bad in (("node.csv", "10.2,", "999,"), ("link.csv", ",8,40", ",8,-40")):
        text = (folder / file).read_text()
        (folder / file).write_text(text.replace(old, bad))
    assert [f.code for f in faults(folder)] == ["absurd-number", "absurd-number"]


def test_a_table_without_a_header_is_one_fault(folder: Path):
    """An empty file is told once, not once a column; with a header the columns are told."""
    (folder / "link.csv").write_text("")
    found = faults(folder)
    assert [f.code for f in found] == ["missing-column"]
    assert "expected a header with" in found[0].message
    (folder / "link.csv").write_text("name\nx\n")
    assert len([f for f in faults(folder) if f.code == "missing-column"]) > 1


@pytest.mark.parametrize("mark", [";", "\t"])
def test_a_table_divided_by_another_mark_is_one_fault(folder: Path, mark: str):
    """What is wrong is told once, and what to do, instead of every column that is missing."""
    text = (folder / "link.csv").read_text()
    (folder / "link.csv").write_text(text.replace(",", mark))
    (found,) = faults(folder)
    assert found.code == "missing-column"
    assert found.message.endswith("save the table with commas")


def test_a_row_is_told_what_it_lacks_or_has_too_much(folder: Path):
    """A row too short lacks commas; a row too long has one that is not quoted."""
    text = (folder / "node.csv").read_text()
    for extra, hint in ((",", "quote a cell that holds a comma"), ("", "add the commas")):
        rows = text.splitlines()
        rows[1] = rows[1] + extra if extra else rows[1].rpartition(",")[0]
        (folder / "node.csv").write_text("\n".join(rows) + "\n")
        assert any(f.code == "csv-shape" and hint in f.message for f in faults(folder))


def test_missing_and_empty_tables(folder: Path):
    """A table that is not there, or has no row, is one fault each."""
    (folder / "node.csv").write_text("node_id,x_coord,y_coord\n")
    (folder / "link.csv").unlink()
    assert [f.code for f in faults(folder)] == ["missing-file", "empty-table"]


def test_an_unknown_unit(folder: Path):
    """Leagues are refused; feet are not."""
    (folder / "config.csv").write_text("long_length\nleague\n")
    assert [f.code for f in faults(folder)] == ["unknown-unit"]
    (folder / "config.csv").write_text("long_length\nft\n")
    assert faults(folder) == ()


def test_units_are_one_row_of_a_file_that_is_there(folder: Path):
    """Units that were meant to be told are never taken as the default ones."""
    config = folder / "config.csv"
    config.write_text("long_length,speed\n")
    assert [f.code for f in faults(folder)] == ["empty-table"]
    config.write_text("long_length,speed\nmi,mph\nkm,kph\n")
    assert [(f.where, f.code) for f in faults(folder)] == [(f"{config}:3", "bad-value")]
    config.unlink()
    config.symlink_to(folder / "none.csv")
    assert [f.code for f in faults(folder)] == ["missing-file"]
    config.unlink()
    assert faults(folder) == ()


def test_thousands_of_faults_stop_early(folder: Path):
    """Twenty thousand links to nowhere are told as the first few and a last line."""
    rows = [f"l{i},n{i},m{i},1,1,50,,," for i in range(20_000)]
    header = (folder / "link.csv").read_text().partition("\n")[0]
    (folder / "link.csv").write_text("\n".join([header, *rows]))
    found = faults(folder)
    assert len(found) < 210
    assert "too-many-faults" in {f.code for f in found}


NAMES = st.text("abcdefgh", min_size=1, max_size=6)
EXACT = st.fractions(min_value=Fraction(1, 1000), max_value=900_000, max_denominator=10_000)
SPEEDS = st.fractions(min_value=Fraction(1, 10), max_value=200, max_denominator=1000)


@st.composite
def networks(draw: st.DrawFn) -> Network:
    """A network with some of everything that can be written."""
    names = draw(st.lists(NAMES, min_size=2, max_size=6, unique=True))
    degrees = st.floats(-90, 90, allow_nan=False).filter(lambda x: x == 0 or abs(x) > 1e-6)
    nodes = {
        n: Node(
            n, draw(st.none() | st.just("Name, with comma")), None, draw(degrees), draw(degrees)
        )
        for n in names
    }
    links = {}
    for i in range(draw(st.integers(1, 6))):
        ends = draw(st.permutations(names))[:2]
        line = draw(st.none() | st.lists(st.tuples(degrees, degrees), min_size=2, max_size=3))
        links[f"l{i}"] = Link(
            id=f"l{i}",
            from_node=ends[0],
            to_node=ends[1],
            length_m=draw(EXACT),
            free_speed_kmh=draw(SPEEDS),
            capacity_vph=draw(st.none() | st.integers(0, 9000).map(Fraction)),
            lanes=draw(st.none() | st.integers(1, 8)),
            name=draw(st.none() | st.just('"Long" road')),
            geometry=None if line is None else tuple(line),
            length_assumed=draw(st.none() | st.just("drawn on the map")),
            speed_source=draw(st.none() | st.just("a;b")),
        )
    return Network(nodes, links)


@settings(
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(networks())
def test_what_is_written_reads_back(tmp_path: Path, network: Network):
    """Every length, speed and coordinate is read as it was written."""
    write_network(network, tmp_path)
    again = read_network(tmp_path)
    assert dict(again.nodes) == dict(network.nodes)
    assert dict(again.links) == dict(network.links)


@given(st.fractions())
def test_exact_text_reads_back(number: Fraction):
    """A number written as text is the same number."""
    assert Fraction(exact_text(number)) == number


def test_exact_text_is_a_decimal_where_it_can_be():
    """Thirds stay fractions, the rest is written as people do."""
    numbers = [Fraction(5, 4), Fraction(7), Fraction(-1, 8), Fraction(1, 3), Fraction(0)]
    assert [exact_text(n) for n in numbers] == ["1.25", "7", "-0.125", "1/3", "0"]
