"""Links between pages lead somewhere, and files that pages name are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.pages import ROOT, anchors, links, pages, spans, text_of


@pytest.mark.parametrize("page", pages(), ids=str)
def test_relative_links_resolve(page: Path) -> None:
    """To files of the repository and to headings in them."""
    for target in links(text_of(page)):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        file = (ROOT / page).parent / name if name else ROOT / page
        assert file.resolve().is_relative_to(ROOT), target
        assert file.exists(), target
        if anchor:
            assert anchor in anchors(file.read_text(encoding="utf-8")), target


def test_the_index_names_every_page() -> None:
    """Whoever adds a page puts it there."""
    index = {(ROOT / "docs" / target).resolve() for target in links(text_of("docs/index.md"))}
    assert {page.resolve() for page in (ROOT / "docs").rglob("*.md")} - index == {
        ROOT / "docs" / "index.md"
    }


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "ARCHITECTURE.md"])
def test_files_that_the_recipes_name_exist(page: str) -> None:
    """A path in backquotes is a path of the repository; what runs write there may be missing."""
    for span in spans(text_of(page)):
        if re.fullmatch(
            r"(?:src|tests|docs|benchmarks|spec)/[\w./-]+|[\w-]+\.(?:md|toml|txt)", span
        ):
            assert (ROOT / span).exists() or span == "benchmarks/results", span


def test_names_that_the_recipes_rely_on_exist() -> None:
    """Registries and tests, written ``file``: ``name`` in the recipes' tables."""
    for file, names in re.findall(
        r"^\| `([\w/.]+\.py)` \| ([^|]*) \|", text_of("CONTRIBUTING.md"), re.MULTILINE
    ):
        source = text_of(file)
        for name in re.findall(r"`(\w+)`", names):
            assert name in source, f"{file}: {name}"
