"""Where every term and figure comes from.

The product's rule is that every number is proven, sourced or marked as assumed; these types make
it impossible to write a figure down without one of the two.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Generic, Literal, TypeVar

from pydantic import BeforeValidator, Field, model_validator

from safepassage.terms.record import Record
from safepassage.terms.scalars import Count, Day, Flag, Identifier, Moment, Text

__all__ = [
    "Citation",
    "Cited",
    "Claim",
    "Dispute",
    "Estimate",
    "Figure",
    "Source",
    "SourceKind",
    "Standing",
    "Statement",
    "Support",
]

T = TypeVar("T")


class Standing(StrEnum):
    """Who is speaking through a source."""

    OFFICIAL_TEXT = "official_text"
    AGENCY = "agency"
    PARTY = "party"
    OUTLET = "outlet"
    MONITOR = "monitor"
    RESEARCH = "research"


class SourceKind(StrEnum):
    """What sort of document a source is."""

    AGREEMENT = "agreement"
    RESOLUTION = "resolution"
    REPORT = "report"
    STATEMENT = "statement"
    NEWS = "news"
    DATASET = "dataset"
    STUDY = "study"
    REFERENCE = "reference"


class Support(StrEnum):
    """How far the cited sources carry what is said."""

    SUPPORTED = "supported"
    DISPUTED = "disputed"
    UNSUPPORTED = "unsupported"


class Source(Record):
    """A document that can be cited."""

    id: Identifier
    publisher: Text
    """Who published it."""
    date: Day
    """Day of publication (or of the event, where the page carries no other)."""
    address: Text
    """Where it can be read: a URL, or a reference such as a document symbol."""
    kind: SourceKind
    standing: Standing
    """Who is speaking through it."""
    title: Text | None = None
    note: Text | None = None
    """What a reader should know of it: leaning, repost, only partly read."""
    document: Text | None = None
    """File name of the document, for ``check --documents DIR``."""


class Citation(Record):
    """A source, and optionally the very passage."""

    source: Identifier
    """The document."""
    locator: Text | None = None
    """Where in the document: ``lines 3-5``, ``bytes 120-480``, ``paragraph 2``."""
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None
    """SHA-256 of the passage's bytes at ``locator`` (UTF-8, line ends as in the document)."""
    note: Text | None = None


def _citation(value: object) -> object:
    return {"source": value} if isinstance(value, str) else value


_Cite = Annotated[Citation, BeforeValidator(_citation, json_schema_input_type=Citation | str)]

Cited = Annotated[tuple[_Cite, ...], Field(default_factory=tuple)]
"""Citations; a bare source id stands for a citation of the whole source."""


class Figure(Record, Generic[T]):
    """One number with where it comes from: cited, or openly assumed."""

    value: T
    """The number."""
    cite: Cited
    assumed: Text | None = None
    """Why this number, where no source gives it."""

    @model_validator(mode="after")
    def _sourced_or_assumed(self) -> Figure[T]:
        if not self.cite and self.assumed is None:
            raise ValueError("expected 'cite' or 'assumed' beside the value: every figure has one")
        return self


class Estimate(Record):
    """A count nobody knows: low, likely and high, each with its own source."""

    low: Figure[Count]
    """The least."""
    likely: Figure[Count]
    """What to plan with."""
    high: Figure[Count]
    """The most."""

    @model_validator(mode="after")
    def _in_order(self) -> Estimate:
        if not self.low.value <= self.likely.value <= self.high.value:
            raise ValueError(
                "expected low <= likely <= high, got "
                f"{self.low.value}, {self.likely.value}, {self.high.value}"
            )
        return self

    def at(self, level: Literal["low", "likely", "high"]) -> Figure[Count]:
        """Return the figure of one level."""
        figure: Figure[Count] = getattr(self, level)
        return figure


class Dispute(Record):
    """Somebody who says otherwise."""

    by: Text
    """Who says otherwise."""
    gist: Text
    cite: Cited


class Statement(Record):
    """What somebody said, in our own words, with a citation that can be checked."""

    id: Identifier
    speaker: Text
    """Who said it, by public office or name as published."""
    role: Text
    """In what role."""
    date: Day
    """When it was said."""
    gist: Text
    cite: Cited
    party: Identifier | None = None
    """The party spoken for."""

    @model_validator(mode="after")
    def _cited(self) -> Statement:
        if not self.cite:
            raise ValueError("expected at least one citation for a statement")
        return self


class Claim(Record):
    """Something asserted about the record, and how far the sources carry it."""

    id: Identifier
    by: Text
    """Who asserts it, as they name themselves."""
    gist: Text
    date: Day
    """When it was asserted."""
    cite: Cited
    support: Support
    """How far the sources carry it."""
    disputes: tuple[Dispute, ...] = ()
    """Who says otherwise."""
    proposal: Identifier | None = None
    """The proposal it is about."""
    opinion: Flag = False
    """True where it is a judgement rather than an assertion of fact."""
    said_at: Moment | None = None
    """The moment, where known."""
