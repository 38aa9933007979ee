"""Protection findings: each rule with terms that raise it and the nearest that do not."""

# The tables below read best with one case a line.
# ruff: noqa: E501

from __future__ import annotations

from pathlib import Path

import pytest

from safepassage.cases import open_case
from safepassage.terms.protection import RULES, not_modelled, protection_findings
from tests.terms.spoil import replace

MONITORS = "        by: [relief-agency]\n        places: [school, bridge]"
LISTS = "      - {kind: lists, id: extra, gist: x, to: [road-holder], required: true, cite: [agency-note]}\n"
ITEMS = "      - {kind: items, id: extra, gist: x, allowed: [one bag], cite: [agency-note]}\n"
TEXT = "      - {kind: text, id: extra, gist: x, cite: [agency-note]}\n"
MONITORING = "      - kind: monitoring\n"
GATE = (
    "      - {kind: inspection, id: extra, gist: x, cite: [agency-note], crossing: bridge,\n"
    "         inspection: [{direction: out, vehicle_class: any, time: {value: 1min, assumed: x}}]}\n"
)
PACED = (
    "      - {kind: pace, id: extra, gist: x, cite: [agency-note], groups: [residents],\n"
    "         persons: {value: 900, assumed: x}, every: {value: 1d, assumed: x}}\n"
)
ELSEWHERE = "  - {kind: crossing, id: gate, name: Gate, node: n4}\n"
OTHERS = """  - id: guests
    name: Guests
    category: civilians
    persons: {low: {value: 1, assumed: x}, likely: {value: 1, assumed: x}, high: {value: 1, assumed: x}}
    places: [{place: school, share: 1}]
    vehicles: [bus]
    destinations: [{place: north-camp}]
"""
AMBULANCES = "counts: [{place: garage, count: {value: 4, cite: [agency-note]}}]"
BOTH = "groups: [residents, wounded]\n        within"

# code, clause, text in case.yaml, what raises the finding, what does not
PAIRS = [
    ("no-independent-monitoring", "two-days-monitoring", MONITORS,
     MONITORS.replace("relief-agency", "road-holder"), MONITORS.replace("[relief", "[road-holder, relief")),
    ("no-choice-of-destination", "two-days-leave", "choice: true", "choice: false", "choice: true"),
    ("nothing-on-stayers", "two-days-leave", "stayers: true", "stayers: false", "stayers: true"),
    ("stated-consequence", "two-days-leave", "stayers: true",
     "stayers: true\n        otherwise: council-wants-choice", "stayers: true"),
    ("wounded-without-suitable-vehicle", "two-days-leave", AMBULANCES,
     AMBULANCES.replace("4", "0"), AMBULANCES.replace("4", "1")),
    ("wounded-in-shared-vehicles", "two-days-leave", "vehicles: [ambulance]", "vehicles: [bus]",
     "vehicles: [bus, ambulance]"),
    ("wounded-left-out", None, BOTH, BOTH.replace(", wounded", ""), BOTH),
    ("names-demanded", "extra", MONITORING, LISTS + MONITORING,
     LISTS.replace("true", "false") + MONITORING),
    ("belongings-limited", "extra", MONITORING, ITEMS + MONITORING,
     ITEMS.replace("[one bag]", "[]") + MONITORING),
    ("crossing-holder-not-bound", "two-days-route", "controlled_by: [road-holder]",
     "controlled_by: [road-holder, outsider]", "controlled_by: [road-holder, relief-agency]"),
    ("clause-unsupported", "extra", MONITORING, TEXT.replace("gist", "support: unsupported, gist")
     + MONITORING, TEXT + MONITORING),
    ("clause-disputed", "extra", MONITORING, TEXT.replace("gist", "support: disputed, gist")
     + MONITORING, TEXT + MONITORING),
    ("clause-unsourced", "extra", MONITORING, TEXT.replace(", cite: [agency-note]", "") + MONITORING,
     TEXT.replace("cite: [agency-note]", "assumed: read so") + MONITORING),
    ("clause-without-effect", "extra", MONITORING, GATE.replace("bridge", "gate") + MONITORING,
     GATE + MONITORING),
    ("clause-without-effect", "extra", MONITORING, PACED.replace("residents", "guests") + MONITORING,
     PACED + MONITORING),
]  # fmt: skip


def change(folder: Path, old: str, new: str) -> None:
    """Change the case; a third party, crossing and group are there to be named."""
    text = (folder / "case.yaml").read_text()
    third = "  - {id: outsider, name: Outsider, parts: [controls_route]}\n"
    if "outsider" not in text:
        replace(folder, "case.yaml", "  - id: road-holder\n", third + "  - id: road-holder\n")
        depot = "  - kind: depot  "
        replace(folder, "case.yaml", depot, ELSEWHERE + depot)
        replace(folder, "case.yaml", "  - id: wounded\n", OTHERS + "  - id: wounded\n")
    replace(folder, "case.yaml", old, new)


@pytest.mark.parametrize(("code", "clause_id", "old", "raising", "clean"), PAIRS)
def test_rule(folder: Path, code: str, clause_id: str | None, old: str, raising: str, clean: str):
    """A rule names its clause, and is silent on the nearest terms that satisfy it."""
    original = (folder / "case.yaml").read_text()
    change(folder, old, raising)
    found = protection_findings(open_case(folder).case)
    assert [(f.code, f.clause_id, f.proposal_id) for f in found] == [(code, clause_id, "two-days")]
    assert found[0].message.endswith(".")
    (folder / "case.yaml").write_text(original)
    change(folder, old, clean)
    assert protection_findings(open_case(folder).case) == ()


def test_no_monitoring_clause_at_all(folder: Path):
    """The finding then names no clause: there is none."""
    text = (folder / "case.yaml").read_text()
    (folder / "case.yaml").write_text(text[: text.index(MONITORING)])
    (found,) = protection_findings(open_case(folder).case)
    assert (found.code, found.clause_id) == ("no-independent-monitoring", None)
    assert set(found.to_json()) >= {"code", "severity", "clause_id", "message"}


def test_every_rule_is_tried_and_says_what_it_means():
    """The pairs above are all the rules; each has its meaning and its basis."""
    assert {pair[0] for pair in PAIRS} == {rule.code for rule in RULES}
    for rule in RULES:
        assert "Basis:" in (rule.find.__doc__ or ""), rule.code


def test_where_nobody_negotiates_the_rules_do_not_apply(folder: Path):
    """A flood has no terms; how the record is kept still matters."""
    replace(folder, "case.yaml", "negotiated: true", "negotiated: false")
    replace(folder, "case.yaml", "stayers: true", "stayers: false")
    assert protection_findings(open_case(folder).case) == ()
    change(folder, MONITORING, TEXT.replace("gist", "support: unsupported, gist") + MONITORING)
    codes = [f.code for f in protection_findings(open_case(folder).case)]
    assert codes == ["clause-unsupported"]


def test_clauses_that_are_not_modelled_are_listed(folder: Path):
    """Monitoring is not built into a timetable; the rest of the template is."""
    assert not_modelled(open_case(folder).case.proposal()) == ("two-days-monitoring",)
