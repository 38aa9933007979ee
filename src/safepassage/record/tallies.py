"""Vehicles as reported (``297 buses; 240 ambulances``), as numbers, with the seats they have."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from safepassage.terms.fleet import Fleet, VehicleType

__all__ = ["ANY", "Load", "Tally", "joined", "load_of", "loads", "named", "noun", "read_tally"]

_BETWEEN = re.compile(r"\s*(?:;|\+|,(?!\d{3})| and )\s*")
_ENTRY = re.compile(
    r"(?P<least>more than|over|at least|>)?\s*(?:about|around|some|nearly|~)?\s*"
    r"(?P<n>\d{1,3}(?:,\d{3}){1,2}|\d{1,9}) (?P<words>[a-z' -]+)"
)
_ABOARD = re.compile(r"people in (?P<words>[a-z' -]+)")

#: Words for vehicles of the evacuees themselves, whatever the case calls that type.
_OWN = frozenset({"car", "private", "own", "taxi", "truck"})
#: Words that count journeys or columns, which say nothing of seats.
_COLUMNS = frozenset({"convoy", "batch", "column", "trip"})
ANY = "vehicle"
"""A word that names no kind: any type of the fleet may be meant."""
_PLURALS = {"buses": "bus", "batches": "batch"}


@dataclass(frozen=True, slots=True)
class Load:
    """People whom a vehicle takes: as planned, and the largest load that was ever reported."""

    seats: Fraction
    most: Fraction


@dataclass(frozen=True, slots=True)
class Tally:
    """Vehicles as numbers."""

    vehicles: Mapping[str, int]
    """Number by word (``bus``, ``ambulance``, ``car``), in the order of the text."""
    aboard: int
    """People told apart as travelling in vehicles that were not counted."""
    unread: tuple[str, ...]
    """Parts of the text that were not understood."""
    at_least: bool = False
    """Some number is a least one (``over 115 buses``), so that nothing is bounded by it."""


def read_tally(text: str | None) -> Tally:
    """Read vehicles as reported: entries with semicolons between, each a number and words.

    ``600 people in own cars`` is of people, not of vehicles; ``2 convoys`` of neither.
    """
    vehicles: dict[str, int] = {}
    aboard, unread, at_least = 0, [], False
    for part in _BETWEEN.split((text or "").strip()):
        entry = part.strip()
        match = _ENTRY.fullmatch(entry.lower())
        if not entry:
            continue
        if match is None:
            unread.append(entry)
            continue
        n, words = int(match["n"].replace(",", "")), match["words"].strip()
        at_least = at_least or match["least"] is not None
        if _ABOARD.fullmatch(words):
            aboard += n
        elif (word := _word(words)) not in _COLUMNS:
            vehicles[word] = vehicles.get(word, 0) + n
    return Tally(vehicles, aboard, tuple(unread), at_least)


def _word(words: str) -> str:
    """Return the word that tells the kind of vehicle, in the singular."""
    singular = [_singular(w) for w in words.split()]
    own = _OWN & set(singular)
    return "own" if own else singular[-1]


def _singular(word: str) -> str:
    return _PLURALS.get(word, word if word in _PLURALS.values() else word.removesuffix("s"))


def noun(word: str, number: int | None = None) -> str:
    """Write a kind of vehicle, or so many of them: ``own vehicle``, ``297 buses``."""
    one = "own vehicle" if word == "own" else word
    if number is None:
        return one
    many = {v: k for k, v in _PLURALS.items()}.get(one, f"{one}s")
    return f"{number:,} {one if number == 1 else many}"


def joined(words: Sequence[str]) -> str:
    """Join words: ``a, b and c``."""
    return " and ".join([*([", ".join(words[:-1])] if len(words) > 1 else []), *words[-1:]])


def loads(fleet: Fleet, words: Sequence[str]) -> dict[str, Load]:
    """Return by word what a vehicle of that kind carries; words that the fleet lacks are left out.

    A word names a type by its id, its name or its inspection class. Of several types the largest
    figures are taken, so that no report is called impossible for having been filed under the
    smaller one.
    """
    found = {}
    for word in words:
        types = [v for v in fleet.vehicles if named(v, word)]
        if types:
            each = [load_of(v) for v in types]
            found[word] = Load(max(x.seats for x in each), max(x.most for x in each))
    return found


def load_of(vehicle: VehicleType) -> Load:
    """Return what a vehicle of a type carries."""
    seats = Fraction(vehicle.seats.value)
    return Load(seats, max([seats, *(Fraction(x.value) for x in vehicle.seats_observed)]))


def named(vehicle: VehicleType, word: str) -> bool:
    """Say whether a word names a type, by its id, its name or its inspection class."""
    if word == ANY:
        return True
    if word == "own":
        return vehicle.own
    text = f"{vehicle.id} {vehicle.name} {vehicle.inspection_class}".lower()
    return word in {_singular(w) for w in re.findall(r"[a-z]+", text)}
