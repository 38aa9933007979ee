"""``report.html`` of a clearance: one file that opens offline, prints, and reads on a telephone."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from safepassage.network.lanes import opposite_links
from safepassage.report import wording
from safepassage.report.clearance import sentences
from safepassage.report.clearance.departures import ways_out
from safepassage.report.clearance.facts import ClearanceFacts
from safepassage.report.clearance.uses import RoadUse
from safepassage.report.figures import Sheet, svg

__all__ = ["MOST_CUT", "MOST_ROWS", "clearance_page"]

_TEMPLATES = Path(__file__).parents[1] / "templates"

MOST_ROWS = 400
"""Ways on the page; every departure is in the table beside it."""

MOST_CUT = 25
"""Roads of the bottleneck on the page."""


def clearance_page(
    facts: ClearanceFacts,
    uses: Sequence[RoadUse],
    wide: Mapping[str, Sheet],
    narrow: Mapping[str, Sheet],
) -> str:
    """Write the page.

    Everything in it is escaped; it loads nothing, from the network or from beside it.

    Parameters
    ----------
    facts, uses
        What there is to say.
    wide, narrow
        The figures ``curve`` and, where there are coordinates, ``map``.
    """
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(count=wording.count, duration=wording.duration)
    style = (_TEMPLATES / "report.css").read_text(encoding="utf-8")
    links = facts.instance.network.links
    opposite = opposite_links(facts.instance.network)
    return environment.get_template("clearance.html.j2").render(
        facts=facts,
        clearance=facts.clearance,
        say=sentences,
        # The style sheet is ours and holds no text of an instance.
        style=Markup(style),  # noqa: S704 - no text of an instance
        wide={name: _address(sheet) for name, sheet in wide.items()},
        narrow={name: _address(sheet) for name, sheet in narrow.items()},
        cut=sorted(
            (use for use in uses if use.cut is not None),
            key=lambda use: -use.cut.vehicles if use.cut is not None else 0,
        ),
        most_cut=MOST_CUT,
        reversed=[
            (links[name], links[opposite[name]]) for name in facts.clearance.instance.reversed_links
        ],
        ways=ways_out(facts.clearance, facts.instance),
        most_rows=MOST_ROWS,
        starts=len({origin.node for origin in facts.instance.origins}),
        assumed=sum(
            any((x.length_assumed, x.speed_assumed, x.lanes_assumed, x.capacity_assumed))
            for x in links.values()
        ),
    )


def _address(sheet: Sheet) -> str:
    """A figure as a data address."""
    return "data:image/svg+xml;base64," + base64.b64encode(svg(sheet)).decode()
