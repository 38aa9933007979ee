"""The cost of beginning later, as blocks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from safepassage.report.table.blocks import Block, Cell, Grid
from safepassage.report.wording import count, duration, moment, plural

__all__ = ["delay_blocks"]

Answer = Mapping[str, Any]


def delay_blocks(answer: Answer) -> list[Block]:
    """Everything to be told of the cost of a delay."""
    words = [
        (
            f"From {_moment(answer['from'])} to {_moment(answer['to'])}, "
            f"{_length(answer['days'])}. Assumed: {answer['assumed']}."
        ),
        (
            f"At the likely count the delay adds {count(answer['person_days'])} person-days inside "
            f"by the two timetables, and at least {count(answer['person_days_at_least'])} whatever "
            "timetable is chosen after it."
        ),
    ]
    left = [x for part in answer["by_count"].values() for x in part["left"]]
    if left:
        words.append("People whom the timetables cannot take are not counted.")
    blocks = [
        Block("The cost of delay", tuple(words), _counts(answer)),
        Block("By group", grid=_groups(answer)),
    ]
    if answer["rate"] is not None:
        blocks.append(_casualties(answer))
    return blocks


def _moment(text: str) -> str:
    return moment(datetime.fromisoformat(text))


def _length(days: float) -> str:
    """Write the time between the starts: in days where these are whole, else in hours."""
    return plural(int(days), "day") if days == int(days) else duration(round(days * 86_400))


def _counts(answer: Answer) -> Grid:
    rows = tuple(
        (
            Cell(level),
            Cell(count(part["persons"])),
            Cell(count(part["person_days"])),
            Cell(count(part["person_days_at_least"])),
        )
        for level, part in answer["by_count"].items()
    )
    return Grid(("count", "people", "person-days", "at least"), rows, frozenset({1, 2, 3}))


def _groups(answer: Answer) -> Grid:
    rows = tuple(
        (
            Cell(g["name"]),
            Cell(count(g["persons"])),
            Cell(count(g["person_days_from"])),
            Cell(count(g["person_days_to"])),
            Cell(count(g["person_days"])),
        )
        for g in answer["groups"]
    )
    head = ("group (likely count)", "people", "begun earlier", "begun later", "added")
    return Grid(head, rows, frozenset({1, 2, 3, 4}))


def _casualties(answer: Answer) -> Block:
    low, high = answer["rate"]["per_1000_person_days"]
    words = (
        f"At {low:g} to {high:g} casualties per 1,000 person-days, a rate given by the user "
        f"({answer['rate']['source']}), not by the case:"
    )
    items = tuple(
        Cell(f"{level} count: {count(part['casualties'][0])} to {count(part['casualties'][1])}")
        for level, part in answer["by_count"].items()
    )
    return Block("With the rate given", (words,), items=items)
