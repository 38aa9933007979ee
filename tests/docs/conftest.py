from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from safepassage.cli.main import safepassage
from tests.docs.pages import ROOT, text_of


class Shell:
    """Runs the commands that pages show, one after another in one folder, each only once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        # What pages import, as their readers are told to copy it.
        shutil.copytree(ROOT / "docs" / "town", folder, dirs_exist_ok=True)
        self._done: dict[str, SimpleNamespace] = {}

    def __call__(self, command: str) -> SimpleNamespace:
        """Return ``exit_code`` and ``output`` (stdout and stderr) of a command line."""
        if command not in self._done:
            self._done[command] = self._run(command)
        return self._done[command]

    def _run(self, command: str) -> SimpleNamespace:
        if command == "make demo":
            return self._demo()
        program, *args = command.split()
        if program == "safepassage":
            with contextlib.chdir(self.folder):
                # As wide as the widest summary, so that tables do not break.
                done = CliRunner(env={"COLUMNS": "96"}).invoke(safepassage, args)
            return SimpleNamespace(exit_code=done.exit_code, output=done.output)
        process = subprocess.run(
            ["sh", "-c", command],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
            env={**os.environ, "LC_ALL": "C.UTF-8"},
        )
        return SimpleNamespace(exit_code=process.returncode, output=process.stdout + process.stderr)

    def _demo(self) -> SimpleNamespace:
        """What the recipe of the Makefile does, without making the environment."""
        makefile = text_of("Makefile").replace("$(DEMO_OUT)", "out/aleppo-2016")
        recipe = makefile.replace("$(DEMO)", "aleppo-2016").partition("\ndemo:")[2]
        recipe = recipe.partition("\n\n")[0]
        commands = re.findall(r"\$\(BIN\)/(safepassage [^|\n]+?) *(?:\|\||$)", recipe, re.MULTILINE)
        done = [self(command) for command in commands]
        hints = re.findall(r'@echo "([^"]*)"', recipe)
        return SimpleNamespace(
            exit_code=max((d.exit_code for d in done if d.exit_code > 1), default=0),
            output="\n".join([*(d.output for d in done), *hints]),
        )


@pytest.fixture(scope="session")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """One for all pages: a plan of Aleppo takes seconds."""
    return Shell(tmp_path_factory.mktemp("docs"))
