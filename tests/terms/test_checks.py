"""Faults of meaning: each check with a case it refuses and the nearest one it takes."""

# The tables below read best with one case a line.
# ruff: noqa: E501, ISC004

from __future__ import annotations

from pathlib import Path
from typing import get_args, get_type_hints

import pytest

from safepassage.fault_codes import FAULT_CODES
from safepassage.terms.case import Case, SourcesFile
from safepassage.terms.checks.ids import REFERENCES, unknown_id
from safepassage.terms.clauses import CLAUSE_KINDS
from safepassage.terms.reference import records_within
from safepassage.terms.scalars import Identifier
from safepassage.terms.validate import CHECKS
from tests.terms.spoil import faults, replace

TABLED = "- {status: tabled, date: 2030-05-01, by: [relief-agency], cite: [agency-note]}"
ACCEPTED = (
    "- {status: accepted, date: 2030-05-02, by: [town-council, road-holder], cite: [agency-note]}"
)
MONITORING = "      - kind: monitoring\n"
BUSES = "counts: [{place: garage, count: {value: 10, cite: [agency-note]}}]"
BUS_TIME = "      - {vehicle: bus, time: {value: 15min, assumed: with luggage}}\n"
ANY_TIME = "      - {vehicle: any, time: {value: 20min, assumed: stretchers take longer}}\n"
BAYS = "bays: {value: 4, assumed: four buses fit along the wall}"
TEAMS = "    teams: {value: 3, cite: [agency-note]}\n"
WITHIN = "within: {value: 48h, cite: [agency-note]}"
DAILY = 'daily: [{from: "08:00", to: "18:00"}]'
NIGHT = 'from: "20:00", to: "06:00"'


def clause(kind: str, fields: str, name: str = "extra") -> str:
    """A further clause, put before the monitoring clause."""
    return f"      - {{kind: {kind}, id: {name}, gist: x, cite: [agency-note], {fields}}}\n{MONITORING}"


def steps(first: str, second: str) -> str:
    """A linked clause of two steps, with what each adds to its step."""
    some, rest = (
        f"batches: [{{groups: [residents], {size}}}], gist: x"
        for size in ("persons: {value: 10, assumed: x}", "rest: true")
    )
    return clause("linked", f"steps: [{{id: one, {some}, {first}}}, {{id: two, {rest}, {second}}}]")


def sides(first: str, second: str) -> str:
    """A linked clause of two steps of one batch each."""
    one, two = (f"{{groups: [{g}], persons: {{value: 10, assumed: x}}}}" for g in (first, second))
    listed = f"{{id: one, batches: [{one}], gist: x}}, {{id: two, batches: [{two}], gist: x}}"
    return clause("linked", f"steps: [{listed}]")


def batch(size: str, second: str = "rest: true") -> str:
    """A linked clause of two steps that move residents, so many and then so many."""
    listed = ", ".join(
        f"{{id: s{k}, batches: [{{groups: [residents], {x}}}], gist: x}}"
        for k, x in enumerate((size, second))
    )
    return clause("linked", f"steps: [{listed}]")


def rules(listed: str) -> str:
    """A linked clause of one step with two sides, and rules over all steps."""
    both = "{groups: [residents], rest: true}, {groups: [wounded], rest: true}"
    step = f"{{id: one, batches: [{both}], gist: x}}"
    return clause("linked", f"steps: [{step}], rules: [{listed}]")


def in_turn(first: str, second: str, listed: str, of_second: str = "") -> str:
    """A linked clause of two steps of one side each, the second after the first, with rules."""
    one, two = (
        f"{{id: {name}, batches: [{{groups: [{side}], rest: true}}], gist: x"
        for name, side in (("one", first), ("two", second))
    )
    return clause(
        "linked", f"steps: [{one}}}, {two}, after: [one], {of_second}}}], rules: [{listed}]"
    )


