"""Faults of form: each kind beside the nearest good input."""

# The tables below read best with one case a line.
# ruff: noqa: E501

from __future__ import annotations

from pathlib import Path

import pytest

from tests.terms.spoil import faults, replace

NAME = "name: School yard"
SEATS = "seats: {value: 50, cite: [agency-note]}"
LENGTH = "length: {value: 48h, cite: [agency-note]}"
WATCHED = "      - kind: monitoring\n"
PACED = (
    "      - {kind: pace, id: pace, gist: x, cite: [agency-note], persons: {value: 100, assumed: x},"
    f" every: {{value: 7d, assumed: x}}}}\n{WATCHED}"
)
START = 'start: {value: "2030-05-03T08:00+02:00", cite: [agency-note]}'
NIGHT = "factor: {value: 0.5, assumed: no lights}"
SHARE = "places: [{place: school, share: 1}]\n    vehicles: [bus]"

# code, file, text in the template, bad instead of it, good instead of it, words of the message
PAIRS = [
    ("missing-key", "case.yaml", "title: A town to be left\n", "", "title: T\n", "'title'"),
    ("unknown-key", "case.yaml", NAME, NAME + "\n    nam_local: x", NAME, "did you mean 'name_local'"),
    ("unknown-key", "case.yaml", "stayers: true", "stayer: true", "stayers: false", "'stayers'"),
    ("unknown-word", "case.yaml", "kind: escort", "kind: escrot", "kind: escort", "'escort'"),
    ("missing-key", "case.yaml", "- kind: depot               #", "- #", "- kind: depot #", "'kind'"),
    ("unknown-word", "case.yaml", "category: civilians", "category: people", "category: mixed", "mixed"),
    ("unknown-word", "sources.yaml", "standing: party", "standing: side", "standing: outlet", "outlet"),
    ("wrong-type", "case.yaml", SEATS, "seats: 50", SEATS, "figure with its source"),
    ("bad-value", "case.yaml", SEATS, "seats: {value: 50}", SEATS, "'cite' or 'assumed'"),
    ("bad-value", "case.yaml", SEATS, SEATS.replace("50", "-1"), SEATS.replace("50", "1"), "whole"),
    ("bad-value", "case.yaml", SEATS, SEATS.replace("50", "4.5"), SEATS, "4.5"),
    ("bad-value", "case.yaml", SEATS, SEATS.replace("50", "010"), SEATS.replace("50", "10"), "010"),
    ("bad-value", "case.yaml", LENGTH, LENGTH.replace("48h", "48"), LENGTH, "unit"),
    ("bad-value", "case.yaml", LENGTH, LENGTH.replace("48h", "0h"), LENGTH, "over 0"),
    ("bad-value", "case.yaml", WATCHED, PACED.replace("100", "0"), PACED, "over 0: nobody"),
    ("bad-value", "case.yaml", WATCHED, PACED.replace("7d", "0d"), PACED, "over 0: a period"),
    ("bad-value", "case.yaml", START, START.replace("+02:00", ""), START, "zone"),
    ("bad-value", "case.yaml", START, START.replace("2030", "0030"), START, "1900"),
    ("bad-value", "case.yaml", "tabled: 2030-05-01", "tabled: 1.5.2030", "tabled: 2030-04-30", "day"),
    ("bad-value", "case.yaml", "tabled: 2030-05-01", "tabled: 2030-02-30", "tabled: 2030-02-28", "day"),
    ("bad-value", "case.yaml", 'from: "20:00"', 'from: "20:60"', "from: 20:59", "time of day"),
    ("bad-value", "case.yaml", NIGHT, NIGHT.replace("0.5", "0"), NIGHT.replace("0.5", "1/3"), "over 0"),
    ("bad-value", "case.yaml", NIGHT, NIGHT.replace("0.5", "1e999999999"), NIGHT, "1e999999999"),
    ("bad-value", "case.yaml", SHARE, SHARE.replace("1}", "0.9}"), SHARE.replace("1}", "1.0}"), "9/10"),
    ("bad-value", "case.yaml", "id: my-case", "id: My Case", "id: my_case2", "lower-case"),
    ("bad-value", "case.yaml", 'utc_offset: "+02:00"', "utc_offset: CET", "utc_offset: +05:30", "offset"),
    ("bad-value", "case.yaml", "low: {value: 20,", "low: {value: 35,", "low: {value: 30,", "low <="),
    ("bad-value", "case.yaml", "min_vehicles: {value: 1,", "min_vehicles: {value: 6,",
     "min_vehicles: {value: 5,", "max_vehicles"),
    ("bad-value", "case.yaml", NIGHT, 'factor: {value: 0.5, assumed: " "}', NIGHT, "some words"),
    ("wrong-type", "case.yaml", "negotiated: true", "negotiated: yes", "negotiated: false", "true or false"),
    ("wrong-type", "case.yaml", "vehicles: [bus]", "vehicles: bus", "vehicles: [ bus ]", "a list"),
    ("wrong-type", "case.yaml", "node: n3\n    bays", "node: 3\n    bays", 'node: "n3"\n    bays', "quotes"),
    ("bad-value", "case.yaml", "parts: [leaves]", "parts: []", "parts: [mediates]", "at least 1"),
    ("no-format", "case.yaml", "format: safepassage-case/1\n", "", "format: safepassage-case/1\n", "format"),
    ("unknown-format", "case.yaml", "safepassage-case/1", "safepassage-case/2", "safepassage-case/1",
     "update safepassage"),
    ("unknown-format", "sources.yaml", "sources/1", "sources/0", "sources/1", "no version wrote"),
    ("unknown-format", "case.yaml", "safepassage-case/1", "safepasage-case/1", "safepassage-case/1",
     "did you mean"),
    ("sources-misplaced", "case.yaml", "parties:\n", "sources: []\nparties:\n", "parties:\n", "move"),
    ("path-outside-case", "case.yaml", "network: network ", "network: ../network ",
     "network: ./network ", "inside"),
    ("path-outside-case", "case.yaml", "network: network ", "network: /etc ", "network: network ", "inside"),
    ("path-outside-case", "case.yaml", "observations: obs", "observations: ../../obs",
     "observations: ./obs", "inside"),
    ("missing-file", "case.yaml", "network: network ", "network: roads ", "network: network ", "'roads'"),
    ("missing-file", "case.yaml", "observations: obs", "observations: no-obs", "observations: obs", "file"),
    ("identity-field", "case.yaml", NAME, NAME + "\n    Person-Name: x", NAME, "identity"),
    ("identity-field", "sources.yaml", "kind: statement", "kind: statement\n    names: [x]",
     "kind: statement", "never holds names"),
    ("identity-field", "observations.csv", "vehicles,cause", "passport,cause", "vehicles,cause", "identity"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "file", "old", "bad", "good", "words"), PAIRS)
