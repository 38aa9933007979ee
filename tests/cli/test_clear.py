"""``clear``: what it answers, what it writes, and how it ends; and ``verify`` on its results."""

from __future__ import annotations

import json
import signal
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from safepassage.cli.interruption import interruptible
from safepassage.network.road_instance import RoadInstance
from safepassage.plan.clearance import Clearance
from tests.check.clearance.reference import clear
from tests.cli.conftest import Command

NODES = "node_id,x_coord,y_coord\na,10.0,50.0\nb,10.01,50.0\nc,10.02,50.0\n"
LINKS = """link_id,from_node_id,to_node_id,directed,length,free_speed,capacity,name
ab,a,b,1,0.03,36,7200,Hill Street
bc,b,c,1,0.02,36,3600,Old Bridge
"""
DEMAND = "node_id,role,vehicles\na,origin,12\nc,destination,\n"
KEYS = {
    "clearance_time_s",
    "lower_bound_s",
    "gap",
    "vehicles",
    "solve_s",
    "evacuated_by_deadline",
    "bottleneck",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Twelve vehicles, one a second over a bridge: out after 17 s."""
    path = tmp_path / "town"
    path.mkdir()
    for name, text in (("node", NODES), ("link", LINKS), ("demand", DEMAND)):
        (path / f"{name}.csv").write_text(text)
    return path


class Engine:
    """In place of the engine, the slow reference; keeps how it was called."""

    def __init__(self) -> None:
        self.calls: list[dict[str, Any]] = []
        self.bend = lambda result: result

    def clear_roads(self, instance: RoadInstance, **settings: Any) -> Clearance:
        self.calls.append(settings)
        deadline = settings["deadline_s"]
        result = clear(instance, int(deadline) if deadline is not None else None)
        return self.bend(result)  # type: ignore[no-untyped-call]  # whatever a test puts there


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Engine:
    stand_in = Engine()
    module = ModuleType("safepassage.flow")
    module.clear_roads = stand_in.clear_roads  # type: ignore[attr-defined]  # a stand-in module
    monkeypatch.setitem(sys.modules, "safepassage.flow", module)
    return stand_in


def test_json_has_the_promised_keys(run: Command, engine: Engine, folder: Path):
    """Programs find the figures under the names they rely on, and nothing else on stdout."""
    result = run("clear", str(folder), "--json", "--deadline", "10")
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert told.keys() >= KEYS
    assert told["clearance_time_s"] == 17
    assert told["vehicles"] == 12
    assert told["lower_bound_s"] == 16
    assert told["evacuated_by_deadline"] == 5
    assert told["evacuated_at_most"] == 5
    assert told["ete_50_s"] == pytest.approx(11, abs=0.01)
    assert told["ete_90_s"] == pytest.approx(15.8, abs=0.01)
    assert told["files"] == []
    assert result.stderr == ""


def test_a_person_is_told_in_sentences(run: Command, engine: Engine, folder: Path):
    """Answer, proof, times, bottleneck and the standing notice."""
    spoken = run("clear", str(folder)).stdout
    assert "All 12 vehicles are out after 1\N{NO-BREAK SPACE}min (17\N{NO-BREAK SPACE}s)." in spoken
    assert "cannot be out in under 16\N{NO-BREAK SPACE}s" in spoken
    assert "Bottleneck: Small roads hold everyone up." in spoken
    assert "never a guarantee of safety" in spoken


def test_what_is_written_verifies(run: Command, engine: Engine, folder: Path, tmp_path: Path):
    """The result file stands on its own: its folder is recorded in it."""
    out = tmp_path / "result.json"
    assert run("clear", str(folder), "--out", str(out)).exit_code == 0
    result = run("verify", str(out), "--json")
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert told.keys() >= {"valid", "findings", "lower_bound_verified"}
    assert told["valid"] is True
    assert told["lower_bound_verified"] is True
    assert "departures driven; bounds verified." in run("verify", str(out)).stdout


def test_tables_that_have_changed_are_told(
    run: Command, engine: Engine, folder: Path, tmp_path: Path
):
    """A result is good only for the tables it was made from, wherever they have gone."""
    out = tmp_path / "result.json"
    run("clear", str(folder), "--out", str(out))
    moved = folder.rename(tmp_path / "moved")
    gone = run("verify", str(out))
    assert gone.exit_code == 2
    assert "--against" in gone.stderr
    assert run("verify", str(out), "--against", str(moved)).exit_code == 0
    (moved / "demand.csv").write_text(DEMAND.replace("12", "13"))
    changed = run("verify", str(out), "--against", str(moved), "--json")
    assert changed.exit_code == 1
    codes = {found["code"] for found in json.loads(changed.stdout)["findings"]}
    assert codes == {"instance-differs", "vehicles-differ", "vehicles-short", "clearance-not-had"}


def test_a_report_is_written_whole(run: Command, engine: Engine, folder: Path, tmp_path: Path):
    """With --report, every file that is told is there."""
    told = json.loads(run("clear", str(folder), "--report", str(tmp_path / "r"), "--json").stdout)
    assert {Path(file).name for file in told["files"]} == {
        p.name for p in (tmp_path / "r").iterdir()
    }
    assert run("verify", str(tmp_path / "r" / "result.json")).exit_code == 0


def test_limits_reach_the_engine(run: Command, engine: Engine, folder: Path):
    """The wishes of the command line are what the engine stops by."""
    run("clear", str(folder), "--gap", "0.5", "--seed", "7", "--deadline", "12.5")
    call = engine.calls[0]
    assert call["seed"] == 7
    assert call["deadline_s"] == Fraction("12.5")
    assert call["stop"](149.0, 100.0)
    assert not call["stop"](151.0, 100.0)
    run("clear", str(folder), "--time-limit", "1e-9")
    assert engine.calls[1]["stop"](200.0, 100.0)


def test_few_ways_out_are_asked_for_and_priced(run: Command, engine: Engine, folder: Path):
    """The engine is told, the result is held to it, and what it can cost at most is told."""
    told = json.loads(run("clear", str(folder), "--max-routes", "1", "--json").stdout)
    assert engine.calls[0]["max_routes"] == 1
    assert told["most_routes"] == 1
    assert told["max_routes_price_at_most_s"] == 1
    assert (
        "at most 1\N{NO-BREAK SPACE}s sooner"
        in run("clear", str(folder), "--max-routes", "1").stdout
    )
    assert json.loads(run("clear", str(folder), "--json").stdout)["max_routes"] is None
    assert "max_routes" not in engine.calls[2]


def test_more_ways_than_asked_for_are_a_fault(run: Command, engine: Engine, folder: Path):
    """A result that has more ways than were asked for is not shown."""
    (folder / "link.csv").write_text(LINKS + "ac,a,c,1,0.04,36,3600,Low Road\n")
    assert run("clear", str(folder), "--max-routes", "2").exit_code == 0
    result = run("clear", str(folder), "--max-routes", "1")
    assert result.exit_code == 3
    assert "2 ways out, expected at most 1" in result.stderr


def test_no_way_out_is_a_no(run: Command, engine: Engine, folder: Path):
    """Where some have no way out the clearance time is null, and the exit code 1."""
    (folder / "node.csv").write_text(NODES + "island,10.03,50.0\n")
    (folder / "demand.csv").write_text(DEMAND + "island,origin,5\n")

    def stuck(result: Clearance) -> Clearance:
        return replace(
            result, vehicles=Fraction(17), clearance_time_s=None, gap=None, no_way_out=("island",)
        )

    def clear_rest(instance: RoadInstance, **_: Any) -> Clearance:
        rest = tuple(o for o in instance.origins if o.node != "island")
        return stuck(clear(replace(instance, origins=rest)))

    sys.modules["safepassage.flow"].clear_roads = clear_rest  # type: ignore[attr-defined]  # a stand-in module
    result = run("clear", str(folder), "--json")
    assert result.exit_code == 1, result.output
    told = json.loads(result.stdout)
    assert told["clearance_time_s"] is None
    assert told["no_way_out"] == ["island"]
    assert "no way out from island" in run("clear", str(folder)).stdout


def test_a_result_that_the_checker_refuses_is_never_shown(
    run: Command, engine: Engine, folder: Path, tmp_path: Path
):
    """That is a fault of the program, exit code 3, and nothing is written."""
    engine.bend = lambda result: replace(result, departures=result.departures[1:])
    result = run("clear", str(folder), "--out", str(tmp_path / "r.json"), "--json")
    assert result.exit_code == 3
    assert "vehicles-short" in result.stderr
    assert not (tmp_path / "r.json").exists()


@pytest.mark.parametrize(
    "args",
    [
        [],
        ["DIR", "--example"],
        ["DIR", "--gap", "nan"],
        ["DIR", "--deadline", "0"],
        ["DIR", "--out", ""],
        ["DIR", "--out", "DIR"],
        ["DIR", "--out", "DIR/none/r.json"],
        ["DIR", "--report", "DIR/node.csv"],
        ["DIR/none"],
        ["DIR", "--arrival", "--max-routes", "2"],
        ["DIR", "--contraflow-links", "zz"],
        ["DIR", "--contraflow-links", "ab"],
        ["DIR", "--contraflow-links", ""],
        ["DIR", "--contraflow-links", "@DIR/none.txt"],
    ],
)
def test_wrong_usage_is_told_before_anything_is_done(
    run: Command, engine: Engine, folder: Path, args: list[str]
):
    """One line, exit code 2, and the engine was not asked."""
    result = run("clear", *(a.replace("DIR", str(folder)) for a in args))
    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 1
    assert engine.calls == []


def test_faults_of_all_tables_come_as_json(run: Command, engine: Engine, folder: Path):
    """Bad input is told all at once, in the shape of every command."""
    (folder / "link.csv").write_text(LINKS + "x,a,z,1,-1,0,1,\n")
    (folder / "demand.csv").write_text(DEMAND + "q,origin,1e99\n")
    result = run("clear", str(folder), "--json")
    assert result.exit_code == 2
    errors = json.loads(result.stdout)["errors"]
    assert [e["code"] for e in errors] == [
        "absurd-number",
        "unknown-node",
        "absurd-number",
        "absurd-number",
        "unknown-node",
    ]
    assert len(result.stderr.splitlines()) == 5


def test_ctrl_c_keeps_the_best_answer_so_far(run: Command, engine: Engine, folder: Path):
    """The first Ctrl-C asks the engine to stop, and the result says that it was broken off."""

    def clear_roads(instance: RoadInstance, **settings: Any) -> Clearance:
        assert not settings["stop"](200.0, 100.0)
        signal.raise_signal(signal.SIGINT)
        assert settings["stop"](200.0, 100.0)
        return clear(instance)

    sys.modules["safepassage.flow"].clear_roads = clear_roads  # type: ignore[attr-defined]  # a stand-in module
    result = run("clear", str(folder), "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["interrupted"] is True
    assert "press again" in result.stderr


def test_a_second_ctrl_c_ends_at_once():
    """Whoever presses twice does not want to wait; afterwards Ctrl-C is what it was."""
    before = signal.getsignal(signal.SIGINT)
    with interruptible() as interruption:
        signal.raise_signal(signal.SIGINT)
        assert interruption.pressed
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before


WIDE = LINKS + "cb,c,b,1,0.02,36,3600,Old Bridge\n"


def test_lanes_are_reversed_where_that_helps(run: Command, folder: Path, tmp_path: Path):
    """With both lanes of the bridge, two a second pass it: out after 11 s instead of 17."""
    (folder / "link.csv").write_text(WIDE)
    out = tmp_path / "r.json"
    result = run("clear", str(folder), "--contraflow", "--out", str(out), "--json")
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert told["clearance_time_s"] == pytest.approx(11, rel=1e-5)
    assert told["contraflow"]["reversed_links"] == ["cb"]
    assert told["contraflow"]["may_give_way"] is None
    assert told["contraflow"]["without"]["clearance_time_s"] == pytest.approx(17, rel=1e-5)
    assert told["contraflow"]["gain_s"] == pytest.approx(6, rel=1e-4)
    assert told["contraflow"]["gain_at_least_s"] <= told["contraflow"]["gain_s"]
    assert told["contraflow"]["any_choice_s"] == pytest.approx(11, rel=1e-5)
    verified = run("verify", str(out), "--json")
    assert json.loads(verified.stdout)["lower_bound_verified"] is True
    spoken = run("clear", str(folder), "--contraflow").stdout
    assert "The lanes of 1 link are reversed: everyone is out 6\N{NO-BREAK SPACE}s sooner" in spoken
    assert "No other choice of lanes gains more." in spoken


def test_only_some_links_may_give_way(run: Command, folder: Path, tmp_path: Path):
    """Links are named with commas or in a file; those that are not named keep their lanes."""
    (folder / "link.csv").write_text(WIDE)
    names = tmp_path / "links.txt"
    names.write_text("bc\n\ncb\n")
    for given, links in (("bc", []), ("bc, cb", ["cb"]), (f"@{names}", ["cb"])):
        result = run("clear", str(folder), "--contraflow-links", given, "--json")
        told = json.loads(result.stdout)["contraflow"]
        assert told["reversed_links"] == links, given
    names.write_text("cb\nab\nbd\n")
    result = run("clear", str(folder), "--contraflow-links", f"@{names}", "--json")
    assert result.exit_code == 2
    errors = json.loads(result.stdout)["errors"]
    assert [e["code"] for e in errors] == ["no-opposite-link", "unknown-link"]
    assert [e["where"] for e in errors] == [f"{names}:2", f"{names}:3"]


def test_no_lanes_are_reversed_for_nothing(run: Command, folder: Path):
    """Where no road has an opposite direction, the plan is the one without, and so it is told."""
    spoken = run("clear", str(folder), "--contraflow").stdout
    assert "No lanes are reversed: nothing was found that gains by it" in spoken


def test_as_many_out_as_can_be_at_every_moment(run: Command, folder: Path, tmp_path: Path):
    """One a second arrives from 5 s on: half are out after 11 s, and no plan has them sooner."""
    out = tmp_path / "r.json"
    result = run("clear", str(folder), "--arrival", "--out", str(out), "--json")
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert told["ete_50_s"] == pytest.approx(11, abs=0.1)
    assert told["arrival"]["lag_s"] <= 0.1
    assert 10.8 < told["arrival"]["ete_50_at_least_s"] <= 11
    assert all(p["out"] <= p["at_most"] + 1e-6 for p in told["arrival"]["curve"])
    assert run("verify", str(out)).exit_code == 0
    spoken = run("clear", str(folder), "--arrival").stdout
    assert "No plan has 50% out before" in spoken


def test_contraflow_and_arrival_go_together(run: Command, folder: Path, tmp_path: Path):
    """The curve is that of the roads with their lanes reversed, and the checker accepts it."""
    (folder / "link.csv").write_text(WIDE)
    out = tmp_path / "r.json"
    result = run(
        "clear",
        str(folder),
        "--contraflow",
        "--arrival",
        "--out",
        str(out),
        "--report",
        str(tmp_path / "r"),
        "--json",
    )
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert told["ete_50_s"] == pytest.approx(8, abs=0.1)
    assert told["contraflow"]["reversed_links"] == ["cb"]
    assert run("verify", str(out)).exit_code == 0
    page = (tmp_path / "r" / "report.html").read_text(encoding="utf-8")
    assert "Lanes to reverse" in page
    assert "Dashed: no plan can have more out by then." in page


def test_the_example_clears_and_verifies(run: Command, tmp_path: Path):
    """With the engine itself: the bundled town needs no data, and its result verifies."""
    out = tmp_path / "r.json"
    result = run("clear", "--example", "--json", "--out", str(out), "--deadline", "3600")
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert told["vehicles"] == 6250
    assert told["gap"] < 0.001
    assert run("verify", str(out)).exit_code == 0
