"""Answers to "what would it take"."""

from __future__ import annotations

from collections.abc import Sequence

from safepassage.check.table.cost import check_combination
from safepassage.check.table.evidence import Court, Terms
from safepassage.check.table.parts import Part
from safepassage.check.table.turned import Term, term_of
from safepassage.check.table.words import check_words

__all__ = ["check_needs"]


def check_needs(court: Court) -> None:
    """Check every claim of the answer."""
    answer = Part(court.table.answer, "answer")
    terms = Terms(answer.text("proposal"), answer.level("count"), ())
    if answer.flag("feasible"):
        court.suffices(answer.any("suffices"), terms, answer.at("suffices"))
    else:
        _nothing(court, answer, ("suffices",))
    if answer.any("infeasible") is not None:
        court.ruled_out(answer.any("infeasible"), terms, answer.at("infeasible"))
    for change in answer.parts("changes"):
        _change(court, change, terms)
    for change in answer.parts("not_enough"):
        _not_enough(court, change, terms)
    if answer.any("combination") is not None:
        check_combination(court, answer.part("combination"), terms)


def _term(court: Court, change: Part, terms: Terms) -> Term | None:
    """The term that a change turns, as it stands; None, with a finding, where there is none."""
    term = term_of(change.text("what"), court, terms)
    if term is None:
        message = f"the proposal has nothing of that name to turn: {change.text('what')[:60]!r}"
        court.tell("table-settings-differ", change.at("what"), message)
    elif change.number("from") != term.now:
        message = f"the terms as they stand say {term.now}"
        court.tell("table-figure-differs", change.at("from"), message)
    if term is not None:
        check_words(court, change, terms)
    return term


def _change(court: Court, change: Part, terms: Terms) -> None:
    """A change suffices; what is said not to suffice does not, and is one step less."""
    term, settings, to = _term(court, change, terms), change.texts("settings"), change.number("to")
    if term is None:
        return
    if term.amount(settings, court, terms) != to:
        message = f"the settings do not turn {term.what} to {to}, or change something else"
        court.tell("table-settings-differ", change.at("settings"), message)
        return
    plan = court.suffices(
        change.any("suffices"),
        Terms(terms.proposal, terms.count, settings),
        change.at("suffices"),
    )
    if plan is not None and plan.answer.clearance_time_s != change.maybe("clearance_time_s"):
        message = f"the plan clears in {plan.answer.clearance_time_s} s"
        court.tell("table-figure-differs", change.at("clearance_time_s"), message)
    short = _short(court, change, terms, term)
    _least(court, change, term, short)
    proven = short is not None and short + term.step == to
    if change.flag("proven") is not proven:
        message = f"expected {proven}: {short} is ruled out, {to} suffices"
        court.tell("table-not-one-step", change.at("proven"), message)


def _short(court: Court, change: Part, terms: Terms, term: Term) -> int | None:
    """The amount that is proven not to suffice; None where nothing is proven."""
    given = change.any("less_does_not")
    if given is None:
        return None
    where = change.at("less_does_not")
    less = next((e.settings for e in court.table.evidence if e.id == given), ())
    if not court.ruled_out(given, Terms(terms.proposal, terms.count, less), where):
        return None
    amount = term.amount(less, court, terms)
    if amount is None:
        message = f"what does not suffice changes something else than {term.what}"
        court.tell("table-settings-differ", where, message)
    return amount


def _least(court: Court, change: Part, term: Term, short: int | None) -> None:
    if change.number("step") != abs(term.step):
        court.tell("table-not-one-step", change.at("step"), f"expected {abs(term.step)}")
    least = term.now if short is None else short + term.step
    if change.number("at_least") != least:
        message = f"what is ruled out leaves {least}"
        court.tell("table-not-one-step", change.at("at_least"), message)


def _not_enough(court: Court, change: Part, terms: Terms) -> None:
    """A change that does not suffice, however far it is turned (as far as was tried)."""
    term, most = _term(court, change, terms), change.number("most_tried")
    if term is None:
        return
    short = _short(court, change, terms, term)
    _least(court, change, term, short)
    _nothing(court, change, ("to", "suffices", "clearance_time_s"))
    if change.flag("proven") is not (short == most):
        message = f"expected {short == most}: {short} is ruled out, {most} was the most tried"
        court.tell("table-verdict-differs", change.at("proven"), message)


def _nothing(court: Court, part: Part, keys: Sequence[str]) -> None:
    """Nothing is claimed of what does not suffice."""
    for key in keys:
        if part.any(key) is not None:
            message = "expected null: it does not suffice"
            court.tell("table-verdict-differs", part.at(key), message)
