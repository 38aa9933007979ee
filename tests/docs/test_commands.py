"""What pages say of commands is so: they run, end as told, and print what is shown."""

from __future__ import annotations

import re

import click
import pytest

from safepassage.cli.main import COMMANDS
from tests.docs.commands import parts_of
from tests.docs.conftest import Shell
from tests.docs.likeness import missing
from tests.docs.pages import ROOT, Shown, pages, shell_lines, spans, text_of, transcript

SHOWN = [(str(page), shown) for page in pages() for shown in transcript(text_of(page))]


@pytest.mark.parametrize("page", sorted({page for page, _ in SHOWN}))
def test_shown_commands_end_and_print_as_shown(page: str, shell: Shell) -> None:
    """Every ``console`` block, command by command."""
    for shown in transcript(text_of(page)):
        done = shell(shown.command)
        assert done.exit_code == shown.exit_code, f"{shown.command}\n{done.output}"
        left_out = missing(shown.output, done.output)
        assert left_out is None, f"{shown.command}\nshows\n{left_out}\nand prints\n{done.output}"


def test_tutorial_and_readme_show_commands() -> None:
    """A fence that is misspelt would be tested by nobody."""
    assert {page for page, _ in SHOWN} >= {"README.md", "docs/tutorial-aleppo.md"}
    for page in ("README.md", "docs/tutorial-aleppo.md"):
        for info in re.findall(r"^```([^\n]+)$", text_of(page), re.MULTILINE):
            assert re.fullmatch(r"console(?: exit=[0-3])?|sh|python|text|json|bibtex", info), info


def _safepassage_lines() -> list[tuple[str, str]]:
    found = []
    for page in pages():
        text = text_of(page)
        named = [*spans(text), *shell_lines(text), *(s.command for s in transcript(text))]
        for line in named:
            match = re.match(r"(?:uvx )?safepassage((?: [\w\[<-].*)?)$", line)
            if match:
                found.append((str(page), match[1].strip()))
    return sorted(set(found))


@pytest.mark.parametrize(("page", "line"), _safepassage_lines())
def test_commands_named_in_passing_exist(page: str, line: str) -> None:
    """Wherever a page writes a command, it and its options are known."""
    name, _, rest = line.partition(" ")
    if not name or name.startswith("-"):
        return
    assert name in COMMANDS
    words = {
        title: command for title, command in parts_of(name) if f"{line} ".startswith(f"{title} ")
    }
    title = max(words, key=len)
    assert line == title or not isinstance(words[title], click.Group), f"{line}: no such command"
    options = {o for p in words[title].params for o in (*p.opts, *p.secondary_opts)}
    assert set(re.findall(r"--[a-z-]+", rest)) <= options | {"--help"}


def test_shell_lines_of_the_readme_run(shell: Shell) -> None:
    """Those that need no network and no set-up."""
    lines = [x.removeprefix("uvx ") for x in shell_lines(text_of("README.md"))]
    for line in lines:
        if line.startswith("safepassage"):
            assert shell(line).exit_code in (0, 1), line
        elif line.startswith("make "):
            assert re.search(rf"^{line.split()[1]}:", text_of("Makefile"), re.MULTILINE), line
        else:
            assert line.startswith(("pip install ", "git clone ")), line


def test_documented_make_targets_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for page in pages():
        for span in spans(text_of(page)):
            match = re.fullmatch(r"make ([a-z ]+?)(?: [A-Z_]+=.*)?", span)
            if match:
                assert set(match[1].split()) <= targets, f"{page}: {span}"


def test_a_block_is_read_as_written() -> None:
    text = "```console exit=1\n$ a\nx\n...\ny\n$ b c\n```\n"
    assert transcript(text) == [Shown("a", 0, "x\n...\ny\n"), Shown("b c", 1, "")]
