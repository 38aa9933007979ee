"""What it costs to begin later: person-days inside, by group, between two starts of one operation.

Two operations under the same terms with the same people are compared, one beginning at each start.
A person-day is one person inside for one day, counted from the earlier start until that person is
safe. Nothing is said of casualties unless a rate is given with its source, and then a range.

A timetable may leave people, and the two may leave unequal numbers. Then as many of each group are
compared as both take, at the mean of each timetable.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from safepassage.cases import OpenCase
from safepassage.errors import BadInput
from safepassage.files import did_you_mean, shown
from safepassage.instance.timing import operation_start
from safepassage.negotiate.limits import without_limits
from safepassage.negotiate.session import Reply, Session
from safepassage.plan.document import Level, Plan
from safepassage.solver import LEVELS
from safepassage.terms.clauses import TimedClause
from safepassage.terms.proposals import Proposal
from safepassage.units import parse_time, seconds_between

__all__ = ["Delay", "DelayAt", "GroupDays", "Rate", "delay", "delay_data"]

DAY = 86_400
YEARS = (1901, 2198)
"""First and last year of a start: terms hold moments from 1900 to 2200, and last a year or two."""

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Rate:
    """Casualties per thousand person-days: a range, and who says so."""

    low: Fraction
    high: Fraction
    source: str


@dataclass(frozen=True, slots=True)
class GroupDays:
    """One group's person-seconds inside until safe, from the earlier start on.

    ``earlier`` and ``later`` are people whom the timetable from that start takes, and their
    person-seconds.
    """

    group: str
    earlier: tuple[int, int]
    later: tuple[int, int]

    @property
    def persons(self) -> int:
        """As many people as are compared: those whom both timetables take."""
        return min(self.earlier[0], self.later[0])

    @property
    def means(self) -> tuple[Fraction | None, Fraction | None]:
        """Seconds a person by each timetable; None where it takes nobody."""
        return tuple(Fraction(s, n) if n else None for n, s in (self.earlier, self.later))  # type: ignore[return-value]  # two of them

    @property
    def inside_s(self) -> tuple[int, int]:
        """Person-seconds of those compared, by each timetable."""
        return tuple(round(self.persons * m) if m is not None else 0 for m in self.means)  # type: ignore[return-value]  # two of them

    @property
    def more_s(self) -> int:
        """Person-seconds that beginning later adds, by the two timetables."""
        earlier, later = self.inside_s
        return later - earlier


@dataclass(frozen=True, slots=True)
class DelayAt:
    """The cost at one count of people."""

    level: Level
    earlier: Reply
    later: Reply
    groups: tuple[GroupDays, ...]
    at_least_s: int
    """Person-seconds added, whatever timetable is chosen later: nobody is out before it begins."""

    @property
    def more_s(self) -> int:
        """Person-seconds added, all groups together."""
        return sum(g.more_s for g in self.groups)


@dataclass(frozen=True, slots=True)
class Delay:
    """The cost of beginning later."""

    opened: OpenCase
    proposal: str
    start: datetime
    end: datetime
    counts: tuple[DelayAt, ...]
    rate: Rate | None
    stands_for: tuple[str, str] = ("", "")
    """What each start is, in words, where a proposal stands for it."""

    @property
    def days(self) -> Fraction:
        """Days between the two starts."""
        return Fraction(seconds_between(self.start, self.end), DAY)


def delay(
    opened: OpenCase,
    begin: str,
    end: str,
    proposal: str | None = None,
    *,
    levels: Sequence[Level] = LEVELS,
    rate: Rate | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> Delay:
    """Compare two starts of a proposal's operation.

    Parameters
    ----------
    begin, end
        A day (``2016-09-12``), a moment with its zone, or the id of a proposal: its start, or the
        day it was tabled.
    proposal
        Under whose terms people leave; None for the case's default.

    Raises
    ------
    BadInput
        If a start cannot be read or is not the earlier one, or the proposal cannot be planned.
    """
    session = Session(opened, proposal, seed=seed)
    terms = opened.case.proposal(session.proposal)
    (first, of_first), (last, of_last) = (
        _start(opened, terms, text, name) for text, name in ((begin, "from"), (end, "to"))
    )
    first, last = _known(first, "from"), _known(last, "to")
    if last <= first:
        message = f"expected a later start than {first.isoformat()}, got {last.isoformat()}"
        raise BadInput.one("--to", "ends-before-start", message)
    tell = progress or (lambda _: None)
    counts = []
    for level in levels:
        tell(f"planning both starts: {level} count")
        counts.append(_at(session, terms, first, last, level))
    stands_for = of_first, of_last
    return Delay(opened, session.proposal, first, last, tuple(counts), rate, stands_for)


def _known(start: datetime, option: str) -> datetime:
    """Refuse a start so far away that the terms, moved there, could not be written."""
    if not YEARS[0] <= start.year <= YEARS[1]:
        message = f"expected a year from {YEARS[0]} to {YEARS[1]}, got {start.year}; mend the year"
        raise BadInput.one(f"--{option}", "bad-value", message)
    return start


def _start(opened: OpenCase, terms: Proposal, text: str, option: str) -> tuple[datetime, str]:
    """Return the moment of a start, and where a proposal stands for it, what of that it is."""
    zone = opened.case.utc_offset
    own = operation_start(terms).astimezone(zone)
    known = {p.id: p for p in opened.case.proposals}
    if text in known:
        try:
            return operation_start(known[text]), f"the start of {text}"
        except BadInput:
            day = known[text].tabled
            start = datetime(day.year, day.month, day.day, own.hour, own.minute, tzinfo=zone)
            return start, f"the day on which {text} was tabled"
    try:
        if len(text) == 10:
            day = date.fromisoformat(text)
            start = datetime(day.year, day.month, day.day, own.hour, own.minute, tzinfo=zone)
            return start, ""
        return parse_time(text), ""
    except ValueError:
        near = did_you_mean(text, known)
        message = (
            "expected a day such as 2016-09-12, a time with its zone or the id of a proposal, got "
            f"{shown(text)}{near}"
        )
        raise BadInput.one(f"--{option}", "bad-value", message) from None


def _shifted(terms: Proposal, start: datetime) -> tuple[str, ...]:
    """Settings that let the operation begin at another moment, all else keeping its place."""
    by = start - operation_start(terms)
    settings = [f"proposals.{terms.id}.start={start.isoformat()}"]
    for clause in terms.clauses:
        if isinstance(clause, TimedClause) and clause.start is not None:
            moment = (clause.start.value + by).isoformat()
            settings.append(f"proposals.{terms.id}.clauses.{clause.id}.start={moment}")
    return (*settings, *without_limits(terms))


def _at(
    session: Session, terms: Proposal, first: datetime, last: datetime, level: Level
) -> DelayAt:
    earlier = session.refine(_shifted(terms, first), level)
    later = session.refine(_shifted(terms, last), level)
    apart = seconds_between(first, last)
    inside, outside = _inside(earlier.plan, 0), _inside(later.plan, apart)
    groups = tuple(
        GroupDays(g, inside.get(g, (0, 0)), outside.get(g, (0, 0)))
        for g in sorted({*inside, *outside})
    )
    persons = sum(g.persons for g in groups)
    at_least = max(0, persons * apart - sum(g.inside_s[0] for g in groups))
    return DelayAt(level, earlier, later, groups, at_least)


def _inside(plan: Plan, after_s: int) -> dict[str, tuple[int, int]]:
    """People and person-seconds until safe, by group."""
    persons: dict[str, int] = defaultdict(int)
    seconds: dict[str, int] = defaultdict(int)
    for rotation in plan.rotations:
        for boarding in rotation.boarding:
            for group, n in boarding.persons.items():
                persons[group] += n
                seconds[group] += n * (after_s + rotation.loaded_leg.arrive_s)
    return {g: (persons[g], seconds[g]) for g in sorted(persons)}


def delay_data(found: Delay) -> dict[str, Any]:
    """Write the answer as data."""
    names = {g.id: g.name for g in found.opened.case.groups}
    likely = next((c for c in found.counts if c.level == "likely"), found.counts[0])
    return {
        "case": found.opened.case.id,
        "proposal": found.proposal,
        "from": found.start.isoformat(),
        "to": found.end.isoformat(),
        "days": float(found.days),
        "compared": {
            "what": "two starts of one operation",
            "terms_of": found.proposal,
            "from": found.stands_for[0] or None,
            "to": found.stands_for[1] or None,
        },
        **_counted(likely, found.rate, names),
        "by_count": {c.level: _counted(c, found.rate, names) for c in found.counts},
        "rate": None
        if found.rate is None
        else {
            "per_1000_person_days": [float(found.rate.low), float(found.rate.high)],
            "source": found.rate.source,
        },
        "assumed": "the same people are inside at both starts; the terms are otherwise the same",
    }


def _counted(found: DelayAt, rate: Rate | None, names: Mapping[str, str]) -> dict[str, Any]:
    left = [
        {"start": start, "group": x.group, "persons": x.persons}
        for start, reply in (("from", found.earlier), ("to", found.later))
        for x in reply.plan.left
    ]
    return {
        "persons": sum(g.persons for g in found.groups),
        "persons_from": sum(g.earlier[0] for g in found.groups),
        "persons_to": sum(g.later[0] for g in found.groups),
        "person_days": round(found.more_s / DAY),
        "person_days_at_least": found.at_least_s // DAY,
        "clearance_time_s": [
            found.earlier.plan.answer.clearance_time_s,
            found.later.plan.answer.clearance_time_s,
        ],
        "groups": [
            {
                "group": g.group,
                "name": names.get(g.group, g.group),
                "persons": g.persons,
                "persons_from": g.earlier[0],
                "persons_to": g.later[0],
                "person_days_from": round(g.inside_s[0] / DAY),
                "person_days_to": round(g.inside_s[1] / DAY),
                "person_days": round(g.more_s / DAY),
                "days_a_person": [None if m is None else round(float(m / DAY), 2) for m in g.means],
            }
            for g in found.groups
        ],
        "left": left,
        "casualties": None if rate is None else _casualties(found, rate),
    }


def _casualties(found: DelayAt, rate: Rate) -> list[int]:
    """The rate times the person-days added, rounded outwards: a range and never one number."""
    low = rate.low * found.at_least_s / (1_000 * DAY)
    high = rate.high * max(found.more_s, found.at_least_s) / (1_000 * DAY)
    return [int(low // 1), int(-(-high // 1))]
