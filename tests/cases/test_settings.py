from __future__ import annotations

from pathlib import Path

import pytest

from safepassage.cases import OpenCase, changed_case, open_case
from safepassage.cases.settings import value_at
from safepassage.check import verify
from safepassage.errors import BadInput
from safepassage.terms.clauses import WindowClause
from tests.convoy.hamlet import Hamlet, Kind, plan_of

BUSES = "fleet.vehicles.bus.counts.ramouseh-yard.count"
WINDOW = "proposals.us-russia-48h.clauses.p48-window"


@pytest.fixture(scope="module")
def aleppo() -> OpenCase:
    return open_case("aleppo-2016")


def _buses(opened: OpenCase) -> int:
    bus = next(v for v in opened.case.fleet.vehicles if v.id == "bus")
    return bus.counts[0].count.value


def _window(opened: OpenCase) -> WindowClause:
    (clause,) = (c for c in opened.case.proposal("us-russia-48h").clauses if c.id == "p48-window")
    assert isinstance(clause, WindowClause)
    return clause


def test_a_bare_value_is_a_figure_that_is_assumed(aleppo: OpenCase) -> None:
    """No number loses its provenance: what is set is marked as assumed, not as the source's."""
    changed = changed_case(aleppo, [f"{BUSES}=32"])
    figure = changed.case.fleet.vehicles[0].counts[0].count
    assert figure.value == 32
    assert figure.cite == ()
    assert figure.assumed
    assert _buses(aleppo) == 20


def test_value_of_a_figure_can_be_named(aleppo: OpenCase) -> None:
    """The path to a figure and to its value mean the same."""
    one = changed_case(aleppo, [f"{BUSES}=32"])
    other = changed_case(aleppo, [f"{BUSES}.value=32"])
    assert one.case == other.case


@pytest.mark.parametrize(
    "path", ["fleet.vehicles.0.counts.0.count", "fleet.vehicles.bus.counts.0.count", BUSES]
)
def test_entries_are_named_by_id_place_or_number(aleppo: OpenCase, path: str) -> None:
    """An entry of a list is found by whatever tells it apart."""
    assert _buses(changed_case(aleppo, [f"{path}=32"])) == 32
    assert value_at(aleppo, path) == 20


def test_lists_and_lengths_and_absent_keys(aleppo: OpenCase) -> None:
    """What is optional can be set and taken out; values read as in the file."""
    changed = changed_case(
        aleppo, [f'{WINDOW}.daily=[{{from: "06:00", to: "18:00"}}]', f"{WINDOW}.length=3d"]
    )
    window = _window(changed)
    assert window.daily[0].from_ == 6 * 3_600
    assert window.length is not None
    assert window.length.value == 3 * 86_400
    assert _window(changed_case(changed, [f"{WINDOW}.length=null"])).length is None


def test_settings_enter_the_digest_and_are_kept(aleppo: OpenCase) -> None:
    """A changed case is another case; one by one or together, the same settings give the same."""
    together = changed_case(aleppo, [f"{BUSES}=32", f"{WINDOW}.length=3d"])
    single = changed_case(changed_case(aleppo, [f"{BUSES}=32"]), [f"{WINDOW}.length=3d"])
    assert together == single
    assert together.overrides == (f"{BUSES}=32", f"{WINDOW}.length=3d")
    assert together.digest != aleppo.digest
    assert (
        changed_case(aleppo, [f"{BUSES}=33"]).digest != changed_case(aleppo, [f"{BUSES}=32"]).digest
    )
    assert changed_case(aleppo, []) is aleppo