def beside(more: str) -> str:
    """A linked clause that moves residents, and another one beside it."""
    one = clause(
        "linked", "steps: [{id: one, batches: [{groups: [residents], rest: true}], gist: x}]"
    )
    return one.removesuffix(MONITORING) + clause("linked", more, "other")


def exchange(fields: str) -> str:
    """A linked clause of one step whose two sides are released together."""
    return rules(f"{{rule: simultaneous_at_exchange_point, gist: x, {fields}}}")


FIRST = "{rule: first_mover, waiting: [residents], awaited: [wounded], gist: x}"
LAST = FIRST.replace("first_mover", "last_waits_for_last")
REFUSING = "\n        refusals: "
REFUSED = "[{groups: [residents], share: {value: 1/10, assumed: x}, gist: x}]"
WOUNDED = "steps: [{id: two, batches: [{groups: [wounded], rest: true}], gist: x}]"
SAFE = "release: [{rule: after_safe_arrival_of_step, step: one, awaited: [residents], gist: x}]"
MEET = "release: [{rule: simultaneous_at_exchange_point, place: bridge, gist: x}]"
AFTER_ONE = "release: [{rule: after_safe_arrival_of_step, step: one, gist: x}]"

PACE = clause("pace", "persons: {value: 100, assumed: x}, every: {value: 1d, assumed: x}", "pace")

