"""Proposals side by side: which can be carried out at all, and how long each takes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from safepassage.cases import OpenCase
from safepassage.errors import BadInput
from safepassage.negotiate.evidence import Dossier
from safepassage.negotiate.limits import without_limits
from safepassage.negotiate.record import Event, Provision, events, provisions
from safepassage.negotiate.session import Reply, Session
from safepassage.plan.document import Level
from safepassage.plan.table import Table
from safepassage.solver import LEVELS
from safepassage.terms.proposals import Proposal
from safepassage.terms.protection import not_modelled
from safepassage.terms.provenance import Citation

__all__ = ["Comparison", "Row", "compare", "compare_table", "verdict_of"]

Progress = Callable[[str], None]

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
    progress: Progress | None = None,
) -> Comparison:
    """Put every proposal of a case beside the others.

    Parameters
    ----------
    levels
        Counts of people.
    refined
        Whether to plan each with more care, which takes some times as long.
    """
    tell = progress or (lambda _: None)
    wanted = tuple(levels)
    rows = []
    sizes: tuple[Mapping[str, int], ...] | None = None
    for proposal in sorted(opened.case.proposals, key=lambda p: (p.tabled, p.id)):
        tell(f"comparing: {proposal.id}")
        unplanned = tuple(not_modelled(proposal))
        try:
            session = Session(opened, proposal.id, seed=seed, sizes=sizes)
            sizes = session.sizes
        except BadInput as error:
            fault = error.faults[0]
            reason = _REASONS.get(fault.code, fault.message)
            rows.append(Row(proposal, {}, None, reason, unplanned))
            continue
        rows.append(_row(session, proposal, wanted, unplanned, refined=refined))
    return Comparison(opened, tuple(rows), events(opened.case), provisions(opened.case))


def _row(
    session: Session,
    proposal: Proposal,
    levels: tuple[Level, ...],
    unplanned: tuple[str, ...],
    *,
    refined: bool,
) -> Row:
    ask = session.refine if refined else session.ask
    replies = {level: ask((), level) for level in levels}
    window = None
    if "likely" in replies:
        likely = replies["likely"]
        # A timetable that is in time is also the shortest window found: nobody is late in it.
        window = likely if likely.suffices else ask(without_limits(proposal), "likely")
    return Row(proposal, replies, window, None, unplanned)


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
        "by_count": None,
        "window": None,
    }
    if row.likely is not None:
        data |= _figures(row.likely)
        data["by_count"] = {
            level: {**_counted(reply), "plan": dossier.timetable(reply)}
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
