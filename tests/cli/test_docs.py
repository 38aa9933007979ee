from __future__ import annotations

from pathlib import Path

from safepassage.cli.docs import commands_page
from safepassage.cli.main import COMMANDS
from tests.cli.conftest import Command

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "commands.md"


def test_page_is_that_of_the_commands() -> None:
    assert PAGE.read_text(encoding="utf-8") == commands_page(), "run: make docs"


def test_every_command_is_documented() -> None:
    page = commands_page()
    for name in COMMANDS:
        assert (f"## `safepassage {name}`" in page) == (name != "docs")


def test_command_writes_the_page(run: Command, tmp_path: Path) -> None:
    assert run("docs", str(tmp_path / "reference")).exit_code == 0
    assert (tmp_path / "reference" / "commands.md").read_text(encoding="utf-8") == commands_page()