def test_bad_form_is_told_at_its_line_and_near_good_form_is_taken(
    folder: Path, code: str, file: str, old: str, bad: str, good: str, words: str
):
    """Each fault of form is one line with code, place and a mend; its good twin opens."""
    original = (folder / file).read_text()
    line = replace(folder, file, old, bad)
    found = faults(folder)
    assert [f.code for f in found] == [code], found
    assert words in found[0].message
    place, _, number = found[0].where.rpartition(":")
    assert place.endswith(file)
    changed = max(bad.rstrip("\n").count("\n"), old.rstrip("\n").count("\n"))
    # What several keys do wrong together, or a key that is not there, is told at the record.
    together = any(words in found[0].message for words in ("sum to 1", "<=", "length over 0"))
    if together or code in ("missing-key", "no-format"):
        assert abs(int(number) - line) < 10, found
    else:
        assert line <= int(number) <= line + changed, found
    (folder / file).write_text(original)
    replace(folder, file, old, good)
    assert faults(folder) == ()


def test_all_faults_of_all_files_are_told_at_once(folder: Path):
    """Terms, sources and network are each read to the end, whatever the others hold."""
    replace(folder, "case.yaml", "category: civilians", "category: people")
    replace(folder, "case.yaml", "negotiated: true", "negotiated: maybe")
    replace(folder, "sources.yaml", "standing: party", "standing: side")
    replace(folder, "network/node.csv", "10.120", "210.120")
    found = faults(folder)
    assert len(found) == 4
    assert len({f.where.rpartition("/")[2].partition(":")[0] for f in found}) == 3