# code, text in case.yaml, bad instead of it, good instead of it
PAIRS = [
    # ids that name nothing
    ("unknown-id", "default_proposal: two-days ", "default_proposal: two-day ", "default_proposal: two-days "),
    ("unknown-id", "tabled_by: [relief-agency]", "tabled_by: [relief]", "tabled_by: [town-council]"),
    ("unknown-id", "crossings: [bridge]", "crossings: [brigde]", "crossings: [ bridge ]"),
    ("unknown-id", "groups: [residents, wounded]\n        within", "groups: [residents, ill]\n        within",
     "groups: [wounded, residents]\n        within"),
    ("unknown-id", "vehicles: [ambulance]", "vehicles: [ambulances]", "vehicles: [ambulance, bus]"),
    ("unknown-id", "corridors: [bridge-road]", "corridors: [bridge]", "corridors: [ bridge-road ]"),
    ("unknown-id", "{vehicle: bus, time: {value: 15min", "{vehicle: coach, time: {value: 15min",
     "{vehicle: ambulance, time: {value: 15min"),
    ("unknown-id", "direction: in, vehicle_class: any", "direction: in, vehicle_class: small",
     "direction: in, vehicle_class: medical"),
    ("unknown-id", "capacity: {value: 5000, cite: [agency-note]}", "capacity: {value: 5000, cite: [note]}",
     "capacity: {value: 5000, cite: [council-letter]}"),
    ("unknown-id", "party: town-council", "party: council", "party: road-holder"),
    ("unknown-id", "stayers: true", "otherwise: council-says", "otherwise: council-wants-choice"),
    ("unknown-id", "places: [school, bridge]", "places: [school, brigde]", "places: [bridge, school]"),
    ("unknown-id", MONITORING, steps("after: []", "after: [zero]"), steps("after: []", "after: [one]")),
    # ids given twice
    ("duplicate-id", "  - id: road-holder", "  - id: relief-agency\n    name: x\n    parts: [mediates]\n"
     "  - id: road-holder", "  - id: observer\n    name: x\n    parts: [mediates]\n  - id: road-holder"),
    ("duplicate-id", "id: two-days-monitoring", "id: two-days-escort", "id: two-days-watch"),
    ("duplicate-id", "  - kind: depot ", "  - {kind: depot, id: garage, name: x, node: n4}\n  - kind: depot ",
     "  - {kind: depot, id: yard, name: x, node: n4}\n  - kind: depot "),
    ("duplicate-id", MONITORING, steps("", "").replace("id: two,", "id: one,"), steps("", "")),
    ("repeated-entry", "vehicles: [bus]", "vehicles: [bus, bus]", "vehicles: [bus, ambulance]"),
    ("repeated-entry", "destinations: [{place: north-camp}]", "destinations: [{place: north-camp}, {place: north-camp}]",
     "destinations: [{place: north-camp}, {place: south-town}]"),
    ("repeated-entry", BUS_TIME, BUS_TIME + BUS_TIME, BUS_TIME),
    ("repeated-entry", "direction: in, vehicle_class", "direction: out, vehicle_class", "direction: both, vehicle_class"),
    # places of the wrong kind
    ("wrong-kind-of-place", "crossings: [bridge]", "crossings: [bridge, school]", "crossings: [bridge]"),
    ("wrong-kind-of-place", "destinations: [{place: north-camp}]", "destinations: [{place: garage}]",
     "destinations: [{place: south-town}]"),
    ("wrong-kind-of-place", BUSES, BUSES.replace("garage", "north-camp"), BUSES),
    ("wrong-kind-of-place", BUSES, BUSES.replace("garage", "school"), BUSES.replace("garage", "school") + "\n      own: true"),
    ("wrong-kind-of-place", "places: [{place: school, share: 1}]\n    vehicles: [bus]",
     "places: [{place: bridge, share: 1}]\n    vehicles: [bus]",
     "places: [{place: school, share: 1.0}]\n    vehicles: [bus]"),
    # history
    ("history-order", TABLED, TABLED.replace("05-01", "05-03"), TABLED.replace("05-01", "05-02")),
    ("history-order", "tabled: 2030-05-01", "tabled: 2030-05-02", "tabled: 2030-04-01"),
    ("repeated-status", TABLED, TABLED + "\n      " + TABLED, TABLED + "\n      " + TABLED.replace("relief-agency", "town-council")),
    ("overlapping-status", ACCEPTED, ACCEPTED + "\n      - {status: rejected, date: 2030-05-02, by: [town-council]}",
     ACCEPTED + "\n      - {status: rejected, date: 2030-05-02, by: [relief-agency]}"),
    ("overlapping-status", ACCEPTED, ACCEPTED + "\n      - {status: lapsed, date: 2030-05-03}\n"
     "      - {status: vetoed, date: 2030-05-03}",
     ACCEPTED + "\n      - {status: lapsed, date: 2030-05-03}\n      - {status: vetoed, date: 2030-05-04}"),
    # times
    ("empty-hours", DAILY, DAILY.replace("18:00", "08:00"), DAILY.replace("18:00", "07:59")),
    ("empty-hours", DAILY, DAILY.replace("08:00", "24:00"), DAILY.replace("08:00", "00:00").replace("18:00", "24:00")),
    ("empty-hours", NIGHT, NIGHT.replace("06:00", "20:00"), NIGHT.replace("06:00", "20:01")),
    ("deadline-before-start", WITHIN, WITHIN.replace("48h", "0h"), WITHIN.replace("48h", "1s")),
    ("deadline-before-start", WITHIN, 'by: {value: "2030-05-03T06:00Z", assumed: x}',
     'by: {value: "2030-05-03T06:01Z", assumed: x}'),
    ("ends-before-start", "    tabled: 2030-05-01\n", '    tabled: 2030-05-01\n    start: {value: "2030-05-05T08:00+02:00", assumed: x}\n',
     '    tabled: 2030-05-01\n    start: {value: "2030-05-05T07:59+02:00", assumed: x}\n'),
    ("bad-value", "  conditions: ", '  conditions:\n    - {kind: period, id: snow, from: "2030-05-03T08:00Z", to: "2030-05-03T08:00Z", '
     "factor: {value: 0.5, assumed: x}}\n    #", '  conditions:\n    - {kind: period, id: snow, from: "2030-05-03T08:00Z", '
     'to: "2030-05-03T08:01Z", factor: {value: 0.5, assumed: x}}\n    #'),
    # clauses that settle the same thing
    ("clashing-clauses", MONITORING, clause("destination", "groups: [wounded], places: [{place: north-camp}]"),
     clause("text", "heading: x")),
    ("clashing-clauses", MONITORING, clause("escort", "teams: {value: 2, assumed: x}"), MONITORING),
    ("clashing-clauses", MONITORING, steps("", "").replace(MONITORING, PACE), PACE),
    ("unknown-id", MONITORING, PACE.replace("every:", "groups: [ill], every:"), PACE.replace("every:", "groups: [wounded], every:")),
    ("clashing-clauses", MONITORING,
     clause("return_of_vehicles", "returns: false", "a") .replace(MONITORING, "") + clause("return_of_vehicles", "vehicles: [bus], returns: true", "b"),
     clause("return_of_vehicles", "vehicles: [ambulance], returns: false", "a").replace(MONITORING, "")
     + clause("return_of_vehicles", "vehicles: [bus], returns: true", "b")),
    # linked steps
    ("cyclic-steps", MONITORING, steps("after: [two]", "after: [one]"), steps("", "after: [one]")),
    ("cyclic-steps", MONITORING, steps("after: [one]", ""), steps("", "")),
    ("cyclic-steps", MONITORING, steps("after: [two]", AFTER_ONE), steps("", AFTER_ONE)),
    ("overlapping-batches", MONITORING, sides("residents, wounded", "residents"), sides("residents, wounded", "residents, wounded")),
    ("split-people", MONITORING, batch("share: {value: 1/7, assumed: x}"), batch("share: {value: 1/2, assumed: x}")),
    ("batch-too-large", MONITORING, batch("persons: {value: 99999, assumed: x}"), batch("persons: {value: 10, assumed: x}")),
    ("batch-too-large", MONITORING, batch("share: {value: 1, assumed: x}", "persons: {value: 1, assumed: x}"),
     batch("share: {value: 1, assumed: x}", "rest: true")),
    ("empty-batch", MONITORING, batch("rest: true", "persons: {value: 10, assumed: x}"), batch("persons: {value: 10, assumed: x}")),
    ("empty-batch", MONITORING, batch("rest: true"), batch("share: {value: 1/2, assumed: x}")),
    ("clashing-clauses", MONITORING, beside(WOUNDED.replace("wounded", "residents")), beside(WOUNDED)),
    ("clashing-clauses", MONITORING, beside(WOUNDED.replace("two", "one")), beside(WOUNDED)),
    ("clashing-clauses", MONITORING, beside(WOUNDED + ", partial: goes_on"), beside(WOUNDED + ", partial: halts")),
    ("never-true", MONITORING, steps("after: [two]", ""), steps("", "after: [one]")),
    ("never-true", MONITORING, in_turn("residents", "wounded", "", SAFE.replace("[residents]", "[wounded]")),
     in_turn("residents", "wounded", "", SAFE)),
    ("never-true", MONITORING, in_turn("residents", "wounded", "", MEET), exchange("place: bridge")),
    # waits in a circle through rules
    ("cyclic-steps", MONITORING, in_turn("residents", "wounded", FIRST), in_turn("wounded", "residents", FIRST)),
    ("cyclic-steps", MONITORING, in_turn("residents", "wounded", LAST), in_turn("wounded", "residents", LAST)),
    ("never-true", MONITORING, exchange("place: bridge, waiting: [residents, wounded], awaited: [nobody]").replace("nobody", "wounded").replace("place: bridge, ", ""),
     exchange("place: bridge")),
    ("never-true", MONITORING, rules("{rule: last_waits_for_last, gist: x}"),
     rules("{rule: last_waits_for_last, waiting: [residents], awaited: [wounded], gist: x}")),
    ("never-true", MONITORING, rules("{rule: after_safe_arrival_of_step, step: one, gist: x}"), steps("", AFTER_ONE)),
    ("cyclic-steps", MONITORING, rules(FIRST + ", " + FIRST.replace("[residents]", "[x]").replace("[wounded]", "[residents]").replace("[x]", "[wounded]")),
     rules(FIRST)),
    ("refusal-of-others", WITHIN, WITHIN + REFUSING + REFUSED[:-1] + ", " + REFUSED[1:], WITHIN + REFUSING + REFUSED),
    # fleet
    ("zero-fleet", BUSES, BUSES.replace("10", "0"), BUSES.replace("10", "1")),
    ("zero-fleet", BUSES, "counts: []", BUSES),
    ("zero-seats", "seats: {value: 50,", "seats: {value: 0,", "seats: {value: 1,"),
    ("zero-bays", BAYS, BAYS.replace("4", "0"), BAYS.replace("4", "1")),
    ("no-handling-time", ANY_TIME, "", ANY_TIME.replace("any", "ambulance")),
    ("no-escort-teams", "  escorts:\n" + TEAMS + "    by: [relief-agency]\n", "", "  escorts:\n" + TEAMS),
    ("no-escort-teams", TEAMS, TEAMS.replace("3", "0"), TEAMS.replace("3", "1")),
    # what no timetable could take account of
    ("without-effect", MONITORING, rules(FIRST.replace("waiting", "place: bridge, waiting")), rules(FIRST)),
    ("without-effect", MONITORING, rules(LAST.replace("waiting", "place: bridge, waiting")), rules(LAST)),
    ("without-effect", MONITORING, rules(LAST.replace("waiting", "step: one, waiting")), rules(LAST)),
    ("without-effect", MONITORING, exchange("place: bridge, step: one"), exchange("place: bridge")),
    ("without-effect", MONITORING, steps("", AFTER_ONE.replace("step: one", "step: one, place: bridge")), steps("", AFTER_ONE)),
    # destinations of a clause, as of a group
    ("bad-value", "{place: south-town}]\n        choice", "{place: south-town, share: 0.5}]\n        choice", "{place: south-town}]\n        choice"),
    ("bad-value", "[{place: north-camp}, {place: south-town}]\n        choice",
     "[{place: north-camp, share: 0.5}, {place: south-town, share: 0.3}]\n        choice",
     "[{place: north-camp, share: 0.5}, {place: south-town, share: 0.5}]\n        choice"),
    # numbers
    ("absurd-number", "seats: {value: 50,", "seats: {value: 1001,", "seats: {value: 1000,"),
    ("absurd-number", WITHIN, WITHIN.replace("48h", "367d"), WITHIN.replace("48h", "366d")),
    ("absurd-number", "time: {value: 2min,", "time: {value: 25h,", "time: {value: 24h,"),
    ("absurd-number", "factor: {value: 0.5,", "factor: {value: 1.01,", "factor: {value: 1,"),
    ("absurd-number", BUSES, BUSES.replace("10", "100001"), BUSES.replace("10", "100000")),
]  # fmt: skip


