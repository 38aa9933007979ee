"""The shortest window that is enough, proven both ways, and what it costs to shorten it."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

from safepassage.cases import OpenCase
from safepassage.errors import BadInput
from safepassage.negotiate.evidence import Dossier
from safepassage.negotiate.levers import DAY, Lever, daily_hours, levers
from safepassage.negotiate.limits import limits, without_limits
from safepassage.negotiate.session import Answer, Reply, Session
from safepassage.plan.document import Level
from safepassage.plan.table import STEPS, Table
from safepassage.solver import LEVELS
from safepassage.terms.clauses import RouteClause, TimedClause
from safepassage.workers import Crew

__all__ = [
    "Curve",
    "Point",
    "Shortest",
    "Windows",
    "window_table",
    "windows",
]

MORNING = 6 * 3_600
"""Where the frontier begins daily hours that the terms do not state."""
MOST_ROUTES = 4
"""Corridors of which every choice is tried."""
NEAR = 1.1
"""A timetable so near to a proof leaves nothing worth asking between the two."""
ASKED = 10
"""Points of a frontier that are asked for, about; of more, those between lie in a band."""

INSPECTION_S = 5
"""Steps of inspection times on a frontier."""
LONG_S = 0.25
"""Seconds of the first answer from which on other processes are worth their start."""

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Shortest:
    """The shortest sufficient window at one count."""

    level: Level
    reply: Reply
    """Under the terms without their ends."""

    @property
    def window_s(self) -> int | None:
        """A window of this length suffices (a timetable shows it); None where some cannot go."""
        return self.reply.plan.answer.clearance_time_s

    @property
    def lower_bound_s(self) -> int:
        """Nothing shorter can do, whatever the timetable."""
        return self.reply.plan.answer.lower_bound_s


@dataclass(frozen=True, slots=True)
class Point:
    """One point of a frontier: how long it takes, at least and as a timetable shows."""

    amount: int
    label: str
    settings: tuple[str, ...]
    window_s: int | None
    lower_bound_s: int
    window_from: int
    """Amount whose timetable gives the window: this one, or one with less to go by, be it of a
    point or of the terms as they stand."""
    bound_from: int
    """Amount whose certificate gives the bound: this one, or one with more to go by."""


@dataclass(frozen=True, slots=True)
class Curve:
    """A frontier: window against one lever."""

    lever: str
    kind: str
    of: str
    assumed: str | None
    points: tuple[Point, ...]
    """From least to most to go by."""
    replies: tuple[Reply, ...]
    """Those that were asked for."""
    before: tuple[str, ...]
    """Settings of the case before the session began."""


@dataclass(frozen=True, slots=True)
class _Turned:
    """A lever of the frontier, and its amounts from least to most to go by."""

    lever: Lever
    assumed: str | None
    amounts: Sequence[int]
    now: int | None
    """The amount in the terms as they stand, which need not be among them; None where the terms
    name more corridors than are tried."""

    def curve(
        self,
        replies: Mapping[int, Reply],
        open_end: tuple[str, ...],
        opened: OpenCase,
        likely: Reply,
    ) -> Curve:
        """Put replies, by index of the amount, into a frontier.

        Parameters
        ----------
        likely
            To the terms as they stand, without their ends: it is refined, so at an amount with
            more to go by its timetable may be the better one.
        """
        stand = likely.plan.answer.clearance_time_s
        points = _points(self.lever, self.amounts, replies, open_end)
        return Curve(
            lever=self.lever.id,
            kind=self.lever.kind,
            of=self.lever.of,
            assumed=self.assumed,
            points=tuple(self._at_most(point, stand) for point in points),
            replies=tuple(replies.values()),
            before=opened.overrides,
        )

    def _at_most(self, point: Point, stand: int | None) -> Point:
        """Take the timetable of the terms as they stand where it serves, and is better."""
        if (
            stand is None
            or self.now is None
            or (point.window_s is not None and point.window_s <= stand)
        ):
            return point
        if not self._holds(self.now, point.amount):
            return point
        return replace(point, window_s=stand, window_from=self.now)

    def _holds(self, less: int, more: int) -> bool:
        """Whether whatever can be done at one amount can be done at another."""
        if self.lever.kind == "routes":
            return _within(self.lever, less, more)
        return more <= less if self.lever.kind == "inspection" else less <= more


@dataclass(frozen=True, slots=True)
class Windows:
    """All that is to be said on the window of one proposal."""

    opened: OpenCase
    proposal: str
    stated_s: int | None
    """The earliest end that the terms state, after the start."""
    shortest: tuple[Shortest, ...]
    curves: tuple[Curve, ...]


def windows(
    opened: OpenCase,
    proposal: str | None = None,
    *,
    seed: int = 0,
    points: int = 8,
    workers: int = 1,
    progress: Progress | None = None,
) -> Windows:
    """Find the shortest sufficient window of a proposal, and its frontiers.

    The frontiers: window against vehicles, daily hours, inspection and routes open, at the likely
    count. A timetable with less to go by is one with more, and a proof with more to go by holds
    with less. So points between two that are near enough to each other need not be asked for.

    Parameters
    ----------
    points
        Points of each frontier; 0 for none.
    workers
        Processes to ask in, where there are frontiers and answers take long; as for
        :func:`~safepassage.negotiate.compare.compare`.

    Raises
    ------
    BadInput
        If the proposal does not exist, names nobody who leaves, or has no start.
    """
    tell = progress or (lambda _: None)
    session = Session(opened, proposal, seed=seed)
    terms = opened.case.proposal(session.proposal)
    turned = list(_turned(session, points)) if points else []
    open_end = without_limits(terms)
    tell("shortest window: likely count")
    begin = time.monotonic()
    likely = session.refine(open_end)
    slow = time.monotonic() - begin > LONG_S
    # Daily hours take longest to answer, so nobody should begin with them last.
    numbers = sorted(range(len(turned)), key=lambda i: turned[i].lever.kind != "hours")
    others: list[int | Level] = [*numbers, *(x for x in LEVELS if x != "likely")]
    parts = [_Part(of, points) for of in others]
    with Crew(session, workers if points and slow else 1) as crew:
        answers = crew.run(_answered, parts, lambda part: tell(_told(part, turned)))
    found: dict[int | Level, dict[int, Reply]] = {"likely": {0: likely}}
    for part, made in zip(parts, answers, strict=True):
        found[part.of] = {i: answer.reply(opened) for i, answer in made.items()}
    return Windows(
        opened=opened,
        proposal=session.proposal,
        stated_s=min((end for end, _ in limits(terms)), default=None),
        shortest=tuple(Shortest(level, found[level][0]) for level in LEVELS),
        curves=tuple(t.curve(found[i], open_end, opened, likely) for i, t in enumerate(turned)),
    )


@dataclass(frozen=True, slots=True)
class _Part:
    """What is asked about at once: a frontier by its number, or the shortest window at a count."""

    of: int | Level
    points: int


def _told(part: _Part, turned: Sequence[_Turned]) -> str:
    if isinstance(part.of, int):
        return f"frontier: {turned[part.of].lever.id}"
    return f"shortest window: {part.of} count"


def _answered(session: Session, part: _Part) -> dict[int, Answer]:
    """Answer what a part asks, by index of the amount."""
    open_end = without_limits(session.opened.case.proposal(session.proposal))
    if isinstance(part.of, int):
        turned = list(_turned(session, part.points))[part.of]
        replies = _asked(session, turned.lever, turned.amounts, open_end)
    else:
        replies = {0: session.refine(open_end, part.of)}
    return {i: Answer.of(reply, session.opened) for i, reply in replies.items()}


def _asked(
    session: Session, lever: Lever, amounts: Sequence[int], open_end: tuple[str, ...]
) -> dict[int, Reply]:
    """Ask at both ends, then in the middle of what they leave too wide."""
    asked: dict[int, Reply] = {}

    def ask(i: int) -> None:
        # Where some group has no way out, no window at all is enough.
        with contextlib.suppress(BadInput):
            asked[i] = session.ask((*open_end, *lever.settings(amounts[i])))

    if lever.kind == "routes":
        for i in range(len(amounts)):
            ask(i)
        return asked
    spans = [(0, len(amounts) - 1)]
    ask(0)
    ask(len(amounts) - 1)
    while spans:
        a, b = spans.pop()
        if b - a <= max(1, len(amounts) // ASKED) or _near(asked.get(a), asked.get(b)):
            continue
        middle = (a + b) // 2
        ask(middle)
        spans += [(a, middle), (middle, b)]
    return dict(sorted(asked.items()))


def _near(less: Reply | None, more: Reply | None) -> bool:
    """Whether a timetable with less is within reach of the proof with more."""
    if less is None or more is None:
        return False
    cleared = less.plan.answer.clearance_time_s
    return cleared is not None and cleared <= NEAR * more.plan.answer.lower_bound_s


def _points(
    lever: Lever, amounts: Sequence[int], asked: Mapping[int, Reply], open_end: tuple[str, ...]
) -> Iterator[Point]:
    known = {j: reply.plan.answer for j, reply in asked.items()}
    for i, amount in enumerate(amounts):
        cleared = {
            j: t
            for j, answer in known.items()
            if _within(lever, j, i) and (t := answer.clearance_time_s) is not None
        }
        bounds = {j: answer.lower_bound_s for j, answer in known.items() if _within(lever, i, j)}
        best = min(cleared, key=lambda j: (cleared[j], abs(i - j)), default=i)
        proof = max(bounds, key=lambda j: (bounds[j], -abs(i - j)), default=i)
        yield Point(
            amount=amount,
            label=label(lever, amount),
            settings=(*open_end, *lever.settings(amount)),
            window_s=cleared.get(best),
            lower_bound_s=bounds.get(proof, 0),
            window_from=amounts[best],
            bound_from=amounts[proof],
        )


def _within(lever: Lever, less: int, more: int) -> bool:
    """Whether whatever can be done at one index can be done at another."""
    if lever.kind != "routes":
        return less <= more
    choices = _routes_of(lever)
    return set(choices[less]) <= set(choices[more])


def label(lever: Lever, amount: int) -> str:
    """Write an amount of a lever in a few words."""
    if lever.kind == "hours":
        return f"{amount / 3_600:g} h a day"
    if lever.kind == "inspection":
        return f"{amount} s a vehicle"
    if lever.kind == "deadline":
        return f"{amount / 3_600:g} h"
    if lever.kind == "routes":
        return ", ".join(_routes_of(lever)[amount])
    return str(amount)


def _turned(session: Session, points: int) -> Iterator[_Turned]:
    """Levers of the frontier, each with its amounts from least to most to go by."""
    opened = session.opened
    proposal = opened.case.proposal(session.proposal)
    found = levers(opened, proposal)
    hours = False
    for lever in found:
        if lever.kind in ("vehicles", "pace"):
            most = min(3 * lever.now, lever.amounts[-1])
            amounts = _spread(max(1, lever.now // 2), most, 1, points)
            yield _Turned(lever, None, amounts, lever.now)
        elif lever.kind == "inspection":
            slow, fast = min(2 * lever.now, DAY), max(INSPECTION_S, lever.now // 4)
            amounts = _spread(-slow, -fast, INSPECTION_S, points, sign=-1)
            yield _Turned(lever, None, amounts, lever.now)
        elif lever.kind == "hours":
            hours = True
            amounts = _spread(6 * 3_600, DAY, STEPS["hours"], points)
            yield _Turned(lever, None, amounts, lever.now)
    if not hours and (timed := [c for c in proposal.clauses if isinstance(c, TimedClause)]):
        lever = daily_hours(proposal, timed[0], MORNING, range(DAY, DAY + 1))
        assumed = "the terms state no daily hours; here they begin at 06:00"
        amounts = _spread(6 * 3_600, DAY, STEPS["hours"], points)
        yield _Turned(lever, assumed, amounts, DAY)
    routes = _routes(session)
    if routes is not None:
        stand = next(c.corridors for c in proposal.clauses if isinstance(c, RouteClause))
        now = {choice: i for i, choice in enumerate(_routes_of(routes))}.get(stand)
        yield _Turned(routes, None, list(routes.amounts), now)


def _spread(least: int, most: int, step: int, points: int, *, sign: int = 1) -> list[int]:
    """So many amounts, in whole steps, evenly over a range whose ends are among them."""
    least, most = -(-least // step), most // step
    count = max(1, min(points, most - least + 1) - 1)
    return sorted(
        {(least + (most - least) * i // count) * step * sign for i in range(count + 1)},
        reverse=sign < 0,
    )


def _routes_of(lever: Lever) -> list[tuple[str, ...]]:
    names = tuple(lever.of.split(","))
    return [c for n in range(1, len(names) + 1) for c in combinations(names, n)]


def _routes(session: Session) -> Lever | None:
    """Every choice of the corridors that can lead somebody out."""
    proposal = session.opened.case.proposal(session.proposal)
    clause = next((c for c in proposal.clauses if isinstance(c, RouteClause)), None)
    if clause is None:
        return None
    more = [x.of for x in levers(session.opened, proposal) if x.kind == "crossing"]
    named = (*clause.corridors, *more)[:MOST_ROUTES]
    if len(named) < 2:
        return None
    path = f"proposals.{proposal.id}.clauses.{clause.id}.corridors"
    lever = Lever("routes", ",".join(named), clause.id, range(2 ** len(named) - 1), lambda _: ())
    choices = _routes_of(lever)
    return Lever(
        lever.kind,
        lever.of,
        clause.id,
        lever.amounts,
        lambda n: (f"{path}=[{', '.join(choices[n])}]",),
    )


def window_table(found: Windows) -> Table:
    """Write the answer as data with its evidence."""
    dossier = Dossier(found.opened)
    by_count = {s.level: _shortest(s, dossier, found.stated_s) for s in found.shortest}
    likely = by_count["likely"] if "likely" in by_count else next(iter(by_count.values()))
    answer = {
        "proposal": found.proposal,
        "stated_window_s": found.stated_s,
        **likely,
        "by_count": by_count,
        "frontier": [_curve(curve, dossier) for curve in found.curves],
    }
    return dossier.table("window", answer)


def _shortest(found: Shortest, dossier: Dossier, stated: int | None) -> dict[str, Any]:
    answer = found.reply.plan.answer
    window = found.window_s
    return {
        "shortest_window_s": window,
        "lower_bound_s": found.lower_bound_s,
        "gap": answer.gap,
        "persons": answer.persons,
        "stated_is_enough": _enough(found, stated),
        "times_enough": _times(stated, window) if stated is not None and window else None,
        "suffices": dossier.timetable(found.reply),
        "nothing_shorter": dossier.bound(found.reply, "clearance-at-least"),
        "bottleneck": {
            "sentence": answer.bottleneck.sentence,
            "clause_ids": list(answer.bottleneck.clause_ids),
        },
    }


def _times(stated: int, window: int) -> float:
    """How many windows the stated one holds, to four decimals, cut off: never more than it does."""
    return stated * 10_000 // window / 10_000


def _enough(found: Shortest, stated: int | None) -> bool | None:
    """Whether the window stated is enough; None where neither yes nor no is proven."""
    if stated is None:
        return None
    if found.window_s is not None and found.window_s <= stated:
        return True
    return False if found.lower_bound_s > stated else None


def _curve(curve: Curve, dossier: Dossier) -> dict[str, Any]:
    proofs = {r.settings: dossier.bound(r, "clearance-at-least") for r in curve.replies}
    settings = {p.amount: p.settings for p in curve.points}
    return {
        "lever": curve.lever,
        "assumed": curve.assumed,
        "points": [
            {
                "amount": p.amount,
                "label": p.label,
                "settings": list(p.settings),
                "shortest_window_s": p.window_s,
                "lower_bound_s": p.lower_bound_s,
                "window_from": p.window_from,
                "bound_from": p.bound_from,
                "nothing_shorter": proofs.get((*curve.before, *settings[p.bound_from])),
            }
            for p in curve.points
        ],
    }
