"""Proposals side by side: which can be carried out at all, and how long each takes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from safepassage.cases import OpenCase
from safepassage.errors import BadInput
from safepassage.negotiate.evidence import Dossier
from safepassage.negotiate.given import Given, with_given
from safepassage.negotiate.limits import without_limits
from safepassage.negotiate.record import Event, Provision, events, provisions
from safepassage.negotiate.session import Answer, Reply, Session, reopened
from safepassage.plan.document import Level
from safepassage.plan.table import Table
from safepassage.solver import LEVELS
from safepassage.terms.clauses import LinkedClause
from safepassage.terms.proposals import Proposal
from safepassage.terms.protection import not_modelled
from safepassage.terms.provenance import Citation
from safepassage.workers import Crew

__all__ = ["Comparison", "Row", "compare", "compare_table", "verdict_of"]

Progress = Callable[[str], None]

Sizes = Sequence[Mapping[str, int]]

MANY = 4
"""Proposals from which on other processes are worth their start."""

_REASONS = {
    "no-leave-clause": "it says of nobody that they leave",
    "no-start": "it states no start",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One proposal."""

    proposal: Proposal
    replies: Mapping[Level, Reply]
    """By count; empty where it cannot be planned."""
    window: Reply | None
    """At the likely count, without the ends that the terms state."""
    reason: str | None
    """Why it cannot be planned."""
    not_modelled: tuple[str, ...]
    given: frozenset[Level] = frozenset()
    """Counts whose timetable is that of a plan which was given."""

    def timetable(self, level: Level) -> str:
        """How the timetable came about: ``first``, ``refined`` or ``given``."""
        if level in self.given:
            return "given"
        return "refined" if self.replies[level].refined else "first"

    @property
    def likely(self) -> Reply | None:
        """The reply at the likely count."""
        return self.replies.get("likely")


@dataclass(frozen=True, slots=True)
class Comparison:
    """All proposals of a case, and the record."""

    opened: OpenCase
    rows: tuple[Row, ...]
    """In the order in which they were tabled."""
    events: tuple[Event, ...]
    provisions: tuple[Provision, ...]


def verdict_of(reply: Reply) -> bool | None:
    """Whether everyone can be out in time; None where neither yes nor no is proven."""
    if reply.suffices:
        return True
    return False if reply.impossible else None


def compare(
    opened: OpenCase,
    *,
    levels: Iterable[Level] = LEVELS,
    seed: int = 0,
    refined: bool = False,
    given: Given | None = None,
    workers: int = 1,
    progress: Progress | None = None,
) -> Comparison:
    """Put every proposal of a case beside the others.

    Parameters
    ----------
    levels
        Counts of people.
    refined
        Whether to plan each with more care, which takes some times as long.
    given
        Plans made before, as :func:`~safepassage.negotiate.given.given_replies` returns them: each
        stands in for the answer to the same terms where its timetable is better.
    workers
        Processes to plan in, where there is enough to do; the answer does not depend on it. The
        others open the case themselves, so it has to be as it is in its folder; a script
        that asks for more than one process has to begin under ``if __name__ == "__main__"``.
    """
    tell = progress or (lambda _: None)
    wanted = tuple(levels)
    proposals = sorted(opened.case.proposals, key=lambda p: (p.tabled, p.id))
    many = len(proposals) >= MANY or any(map(_is_linked, proposals))
    with Crew(_Asked(opened, seed, refined), workers if many else 1) as crew:
        asked = crew.subject
        reasons: dict[str, str] = {}
        for proposal in proposals:
            try:
                asked.session(proposal.id)
            except BadInput as error:
                fault = error.faults[0]
                reasons[proposal.id] = _REASONS.get(fault.code, fault.message)
        questions = _questions([p for p in proposals if p.id not in reasons], wanted, asked.sizes)
        answers = crew.run(_Asked.answer, questions, lambda q: tell(f"comparing: {q.proposal}"))
    replies: dict[str, dict[Level, list[Reply]]] = {}
    for question, made in zip(questions, answers, strict=True):
        by_level = replies.setdefault(question.proposal, {})
        by_level[question.level] = [reply.reply(opened) for reply in made]
    rows = [
        _row(p, wanted, replies.get(p.id, {}), reasons.get(p.id), given or {}) for p in proposals
    ]
    return Comparison(opened, tuple(rows), events(opened.case), provisions(opened.case))


