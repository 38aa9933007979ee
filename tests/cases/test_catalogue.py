"""Opening cases: by name and by path, their digest, and ways out on the network."""

# The tables below read best with one case a line.
# ruff: noqa: E501, ISC004

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest

from safepassage.cases import bundled_cases, open_case
from safepassage.errors import BadInput, UnknownName
from tests.terms.spoil import faults, replace


def test_bundled_cases_open():
    """Every bundled case is good, and is told with its title."""
    cases = bundled_cases()
    assert {"aleppo-2016"} < {name for name, _ in cases}
    for name, title in cases:
        opened = open_case(name)
        assert opened.case.title == title
        assert opened.location == name
        assert opened.folder.name == name


def test_unknown_name_offers_near_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A slip in a bundled name is told with the name that was meant."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UnknownName, match="did you mean 'aleppo-2016'"):
        open_case("alepo-2016")
    with pytest.raises(UnknownName, match="bundled cases: "):
        open_case("x\0y" * 3000)
    assert isinstance(UnknownName.one("", "x", "y"), LookupError)


def test_the_template_is_no_bundled_case(folder: Path):
    """It is opened as a folder, never by name."""
    assert all(not name.startswith("_") for name, _ in bundled_cases())
    opened = open_case(str(folder))
    assert opened.location == str(folder)
    assert open_case(folder).digest == opened.digest


def test_a_bundled_name_goes_before_a_folder_of_that_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """The same command means the same thing wherever it is given."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "aleppo-2016").mkdir()
    assert open_case("aleppo-2016").case.id == "aleppo-2016"
    with pytest.raises(BadInput):
        open_case("./aleppo-2016")


def test_digest_covers_every_file_that_is_read(folder: Path):
    """A changed byte in any file changes the digest; a file that is not read does not."""
    seen = {open_case(folder).digest}
    (folder / "README.md").write_text("notes")
    assert {open_case(folder).digest} == seen
    for name in ("case.yaml", "sources.yaml", "observations.csv", "network/node.csv",
                 "network/link.csv", "network/config.csv"):  # fmt: skip
        path = folder / name
        path.write_bytes(path.read_bytes() + b"\n")
        digest = open_case(folder).digest
        assert digest not in seen, name
        seen.add(digest)


def test_digest_does_not_depend_on_where_the_folder_is(folder: Path, tmp_path: Path):
    """A copy elsewhere is the same case."""
    shutil.copytree(folder, tmp_path / "copy")
    assert open_case(tmp_path / "copy").digest == open_case(folder).digest


# code, file, text, bad, good
PAIRS = [
    ("unknown-node", "case.yaml", "node: n2", "node: n22", "node: n2"),
    ("unknown-node", "case.yaml", "crossings: [bridge]", "crossings: [bridge]\n    via: [n9]",
     "crossings: [bridge]\n    via: [n4]"),
    ("shared-node", "case.yaml", "  - kind: crossing ", "  - {kind: crossing, id: gate, name: x, node: n2}\n"
     "  - kind: crossing ", "  - {kind: crossing, id: gate, name: x, node: n3}\n  - kind: crossing "),
    ("figure-without-source", "network/link.csv", "4.2,30,Main street,agency-note",
     "4.2,30,Main street,", "4.2,30,Main street,agency-note"),
    ("unknown-id", "network/link.csv", "Main street,agency-note", "Main street,agency-notes",
     "Main street,agency-note;council-letter"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "file", "old", "bad", "good"), PAIRS)
def test_terms_against_the_network(
    folder: Path, code: str, file: str, old: str, bad: str, good: str
):
    """Places, corridors and links are checked once both files are good."""
    original = (folder / file).read_text()
    replace(folder, file, old, bad)
    found = faults(folder)
    assert {f.code for f in found} == {code}, found
    assert all(f.where.rpartition(":")[2].isdigit() for f in found)
    (folder / file).write_text(original)
    replace(folder, file, old, good)
    assert faults(folder) == ()


def test_a_link_whose_own_id_ends_like_a_second_direction_needs_a_source(folder: Path):
    """Only the second direction of a road, which has the first's figures, is left out."""
    file = folder / "network/link.csv"
    rows = file.read_text()
    head = rows.splitlines()[0].split(",")
    more = dict.fromkeys(head, "") | {"link_id": "lane~", "from_node_id": "n1", "to_node_id": "n2"}
    more |= {"directed": "1", "length": "1", "free_speed": "30", "speed_source": "agency-note"}
    file.write_text(rows + ",".join(more.values()) + "\n")
    assert {f.code for f in faults(folder)} == {"figure-without-source"}
    more["length_source"] = "agency-note"
    file.write_text(rows + ",".join(more.values()) + "\n")
    assert faults(folder) == ()


