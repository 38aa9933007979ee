"""Proposals side by side, and the record, as blocks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from safepassage.report.table.blocks import Block, Cell, Grid
from safepassage.report.table.words import proof, span, verdict
from safepassage.report.wording import count, joined, plural

__all__ = ["columns", "compare_blocks", "proposals_grid"]

Answer = Mapping[str, Any]

_HEAD = (
    "proposal",
    "tabled",
    "status",
    "deadline",
    "in time?",
    "out in time",
    "at most",
    "takes",
    "at least",
    "held back by",
    "shortest window",
    "person-hours",
)
_MARKS = {"yes": "good", "no deadline": "good", "no": "warn"}


def compare_blocks(answer: Answer, *, narrow: bool = False) -> list[Block]:
    """Everything the comparison tells; ``narrow`` leaves out what a terminal cannot hold."""
    rows = answer["proposals"]
    about = (
        "Figures are for the likely count of people; \N{LEFT DOUBLE QUOTATION MARK}at "
        "least\N{RIGHT DOUBLE QUOTATION MARK} is proven for every timetable. The shortest window "
        "takes no heed of the deadline."
    )
    words = (about, *_timetables(rows))
    grid = proposals_grid(rows)
    timeline = answer["timeline"]
    if narrow:
        grid = columns(grid, _NARROW)
        timeline = [e for e in timeline if e["kind"] == "status"]
    provisions, events = _provisions(answer["provisions"]), _timeline(timeline)
    recur = (
        "Provisions that more than one proposal holds, in the order of the first demand."
        if provisions.rows
        else "No provision is held by more than one proposal.",
    )
    return [
        Block("Proposals", words, grid),
        Block("What is proven", items=tuple(_proofs(rows))),
        *([] if narrow else [Block("By count of people", grid=_counts(rows))]),
        Block("Not modelled", items=tuple(_not_modelled(rows))),
        _listed("Provisions through time", recur, provisions, narrow=narrow),
        Block("Not supported by sources", items=tuple(_unsupported(answer))),
        _listed("Timeline", (), events, narrow=narrow),
    ]


_NARROW = (0, 2, 3, 4, 7, 8)
"""Columns for a terminal."""
_SHORT_HEAD = {"deadline": "within", "in time?": "met?"}
_SHORT = {"no deadline": "\N{EN DASH}", "cannot be planned": "\N{EN DASH}", "not settled": "open"}


def columns(grid: Grid, kept: tuple[int, ...]) -> Grid:
    """Return some columns of a grid, in short words."""
    rows = tuple(tuple(_short(row[i]) for i in kept) for row in grid.rows)
    numbers = frozenset(k for k, i in enumerate(kept) if i in grid.numbers)
    head = tuple(_SHORT_HEAD.get(grid.head[i], grid.head[i]) for i in kept)
    return Grid(head, rows, numbers)


def _short(cell: Cell) -> Cell:
    return replace(cell, text=_SHORT[cell.text], mark="") if cell.text in _SHORT else cell


_TIMETABLES = {
    "first": "The timetables are first answers, made in a moment: safepassage plan, or compare "
    "with --refine, may find better ones",
    "refined": "The timetables are made with the care of safepassage plan, which may find better "
    "ones with --time-limit",
    "given": "The timetables are those of the plan files given",
}


def _timetables(rows: list[Answer]) -> Iterator[str]:
    """Say how the timetables came about, so that nobody wonders about other figures elsewhere."""
    found = {row["id"]: row["timetable"] for row in rows if row["timetable"] is not None}
    main = next((x for x in ("refined", "first", "given") if x in found.values()), None)
    if main is None:
        return
    limits = "but none under what is proven at least, or over what is proven at most"
    yield f"{_TIMETABLES[main]}{'.' if main == 'given' else f', {limits}.'}"
    given = [name for name, how in found.items() if how == "given"]
    if given and main != "given":
        yield f"Taken from the plan files given: {joined(given)}."


def _listed(heading: str, words: tuple[str, ...], grid: Grid, *, narrow: bool) -> Block:
    """A grid, or in a terminal a list: its cells are too long for columns."""
    if not narrow:
        return Block(heading, words, grid)
    items = tuple(
        Cell("; ".join(cell.text for cell in row if cell.text), mark=row[-1].mark)
        for row in grid.rows
    )
    return Block(heading, words, items=items)


def proposals_grid(rows: list[Answer]) -> Grid:
    """One row a proposal."""
    return Grid(_HEAD, tuple(_row(row) for row in rows), frozenset(range(3, 12)) - {4, 9})


def _row(row: Answer) -> tuple[Cell, ...]:
    said = verdict(row)
    status = row["status"].replace("_", " ")
    clauses = tuple(row["bottleneck"]["clause_ids"]) if row["bottleneck"] else ()
    late = row["evacuated_by_deadline"]
    most = row["evacuated_at_most"]
    waiting = row["person_hours_waiting"]
    timed = row["deadline_s"] is not None
    return (
        Cell(row["id"]),
        Cell(row["tabled"]),
        Cell(status),
        Cell(span(row["deadline_s"])),
        Cell(said, mark=_MARKS.get(said, "")),
        Cell(count(late) if timed else span(None)),
        Cell(count(most) if timed else span(None)),
        Cell(span(row["clearance_time_s"], up=True)),
        Cell(span(row["lower_bound_s"])),
        Cell("" if clauses else span(None), clauses),
        Cell(span(row["shortest_window_s"], up=True)),
        Cell(span(None) if waiting is None else count(waiting)),
    )


def _proofs(rows: list[Answer]) -> Iterator[Cell]:
    for row in rows:
        clauses = tuple(row["bottleneck"]["clause_ids"]) if row["bottleneck"] else ()
        why = f" {row['bottleneck']['sentence']}" if row["bottleneck"] else ""
        by = joined(row["tabled_by"])
        said = f"{row['title']} ({row['id']}), tabled by {by}. {proof(row)}{why}"
        yield Cell(said, clauses)


def _counts(rows: list[Answer]) -> Grid:
    found = []
    for row in rows:
        for level, figures in (row["by_count"] or {}).items():
            said = {True: "yes", False: "no", None: "not settled"}[figures["feasible"]]
            if figures["deadline_s"] is None and figures["feasible"]:
                said = "no deadline"
            found.append(
                (
                    Cell(row["id"]),
                    Cell(level),
                    Cell(count(figures["persons"])),
                    Cell(said, mark=_MARKS.get(said, "")),
                    Cell(span(figures["clearance_time_s"], up=True)),
                    Cell(span(figures["lower_bound_s"])),
                )
            )
    head = ("proposal", "count", "people", "in time?", "takes", "at least")
    return Grid(head, tuple(found), frozenset({2, 4, 5}))


def _not_modelled(rows: list[Answer]) -> Iterator[Cell]:
    for row in rows:
        if row["not_modelled"]:
            many = plural(len(row["not_modelled"]), "clause")
            yield Cell(f"{row['id']}: {many}", tuple(row["not_modelled"]))


def _provisions(provisions: list[Answer]) -> Grid:
    rows = []
    for p in provisions:
        if not p["recurs"]:
            continue
        first, accepted, died = p["first"], p["accepted"], p["died"]
        ended = "not ended"
        if died is not None:
            ended = f"{died['status'].replace('_', ' ')} {died['date']} ({died['proposal']})"
        rows.append(
            (
                Cell(_named(p)),
                Cell(f"first on {first['date']} by {joined(first['by'])}", (first["clause_id"],)),
                Cell(
                    plural(len(p["occurrences"]), "proposal"),
                    tuple(o["clause_id"] for o in p["occurrences"]),
                ),
                Cell(
                    f"accepted {accepted['date']} ({accepted['proposal']})"
                    if accepted
                    else "never accepted"
                ),
                Cell(ended),
            )
        )
    head = ("provision", "asked for", "held by", "accepted", "ended")
    return Grid(head, tuple(rows))


def _named(provision: Answer) -> str:
    """Name a provision by its kind and what it is about; one without a kind by its words alone."""
    kind, subject = provision["kind"].replace("_", " "), provision["subject"]
    if kind == "text":
        return f"{subject[:1].upper()}{subject[1:]}"
    return f"{kind}: {subject}" if subject else kind


def _unsupported(answer: Answer) -> Iterator[Cell]:
    for p in answer["provisions"]:
        for o in p["occurrences"]:
            if o["support"] == "unsupported":
                text = f"{_named(p)} ({o['proposal']}): no source bears it out."
                yield Cell(text, (o["clause_id"],), mark="warn")
    for e in answer["timeline"]:
        if e["kind"] == "claim" and e["support"] == "unsupported":
            what = "Opinion" if e["opinion"] else "Claim"
            yield Cell(
                f"{what} of {e['who']}, {e['date']}: {e['what']}",
                sources=tuple(e["sources"]),
                mark="warn",
            )


def _timeline(events: list[Answer]) -> Grid:
    rows = []
    for e in events:
        kind = e["what"] if e["kind"] == "status" else e["kind"]
        if kind == "claim":
            kind = "opinion" if e["opinion"] else "claim"
            kind += "" if e["support"] == "supported" else f", {e['support']}"
        what = e["gist"] if e["kind"] == "status" else e["what"]
        mark = "warn" if e["support"] == "unsupported" else ""
        cell = Cell(what, sources=tuple(e["sources"]), mark=mark)
        rows.append((Cell(e["date"]), Cell(kind), Cell(e["who"]), cell))
    return Grid(("date", "what", "who", "gist"), tuple(rows))
