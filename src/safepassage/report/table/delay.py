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
    words = [_compared(answer), *_unequal(answer)]
    words.append(
        f"At the likely count the delay adds {count(answer['person_days'])} person-days inside "
        f"by the two timetables, and at least {count(answer['person_days_at_least'])} whatever "
        "timetable is chosen after it."
    )
    if not words[1:-1] and any(part["left"] for part in answer["by_count"].values()):
        words.append("People whom neither timetable takes are not counted.")
    blocks = [
        Block("The cost of delay", tuple(words), _counts(answer)),
        Block("By group", grid=_groups(answer)),
    ]
    if answer["rate"] is not None:
        blocks.append(_casualties(answer))
    return blocks


def _compared(answer: Answer) -> str:
    """Say that starts are compared and not proposals, under whose terms, and what is assumed."""
    compared = answer["compared"]
    starts = []
    for key in ("from", "to"):
        named = f" ({compared[key]})" if compared[key] else ""
        starts.append(f"{key} {_moment(answer[key])}{named}")
    only = " Of proposals that stand for a start only that moment is taken." * any(
        compared[key] for key in ("from", "to")
    )
    return (
        f"Two starts of one operation, both under the terms of {compared['terms_of']}: "
        f"{' '.join(starts)}, {_length(answer['days'])}.{only} Assumed: {answer['assumed']}."
    )


def _unequal(answer: Answer) -> list[str]:
    """Warn where the two timetables do not take equally many people."""
    told = [
        f"{count(part['persons_from'])} and {count(part['persons_to'])} at the {level} count"
        for level, part in answer["by_count"].items()
        if any(g["persons_from"] != g["persons_to"] for g in part["groups"])
    ]
    if not told:
        return []
    words = (
        f"The two timetables take unequal numbers of people: {', '.join(told)}. Compared are as "
        "many of each group as both take, at the mean of each; whom either leaves is not counted."
    )
    return [words]


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
            *(Cell(_days(days)) for days in g["days_a_person"]),
            Cell(count(g["person_days"])),
        )
        for g in answer["groups"]
    )
    head = (
        "group (likely count)",
        "people",
        "days each,\nfirst start",
        "days each,\nsecond start",
        "person-days\nadded",
    )
    return Grid(head, rows, frozenset({1, 2, 3, 4}))


def _days(days: float | None) -> str:
    return "\N{EN DASH}" if days is None else f"{days:,.1f}"


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