def test_links_without_any_source_are_one_line(folder: Path):
    """Where the columns are missing altogether, the header is told, not every row."""
    rows = (folder / "network/link.csv").read_text().splitlines()
    bare = [",".join(row.split(",")[:7]) for row in rows]
    (folder / "network/link.csv").write_text("\n".join(bare))
    found = faults(folder)
    assert [(f.code, f.where.rpartition(":")[2]) for f in found] == [
        ("figure-without-source", "1")
    ] * 2


@pytest.mark.parametrize(
    ("file", "old", "bad", "good"),
    [
        # A one-way street that leads only in.
        ("network/link.csv", "bridge,n1,n2,0", "bridge,n2,n1,1", "bridge,n1,n2,1"),
        # The only way goes by a crossing that the corridor does not name.
        ("network/link.csv", "bridge-camp,n2,n3,0", "bridge-camp,n4,n2,1", "bridge-camp,n2,n3,1"),
    ],
)
def test_groups_without_a_way_out(folder: Path, file: str, old: str, bad: str, good: str):
    """A group that no open corridor brings to any destination is told at its leave clause."""
    original = (folder / file).read_text()
    if "camp" in old:
        replace(folder, "case.yaml", "groups: [residents, wounded]\n        places: [{place: north-camp}, {place: south-town}]",
                "groups: [residents, wounded]\n        places: [{place: north-camp}]")  # fmt: skip
    replace(folder, file, old, bad)
    found = faults(folder)
    assert {f.code for f in found} == {"unreachable-group"}
    assert len(found) == 2
    (folder / file).write_text(original)
    replace(folder, file, old, good)
    assert faults(folder) == ()


def test_a_foreign_crossing_closes_the_way(folder: Path):
    """A leg passes the crossings of its corridor and no other."""
    old = "  - kind: crossing "
    replace(folder, "case.yaml", old, "  - {kind: crossing, id: gate, name: x, node: n5}\n" + old)
    nodes = folder / "network/node.csv"
    nodes.write_text(nodes.read_text() + "n5,Gate,10.06,50.0,\n")
    text = (folder / "network/link.csv").read_text()
    through = text.replace("bridge-camp,n2,n3", "bridge-camp,n5,n3").replace(
        "bridge-south,n2,n4", "bridge-south,n5,n4"
    )
    (folder / "network/link.csv").write_text(through + "gate,n2,n5,0,1,30,Gate,,x,,x\n")
    assert {f.code for f in faults(folder)} == {"unreachable-group"}
    replace(folder, "case.yaml", "crossings: [bridge]", "crossings: [gate, bridge]")
    # In that order the way to the gate would run through the bridge before its turn.
    assert {f.code for f in faults(folder)} == {"unreachable-group"}
    replace(folder, "case.yaml", "crossings: [gate, bridge]", "crossings: [bridge, gate]")
    assert faults(folder) == ()


def test_opening_is_quick():
    """The largest bundled case is read and checked within a second."""
    started = time.perf_counter()
    open_case("aleppo-2016")
    assert time.perf_counter() - started < 1
