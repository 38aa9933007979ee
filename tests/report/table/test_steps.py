"""Linked steps on the comparison page: the chain that ends last, as a table and a drawing."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from safepassage.cases import OpenCase
from safepassage.negotiate.compare import compare, compare_table
from safepassage.report.table.files import comparison_files
from safepassage.report.table.steps import LinkedSteps, read_steps, steps_blocks, steps_chart
from tests.convoy.hamlet import Group, Hamlet, Kind, figure
from tests.negotiate.ford import ford

NOTHING = {"frontier": [], "proposal": "terms", "stated_window_s": None}


def _step(name: str, group: str, after: list[str]) -> dict[str, Any]:
    batch = {"groups": [group], "persons": figure(50)}
    return {"id": name, "gist": "Some <b>go</b>.", "batches": [batch], "after": after}


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> OpenCase:
    """Three steps: the second waits for the first and comes last, the third for nobody."""
    steps = [_step("one", "north", []), _step("two", "north", ["one"]), _step("three", "south", [])]
    hamlet = Hamlet(
        roads={("a", "x"): 10, ("b", "x"): 5, ("x", "r"): 20},
        bays={"a": 2, "b": 2},
        kinds={"bus": Kind(50, {"d": 3})},
        groups={"north": Group(100, "a"), "south": Group(50, "b")},
        clauses=[{"kind": "linked", "id": "steps", "steps": steps}],
    )
    return hamlet.write(tmp_path_factory.mktemp("linked"))


@pytest.fixture(scope="module")
def found(opened: OpenCase) -> list[LinkedSteps]:
    return read_steps(opened, compare_table(compare(opened)))


def test_the_chain_is_what_waits_for_one_another_up_to_the_end(found: list[LinkedSteps]) -> None:
    """Steps one and two are the chain; step three, which nothing waits for, is not in it."""
    (block,) = steps_blocks(found)
    assert block.grid is not None
    told = {row[0].text: (row[3].text, row[-1].text) for row in block.grid.rows}
    assert told == {
        "one": ("the start", "yes"),
        "two": ("one", "yes"),
        "three": ("the start", "no"),
    }


def test_a_terminal_tells_the_chain_alone(found: list[LinkedSteps]) -> None:
    """The list for a terminal has the steps of the chain in order, and no others."""
    (block,) = steps_blocks(found, narrow=True)
    assert [item.text.split(":")[0] for item in block.items] == ["one", "two"]
    assert "after one" in block.items[1].text


def test_the_drawing_fills_the_chain_and_escapes_names(found: list[LinkedSteps]) -> None:
    """Two bars are filled and one is not; text of the case stays text."""
    drawn = str(steps_chart(found[0]))
    assert re.findall(r'height="14" fill="([^"]+)"', drawn) == ["#1b1f23", "#1b1f23", "#ffffff"]
    odd = LinkedSteps("<script>", found[0].start, found[0].steps)
    assert "<script>" not in str(steps_chart(odd))


def test_the_page_holds_the_steps_and_still_loads_nothing(
    opened: OpenCase, found: list[LinkedSteps]
) -> None:
    """Page and Markdown tell the steps; a gist is escaped, and every link leads somewhere."""
    answer = compare_table(compare(opened)).answer
    files = comparison_files(opened, answer, NOTHING, None, found)
    page = files["compare.html"]
    assert "Linked steps: " in page
    assert "Linked steps: " in files["compare.md"]
    assert "&lt;b&gt;go&lt;/b&gt;" in page
    targets = set(re.findall(r'href="#([^"]+)"', page))
    assert targets <= set(re.findall(r'id="([^"]+)"', page))


def test_without_linked_steps_nothing_is_said_of_them(tmp_path: Path) -> None:
    """A case without linked clauses has no such section."""
    opened = ford().write(tmp_path)
    table = compare_table(compare(opened))
    assert read_steps(opened, table) == []
    page = comparison_files(opened, table.answer, NOTHING, None)["compare.html"]
    assert "Linked steps" not in page