@pytest.mark.parametrize(("code", "old", "bad", "good"), PAIRS)
def test_refused_with_its_code_and_near_good_taken(
    folder: Path, code: str, old: str, bad: str, good: str
):
    """Each check tells its fault, alone and in one line, and takes the nearest good case."""
    original = (folder / "case.yaml").read_text()
    replace(folder, "case.yaml", old, bad)
    found = faults(folder)
    assert {f.code for f in found} == {code}, found
    assert all("\n" not in str(f) and "expected" in f.message for f in found)
    assert all(f.where.rpartition(":")[2].isdigit() for f in found)
    (folder / "case.yaml").write_text(original)
    replace(folder, "case.yaml", old, good)
    assert faults(folder) == ()


def test_own_vehicles_are_not_said_to_return(folder: Path):
    """They make one journey whatever the clause says; that they stay away may be said."""
    replace(folder, "case.yaml", BUSES, BUSES.replace("garage", "school") + "\n      own: true")
    original = (folder / "case.yaml").read_text()
    replace(
        folder,
        "case.yaml",
        MONITORING,
        clause("return_of_vehicles", "vehicles: [ambulance, bus], returns: true"),
    )
    (fault,) = faults(folder)
    assert (fault.code, "got 'bus'" in fault.message) == ("without-effect", True)
    (folder / "case.yaml").write_text(original)
    replace(
        folder,
        "case.yaml",
        MONITORING,
        clause("return_of_vehicles", "vehicles: [bus], returns: false"),
    )
    assert faults(folder) == ()


