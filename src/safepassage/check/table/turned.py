"""Terms that can be turned further, and the settings that turn each of them just so far.

Definitions: ``docs/reference/table-format.md``, "needs". A proof that one amount does not suffice
speaks of all smaller ones only where settings differ in nothing but how far the term is turned. So
what settings have to be is worked out here from the terms, and anything else is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from safepassage.check.people import clauses_of
from safepassage.check.reading import Reading
from safepassage.check.table.evidence import Court, Terms
from safepassage.check.table.turnable import DAY, FINDERS, Stated, clause_at
from safepassage.plan.table import STEPS
from safepassage.terms.clauses import RouteClause
from safepassage.units import parse_time_of_day

__all__ = [
    "Term",
    "earliest_end",
    "limits_off",
    "only_limits_off",
    "opened_by",
    "term_of",
    "turned_by",
]

_ID = r"[a-z0-9][a-z0-9_-]*"
_LIMIT_OFF = re.compile(rf"proposals\.({_ID})\.clauses\.{_ID}\.(?:length|by|within)=null")
_NUMBER = re.compile(r"[^=]*=(\d{1,9})s?")
_HOURS = re.compile(r'[^=]*=\[\{from: "(\d\d:\d\d)", to: "(\d\d:\d\d)"\}\]')


@dataclass(frozen=True, slots=True)
class Term:
    """One term that can be turned, as the terms stand."""

    what: str
    """Such as ``vehicles:bus``, ``hours:CLAUSE``, ``crossing:CORRIDOR``, ``deadline``."""
    now: int
    settings: Callable[[int], Collection[str]]
    """What turns it to an amount."""

    @property
    def kind(self) -> str:
        """The word before the colon."""
        return self.what.partition(":")[0]

    @property
    def step(self) -> int:
        """From one amount to the next that is easier for the convoys."""
        return -STEPS[self.kind] if self.kind == "inspection" else STEPS[self.kind]

    @property
    def paths(self) -> frozenset[str]:
        """Paths that are changed where it is turned."""
        return frozenset(_path(s) for s in self.settings(self.now + self.step))

    def amount(self, settings: Sequence[str], court: Court, terms: Terms) -> int | None:
        """How far settings turn it; None where they do anything else."""
        amount = self._amount(settings, court, terms)
        if amount is None or sorted(settings) != sorted(self.settings(amount)):
            return None
        return amount

    def _amount(self, settings: Sequence[str], court: Court, terms: Terms) -> int | None:
        if self.kind == "crossing":
            return len(settings)
        if self.kind == "deadline":
            changed = Terms(terms.proposal, terms.count, (*terms.settings, *settings))
            reading = court.reading(changed)
            return earliest_end(reading) if reading is not None else None
        if self.kind == "hours":
            return _length(settings[0]) if len(settings) == 1 else None
        numbers = [m[1] for m in map(_NUMBER.fullmatch, settings) if m is not None]
        return max(map(int, numbers), default=None)


def _path(setting: str) -> str:
    return setting.partition("=")[0]


def _length(setting: str) -> int | None:
    """Seconds a day of daily hours as a setting states them."""
    if setting.endswith("=[]"):
        return DAY
    match = _HOURS.fullmatch(setting)
    if match is None:
        return None
    try:
        begin, end = parse_time_of_day(match[1]), parse_time_of_day(match[2])
    except ValueError:
        return None
    return (end - begin) % DAY or DAY


def term_of(what: str, court: Court, terms: Terms) -> Term | None:
    """Return a term by its name; None where the proposal has none of that name to be turned."""
    case = court.case(terms.settings).case
    try:
        proposal = case.proposal(terms.proposal)
    except KeyError:
        return None
    kind, _, of = what.partition(":")
    found = FINDERS[kind](Stated(case, proposal, of)) if kind in FINDERS else None
    return Term(what, *found) if found is not None else None


def turned_by(
    settings: Sequence[str], within: Collection[Term], court: Court, terms: Terms
) -> dict[str, int] | None:
    """How far settings turn each of some terms; None where they do anything else as well."""
    amounts = {term.what: term.now for term in within}
    rest = list(settings)
    ways = [term for term in within if term.kind == "crossing"]
    for term in within:
        mine = [s for s in rest if _path(s) in term.paths] if term not in ways else []
        if mine:
            amount = term.amount(mine, court, terms)
            if amount is None:
                return None
            amounts[term.what] = amount
            rest = [s for s in rest if s not in mine]
    if ways and rest:
        opened = _opened(rest, court, terms)
        known = {term.what.partition(":")[2] for term in ways}
        if opened is None or not opened <= known:
            return None
        amounts |= {f"crossing:{corridor}": 1 for corridor in opened}
        rest = []
    return None if rest else amounts


def _opened(settings: Sequence[str], court: Court, terms: Terms) -> frozenset[str] | None:
    """Corridors that a single setting opens beside those of the terms; None for anything else."""
    corridors = opened_by(settings, court, terms)
    proposal = court.case(terms.settings).case.proposal(terms.proposal)
    held = frozenset(next(iter(clauses_of(proposal, RouteClause))).corridors)
    return corridors - held if corridors is not None and held <= corridors else None


def opened_by(settings: Sequence[str], court: Court, terms: Terms) -> frozenset[str] | None:
    """Corridors of the first route clause under a single setting; None for anything else."""
    proposal = court.case(terms.settings).case.proposal(terms.proposal)
    clause = next(iter(clauses_of(proposal, RouteClause)), None)
    if clause is None or len(settings) != 1:
        return None
    path, _, value = settings[0].partition("=")
    names = value.removeprefix("[").removesuffix("]").split(", ")
    written = f"[{', '.join(names)}]"
    if path != f"{clause_at(proposal, clause.id)}.corridors" or value != written or not all(names):
        return None
    return frozenset(names)


def limits_off(settings: Sequence[str], proposal: str) -> Iterator[str]:
    """Yield the settings that do nothing but take an end off this proposal."""
    for setting in settings:
        match = _LIMIT_OFF.fullmatch(setting)
        if match is not None and match[1] == proposal:
            yield setting


def only_limits_off(settings: Sequence[str], proposal: str) -> bool:
    """Whether settings do nothing but take ends off this proposal."""
    return len(list(limits_off(settings, proposal))) == len(settings)


def earliest_end(reading: Reading) -> int | None:
    """The earliest end that the terms state, of the window or of any group."""
    ends = [g.deadline_s for g in reading.groups.values()] + [reading.window_end_s]
    return min((end for end in ends if end is not None), default=None)
