"""Pages of the table: escaped, offline, and linked from figures to clauses and sources."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from safepassage.cases import OpenCase
from safepassage.negotiate.compare import compare, compare_table
from safepassage.negotiate.window import window_table, windows
from safepassage.report.page import link
from safepassage.report.table.blocks import Block, Cell, Grid
from safepassage.report.table.brief import brief_blocks
from safepassage.report.table.chart import frontier_chart
from safepassage.report.table.files import comparison_files
from safepassage.report.table.page import table_page, unbroken
from safepassage.report.table.plain import csv_text, markdown
from tests.negotiate.ford import ford

NASTY = '<script>alert("x")</script>'


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> OpenCase:
    folder: Path = tmp_path_factory.mktemp("ford")
    hamlet = ford(leave={"gist": f"They leave {NASTY}."})
    return hamlet.write(folder)


@pytest.fixture(scope="module")
def files(opened: OpenCase) -> dict[str, str]:
    answer = compare_table(compare(opened)).answer
    frontier = window_table(windows(opened, points=3)).answer
    return comparison_files(opened, answer, frontier, "council")


def test_page_loads_nothing_and_escapes_everything(files: dict[str, str]) -> None:
    """Text of a case is text, on the page and in Markdown; nothing is fetched."""
    page = files["compare.html"]
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert not re.search(r"(?:src|href)=\"https?:", page)
    assert "default-src 'none'" in page


def test_every_link_of_the_page_leads_somewhere(files: dict[str, str]) -> None:
    """A figure's clause and a claim's source are on the same page."""
    page = files["compare.html"]
    anchors = set(re.findall(r'id="([^"]+)"', page))
    targets = set(re.findall(r'href="#([^"]+)"', page))
    assert targets
    assert targets <= anchors


def test_charts_are_drawn_for_every_frontier(files: dict[str, str]) -> None:
    """Vehicles, hours, inspection and ways out: each a drawing with words for who cannot see it."""
    page = files["compare.html"]
    drawn = re.findall(r'<svg [^>]*aria-label="([^"]+)"', page)
    assert len(drawn) == 4
    assert all(words.startswith("Window against") for words in drawn)


def test_chart_needs_two_points_that_can_be_met() -> None:
    """A single point is no line; a window that nobody can meet is not drawn."""
    point = {"shortest_window_s": 7_200, "lower_bound_s": 3_600, "label": "1"}
    never = {"shortest_window_s": None, "lower_bound_s": 0, "label": "2"}
    assert frontier_chart([point, never], None, "a") == ""
    assert "polyline" in frontier_chart([point, {**point, "label": "<2>"}], 3_600, "a")
    assert "<2>" not in frontier_chart([point, {**point, "label": "<2>"}], None, "a")


def test_choices_are_not_joined_by_a_line() -> None:
    """Corridors have no order: each choice stands alone, from what is needed to what is enough."""
    points = [{"shortest_window_s": 7_200, "lower_bound_s": 3_600, "label": x} for x in "abc"]
    assert "polygon" in frontier_chart(points, None, "a")
    chosen = frontier_chart(points, None, "a", choices={})
    assert "polygon" not in chosen
    assert chosen.count("<circle") == 3


def test_choices_are_named_a_line_each() -> None:
    """A choice of corridors is told by their names, below one another, and never by their ids."""
    points = [
        {"shortest_window_s": 7_200, "lower_bound_s": 3_600, "label": x} for x in ("n", "s", "n, s")
    ]
    drawn = frontier_chart(points, None, "a", choices={"n": "North road", "s": "South road"})
    said = re.findall(r'y="([\d.]+)" text-anchor="middle">([^<]+)</text>', drawn)
    assert [words for _, words in said] == [
        "North road",
        "South road",
        "North road",
        "+ South road",
    ]
    assert float(said[3][0]) > float(said[2][0])


def test_a_proposal_of_the_page_leads_to_its_terms(files: dict[str, str]) -> None:
    """Its id is a link to what it says, with its title; a brief, which shows no terms, has none."""
    assert '<a href="#proposal-terms" title=' in files["compare.html"]
    assert 'id="proposal-terms"' in files["compare.html"]
    assert "#proposal-" not in files["brief-council.html"]


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://example.org/%D8%AD%D9%84%D8%A8", "example.org/\u062d\u0644\u0628"),
        ("https://example.org/a%20b", "example.org/a%20b"),
        ("https://example.org/%E2%80%AEx", "example.org/%E2%80%AEx"),
        ("https://example.org/%ff", "example.org/%ff"),
        ("https://example.org/%3Cb%3E", "example.org/&lt;b&gt;"),
    ],
)
def test_addresses_are_shown_in_their_own_letters(address: str, shown: str) -> None:
    """Bytes are shown as letters where they are some, and never as blanks, marks or markup."""
    told = str(link(address))
    assert told.endswith(f">{shown}</a>")
    assert f'href="{address}"' in told


@pytest.mark.parametrize("hours", [40, 47, 48, 60])
def test_the_window_of_the_terms_is_named_where_nothing_is_drawn(hours: int) -> None:
    """A curve that runs by the line of the terms moves its name aside."""
    points = [
        {"shortest_window_s": h * 3_600, "lower_bound_s": h * 3_600, "label": "1"}
        for h in (200, 120, hours, hours)
    ]
    drawn = frontier_chart(points, 48 * 3_600, "a")
    at = re.search(r'x="([\d.]+)" y="([\d.]+)" text-anchor="(\w+)">window of', drawn)
    assert at is not None
    y, anchor = float(at[2]), at[3]
    dots = [(float(a), float(b)) for a, b in re.findall(r'cx="([\d.]+)" cy="([\d.]+)"', drawn)]
    beside = [b for a, b in dots if (a > 220) == (anchor == "end")]
    assert not any(y - 11 < b < y + 3 for b in beside)


def test_no_table_is_shown_without_rows(files: dict[str, str]) -> None:
    """A single proposal shares no provision: a sentence says so, and no empty table follows."""
    assert "No provision is held by more than one proposal." in files["compare.html"]
    assert not re.search(r"<tbody>\s*</tbody>", files["compare.html"])


def test_an_option_is_not_broken_at_its_hyphens(files: dict[str, str]) -> None:
    """Who copies ``--refine`` from a narrow page gets it whole; text about it is escaped still."""
    page = files["compare.html"]
    assert '<span class="whole">--refine</span>' in page
    assert "span.whole { white-space: nowrap; }" in page
    assert page.count("--refine") == page.count('<span class="whole">--refine</span>')
    assert str(unbroken("<b> --for you")) == '&lt;b&gt; <span class="whole">--for</span> you'


def test_a_brief_says_what_it_leaves_out(opened: OpenCase) -> None:
    """Of many deadlines the latest are told, and that there were more."""
    published = opened.case.proposal().model_copy(update={"published": True})
    case = opened.case.model_copy(update={"proposals": (published,)})
    answer = compare_table(compare(opened)).answer
    several = {**answer, "proposals": answer["proposals"] * 7}
    words = [b.words for b in brief_blocks(replace(opened, case=case), several, "council")]
    assert ("The latest 5 of 7.",) in words
    words = [b.words for b in brief_blocks(replace(opened, case=case), answer, "council")]
    assert not any("latest" in line for w in words for line in w)


def test_a_brief_holds_what_is_public_or_shared_with_its_party_alone(opened: OpenCase) -> None:
    """What is shared with one party is in its brief, and in nobody else's."""
    one = opened.case.proposal()
    proposals = tuple(
        one.model_copy(update={"id": name, "title": f"Paper {name}", **marks})
        for name, marks in (
            ("open", {"published": True}),
            ("told", {"shared_with": ("council",)}),
            ("kept", {"shared_with": ("army",)}),
            ("held", {}),
        )
    )
    case = opened.case.model_copy(update={"proposals": proposals})
    (row,) = compare_table(compare(opened, levels=["likely"])).answer["proposals"]
    rows = [{**row, "id": p.id, "title": p.title} for p in proposals]

    def told(party: str) -> set[str]:
        blocks = brief_blocks(replace(opened, case=case), {"proposals": rows}, party)
        return set(re.findall(r"Paper (\w+)", str(blocks)))

    assert told("council") == {"open", "told"}
    assert told("army") == {"open", "kept"}
    assert told("press") == {"open"}


