"""The shortest window and its frontiers, as blocks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from safepassage.report.table.blocks import Block, Cell, Grid
from safepassage.report.table.words import lever, span
from safepassage.report.wording import count, duration, people

__all__ = ["frontier_blocks", "window_blocks"]

Answer = Mapping[str, Any]


def window_blocks(answer: Answer, names: Mapping[str, str]) -> list[Block]:
    """Everything to be told of the window of one proposal."""
    by_count = answer["by_count"]
    said = tuple(_sentence(level, part, answer) for level, part in by_count.items())
    likely = by_count.get("likely", next(iter(by_count.values())))
    bottleneck = likely["bottleneck"]
    return [
        Block("Shortest window", said, _grid(by_count)),
        Block("Bottleneck", items=(Cell(bottleneck["sentence"], tuple(bottleneck["clause_ids"])),)),
        *frontier_blocks(answer, names),
    ]


def _sentence(level: str, part: Answer, answer: Answer) -> str:
    window, bound, stated = (
        part["shortest_window_s"],
        part["lower_bound_s"],
        answer["stated_window_s"],
    )
    who = f"At the {level} count ({people(part['persons'])})"
    if window is None:
        return f"{who} no window is enough: not everyone can be taken."
    if not part["persons"]:
        return f"At the {level} count nobody is to leave."
    words = (
        f"{who} {duration(window, up=True)} are enough, as a timetable shows, and nothing under "
        f"{duration(bound)} is, whatever the timetable."
    )
    if stated is None:
        return f"{words} The terms state no end."
    ends = f"The {duration(stated)} of the terms"
    if part["stated_is_enough"]:
        # Cut off, not rounded: a window may not be called more than it is.
        return f"{words} {ends} are enough {stated * 100 // window / 100:.2f} times over."
    if part["stated_is_enough"] is False:
        return f"{words} {ends} are not enough for any timetable."
    return f"{words} Whether {ends[0].lower()}{ends[1:]} are enough is not settled."


def _grid(by_count: Answer) -> Grid:
    rows = tuple(
        (
            Cell(level),
            Cell(count(part["persons"])),
            Cell(span(part["shortest_window_s"], up=True)),
            Cell(span(part["lower_bound_s"])),
        )
        for level, part in by_count.items()
    )
    return Grid(("count", "people", "enough", "nothing under"), rows, frozenset({1, 2, 3}))


def frontier_blocks(answer: Answer, names: Mapping[str, str]) -> list[Block]:
    """One block a lever: how the window shrinks as it is turned."""
    blocks = []
    for curve in answer["frontier"]:
        rows = tuple(
            (
                Cell(", ".join(names.get(x, x) for x in point["label"].split(", "))),
                Cell(span(point["shortest_window_s"], up=True)),
                Cell(span(point["lower_bound_s"])),
            )
            for point in curve["points"]
        )
        words = (f"Assumed: {curve['assumed']}.",) if curve["assumed"] else ()
        grid = Grid(("with", "enough", "nothing under"), rows, frozenset({1, 2}))
        blocks.append(Block(f"Window against {lever(curve['lever'], names)}", words, grid))
    return blocks
