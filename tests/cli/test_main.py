"""The command line as a whole: help, exit codes, one line a fault, start-up."""

from __future__ import annotations

import importlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import click
import pytest

from safepassage.cli.main import COMMANDS, safepassage
from safepassage.errors import InternalFault, NoProof
from tests.cli.conftest import Command

HEAVY = ("numba", "numpy", "matplotlib", "pydantic", "highspy", "rich", "jinja2", "yaml")


def process(*args: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "safepassage", *args],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
        timeout=60,
    )


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_has_help(name: str) -> None:
    command = safepassage.get_command(click.Context(safepassage), name)
    assert command is not None
    assert command.name == name
    assert command.help
    assert command.get_short_help_str(60).endswith(".")
    assert "..." not in command.get_short_help_str(60)
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, parameter.name


def test_every_file_of_a_command_is_listed() -> None:
    package = importlib.import_module("safepassage.cli")
    modules = {p.stem for p in Path(str(package.__file__)).parent.glob("*.py")}
    shared = {
        "__init__",
        "exits",
        "interruption",
        "main",
        "naming",
        "options",
        "output",
        "places",
        "progress",
        "results",
        "study_files",
        "table_files",
    }
    assert modules - shared == set(COMMANDS)


def test_help_lists_commands_and_exit_codes(run: Command) -> None:
    result = run("--help")
    assert result.exit_code == 0
    for name in COMMANDS:
        assert (f"\n  {name} " in result.stdout) == (name != "docs")
    assert "Exit codes: 0 yes; 1" in " ".join(result.stdout.split())


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_a_command(run: Command, name: str) -> None:
    result = run(name, "--help")
    assert result.exit_code == 0
    assert result.stdout.startswith(f"Usage: safepassage {name}")


def test_version(run: Command) -> None:
    result = run("--version")
    assert result.exit_code == 0
    assert result.stdout.startswith("safepassage ")


def test_without_a_command_the_help_comes_on_stderr(run: Command) -> None:
    result = run()
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "Commands:" in result.stderr


@pytest.mark.parametrize(
    "args", [["plam"], ["plan"], ["verify", "a", "b"], ["check", "x", "--out", "y"], ["--nix"]]
)
def test_wrong_usage(run: Command, args: list[str]) -> None:
    result = run(*args)
    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 1
    assert result.stdout == ""


def test_wrong_usage_as_json(run: Command) -> None:
    result = run("plan", "--json")
    assert result.exit_code == 2
    (error,) = json.loads(result.stdout)["errors"]
    assert error == {
        "code": "usage",
        "message": "Missing argument 'CASE'; see 'safepassage plan --help'",
        "where": "safepassage plan",
    }


@pytest.mark.parametrize(
    "error", [InternalFault("boom\nbang"), NoProof("none"), ZeroDivisionError(), KeyError("x")]
)
def test_internal_fault_is_one_line(
    run: Command, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail() -> None:
        raise error

    monkeypatch.setattr("safepassage.cases.bundled_cases", fail)
    result = run("cases", "--json")
    assert result.exit_code == 3
    (line,) = result.stderr.splitlines()
    assert "internal fault" in line
    assert "SAFEPASSAGE_DEBUG=1" in line
    assert json.loads(result.stdout)["errors"][0]["code"] == "internal-fault"


def test_traceback_only_on_demand(run: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("safepassage.cases.bundled_cases", lambda: 1 / 0)
    monkeypatch.setenv("SAFEPASSAGE_DEBUG", "1")
    result = run("cases")
    assert result.exit_code == 3
    assert "Traceback" in result.stderr
    assert "ZeroDivisionError" in result.stderr


def test_interrupt_leaves_with_130(run: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("safepassage.cases.bundled_cases", interrupt)
    result = run("cases")
    assert result.exit_code == 130
    assert result.stderr.split("\n")[-2] == (
        "safepassage: interrupted; nothing half-written is left"
    )


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_control_c_in_a_process(tmp_path: Path) -> None:
    """Ctrl-C while a report is being written: 130, one line, and no file."""
    script = tmp_path / "slow.py"
    script.write_text(
        "import signal, sys, time\n"
        # What is started in the background, as tests may be, is deaf to it from the start.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "import safepassage.cases.template as template\n"
        "def slow(folder):\n"
        "    print('here', flush=True)\n"
        "    time.sleep(30)\n"
        "template.write_template = slow\n"
        "from safepassage.cli.main import main\n"
        "main()\n"
    )
    child = subprocess.Popen(
        [sys.executable, str(script), "new", str(tmp_path / "out")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "here\n"
    child.send_signal(signal.SIGINT)
    _, said = child.communicate(timeout=20)
    assert child.returncode == 130
    assert said.strip() == "safepassage: interrupted; nothing half-written is left"
    assert not (tmp_path / "out").exists()


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys\n"
        "from safepassage.cli.main import safepassage\n"
        "try:\n    safepassage.main(['--help'])\n"
        "except SystemExit:\n    pass\n"
        f"print([m for m in {HEAVY!r} if m in sys.modules], file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stderr.strip() == "[]"


def test_output_is_utf8_whatever_the_terminal_says() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "safepassage", "cases", "--json"],
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        timeout=60,
    )
    assert json.loads(done.stdout.decode("utf-8"))["cases"]


@pytest.mark.skipif(sys.platform == "win32", reason="pipes of POSIX")
def test_reader_that_goes_away() -> None:
    child = subprocess.Popen(
        [sys.executable, "-m", "safepassage", "check", "aleppo-2016", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert child.stdout is not None
    child.stdout.close()
    assert child.stderr is not None
    said = child.stderr.read()
    child.wait(timeout=60)
    assert b"Traceback" not in said
    assert b"Exception" not in said
    child.stderr.close()


FULL = Path("/dev/full")


@pytest.mark.skipif(not FULL.exists(), reason="this system has no full device")
@pytest.mark.parametrize("args", [("cases",), ("cases", "--json"), ("--help",)])
def test_nowhere_to_write_is_one_line(args: tuple[str, ...]) -> None:
    """A full disk is no fault of the program: exit 2, and no traceback."""
    with FULL.open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "safepassage", *args],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            timeout=60,
        )
    assert done.returncode == 2
    assert done.stderr.startswith("safepassage: expected room for what is written, got: ")
    assert done.stderr.count("\n") == 1


@pytest.mark.skipif(not FULL.exists(), reason="this system has no full device")
def test_exit_code_holds_where_faults_cannot_be_told() -> None:
    """Whoever cannot read the fault can still tell wrong input from an answer."""
    with FULL.open("wb") as full:
        for args in (("check", "none"), ("check", "none", "--json")):
            done = subprocess.run(
                [sys.executable, "-m", "safepassage", *args],
                stdout=full,
                stderr=full,
                check=False,
                timeout=60,
            )
            assert done.returncode == 2


def test_other_errors_of_the_system_are_internal(
    run: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only a lack of room is known to be the machine's."""

    def broken() -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("safepassage.cases.bundled_cases", broken)
    assert run("cases").exit_code == 3