def test_where_nothing_has_an_id_none_is_offered():
    """A case without statements has no word for a statement, not one that is called 'none'."""
    fault = unknown_id("otherwise", "statement", "threat", frozenset(), "case.yaml:1")
    assert fault.message.endswith("got 'threat'; there is none")


def test_a_second_priority_clause_is_refused(folder: Path):
    """Two orders of groups would leave open which one counts."""
    one = clause("priority", "order: [wounded]", "first")
    replace(folder, "case.yaml", MONITORING, one)
    assert faults(folder) == ()
    replace(folder, "case.yaml", MONITORING, clause("priority", "order: [residents]", "second"))
    assert [f.code for f in faults(folder)] == ["clashing-clauses"]


def test_near_words_are_offered(folder: Path):
    """An id one letter off is told with the id that was meant."""
    replace(folder, "case.yaml", "crossings: [bridge]", "crossings: [brigde]")
    assert "did you mean 'bridge'?" in faults(folder)[0].message


def test_wounded_without_a_vehicle_is_no_fault(folder: Path):
    """It is a protection finding, and people whom a plan cannot take."""
    line = "counts: [{place: garage, count: {value: 4, cite: [agency-note]}}]"
    replace(folder, "case.yaml", line, line.replace("4", "0"))
    assert faults(folder) == ()


