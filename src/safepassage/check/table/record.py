"""What a comparison tells of the record: rows, the timeline and provisions, against the case."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from safepassage.check.table.evidence import Court
from safepassage.check.table.parts import Part
from safepassage.terms.case import Case
from safepassage.terms.proposals import Proposal
from safepassage.terms.provenance import Citation

__all__ = ["check_record", "check_row"]

Event = tuple[str, ...]


def check_row(court: Court, row: Part, proposal: Proposal) -> None:
    """Check what a row says of its proposal besides figures."""
    names = {p.id: p.name for p in court.opened.case.parties}
    wanted: dict[str, Any] = {
        "title": proposal.title,
        "status": proposal.status.value,
        "status_date": proposal.history[-1].date.isoformat(),
        "tabled": proposal.tabled.isoformat(),
        "tabled_by": [names.get(party, party) for party in proposal.tabled_by],
        "not_modelled": [c.id for c in proposal.clauses if not c.honoured],
    }
    for key, value in wanted.items():
        if row.any(key) != value:
            message = f"expected {value}, got {str(row.any(key))[:60]}"
            court.tell("table-words-differ", row.at(key), message)


def check_record(court: Court, answer: Part) -> None:
    """Check the timeline whole, and each provision by the clauses that it is said to be in."""
    case = court.opened.case
    told = [_told(event) for event in answer.parts("timeline")]
    known = Counter(_events(case))
    wrong = [*(Counter(told) - known), *(known - Counter(told))]
    if wrong:
        message = f"the case and the timeline differ in {len(wrong)} events, such as {wrong[0]}"
        court.tell("table-words-differ", answer.at("timeline"), message[:300])
    elif [event[0] for event in told] != sorted(event[0] for event in told):
        court.tell("table-words-differ", answer.at("timeline"), "it is not in the order of time")
    for provision in answer.parts("provisions"):
        _provision(court, provision, case)


def _told(event: Part) -> Event:
    keys = ("date", "kind", "id", "who", "what", "gist", "support", "opinion", "sources")
    return tuple(str(event.any(key)) for key in keys)


def _events(case: Case) -> Iterator[Event]:
    """Everything dated in the case, as the timeline tells it."""
    names = {p.id: p.name for p in case.parties}

    def event(
        of: tuple[Any, str, str, str, str, str | None, str], *, opinion: bool, cite: Any
    ) -> Event:
        return tuple(map(str, (*of, opinion, _sources(cite))))

    for p in case.proposals:
        for h in p.history:
            who = ", ".join(
                names.get(x, x) for x in h.by or (p.tabled_by if h.status == "tabled" else ())
            )
            gist = f"{p.title}: {h.gist}" if h.gist else p.title
            status = h.status.value.replace("_", " ")
            of = (h.date, "status", p.id, who, status, gist, "supported")
            yield event(of, opinion=False, cite=h.cite)
    for s in case.statements:
        yield event(
            (s.date, "statement", s.id, s.speaker, s.gist, None, "supported"),
            opinion=False,
            cite=s.cite,
        )
    for c in case.claims:
        yield event(
            (c.date, "claim", c.id, c.by, c.gist, None, c.support.value),
            opinion=c.opinion,
            cite=c.cite,
        )


def _sources(cite: tuple[Citation, ...]) -> list[str]:
    return [c.source for c in cite]


def _provision(court: Court, part: Part, case: Case) -> None:
    """Clauses of that kind, with their support; dates and endings as the proposals have them."""
    clauses = {(p.id, c.id): c for p in case.proposals for c in p.clauses}
    proposals = {p.id: p for p in case.proposals}
    held: list[Proposal] = []
    for o in part.parts("occurrences"):
        clause = clauses.get((o.text("proposal"), o.text("clause_id")))
        if clause is None or getattr(clause, "kind", None) != part.text("kind"):
            message = f"{o.text('proposal')} has no clause {o.text('clause_id')} of that kind"
            court.tell("table-clause-differs", o.at("clause_id"), message[:300])
            return
        if o.text("support") != clause.support.value:
            message = f"expected {clause.support.value}"
            court.tell("table-words-differ", o.at("support"), message)
        if clause.support.value != "unsupported":
            held.append(proposals[o.text("proposal")])
    if part.flag("recurs") is not (len({p.id for p in held}) > 1):
        court.tell("table-words-differ", part.at("recurs"), "the clauses say otherwise")
    _first(court, part, held)
    _became(court, part, held)


def _first(court: Court, part: Part, held: list[Proposal]) -> None:
    """The first who asked: the earliest of those that sources bear out, or at least dispute."""
    if part.any("first") is None:
        if held:
            court.tell("table-words-differ", part.at("first"), f"expected {held[0].id}")
        return
    first = part.part("first")
    earliest = min((p.tabled for p in held), default=None)
    found = next((p for p in held if p.id == first.text("proposal")), None)
    told = (first.text("date"), first.texts("by"))
    if found is None or told != (str(earliest), found.tabled_by):
        court.tell("table-words-differ", first.where, f"the earliest was tabled on {earliest}")
    elif first.text("clause_id") not in [c.id for c in found.clauses]:
        message = f"{found.id} has no clause {first.text('clause_id')}"
        court.tell("table-clause-differs", first.at("clause_id"), message[:300])


def _became(court: Court, part: Part, held: list[Proposal]) -> None:
    """When it was first accepted, and that it ended only where no holder is accepted or pending."""
    alive = [
        (str(h.date), p.id) for p in held for h in p.history if h.status in ("accepted", "in_force")
    ]
    wanted = min(alive, default=None)
    accepted = part.any("accepted")
    got = (
        None
        if accepted is None
        else tuple(part.part("accepted").text(k) for k in ("date", "proposal"))
    )
    if got != wanted:
        court.tell("table-words-differ", part.at("accepted"), f"expected {wanted}, got {got}"[:300])
    if part.any("died") is None:
        return
    died = part.part("died")
    ends = {(str(p.history[-1].date), p.id, p.status.value) for p in held}
    last = tuple(died.text(key) for key in ("date", "proposal", "status"))
    open_still = [p.id for p in held if p.status in ("tabled", "accepted", "in_force")]
    if open_still or last not in ends or last[0] != max(end[0] for end in ends):
        message = f"{last} is not how the last of {sorted({p.id for p in held})} ended"
        court.tell("table-words-differ", died.where, message[:300])