BAD = [
    ("fleet", "setting-malformed"),
    ("=3", "setting-malformed"),
    ("title=x", "unknown-path"),
    ("fleet.vehicles.buss.counts.0.count=3", "unknown-path"),
    ("fleet.vehicles.9.own=true", "unknown-path"),
    ("fleet.vehicles.\u00b2.own=true", "unknown-path"),
    ("fleet.vehicles.bus.speed_factor.value=1", "unknown-path"),
    (f"{BUSES}.cite.more=3", "unknown-path"),
    ("fleet.vehicles.bus.own.deep=3", "unknown-path"),
    (f"{BUSES}=many", "bad-value"),
    (f"{BUSES}=-1", "bad-value"),
    ("fleet.vehicles.bus.counts.ramouseh-yard=3", "wrong-type"),
    ("fleet.vehicles.bus.own=perhaps", "wrong-type"),
    (f"{WINDOW}.length=48", "bad-value"),
    (f"{WINDOW}.daily=08:00", "wrong-type"),
    (f"{WINDOW}.daily=[", "yaml-syntax"),
    (f"{WINDOW}.daily=*a", "yaml-alias"),
    ("groups.civilians.persons.likely=1", "bad-value"),
    ("fleet.convoys.min_vehicles=20", "bad-value"),
    ("fleet.vehicles.bus.seats=0", "zero-seats"),
    ("proposals.us-russia-48h.clauses.p48-route.corridors=[castello]", "unreachable-group"),
    ("proposals.us-russia-48h.clauses.p48-route.corridors=[no-such]", "unknown-id"),
    ("fleet.vehicles.bus.id=null", "missing-key"),
]


@pytest.mark.parametrize(("setting", "code"), BAD)
def test_a_bad_setting_is_one_clear_line(aleppo: OpenCase, setting: str, code: str) -> None:
    """A path that does not exist, a wrong type, or terms that contradict themselves: one line."""
    with pytest.raises(BadInput) as error:
        changed_case(aleppo, [setting])
    (fault,) = error.value.faults
    assert fault.code == code
    assert fault.where.startswith("--set")
    assert "expected" in fault.message
    assert "\n" not in str(fault)


def test_every_bad_setting_is_told(aleppo: OpenCase) -> None:
    """All faults at once, each at its setting; the good one is not blamed."""
    bad = [f"{BUSES}=many", f"{WINDOW}.length=48"]
    with pytest.raises(BadInput) as error:
        changed_case(aleppo, [*bad, "fleet.escorts.teams=4"])
    assert [f.where for f in error.value.faults] == [f"--set {setting}" for setting in bad]
    with pytest.raises(BadInput) as error:
        changed_case(aleppo, [f"{BUSES}=30", "fleet.vehicles.bus.seats=0"])
    assert [f.where for f in error.value.faults] == ["--set fleet.vehicles.bus.seats=0"]


def test_settings_wrong_only_together_are_told_together(aleppo: OpenCase) -> None:
    """Each is good by itself: the least and the most vehicles of a convoy cross."""
    with pytest.raises(BadInput) as error:
        changed_case(aleppo, ["fleet.convoys.min_vehicles=8", "fleet.convoys.max_vehicles=6"])
    (fault,) = error.value.faults
    assert "min_vehicles" in fault.where
    assert "max_vehicles" in fault.where


def test_a_setting_of_what_an_earlier_one_adds_is_told_with_it(aleppo: OpenCase) -> None:
    """Its path is there only after the other: it is not said to lead nowhere, but to be wrong."""
    one = "{place: ramouseh-yard, count: {value: 9, assumed: x}}"
    other = one.replace("ramouseh-yard", "al-fuah-barricades")
    added = f"fleet.vehicles.ambulance.counts=[{one}, {other}]"
    path = "fleet.vehicles.ambulance.counts.al-fuah-barricades.count"
    assert changed_case(aleppo, [added, f"{path}=3"]).overrides[1] == f"{path}=3"
    with pytest.raises(BadInput) as error:
        changed_case(aleppo, [added, f"{path}=many"])
    (fault,) = error.value.faults
    assert (fault.where, fault.code) == (f"--set {added} --set {path}=many", "bad-value")


def test_plan_of_a_changed_case_is_checked_against_it_alone(tmp_path: Path) -> None:
    """A plan made from other terms says so, and is no plan of the terms as written."""
    opened = Hamlet(kinds={"bus": Kind(50, {"d": 1})}).write(tmp_path)
    changed = changed_case(opened, ["fleet.vehicles.bus.counts.d.count=2"])
    plan = plan_of(changed)
    assert plan.case.overrides == changed.overrides
    assert any(a.where == "settings" for a in plan.assumptions)
    assert verify(plan, changed).valid
    codes = {f.code for f in verify(plan, opened).findings}
    assert codes >= {"other-digest", "other-overrides"}