def test_a_proposal_without_leave_clause_loads(folder: Path):
    """A truce says of nobody that they leave; it is part of the record, and cannot be planned."""
    text = (folder / "case.yaml").read_text()
    start, end = text.index("      - kind: leave"), text.index("      - kind: ceasefire")
    (folder / "case.yaml").write_text(text[:start] + text[end:])
    assert faults(folder) == ()


def test_a_long_chain_of_steps_is_no_circle(folder: Path):
    """Two thousand steps of one person each, every one after the one before it."""
    batch = "batches: [{groups: [residents], persons: {value: 1, assumed: x}}], gist: x"
    chain = [f"{{id: s{i}, {batch}, after: [s{i - 1}]}}" for i in range(1, 2000)]
    both = ", ".join([f"{{id: s0, {batch}}}", *chain])
    replace(folder, "case.yaml", MONITORING, clause("linked", f"steps: [{both}]"))
    assert faults(folder) == ()


def test_every_field_that_names_something_is_checked():
    """A new field of type id is entered among the references, or is an id of its own."""

    def has_identifier(hint: object) -> bool:
        return hint == Identifier or any(has_identifier(a) for a in get_args(hint))

    own = {"id", "inspection_class", "step", "after"}
    models = {Case, SourcesFile, *records_within((Case, SourcesFile)), *CLAUSE_KINDS.values()}
    for model in models:
        hints = get_type_hints(model, include_extras=True)
        for name in model.model_fields:
            named = any(f == name and issubclass(model, m) for m, f in REFERENCES)
            if has_identifier(hints[name]) and name not in own:
                assert named, f"{model.__name__}.{name} names something that nobody checks"


def test_every_check_is_tried():
    """The pairs above reach every check and every code of the case as a whole."""
    tried = {pair[0] for pair in PAIRS}
    elsewhere = {"unknown-case", "unreachable-group"}
    assert set(FAULT_CODES["The case as a whole"]) <= tried | elsewhere
    assert len(CHECKS) == len({check.__name__ for check in CHECKS})
