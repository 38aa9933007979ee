"""ARCHITECTURE.md is true to the tree and to the contracts that keep it."""

from __future__ import annotations

import re
import tomllib

from tests.docs.pages import ROOT, text_of

PACKAGE = ROOT / "src" / "safepassage"


def _table(heading: str) -> list[tuple[str, str]]:
    section = text_of("ARCHITECTURE.md").partition(f"## {heading}\n")[2].partition("\n## ")[0]
    return re.findall(r"^\| (`[^|]+) \| ([^|]+) \|$", section, re.MULTILINE)


def _names(cell: str) -> set[str]:
    return set(re.findall(r"`([\w.]+)/?`", cell))


def test_every_package_is_described() -> None:
    described = set().union(*(_names(cell) for cell, _ in _table("Packages")))
    found = {p.stem for p in PACKAGE.iterdir() if p.suffix == ".py" or (p / "__init__.py").exists()}
    assert described == found - {"__init__"}


def test_the_drawing_shows_the_layers_of_the_contract() -> None:
    """Row by row, as import-linter enforces them."""
    tools = tomllib.loads(text_of("pyproject.toml"))["tool"]
    contract = tools["importlinter"]["contracts"][0]
    drawing = text_of("ARCHITECTURE.md").partition("```text\n")[2].partition("```")[0]
    drawn = [re.findall(r"[a-z_]+", line) for line in drawing.splitlines()]
    layers = [re.findall(r"[a-z_]+", layer) for layer in contract["layers"]]
    assert [row for row in drawn if row] == layers


def test_tests_and_benchmarks_are_described() -> None:
    described = set().union(*(_names(cell) for cell, _ in _table("Tests and benchmarks")))
    for folder in sorted((ROOT / "tests").iterdir()):
        if (folder / "__init__.py").exists():
            assert f"tests/{folder.name}" in text_of("ARCHITECTURE.md") or folder.name in described
