"""What the terms mean for one proposal, read for the checker alone.

Definitions: ``docs/design/convoy-model.md``. The planner has its own reading; a fault in one is
found by the other.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction

from safepassage.check.fleet import (
    ConvoyLimits,
    EscortTerms,
    Kind,
    Vehicle,
    find_vehicle,
    read_bay_times,
    read_convoys,
    read_escorts,
    read_inspections,
    read_kinds,
)
from safepassage.check.people import LeavingGroup, clauses_of, read_groups
from safepassage.check.windows import (
    Slowdown,
    Windows,
    operation_start,
    read_slowdowns,
    read_windows,
)
from safepassage.network.network import Network
from safepassage.plan.document import Level
from safepassage.terms.case import Case
from safepassage.terms.clauses import LeaveClause
from safepassage.terms.places import Corridor, Direction, Place
from safepassage.terms.proposals import Proposal

__all__ = ["Reading", "UnplannableError", "read_terms"]


class UnplannableError(ValueError):
    """The proposal says nobody who leaves, or no start; no plan of it can be valid."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The terms of one proposal at one count of people, on the unsimplified network."""

    case: Case
    proposal: Proposal
    network: Network
    level: Level
    start: datetime
    windows: Windows
    slowdowns: tuple[Slowdown, ...]
    groups: dict[str, LeavingGroup]
    kinds: dict[str, Kind]
    convoys: ConvoyLimits
    escorts: EscortTerms
    places: dict[str, Place]
    corridors: dict[str, Corridor]
    bay_times: dict[tuple[str, str], int]
    inspections: dict[tuple[str, str, Direction], tuple[int, str | None]]
    _vehicles: dict[str, Vehicle | None] = field(default_factory=dict, repr=False, compare=False)
    """Those asked for before: every rule asks for the same ones again."""

    @property
    def persons(self) -> int:
        """People who are to leave in all."""
        return sum(n for group in self.groups.values() for n in group.people.values())

    @property
    def window_end_s(self) -> int | None:
        """The end of the window, where one is stated."""
        return self.windows.window_end_s

    @property
    def deadline_s(self) -> int | None:
        """The latest deadline of the groups, or None where one has none."""
        deadlines = [group.deadline_s for group in self.groups.values()]
        known = [d for d in deadlines if d is not None]
        return max(known) if known and len(known) == len(deadlines) else None

    @property
    def not_modelled(self) -> tuple[str, ...]:
        """Clauses that no plan is held to."""
        return tuple(c.id for c in self.proposal.clauses if not c.honoured)

    def in_time(self, group: LeavingGroup, arrive_s: int) -> bool:
        """Tell whether somebody who arrives then is out in time."""
        limits = (group.deadline_s, self.window_end_s)
        return all(limit is None or arrive_s <= limit for limit in limits)

    def vehicle(self, vehicle_id: str) -> Vehicle | None:
        """Find a vehicle by its id, or None."""
        if vehicle_id not in self._vehicles:
            self._vehicles[vehicle_id] = find_vehicle(self.kinds, vehicle_id)
        return self._vehicles[vehicle_id]

    def slowness(self, at_s: int) -> Fraction:
        """Product of the factors of all conditions in force at a moment."""
        product = Fraction(1)
        for slowdown in self.slowdowns:
            if slowdown.hours.covers(at_s):
                product *= slowdown.condition.factor.value
        return product


def read_terms(
    case: Case, network: Network, proposal: Proposal, level: Level, until_s: int
) -> Reading:
    """Read the terms of a proposal.

    Parameters
    ----------
    case, network
        The case and its unsimplified network.
    proposal
        One of the case's proposals.
    level
        Which count of people.
    until_s
        Last second of interest: daily hours are read up to the day after it.

    Raises
    ------
    UnplannableError
        If the proposal says nobody who leaves, or no start.
    """
    start = operation_start(proposal)
    if start is None:
        raise UnplannableError("the proposal states no start")
    if not clauses_of(proposal, LeaveClause):
        raise UnplannableError("the proposal has no leave clause")
    windows = read_windows(case, proposal, start, until_s)
    end = windows.window_end_s, windows.window_end_clause
    kinds = read_kinds(case, proposal)
    return Reading(
        case=case,
        proposal=proposal,
        network=network,
        level=level,
        start=start,
        windows=windows,
        slowdowns=read_slowdowns(case, start, until_s),
        groups=read_groups(case, proposal, level, start, end),
        kinds=kinds,
        convoys=read_convoys(case),
        escorts=read_escorts(case, proposal),
        places={p.id: p for p in case.places},
        corridors={c.id: c for c in case.corridors},
        bay_times=read_bay_times(case, kinds),
        inspections=read_inspections(case, proposal),
    )
