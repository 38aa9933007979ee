"""Answers to "what would it take"."""

from __future__ import annotations

from safepassage.check.table.amounts import amount_of, now_of, paths_of
from safepassage.check.table.cost import check_combination
from safepassage.check.table.evidence import Court, Terms
from safepassage.check.table.parts import Part
from safepassage.check.table.words import check_words
from safepassage.plan.table import STEPS

__all__ = ["check_needs"]


def check_needs(court: Court) -> None:
    """Check every claim of the answer."""
    answer = Part(court.table.answer, "answer")
    terms = Terms(answer.text("proposal"), answer.level("count"), ())
    if answer.flag("feasible"):
        court.suffices(answer.any("suffices"), terms, answer.at("suffices"))
    elif answer.any("infeasible") is not None:
        court.ruled_out(answer.any("infeasible"), terms, answer.at("infeasible"))
    for change in answer.parts("changes"):
        _change(court, change, terms)
        check_words(court, change, terms)
    for change in answer.parts("not_enough"):
        _not_enough(court, change, terms)
        check_words(court, change, terms)
    if answer.any("combination") is not None:
        check_combination(court, answer.part("combination"), terms)


def _change(court: Court, change: Part, terms: Terms) -> None:
    """A change suffices; what is said not to suffice does not, and is one step less."""
    what, settings = change.text("what"), change.texts("settings")
    to = change.number("to")
    if amount_of(what, settings, court, terms) != to:
        message = f"the settings do not turn {what} to {to}, or change something else"
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
    now = now_of(what, settings, court, terms)
    if change.number("from") != now:
        message = f"the terms as they stand say {now}"
        court.tell("table-figure-differs", change.at("from"), message)
    short = _short(court, change, terms, paths_of(settings))
    _steps(court, change, short, to)


def _short(court: Court, change: Part, terms: Terms, paths: frozenset[str] | None) -> int | None:
    """The amount that is proven not to suffice; None where nothing is proven."""
    given = change.any("less_does_not")
    if given is None:
        return None
    where = change.at("less_does_not")
    less = next((e.settings for e in court.table.evidence if e.id == given), ())
    if paths is not None and less and paths_of(less) != paths:
        message = "what does not suffice changes other terms than what does"
        court.tell("table-settings-differ", where, message)
        return None
    if not court.ruled_out(given, Terms(terms.proposal, terms.count, less), where):
        return None
    return amount_of(change.text("what"), less, court, terms)


def _steps(court: Court, change: Part, short: int | None, to: int) -> None:
    step = STEPS.get(change.text("what").partition(":")[0], 0)
    sign = -1 if change.text("what").startswith("inspection") else 1
    if change.number("step") != step:
        court.tell("table-not-one-step", change.at("step"), f"expected {step}")
    least = change.number("from") if short is None else short + sign * step
    if change.number("at_least") != least:
        message = f"what is ruled out leaves {least}"
        court.tell("table-not-one-step", change.at("at_least"), message)
    proven = short is not None and short + sign * step == to
    if change.flag("proven") is not proven:
        message = f"expected {proven}: {short} is ruled out, {to} suffices"
        court.tell("table-not-one-step", change.at("proven"), message)


def _not_enough(court: Court, change: Part, terms: Terms) -> None:
    """A change that does not suffice, however far it is turned (as far as was tried)."""
    most = change.number("most_tried")
    short = _short(court, change, terms, None)
    if change.any("to") is not None:
        court.tell("table-verdict-differs", change.at("to"), "expected null: it does not suffice")
    if change.flag("proven") is not (short == most):
        message = f"expected {short == most}: {short} is ruled out, {most} was the most tried"
        court.tell("table-verdict-differs", change.at("proven"), message)
