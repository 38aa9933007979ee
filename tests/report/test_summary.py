from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from safepassage.report.facts import Facts
from safepassage.report.summary import print_summary


def summary(facts: Facts, width: int = 80, files: tuple[Path, ...] = ()) -> str:
    out = io.StringIO()
    print_summary(facts, Console(file=out, width=width), files)
    return out.getvalue().replace("\N{NO-BREAK SPACE}", " ")


def words(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("width", [60, 80, 200])
def test_says_everything_and_keeps_to_the_width(facts: Facts, width: int) -> None:
    said = summary(facts, width)
    assert max(map(len, said.splitlines())) <= min(width, 96)
    for part in (
        "A village",
        "Can everyone be out by 09:15 on Fri 3 May 2030",
        "Yes for 62 and 102, not with the plan found for 152.",
        "The bridge is slow. [window, route]",
        "By the Bridge road (102 people in 2 convoys, 9.0 km each way).",
        "1 clause is not modelled: items (items).",
        "never a guarantee of safety",
        "Protection",
    ):
        assert part in words(said), part


def test_table_holds_the_three_counts(facts: Facts) -> None:
    lines = summary(facts).splitlines()
    high = next(line for line in lines if line.strip().startswith("high"))
    assert high.split()[:4] == ["high", "152", "not", "found"]
    assert "Fri 3 May, 09:18" in high


def test_without_deadline_the_table_tells_how_long_it_takes(open_ended: Facts) -> None:
    said = summary(open_ended)
    assert "in time?" not in said
    assert "takes" in said


def test_files_are_named(facts: Facts) -> None:
    said = words(summary(facts, files=(Path("out/plan.json"), Path("out/report.html"))))
    assert "plan.json and report.html, in out." in said


def test_text_of_a_case_cannot_steer_the_terminal(facts: Facts) -> None:
    evil = replace(facts, title="\x1b]0;owned\x07 [bold]x[/bold]")
    said = summary(evil)
    assert "\x1b]" not in said
    assert "[bold]x[/bold]" in said
