"""Groups of people, as counts. No field for a person's identity exists, by design."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from fractions import Fraction
from typing import Literal

from pydantic import Field, model_validator

from safepassage.terms.provenance import Cited, Estimate
from safepassage.terms.record import Record
from safepassage.terms.scalars import Count, Duration, Identifier, Share, Text

__all__ = [
    "Category",
    "Destination",
    "Group",
    "GroupPlace",
    "largest_remainder",
    "refuse_odd_shares",
]


class Category(StrEnum):
    """What the planner must know of a group."""

    CIVILIANS = "civilians"
    WOUNDED = "wounded"
    FIGHTERS = "fighters"
    FAMILIES = "families"
    MIXED = "mixed"
    STAFF = "staff"


class GroupPlace(Record):
    """The share of a group that gathers at one place."""

    place: Identifier
    """Assembly point."""
    share: Share
    """Share of the group that gathers there."""


class Destination(Record):
    """A reception point open to the group; with a share where the terms or a source fix one."""

    place: Identifier
    """Reception point."""
    share: Share | None = None
    """Share of the group that goes there, where it is fixed."""


def refuse_odd_shares(destinations: Sequence[Destination]) -> None:
    """Refuse shares that do not say of everyone where they go.

    Raises
    ------
    ValueError
        If some destinations have a share and others none, or they do not sum to 1.
    """
    given = [d.share for d in destinations if d.share is not None]
    if given and (len(given) != len(destinations) or sum(given) != 1):
        raise ValueError(
            "expected a share at every destination, summing to 1, or at none, got "
            + ", ".join("none" if d.share is None else str(d.share) for d in destinations)
        )


class Group(Record):
    """People who are dealt with alike."""

    id: Identifier
    name: Text
    name_local: Text | None = None
    category: Category
    """What the planner must know of them."""
    persons: Estimate
    """How many they are."""
    places: tuple[GroupPlace, ...] = Field(min_length=1)
    """Where they gather; shares sum to 1."""
    shares_assumed: Text | None = None
    """Why these shares, where no source gives them."""
    priority: Count = 100
    """Lower goes first, unless a priority clause says otherwise."""
    vehicles: tuple[Identifier, ...] = Field(min_length=1)
    """Vehicle types that suit them."""
    destinations: tuple[Destination, ...] = Field(min_length=1)
    """Reception points open to them."""
    together_within: Duration | None = None
    """Travels together: first departure to last departure no longer than this."""
    items: tuple[Text, ...] = ()
    """What they take along."""
    cite: Cited

    @model_validator(mode="after")
    def _shares(self) -> Group:
        total = sum((p.share for p in self.places), Fraction(0))
        if total != 1:
            raise ValueError(f"expected shares of places that sum to 1, got {total}")
        refuse_odd_shares(self.destinations)
        return self

    def persons_by_place(self, level: Literal["low", "likely", "high"]) -> dict[str, int]:
        """Whole persons at each place: shares by largest remainder, ties in file order."""
        parts = largest_remainder(self.persons.at(level).value, [p.share for p in self.places])
        return {p.place: n for p, n in zip(self.places, parts, strict=True)}

    def leaving_by_place(
        self, level: Literal["low", "likely", "high"], refusing: Fraction
    ) -> dict[str, int]:
        """Whole persons at each place less the share that refuses, which is rounded down."""
        return {p: n - int(n * refusing) for p, n in self.persons_by_place(level).items()}


def largest_remainder(total: int, shares: Sequence[Fraction]) -> list[int]:
    """Split ``total`` into whole parts by shares that sum to 1.

    Each part is its exact share rounded down; what is left goes one by one to the largest
    remainders, the earlier one first among equals (Hamilton's method).
    """
    exact = [share * total for share in shares]
    whole = [int(x) for x in exact]
    order = sorted(range(len(exact)), key=lambda i: (whole[i] - exact[i], i))
    for i in order[: total - sum(whole)]:
        whole[i] += 1
    return whole