@dataclass(frozen=True, slots=True)
class _Question:
    """One proposal at one count."""

    proposal: str
    level: Level
    sizes: Sizes


class _Asked:
    """What all questions have in common, and the sessions that answer them."""

    def __init__(self, opened: OpenCase, seed: int, refined: bool) -> None:
        self.opened, self.seed, self.refined = opened, seed, refined
        self._sessions: dict[str, Session] = {}

    def __reduce__(self) -> tuple[Callable[..., _Asked], tuple[Any, ...]]:
        """Have another process open the case itself: terms as objects do not travel."""
        opened = self.opened
        case = (opened.location, opened.overrides, opened.digest)
        return _asked_again, (*case, self.seed, self.refined)

    @property
    def sizes(self) -> Sizes:
        """Convoy sizes to try first: those of the first proposal that can be planned."""
        first = next(iter(self._sessions.values()), None)
        return first.sizes if first is not None else ()

    def session(self, proposal: str, sizes: Sizes | None = None) -> Session:
        """Return the session of a proposal.

        Raises
        ------
        BadInput
            If it cannot be planned.
        """
        if proposal not in self._sessions or sizes is not None:
            self._sessions[proposal] = Session(self.opened, proposal, seed=self.seed, sizes=sizes)
        return self._sessions[proposal]

    def answer(self, question: _Question) -> list[Answer]:
        """Answer under the terms as they stand, and at the likely count without their ends."""
        session = self.session(question.proposal, question.sizes)
        ask = session.refine if self.refined else session.ask
        asked = [ask((), question.level)]
        # A timetable that is in time is also the shortest window found: nobody is late in it.
        if question.level == "likely" and not asked[0].suffices:
            free = without_limits(self.opened.case.proposal(question.proposal))
            asked.append(ask(free, "likely"))
        return [Answer.of(reply, self.opened) for reply in asked]


def _asked_again(
    location: str, settings: tuple[str, ...], digest: str, seed: int, refined: bool
) -> _Asked:
    return _Asked(reopened(location, settings, digest), seed, refined)


def _questions(
    proposals: Sequence[Proposal], levels: Sequence[Level], sizes: Sizes
) -> list[_Question]:
    """All that is asked, what takes longest first: linked steps, then many people."""
    longest = sorted(levels, key=("high", "likely", "low").index)
    linked = [p for p in proposals if _is_linked(p)]
    others = [p for p in proposals if not _is_linked(p)]
    return [_Question(p.id, level, sizes) for p in (*linked, *others) for level in longest]


def _is_linked(proposal: Proposal) -> bool:
    return any(isinstance(c, LinkedClause) for c in proposal.clauses)


def _row(
    proposal: Proposal,
    levels: Sequence[Level],
    replies: Mapping[Level, Sequence[Reply]],
    reason: str | None,
    given: Given,
) -> Row:
    first = {
        level: with_given(replies[level][0], given.get((proposal.id, level)))
        for level in levels
        if level in replies
    }
    better = frozenset(
        level
        for level, reply in first.items()
        if reply.plan.rotations != replies[level][0].plan.rotations
    )
    window = None
    if "likely" in first:
        window = first["likely"] if first["likely"].suffices else replies["likely"][-1]
    return Row(proposal, first, window, reason, tuple(not_modelled(proposal)), better)


def compare_table(found: Comparison) -> Table:
    """Write the answer as data with its evidence."""
    dossier = Dossier(found.opened)
    answer = {
        "proposals": [_proposal(row, dossier, found.opened) for row in found.rows],
        "timeline": [_event(e) for e in found.events],
        "provisions": [_provision(p) for p in found.provisions],
    }
    return dossier.table("compare", answer)