def test_names_have_their_own_direction_and_script(opened: OpenCase) -> None:
    """An Arabic title reads from right to left on a page that reads from left to right."""
    arabic = "\u062d\u0644\u0628"
    terms = opened.case.proposal().model_copy(update={"title_local": arabic})
    case = opened.case.model_copy(update={"proposals": (terms,), "title_local": arabic})
    page = table_page(replace(opened, case=case), "Proposals", [Block("H", ("x",))], [terms])
    span = f'<span class="local" dir="auto" lang="und-Arab">{arabic}</span>'
    assert page.count(span) == 2
    assert page.count(arabic) == 2


def test_page_fits_a_telephone_and_a_sheet_of_paper(files: dict[str, str]) -> None:
    """Width follows the screen, a sheet has its own rules, a verdict is a word and no colour."""
    for name in ("compare.html", "brief-council.html"):
        assert '<meta name="viewport" content="width=device-width, initial-scale=1">' in files[name]
        assert "@media print" in files[name]
        assert "@media (max-width: 640px)" in files[name]
    marks = re.findall(r'<span class="mark[^"]*">([^<]*)</span>', files["compare.html"])
    assert "no" in marks
    assert all(re.search(r"\w", words) for words in marks)


def test_markdown_cannot_be_steered_by_a_case() -> None:
    """A pipe, a star or a bracket in a gist stays what it is."""
    grid = Grid(("a", "b"), ((Cell("x|y"), Cell("1")),), frozenset({1}))
    text = markdown(["*T*"], [Block("H", ("[a](b)",), grid)], "Notice.")
    assert r"\*T\*" in text
    assert r"\[a\](b)" in text
    assert r"| x\|y | 1 |" in text
    assert "---:" in text


def test_csv_cannot_begin_a_formula() -> None:
    """A spreadsheet takes text for text."""
    rows = [{"a": "=1+1", "b": None}, {"a": ["x", "y"], "b": 3}]
    assert csv_text(rows, ("a", "b")) == "a,b\n'=1+1,\nx; y,3\n"
