"""What it would take: the smallest changes that let everyone be out in time, proven both ways.

A change suffices if a timetable shows it, and one step less does not if a certificate shows that.
Where neither is known of the steps between, both ends are told: "at least this, and that suffices".
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from safepassage.cases import OpenCase
from safepassage.negotiate.combine import Combination, cheapest, known_weights
from safepassage.negotiate.evidence import Dossier
from safepassage.negotiate.levers import Lever, levers
from safepassage.negotiate.limits import without_limits
from safepassage.negotiate.session import Answer, Reply, Session
from safepassage.negotiate.window import LONG_S, label
from safepassage.plan.document import Level
from safepassage.plan.table import Table
from safepassage.stop import MaxRuntime
from safepassage.workers import Crew

__all__ = ["Change", "Needs", "needs", "needs_table"]

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Change:
    """How far one lever has to be turned."""

    lever: Lever
    to: int | None
    """The least amount that a timetable shows to suffice; None where none was found."""
    suffices: Reply | None
    short: int | None
    """The largest amount that is proven not to suffice; None where nothing is proven."""
    refused: Reply | None

    @property
    def proven(self) -> bool:
        """Whether one step less is proven not to suffice."""
        return self.to is not None and self.short == self.to - self.lever.amounts.step

    @property
    def at_least(self) -> int:
        """The least amount that is not ruled out."""
        return self.lever.now if self.short is None else self.short + self.lever.amounts.step

    @property
    def hopeless(self) -> bool:
        """Whether even the most that was asked for is proven not to suffice."""
        return self.to is None and self.short == self.lever.amounts[-1]


@dataclass(frozen=True, slots=True)
class Needs:
    """What it would take to carry out a proposal in time, at one count."""

    opened: OpenCase
    proposal: str
    level: Level
    now: Reply
    """The terms as they stand."""
    changes: tuple[Change, ...]
    combination: Combination | None


def needs(
    opened: OpenCase,
    proposal: str | None = None,
    *,
    level: Level = "likely",
    seed: int = 0,
    seconds: float | None = None,
    weights: Mapping[str, float] | None = None,
    workers: int = 1,
    progress: Progress | None = None,
) -> Needs:
    """Find the smallest single changes of a proposal that suffice.

    Parameters
    ----------
    level
        The count of people.
    seconds
        Time to spend on each change where the quick answers leave steps open.
    weights
        Cost of one unit by lever (``vehicles:bus``, ``hours:CLAUSE``, ``deadline`` ...), for the
        cheapest combination; without any, none is looked for.
    workers
        Processes to ask in, where answers take long; as for
        :func:`~safepassage.negotiate.compare.compare`.

    Raises
    ------
    BadInput
        If the proposal does not exist, cannot be planned, or a weight names no lever.
    """
    tell = progress or (lambda _: None)
    session = Session(opened, proposal, seed=seed)
    terms = opened.case.proposal(session.proposal)
    begin = time.monotonic()
    now = session.refine((), level)
    slow = time.monotonic() - begin > LONG_S
    if now.suffices:
        return Needs(opened, session.proposal, level, now, (), None)
    found = levers(opened, terms)
    if weights:
        known_weights(found, weights)
    # A deadline takes longest to narrow down, so nobody should begin with it last.
    order = sorted(range(len(found)), key=lambda i: found[i].kind != "deadline")
    parts = [_Part(i, level, seconds) for i in order]
    combination = None
    with Crew(session, workers if slow else 1) as crew:
        searched = crew.run(
            _searched, parts, lambda p: tell(f"what it would take: {found[p.lever].id}")
        )
        by_lever = {p.lever: s for p, s in zip(parts, searched, strict=True)}
        changes = [by_lever[i].change(lever, opened) for i, lever in enumerate(found)]
        if weights:
            tell("cheapest combination")
            alone = [(c.lever, c.to) for c in changes]
            combination = cheapest(session, found, weights, level, alone, crew)
    return Needs(opened, session.proposal, level, now, tuple(changes), combination)


@dataclass(frozen=True, slots=True)
class _Part:
    """The search along one lever, by its number."""

    lever: int
    level: Level
    seconds: float | None


@dataclass(frozen=True, slots=True)
class _Found:
    """What a search came to, as it travels between processes."""

    to: int | None
    suffices: Answer | None
    short: int | None
    refused: Answer | None

    def change(self, lever: Lever, opened: OpenCase) -> Change:
        """Put the case and the lever into it again."""
        suffices, refused = (
            None if a is None else a.reply(opened) for a in (self.suffices, self.refused)
        )
        return Change(lever, self.to, suffices, self.short, refused)


def _searched(session: Session, part: _Part) -> _Found:
    """Search along one lever."""
    proposal = session.opened.case.proposal(session.proposal)
    lever = levers(session.opened, proposal)[part.lever]
    change = _Search(session, lever, part.level).run(part.seconds)
    suffices, refused = (
        None if r is None else Answer.of(r, session.opened)
        for r in (change.suffices, change.refused)
    )
    return _Found(change.to, suffices, change.short, refused)


class _Search:
    """Narrows down the least step of one lever that suffices."""

    def __init__(self, session: Session, lever: Lever, level: Level) -> None:
        self.session, self.lever, self.level = session, lever, level
        self.short = -1
        """Last index proven not to suffice."""
        self.enough = len(lever.amounts)
        """First index that suffices."""
        self.replies: dict[int, Reply] = {}

    def run(self, seconds: float | None) -> Change:
        """Search; with ``seconds``, work harder on what stays open."""
        self._begin()
        self._halve_to_yes()
        self._halve_to_no()
        self._narrow()
        if seconds is not None:
            self._press(seconds)
        amounts = self.lever.amounts
        yes = self.enough < len(amounts)
        return Change(
            lever=self.lever,
            to=amounts[self.enough] if yes else None,
            suffices=self.replies[self.enough] if yes else None,
            short=amounts[self.short] if self.short >= 0 else None,
            refused=self.replies.get(self.short),
        )

    def _begin(self) -> None:
        """Look at the terms as they stand, and at the most that can be asked for."""
        self._look(0)
        last = len(self.lever.amounts) - 1
        if self.lever.kind != "deadline":
            self._look(last)
            return
        # How long it takes without a deadline brackets the deadline.
        terms = self.session.opened.case.proposal(self.session.proposal)
        answer = self.session.refine(without_limits(terms), self.level).plan.answer
        step = self.lever.amounts.step
        below = (answer.lower_bound_s - 1 - self.lever.now) // step
        if 0 < below <= last:
            self._look(below)
        if answer.clearance_time_s is not None:
            first = -(-(answer.clearance_time_s - self.lever.now) // step)
            for i in range(max(first, 1), min(first + 3, last + 1)):
                if self._look(i).suffices:
                    break

    def _look(self, i: int, reply: Reply | None = None) -> Reply:
        if reply is None:
            settings = self.lever.settings(self.lever.amounts[i])
            reply = self.session.ask(settings, self.level)
            if not reply.suffices and not reply.impossible:
                reply = self.session.refine(settings, self.level)
        if reply.suffices and i < self.enough:
            self.enough, self.replies[i] = i, reply
        if reply.impossible and i > self.short:
            self.short, self.replies[i] = i, reply
        return reply

    def _halve_to_yes(self) -> None:
        """Find a step that suffices with none tried below it that does."""
        low = self.short
        while self.enough < len(self.lever.amounts) and self.enough - low > 1:
            middle = (low + self.enough) // 2
            if not self._look(middle).suffices:
                low = middle
            low = max(low, self.short)

    def _halve_to_no(self) -> None:
        """Find a step that is ruled out with none tried above it that is."""
        high = min(self.enough, len(self.lever.amounts) - 1)
        while high - self.short > 1:
            middle = (self.short + high) // 2
            if not self._look(middle).impossible:
                high = middle
            high = min(high, self.enough)

    def _narrow(self) -> None:
        """Refine the steps next to the two ends once more."""
        for end, side in (("enough", -1), ("short", 1)):
            for _ in range(NARROWED):
                i = getattr(self, end) + side
                if not self.short < i < self.enough or i >= len(self.lever.amounts):
                    break
                settings = self.lever.settings(self.lever.amounts[i])
                reply = self._look(i, self.session.refine(settings, self.level))
                if not (reply.suffices if side < 0 else reply.impossible):
                    break

    def _press(self, seconds: float) -> None:
        """Work on the middle of what is open, for so many seconds in all."""
        left = max(0, min(self.enough, len(self.lever.amounts)) - self.short - 1)
        rounds = max(1, left.bit_length())
        for _ in range(rounds):
            if not self.short + 1 < min(self.enough, len(self.lever.amounts)):
                return
            i = (self.short + min(self.enough, len(self.lever.amounts))) // 2
            settings = self.lever.settings(self.lever.amounts[i])
            stop = MaxRuntime(seconds / rounds)
            self._look(i, self.session.press(settings, self.level, stop=stop))


NARROWED = 3
"""Steps that are refined at each end of what is open."""


def needs_table(found: Needs) -> Table:
    """Write the answer as data with its evidence."""
    dossier = Dossier(found.opened)
    answer = {
        "proposal": found.proposal,
        "count": found.level,
        "feasible": found.now.suffices,
        "infeasible": dossier.refusal(found.now),
        "suffices": dossier.timetable(found.now) if found.now.suffices else None,
        "changes": [_change(c, dossier) for c in found.changes if c.to is not None],
        "not_enough": [_change(c, dossier) for c in found.changes if c.to is None],
        "combination": _combination(found.combination, dossier),
    }
    return dossier.table("needs", answer)


def _change(change: Change, dossier: Dossier) -> dict[str, Any]:
    lever, reply = change.lever, change.suffices
    return {
        "what": lever.id,
        "from": lever.now,
        "to": change.to,
        "at_least": change.at_least,
        "most_tried": lever.amounts[-1],
        "step": abs(lever.amounts.step),
        "unit": UNITS[lever.kind],
        "label": label(lever, change.to if change.to is not None else lever.amounts[-1]),
        "clause_id": lever.clause_id,
        "clearance_time_s": reply.plan.answer.clearance_time_s if reply is not None else None,
        "settings": list(lever.settings(change.to)) if change.to is not None else [],
        "proven": change.proven or change.hopeless,
        "suffices": dossier.timetable(reply) if reply is not None else None,
        "less_does_not": dossier.refusal(change.refused) if change.refused is not None else None,
    }


UNITS: Mapping[str, str] = {
    "vehicles": "vehicles",
    "escorts": "teams",
    "pace": "people a period",
    "hours": "seconds a day",
    "inspection": "seconds a vehicle",
    "crossing": "ways out",
    "deadline": "seconds after the start",
}


def _combination(found: Combination | None, dossier: Dossier) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "weights": dict(found.weights),
        "grids": {name: list(amounts) for name, amounts in found.grids.items()},
        "cost": found.cost,
        "cost_at_least": found.cost_at_least,
        "parts": [
            {"what": lever.id, "from": lever.now, "to": to, "clause_id": lever.clause_id}
            for lever, to in found.parts
        ],
        "settings": list(found.settings),
        "suffices": dossier.timetable(found.reply) if found.reply is not None else None,
        "ruled_out": [
            {"amounts": dict(amounts), "does_not": dossier.refusal(reply)}
            for amounts, reply in found.ruled_out
        ],
    }
