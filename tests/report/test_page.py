"""The page: one file, well-formed, everything escaped, nothing loaded."""

from __future__ import annotations

import base64
import re
from html.parser import HTMLParser

import pytest

from safepassage.report.facts import Facts
from safepassage.report.figures import Gallery
from safepassage.report.page import page, script_of
from tests.report.village import ARABIC

VOID = {"meta", "img", "source", "br", "hr", "link", "input"}


class Outline(HTMLParser):
    """Collects tags and text, and checks that every tag is closed in its turn."""

    def __init__(self) -> None:
        super().__init__()
        self.stack: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.stack.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.stack, f"</{tag}> closes nothing"
        assert self.stack[-1] == tag, f"</{tag}> closes <{self.stack[-1]}>"
        self.stack.pop()

    def handle_data(self, data: str) -> None:
        if "style" not in self.stack:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).replace("\N{NO-BREAK SPACE}", " ").split())


@pytest.fixture(scope="module")
def written(facts: Facts) -> str:
    return page(facts, Gallery.of(facts))


@pytest.fixture(scope="module")
def outline(written: str) -> Outline:
    found = Outline()
    found.feed(written)
    found.close()
    return found


def test_every_tag_is_closed(outline: Outline) -> None:
    assert outline.stack == []


def test_ids_are_unique_and_links_inside_lead_somewhere(outline: Outline) -> None:
    ids = [a["id"] for _, a in outline.tags if "id" in a]
    assert len(ids) == len(set(ids))
    inside = {str(a["href"])[1:] for t, a in outline.tags if t == "a" and str(a["href"])[0] == "#"}
    assert inside <= set(ids)
    assert inside


def test_nothing_is_loaded(written: str, outline: Outline) -> None:
    tags = [t for t, _ in outline.tags]
    assert not {"script", "link", "iframe", "object", "embed", "base", "form"} & set(tags)
    loads = [v for _, a in outline.tags for k, v in a.items() if k in ("src", "srcset", "poster")]
    assert loads
    assert all(str(v).startswith("data:image/svg+xml;base64,") for v in loads)
    assert not re.search(r"@import|url\(", written)
    assert not [k for _, a in outline.tags for k in a if k.startswith("on")]


def test_everything_is_escaped(written: str, outline: Outline) -> None:
    assert "<script" not in written
    assert "&lt;script&gt;" in written
    assert '<script>alert("1 & 2")</script>' in outline.text


def test_only_web_addresses_become_links(outline: Outline) -> None:
    links = [str(a["href"]) for t, a in outline.tags if t == "a"]
    outside = [x for x in links if not x.startswith("#")]
    assert outside == ["https://example.org/paper?a=1&b=2"]
    assert "javascript:alert(1)" in outline.text


def test_local_names_have_direction_and_script(outline: Outline) -> None:
    local = [a for t, a in outline.tags if t == "span" and a.get("class") == "local"]
    assert local
    assert all(a["dir"] == "auto" for a in local)
    assert {a["lang"] for a in local} == {"und-Arab"}


def test_figures_for_desk_and_telephone_with_words_for_those_who_cannot_see(
    outline: Outline,
) -> None:
    images = [a for t, a in outline.tags if t == "img"]
    assert len(images) == 4
    assert all(a["alt"] for a in images)
    assert [a["media"] for t, a in outline.tags if t == "source"] == ["(max-width: 640px)"] * 4


def test_arabic_is_text_in_the_figures(outline: Outline) -> None:
    pictures = [
        base64.b64decode(str(a["src"]).partition(",")[2]).decode()
        for t, a in outline.tags
        if t == "img"
    ]
    assert any(ARABIC in picture for picture in pictures)


@pytest.mark.parametrize(
    "words",
    [
        "Can everyone be out by 09:15 on Fri 3 May 2030",
        "Yes for 62 and 102",
        "The bridge is slow.",
        "never a guarantee of safety",
        "not modelled",
        "in the plan",
        "disputed",
        "Opponents says otherwise: Speak of a ferry.",
        "unsupported",
        "opinion",
        "stated consequence",
        "Whoever stays is an enemy.",
        "nothing-on-stayers",
        "made up for tests",
        "the middle of the village",
        "3 have an assumed length (drawn) and 0 an assumed speed.",
        "Bridge, inspection, outward, any vehicle",
        "Civilians, people, high count",
        "Bus, number, Garage",
        "150 people",
        "1 May 2030 (official text)",
    ],
)
def test_what_has_to_be_said_is_said(outline: Outline, words: str) -> None:
    assert words in outline.text


def test_statements_after_the_start_stay_out(outline: Outline) -> None:
    assert "It is over." not in outline.text


def test_page_without_a_deadline(open_ended: Facts) -> None:
    found = Outline()
    found.feed(page(open_ended, Gallery.of(open_ended)))
    assert "The terms state no deadline." in found.text
    assert found.stack == []


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("حلب", "und-Arab"),
        ("Россия", "und-Cyrl"),
        ("Türkiye", "und"),
        ("12", "und"),
    ],
)
def test_language_tag_says_no_more_than_the_script(text: str, tag: str) -> None:
    assert script_of(text) == tag
