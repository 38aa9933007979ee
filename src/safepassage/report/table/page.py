"""``compare.html`` and the brief for one party: they open offline, print, and fit a telephone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from safepassage.cases import OpenCase
from safepassage.plan.document import NOTICE
from safepassage.report import wording
from safepassage.report.facts.citing import Register
from safepassage.report.page import link, local
from safepassage.report.table.blocks import Block
from safepassage.report.table.steps import LinkedSteps, steps_chart
from safepassage.terms.proposals import Proposal
from safepassage.terms.provenance import Citation

__all__ = ["Charts", "Drawn", "table_page", "unbroken"]

_OPTION = re.compile(r"(--[a-z][a-z-]*)")
_TEMPLATES = Path(__file__).parents[1] / "templates"


@dataclass(frozen=True, slots=True)
class Drawn:
    """A chart under its name."""

    name: str
    chart: Markup
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Charts:
    """A section of charts, after the first block or the last one that is drawn."""

    heading: str
    words: str
    drawn: Sequence[Drawn]


def table_page(
    opened: OpenCase,
    heading: str,
    blocks: Sequence[Block],
    proposals: Sequence[Proposal],
    charts: Charts | None = None,
    *,
    steps: Sequence[LinkedSteps] = (),
    brief: bool = False,
) -> str:
    """Write a page of blocks, with the terms of the proposals and their sources.

    Everything in it is escaped; it loads nothing, from the network or from beside it.

    Parameters
    ----------
    proposals
        Those whose terms are shown, and no others.
    charts
        What is drawn.
    steps
        Linked steps that are drawn.
    brief
        Whether it has to print on one sheet.
    """
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(day=wording.day, link=link, local=local, unbroken=unbroken)
    style = (_TEMPLATES / "report.css").read_text(encoding="utf-8")
    register = Register(opened.case)
    numbers = _numbers(opened, register, blocks, proposals)
    told = [b for b in blocks if b.words or b.items or (b.grid is not None and b.grid.rows)]
    return environment.get_template("compare.html.j2").render(
        title=[opened.case.title, *opened.overrides],
        local=opened.case.title_local,
        heading=heading,
        brief=brief,
        blocks=told,
        proposals=[p for p in proposals if p.clauses],
        known={c.id for p in proposals for c in p.clauses},
        titles={p.id: p.title for p in proposals if p.clauses},
        numbers=numbers,
        sources=register.sources,
        charts=charts if charts is not None and charts.drawn else None,
        # After what is drawn itself: a sheet has room for that below the first table.
        charts_after=max((i for i, b in enumerate(told) if b.drawing), default=0),
        step_charts={one.title: steps_chart(one) for one in steps},
        notice=NOTICE,
        case=opened.case,
        digest=opened.digest,
        # The style sheet is ours and holds no text of a case.
        style=Markup(style),  # noqa: S704 - no text of a case
    )


def unbroken(text: str) -> Markup:
    """Keep an option of the command line on one line: a browser would break it at its hyphens."""
    words = [
        Markup('<span class="whole">{}</span>').format(word) if _OPTION.fullmatch(word) else word
        for word in _OPTION.split(text)
    ]
    return Markup("").join(words)


def _numbers(
    opened: OpenCase, register: Register, blocks: Sequence[Block], proposals: Sequence[Proposal]
) -> dict[str, int]:
    """Number every source that the page cites."""
    for proposal in proposals:
        for clause in proposal.clauses:
            register.cite(clause.cite)
    cells = [item for b in blocks for item in b.items]
    cells += [cell for b in blocks if b.grid is not None for row in b.grid.rows for cell in row]
    named = dict.fromkeys(s for cell in cells for s in cell.sources)
    case = opened.case
    told = [s.cite for s in case.statements]
    told += [c.cite for c in case.claims]
    told += [h.cite for p in case.proposals for h in p.history]
    register.cite(c for cite in told for c in cite if c.source in named)
    # Others that a cell names, such as those of a distribution.
    known = {s.id for s in case.sources}
    register.cite(Citation(source=s) for s in named if s in known)
    return {source.id: number for number, source in register.sources}
