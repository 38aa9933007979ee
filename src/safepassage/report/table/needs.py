"""What it would take, as blocks."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from safepassage.report.table.blocks import Block, Cell
from safepassage.report.table.words import amount, lever
from safepassage.report.wording import duration, joined

__all__ = ["change_sentence", "needs_blocks"]

Answer = Mapping[str, Any]


def needs_blocks(answer: Answer, names: Mapping[str, str]) -> list[Block]:
    """Everything to be told of what it would take."""
    count = answer["count"]
    if answer["feasible"]:
        words = f"Nothing: at the {count} count everyone can be out in time under these terms."
        return [Block("What it would take", (words,))]
    proven = (
        "It is proven that no timetable meets these terms."
        if answer["impossible"]
        else "No timetable was found that meets these terms; that none can is not proven."
    )
    changes = tuple(_changes(answer["changes"], names))
    alone = changes or (Cell("No single change that was tried is enough."),)
    blocks = [
        Block(f"What it would take, at the {count} count", (proven,)),
        Block("Single changes that are enough", items=alone),
        Block("Not enough alone", items=tuple(_not_enough(answer["not_enough"], names))),
    ]
    if answer["combination"] is not None:
        blocks.append(_combination(answer["combination"], names))
    return [b for b in blocks if b.words or b.items]


def _changes(changes: list[Answer], names: Mapping[str, str]) -> Iterator[Cell]:
    for change in changes:
        clauses = (change["clause_id"],) if change["clause_id"] else ()
        yield Cell(change_sentence(change, names), clauses)


def change_sentence(change: Answer, names: Mapping[str, str]) -> str:
    """One change that suffices, with what is proven of less."""
    what, to, now = change["what"], change["to"], change["from"]
    head = lever(what, names)
    head = f"{head[0].upper()}{head[1:]}"
    took, enough = duration(change["clearance_time_s"], up=True), amount(what, to, up=True)
    said = f"{head}: {enough} instead of {amount(what, now)} is enough (out in {took})"
    if change["proven"]:
        return f"{said}; one step less is proven not to be."
    if change["at_least"] != now:
        return f"{said}; at least {amount(what, change['at_least'])} is proven to be needed."
    return f"{said}; whether less is enough is not settled."


def _not_enough(changes: list[Answer], names: Mapping[str, str]) -> Iterator[Cell]:
    for change in changes:
        what = change["what"]
        head = lever(what, names)
        most = amount(what, change["most_tried"])
        tail = "proven not enough by any timetable" if change["proven"] else "no timetable found"
        clauses = (change["clause_id"],) if change["clause_id"] else ()
        way = "down" if what.startswith("inspection") else "up"
        far = "" if what.startswith("crossing") else f", {way} to {most}"
        yield Cell(f"{head[0].upper()}{head[1:]}{far}: {tail}.", clauses)


def _combination(found: Answer, names: Mapping[str, str]) -> Block:
    weights = joined([f"{k} {v:g}" for k, v in found["weights"].items()])
    given = (
        f"Weights as given: {weights}, for each vehicle, team, hour, or ten seconds of inspection."
    )
    least = _cost(found["cost_at_least"], up=False)
    if found["cost"] is None:
        words = f"No combination was found; none costs less than {least}."
        return Block("Cheapest combination", (given, words))
    tail = (
        "in the steps tried nothing cheaper is enough, which is proven"
        if found["cost_at_least"] >= found["cost"]
        else f"none costs less than {least}, which is proven"
    )
    words = f"Cost {_cost(found['cost'], up=True)}; {tail}."
    items = tuple(
        Cell(
            f"{lever(p['what'], names)}: {amount(p['what'], p['to'], up=True)} instead of "
            f"{amount(p['what'], p['from'])}",
            (p["clause_id"],) if p["clause_id"] else (),
        )
        for p in found["parts"]
    )
    return Block("Cheapest combination", (given, words), items=items)


def _cost(value: float, *, up: bool) -> str:
    """Write a cost to the hundredth: what is had is not understated, nor a bound overstated."""
    hundredths = math.ceil(value * 100 - 1e-6) if up else math.floor(value * 100 + 1e-6)
    return f"{hundredths / 100:,.2f}".rstrip("0").rstrip(".")
