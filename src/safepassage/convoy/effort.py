"""How much work the planner does."""

from __future__ import annotations

from dataclasses import dataclass, field

from safepassage.convoy.bounds import Asking

__all__ = ["Effort"]


@dataclass(frozen=True, slots=True)
class Effort:
    """How much work to do where the stop criterion does not end it first."""

    tries: int = 12
    """Greedy timetables for each finalist among the convoy sizes and allotments."""
    finalists: int = 3
    allotments: int = 4
    """Ways to share people among the types of vehicles to begin with, at most, where there are
    many loads."""
    choices: int = 200_000
    """Vehicle loads to decode while choices are improved, at most; ..."""
    starts: int = 6
    """... from so many, the best first."""
    more_tries: int = 150
    """Further ones for the best choice."""
    trips: int = 120_000
    """Vehicle loads to decode in one batch of tries, at most."""
    rounds: int = 6
    steps: int = 4_000
    """Changes tried in one round of annealing."""
    polish: int = 40_000
    """Changes of plain timetables tried before any round, whatever time is left, ..."""
    moved: int = 400_000
    """... with so many convoys decoded again, at most."""
    raced: int = 3
    """Finalists that these are divided over."""
    goal: float = 0.01
    """Gap to which bounds are refined."""
    fine: bool = True
    """Whether bounds may use fine grids of time."""
    asking: Asking = field(default_factory=Asking)
    """Moments asked about for the first bound."""

    @classmethod
    def quick(cls) -> Effort:
        """A timetable and a bound in a fraction of a second, for use at the table."""
        return cls(
            tries=6,
            finalists=2,
            choices=40_000,
            starts=2,
            more_tries=40,
            trips=16_000,
            rounds=0,
            fine=False,
        )

    @classmethod
    def glance(cls) -> Effort:
        """The first answer to a what-if: a few timetables of convoy sizes that are told."""
        return cls(
            tries=1,
            finalists=1,
            allotments=1,
            choices=4_000,
            starts=2,
            more_tries=2,
            trips=16_000,
            rounds=0,
            polish=1_000,
            moved=30_000,
            raced=1,
            fine=False,
            asking=Asking(most=3, most_closed=2, begin=0.8, begin_closed=0.85, vain=2, tours=0),
        )
