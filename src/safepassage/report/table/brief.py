"""A brief for one party: what the case marks as shared with it, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from safepassage.cases import OpenCase
from safepassage.report.table.blocks import Block, Cell, Grid
from safepassage.report.table.compare import columns, proposals_grid
from safepassage.report.table.words import proof
from safepassage.terms.proposals import Proposal

__all__ = ["brief_blocks", "shared_proposals"]

Answer = Mapping[str, Any]

COLUMNS = (2, 3, 4, 5, 7, 8)
"""Columns of the comparison that fit on one page, after the title."""
ABOUT = (
    "Figures are for the likely count of people. What a proposal takes is shown by a timetable, "
    "and a better one may be found; what it takes at least is proven for every timetable."
)
MOST = 5
"""Sentences of a kind, so that it stays one page; the latest ones."""


def shared_proposals(opened: OpenCase, party: str) -> list[Proposal]:
    """Proposals that are public or marked as shared with a party, in the order of the case."""
    return [p for p in opened.case.proposals if p.published or party in p.shared_with]


def brief_blocks(opened: OpenCase, answer: Answer, party: str) -> list[Block]:
    """What one party is shown."""
    shared = {p.id: p for p in shared_proposals(opened, party)}
    rows = [row for row in answer["proposals"] if row["id"] in shared]
    if not rows:
        return [
            Block("Nothing is shared", ("The case marks no proposal as shared with this party.",))
        ]
    timed = [row for row in rows if row["deadline_s"] is not None]
    duty = _latest_duty(list(shared.values()), party)
    blocks = [
        Block("Proposals", (ABOUT,), _titled(rows)),
        Block(
            "What is proven of their deadlines",
            words=(f"The latest {MOST} of {len(timed)}.",) if len(timed) > MOST else (),
            items=tuple(Cell(f"{row['title']}. {proof(row)}") for row in timed[-MOST:]),
        ),
    ]
    if duty is not None:
        heading = f"What this party is to do: {duty.title}"
        blocks.append(Block(heading, items=tuple(_duties(duty, party))[:MOST]))
    return blocks


def _titled(rows: list[Answer]) -> Grid:
    """One row a proposal, under its title: who is briefed knows no ids."""
    grid = columns(proposals_grid(rows), COLUMNS)
    titles = [Cell(row["title"]) for row in rows]
    cells = tuple((title, *row) for title, row in zip(titles, grid.rows, strict=True))
    return Grid(("proposal", *grid.head), cells, frozenset(i + 1 for i in grid.numbers))


def _latest_duty(proposals: list[Proposal], party: str) -> Proposal | None:
    """The latest of the proposals that oblige a party to something."""
    found = [p for p in proposals if any(party in c.obliges for c in p.clauses)]
    return max(found, key=lambda p: p.tabled, default=None)


def _duties(proposal: Proposal, party: str) -> Iterator[Cell]:
    for clause in proposal.clauses:
        if party in clause.obliges:
            yield Cell(clause.gist, (clause.id,))
