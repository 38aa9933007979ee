"""A brief for one party: what the case marks as shared with it, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from safepassage.cases import OpenCase
from safepassage.report.table.blocks import Block, Cell
from safepassage.report.table.compare import proposals_grid
from safepassage.report.table.words import proof
from safepassage.terms.proposals import Proposal

__all__ = ["brief_blocks", "shared_proposals"]

Answer = Mapping[str, Any]


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
    said = tuple(Cell(f"{row['title']}. {proof(row)}") for row in rows if row["by_count"])
    return [
        Block("Proposals", grid=proposals_grid(rows)),
        Block("What is proven", items=said),
        Block("What this party is to do", items=tuple(_duties(shared.values(), party))),
    ]


def _duties(proposals: Any, party: str) -> Iterator[Cell]:
    for proposal in proposals:
        for clause in proposal.clauses:
            if party in clause.obliges:
                yield Cell(f"{proposal.title}: {clause.gist}", (clause.id,))
