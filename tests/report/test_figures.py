"""Figures: sizes, bytes and text that has to be there; what they say is tested by the facts."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from safepassage.report.facts import Facts, Name, StringDiagram
from safepassage.report.figures import (
    DPI,
    NARROW,
    WIDE,
    Frame,
    Gallery,
    Sheet,
    draw_curve,
    draw_hours,
    draw_map,
    draw_strings,
    png,
    svg,
)
from safepassage.report.figures.strings import MOST_STRIPS
from safepassage.report.figures.style import both_names, literal, literal_local
from tests.report.village import ARABIC

DRAW = (draw_curve, draw_hours, draw_map, draw_strings)
Draw = Callable[[Facts, Frame], Sheet]


def texts(picture: bytes) -> str:
    root = ET.fromstring(picture)
    return "\n".join("".join(e.itertext()) for e in root.iter() if e.tag.endswith("text"))


@pytest.mark.parametrize("draw", DRAW)
def test_png_has_the_width_of_its_frame(facts: Facts, draw: Draw) -> None:
    picture = png(draw(facts, WIDE))
    assert picture.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", picture[16:24])
    assert width == round(WIDE.width * DPI)
    assert 300 < height < 3000


@pytest.mark.parametrize("draw", DRAW)
@pytest.mark.parametrize("frame", [WIDE, NARROW])
def test_svg_is_well_formed_and_loads_nothing(facts: Facts, draw: Draw, frame: Frame) -> None:
    picture = svg(draw(facts, frame))
    root = ET.fromstring(picture)
    assert root.tag.endswith("svg")
    assert b"<image" not in picture
    links = [v for e in root.iter() for k, v in e.attrib.items() if k.endswith("href")]
    assert all(link.startswith("#") for link in links)


@pytest.mark.parametrize("draw", DRAW)
def test_same_facts_give_the_same_bytes(facts: Facts, draw: Draw) -> None:
    assert svg(draw(facts, WIDE)) == svg(draw(facts, WIDE))
    assert png(draw(facts, WIDE)) == png(draw(facts, WIDE))


def test_title_stands_in_the_picture_and_not_on_the_page(facts: Facts) -> None:
    sheet = draw_map(facts, WIDE)
    assert "The way out" not in texts(svg(sheet))
    assert sheet.title[0].get_visible(), "the next PNG shows it again"


def test_map_names_places_in_both_languages(facts: Facts) -> None:
    written = texts(svg(draw_map(facts, WIDE)))
    for words in ("Square, the old one (102)", ARABIC, "Bridge", "102 people", "Bridge road"):
        assert words in written


def test_bottleneck_is_drawn_though_it_is_no_crossing(facts: Facts) -> None:
    answer = facts.answer
    bottleneck = replace(answer.figures.bottleneck, resource="fleet/bus")
    figures = replace(answer.figures, bottleneck=bottleneck)
    fleet = replace(facts, answers={**facts.answers, "likely": replace(answer, figures=figures)})
    assert "Bus" in texts(svg(draw_hours(fleet, WIDE)))
    assert "Bus" not in texts(svg(draw_hours(facts, WIDE)))


def test_nothing_is_taken_for_a_formula(facts: Facts) -> None:
    assert "=Camp $x$" in texts(svg(draw_map(facts, WIDE)))


def test_curve_names_every_count(facts: Facts) -> None:
    written = texts(svg(draw_curve(facts, WIDE)))
    for words in ("low: 62 people", "likely: 102 people", "high: 152 people", "deadline"):
        assert words in written


def test_counts_that_end_alike_share_a_label(facts: Facts) -> None:
    low, likely, _ = facts.curves
    alike = replace(facts, curves=(low, likely, replace(likely, level="high")))
    assert "likely and high: 102 people" in texts(svg(draw_curve(alike, WIDE)))


def test_deadline_is_missing_where_there_is_none(open_ended: Facts) -> None:
    assert "deadline" not in texts(svg(draw_curve(open_ended, WIDE)))
    assert "deadline" not in texts(svg(draw_strings(open_ended, WIDE)))


def test_long_operation_is_cut_and_says_so(facts: Facts) -> None:
    (diagram,) = facts.strings
    trips = tuple(
        replace(diagram.trips[0], times_s=tuple(t + day * 86_400 for t in diagram.trips[0].times_s))
        for day in range(MOST_STRIPS + 5)
    )
    long = replace(facts, strings=(StringDiagram(diagram.corridor, diagram.marks, trips),))
    sheet = draw_strings(long, WIDE)
    assert sheet.title[1].get_text().startswith(f"The first {MOST_STRIPS} of {MOST_STRIPS + 5}")
    assert sheet.height < 25


def test_trips_over_midnight_go_on_in_the_next_strip(facts: Facts) -> None:
    (diagram,) = facts.strings
    trip = replace(diagram.trips[0], times_s=(57_000.0, 58_000.0), metres=(-3000.0, 6000.0))
    late = replace(facts, strings=(StringDiagram(diagram.corridor, diagram.marks, (trip,)),))
    written = texts(svg(draw_strings(late, WIDE)))
    assert "Fri\N{NO-BREAK SPACE}3" in written
    assert "Sat\N{NO-BREAK SPACE}4" in written


def test_plan_that_moves_nobody_can_be_drawn(facts: Facts) -> None:
    nothing = replace(facts.map, lines=(), empty=(), places=(), waypoints=())
    empty = replace(
        facts, map=nothing, strings=(), uses=(), closed={}, corridors=(), curves=facts.curves[:1]
    )
    gallery = Gallery.of(empty)
    assert all(svg(sheet) for sheet in (*gallery.wide.values(), *gallery.narrow.values()))


def test_script_that_the_font_lacks_is_left_out() -> None:
    assert literal_local("নোয়াখালী") is None
    assert both_names("Noakhali", "নোয়াখালী") == "Noakhali"
    assert literal("নো").count("\N{REPLACEMENT CHARACTER}") == 2
    assert literal_local(ARABIC) == ARABIC
    assert literal_local(None) is None


def test_name_of_any_kind_can_be_drawn(facts: Facts) -> None:
    odd = Name("$\\frac{1}{0}$ \x07 中文 <b>", "中文")
    names = replace(facts.names, corridors={"bridge": odd}, vehicles={"bus": odd})
    odd_facts = replace(facts, names=names)
    for draw in DRAW:
        assert png(draw(odd_facts, NARROW))
