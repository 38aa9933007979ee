"""Verdicts and proofs of answers at the table as sentences that can be read aloud."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from safepassage.report.wording import count, duration, people

__all__ = ["amount", "lever", "proof", "span", "verdict"]

Answer = Mapping[str, Any]

_VERDICTS = {True: "yes", False: "no", None: "not settled"}
_KINDS = {
    "vehicles": "vehicles of type {}",
    "escorts": "escort teams",
    "pace": "people who may set out in each period ({})",
    "hours": "daily hours of {}",
    "inspection": "inspection at {}",
    "crossing": "opening {} as well",
    "deadline": "the deadline",
    "routes": "corridors open",
}


def verdict(answer: Answer) -> str:
    """Say yes, no, that it is not settled, or that there is no deadline to meet."""
    if answer["by_count"] is None:
        return "cannot be planned"
    if answer["feasible"] and answer["deadline_s"] is None:
        return "no deadline"
    return _VERDICTS[answer["feasible"]]


def span(seconds: int | None, *, up: bool = False) -> str:
    """Write a length of time, with a dash for none."""
    return "\N{EN DASH}" if seconds is None else duration(seconds, up=up)


def lever(what: str, names: Mapping[str, str]) -> str:
    """Write which term is turned."""
    kind, _, of = what.partition(":")
    named = ", ".join(names.get(x, x) for x in of.split(","))
    return _KINDS[kind].format(named)


def amount(what: str, value: int, *, up: bool = False) -> str:
    """Write how far a term is turned; ``up`` where less than that may not be enough."""
    kind = what.partition(":")[0]
    if kind == "hours":
        return f"{value / 3_600:g} h a day"
    if kind == "inspection":
        return f"{value} s a vehicle"
    if kind == "deadline":
        return f"{duration(value, up=up)} after the start"
    if kind == "crossing":
        return "open" if value else "closed"
    return count(value)


def proof(row: Answer) -> str:
    """The proven sentence on one proposal, at the likely count."""
    if row["by_count"] is None:
        return f"It cannot be planned: {row['cannot_be_planned']}."
    figures = row["by_count"]["likely"]
    persons, bound = figures["persons"], figures["lower_bound_s"]
    least = f"no timetable takes less than {duration(bound)}"
    took = span(figures["clearance_time_s"], up=True)
    if row["feasible"] is True:
        within = "" if figures["deadline_s"] is None else " in time"
        return (
            f"All {people(persons)} can be out{within}, in {took}, as a timetable shows; {least}."
        )
    if row["feasible"] is None:
        return (
            f"Not settled: the timetable found has {count(figures['evacuated_by_deadline'])} of "
            f"{people(persons)} out in time, and no proof rules out a better one; {least}."
        )
    if figures["evacuated_at_most"] < persons:
        return (
            f"It cannot be met by any timetable: at most {people(figures['evacuated_at_most'])} of "
            f"{count(persons)} can be out in time; {least}."
        )
    return f"It cannot be met by any timetable: {least}."