def test_ids_and_network_are_told_together(folder: Path):
    """Faults of meaning do not hide those of the network or of the observations."""
    replace(folder, "case.yaml", "crossings: [bridge]", "crossings: [brigde]")
    replace(folder, "network/link.csv", "school-bridge,n1,n2", "school-bridge,n1,n9")
    replace(folder, "observations.csv", "out,agency-note", "out,agency-nota")
    codes = [f.code for f in faults(folder)]
    assert sorted(codes) == ["unknown-id", "unknown-id", "unknown-node"]


def test_ids_are_told_with_faults_of_form(folder: Path):
    """A missing key hides no id that names nothing: neither in terms nor in the network."""
    replace(folder, "case.yaml", "category: civilians", "category: people")
    replace(folder, "case.yaml", "crossings: [bridge]", "crossings: [brigde]")
    replace(folder, "case.yaml", "vehicles: [ambulance]", "vehicles: [ambulanc]")
    replace(
        folder,
        "case.yaml",
        "by: [relief-agency], cite: [agency-note]}",
        "by: [agency], cite: [note]}",
    )
    replace(folder, "case.yaml", "node: n4", "node: n9")
    found = faults(folder)
    codes = [f.code for f in found]
    assert sorted(codes) == [*["unknown-id"] * 4, "unknown-node", "unknown-word"]
    assert "did you mean 'bridge'" in " ".join(f.message for f in found)


def test_ids_that_stand_in_faulty_entries_are_known(folder: Path):
    """A place, a group or a source with a fault of its own still exists for those that name it."""
    replace(folder, "case.yaml", "kind: crossing ", "kind: crosing ")
    replace(folder, "case.yaml", "category: wounded", "category: people")
    replace(folder, "sources.yaml", "standing: agency", "standing: side")
    codes = [f.code for f in faults(folder)]
    assert codes == ["unknown-word"] * 3


def test_without_sources_no_citation_is_judged(folder: Path):
    """Where sources.yaml cannot be read, what it holds is not known; other ids are."""
    (folder / "sources.yaml").write_text("format: [")
    replace(folder, "case.yaml", "crossings: [bridge]", "crossings: [brigde]")
    assert sorted(f.code for f in faults(folder)) == ["unknown-id", "yaml-syntax"]


def test_faults_are_in_the_order_of_the_file(folder: Path):
    """A reader mends from top to bottom; line 9 comes before line 10."""
    text = (folder / "case.yaml").read_text()
    (folder / "case.yaml").write_text(text.replace("kind: ", "kynd: "))
    lines = [int(f.where.rpartition(":")[2]) for f in faults(folder)]
    assert lines == sorted(lines)
    assert len(lines) > 9


def test_missing_sources_file_is_one_line(folder: Path):
    """A case without its sources is told so; nothing else is made up from it."""
    (folder / "sources.yaml").unlink()
    (fault,) = faults(folder)
    assert fault.code == "missing-file"
    assert fault.where.endswith("sources.yaml")


def test_case_file_that_is_a_folder(folder: Path):
    """A folder in the place of a file is told, not opened."""
    (folder / "case.yaml").unlink()
    (folder / "case.yaml").mkdir()
    assert [f.code for f in faults(folder)] == ["missing-file"]


def test_symbolic_link_out_of_the_case_is_refused(folder: Path, tmp_path: Path):
    """A link inside the folder is as good a way out as two dots."""
    (tmp_path / "elsewhere").mkdir()
    (folder / "out").symlink_to(tmp_path / "elsewhere")
    replace(folder, "case.yaml", "network: network ", "network: out ")
    assert [f.code for f in faults(folder)] == ["path-outside-case"]


def test_very_long_path_is_a_fault(folder: Path):
    """A name that no file system takes is a missing file, not a crash."""
    replace(folder, "case.yaml", "observations: observations.csv", "observations: " + "x" * 3000)
    (fault,) = faults(folder)
    assert fault.code == "missing-file"
    assert len(fault.message) < 200
