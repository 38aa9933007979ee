"""A case: everything that is known and on the table about one place that is to be left."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from safepassage.terms.actors import Party
from safepassage.terms.carried_out import CarriedOut
from safepassage.terms.clauses import Clause
from safepassage.terms.fleet import Fleet
from safepassage.terms.groups import Group
from safepassage.terms.places import Corridor, Place
from safepassage.terms.proposals import Proposal
from safepassage.terms.provenance import Claim, Source, Statement
from safepassage.terms.record import Record
from safepassage.terms.scalars import Flag, Identifier, Offset, Text

__all__ = ["CASE_FORMAT", "SOURCES_FORMAT", "Case", "SourcesFile"]

CASE_FORMAT = "safepassage-case/1"
SOURCES_FORMAT = "safepassage-sources/1"


class SourcesFile(Record):
    """``sources.yaml``: every document the case cites."""

    format: Literal["safepassage-sources/1"]
    """Format and version of the file."""
    sources: tuple[Source, ...] = ()
    """The documents."""


class Case(Record):
    """``case.yaml``, with the sources beside it folded in."""

    format: Literal["safepassage-case/1"]
    """Format and version of the file."""
    id: Identifier
    title: Text
    title_local: Text | None = None
    summary: Text
    """What the case is about, in a few sentences."""
    utc_offset: Offset
    """Local time of daily hours and of the report, as a fixed offset."""
    network: Text = "network"
    """Folder of the GMNS tables, inside the case folder."""
    observations: Text | None = None
    """CSV file of what was reported as it happened, inside the case folder."""
    default_proposal: Identifier
    """What ``plan`` takes when no proposal is named."""
    negotiated: Flag = True
    """False where nobody negotiates (flood, fire): protection findings on terms do not apply."""
    parties: tuple[Party, ...] = ()
    """Who takes part."""
    places: tuple[Place, ...] = Field(min_length=1)
    """Where people gather, pass, arrive, and where vehicles start."""
    corridors: tuple[Corridor, ...] = Field(min_length=1)
    """Ways out."""
    groups: tuple[Group, ...] = Field(min_length=1)
    """Who may leave, as counts."""
    fleet: Fleet
    """What moves them."""
    statements: tuple[Statement, ...] = ()
    """What was said."""
    claims: tuple[Claim, ...] = ()
    """What is asserted about the record."""
    proposals: tuple[Proposal, ...] = Field(min_length=1)
    """What is or was on the table."""
    carried_out: CarriedOut | None = None
    """What was done in the end, where that is known."""
    sources: tuple[Source, ...] = ()
    """Read from ``sources.yaml``; not written in ``case.yaml``."""

    def proposal(self, proposal_id: str | None = None) -> Proposal:
        """Return a proposal, or the default one.

        Raises
        ------
        KeyError
            If there is none of that id.
        """
        wanted = proposal_id or self.default_proposal
        for proposal in self.proposals:
            if proposal.id == wanted:
                return proposal
        raise KeyError(wanted)

    def place(self, place_id: str) -> Place:
        """Return a place.

        Raises
        ------
        KeyError
            If there is none of that id.
        """
        for place in self.places:
            if place.id == place_id:
                return place
        raise KeyError(place_id)

    def clauses(self) -> dict[str, Clause]:
        """Every clause of every proposal by its id."""
        return {c.id: c for p in self.proposals for c in p.clauses}