def _proposal(row: Row, dossier: Dossier, opened: OpenCase) -> dict[str, Any]:
    proposal = row.proposal
    names = {p.id: p.name for p in opened.case.parties}
    data: dict[str, Any] = {
        "id": proposal.id,
        "title": proposal.title,
        "status": proposal.status.value,
        "status_date": proposal.history[-1].date.isoformat(),
        "tabled": proposal.tabled.isoformat(),
        "tabled_by": [names.get(p, p) for p in proposal.tabled_by],
        "feasible": None,
        "clearance_time_s": None,
        "lower_bound_s": None,
        "deadline_s": None,
        "evacuated_by_deadline": None,
        "evacuated_at_most": None,
        "shortest_window_s": None,
        "person_hours_waiting": None,
        "bottleneck": None,
        "not_modelled": list(row.not_modelled),
        "cannot_be_planned": row.reason,
        "timetable": None,
        "by_count": None,
        "window": None,
    }
    if row.likely is not None:
        data |= _figures(row.likely)
        data["timetable"] = row.timetable("likely")
        data["by_count"] = {
            level: {
                **_counted(reply),
                "timetable": row.timetable(level),
                "plan": dossier.timetable(reply),
            }
            for level, reply in row.replies.items()
        }
    if row.window is not None:
        data["window"] = _window(row.window, dossier)
        data["shortest_window_s"] = row.window.plan.answer.clearance_time_s
    return data


def _figures(reply: Reply) -> dict[str, Any]:
    answer = reply.plan.answer
    return {
        "feasible": verdict_of(reply),
        "clearance_time_s": answer.clearance_time_s,
        "lower_bound_s": answer.lower_bound_s,
        "deadline_s": answer.deadline_s,
        "evacuated_by_deadline": answer.evacuated_by_deadline,
        "evacuated_at_most": answer.evacuated_at_most,
        "person_hours_waiting": round(answer.person_seconds_waiting / 3_600),
        "bottleneck": {
            "sentence": answer.bottleneck.sentence,
            "clause_ids": list(answer.bottleneck.clause_ids),
        },
    }


def _counted(reply: Reply) -> dict[str, Any]:
    answer = reply.plan.answer
    return {
        "feasible": verdict_of(reply),
        "persons": answer.persons,
        "evacuated_by_deadline": answer.evacuated_by_deadline,
        "evacuated_at_most": answer.evacuated_at_most,
        "clearance_time_s": answer.clearance_time_s,
        "lower_bound_s": answer.lower_bound_s,
        "deadline_s": answer.deadline_s,
        "person_seconds_waiting": answer.person_seconds_waiting,
    }


def _window(reply: Reply, dossier: Dossier) -> dict[str, Any]:
    answer = reply.plan.answer
    return {
        "shortest_window_s": answer.clearance_time_s,
        "lower_bound_s": answer.lower_bound_s,
        "suffices": dossier.timetable(reply),
        "nothing_shorter": dossier.bound(reply, "clearance-at-least"),
    }


def _cited(citations: tuple[Citation, ...]) -> list[str]:
    return [c.source for c in citations]


def _event(event: Event) -> dict[str, Any]:
    return {
        "date": event.date.isoformat(),
        "kind": event.kind,
        "id": event.id,
        "who": event.who,
        "what": event.what,
        "gist": event.gist,
        "support": event.support.value,
        "opinion": event.opinion,
        "sources": _cited(event.cite),
    }


def _provision(p: Provision) -> dict[str, Any]:
    first = p.first
    return {
        "kind": p.kind,
        "subject": p.subject,
        "recurs": p.recurs,
        "first": None
        if first is None
        else {
            "proposal": first.proposal,
            "clause_id": first.clause_id,
            "date": first.tabled.isoformat(),
            "by": list(first.by),
        },
        "accepted": None
        if p.accepted is None
        else {"date": p.accepted[0].isoformat(), "proposal": p.accepted[1]},
        "died": None
        if p.died is None
        else {"date": p.died[0].isoformat(), "proposal": p.died[1], "status": p.died[2]},
        "occurrences": [
            {"proposal": o.proposal, "clause_id": o.clause_id, "support": o.support.value}
            for o in p.occurrences
        ],
    }
