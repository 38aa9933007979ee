"""A study in sentences that can be read aloud: the first of what is told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from safepassage.report.study.words import fewer, interval, points, probability, unknown
from safepassage.report.table.words import amount, lever
from safepassage.report.wording import count, duration, plural

__all__ = ["change_words", "sentences"]

Answer = Mapping[str, Any]
Names = Mapping[str, str]

_POLICIES = {
    "slip": "The timetable is held: what is late departs as soon as it can.",
    "replan": "At each event it is planned again for those who are left.",
}


def sentences(answer: Answer, names: Names) -> Iterator[str]:
    """Yield the answer, what it rests on, and what matters most."""
    runs = count(answer["runs"])
    if answer["p_deadline"] is not None:
        p, ends = answer["p_deadline"], answer["p_deadline_ci"]
        yield (
            f"In {_share(p, ends)} of {runs} simulated futures everyone who is willing is out by "
            f"the deadline, {duration(answer['deadline_s'])} after the start: the probability is "
            f"between {interval(ends).replace(' to ', ' and ')}, as far as the distributions hold."
        )
    else:
        p, ends = answer["p_out"], answer["p_out_ci"]
        yield (
            f"The terms set no deadline. In {_share(p, ends)} of {runs} simulated futures "
            f"everyone who is willing gets out ({interval(ends)})."
        )
    if answer["assumed"]:
        number, of = len(answer["assumed"]), len(answer["unknowns"])
        yield (
            f"Of {plural(of, 'distribution')} that this rests on, {count(number)} "
            f"{'is' if number == 1 else 'are'} assumed in whole or in part; below it says which."
        )
    yield _done(answer)
    if answer["cut_short"]["share"]:
        yield _cut_short(answer["cut_short"])
    if answer["drivers"]:
        yield _driver(answer, names)
    if answer["changes"]:
        yield _best_change(answer, names)
    yield _POLICIES[answer["policy"]]


def _share(p: float, ends: Sequence[float]) -> str:
    return {0.0: "none", 1.0: "all"}.get(p, probability(p, ends))


def _done(answer: Answer) -> str:
    known = [(q, answer[f"ete_{q}_s"]) for q in (50, 90, 95)]
    reached = [f"{duration(s, up=True)} in {q}%" for q, s in known if s is not None]
    never = next((q for q, s in known if s is None), None)
    if not reached:
        return "In half of the futures or more, somebody never gets out under these terms."
    deadline = answer["deadline_s"]
    late = deadline is not None and max(s for _, s in known if s is not None) > deadline
    on = ", the operation going on past the deadline" if late else ""
    said = f"Everyone is out within {', '.join(reached)} of the futures{on}"
    if never is None:
        return f"{said}."
    return f"{said}; in fewer than {never}% does everyone ever get out under these terms."


def _cut_short(found: Answer) -> str:
    return (
        f"The answer is too favourable: in {_share(found['share'], [0.0, 1.0])} of the first "
        f"{count(found['futures'])} futures more suspensions or holds would come than the 16 and "
        "48 that are drawn at most; the later ones are left out."
    )


def _driver(answer: Answer, names: Names) -> str:
    first = answer["drivers"][0]
    share = first["shares"][answer["drivers_of"]]
    of = {
        "success": "whether everyone is out in time",
        "left": "how many are left",
        "clearance": "how long it takes",
    }[answer["drivers_of"]]
    if share is None:
        return "Nothing that is unknown makes a difference to the answer."
    alone, total = (min(1.0, max(0.0, share[k])) for k in ("first", "total"))
    name = unknown(first["unknown"], names)
    return (
        f"What matters most: {name}. It accounts for {probability(total)} of the variance of "
        f"{of}, {probability(alone)} by itself."
    )


def _best_change(answer: Answer, names: Names) -> str:
    best = answer["changes"][0]
    what = change_words(best, names)
    if best["gain_ci"][0] > 0:
        return (
            f"Of single steps, {what} buys most certainty: {points(best['gain'])} points "
            f"({points(best['gain_ci'][0])} to {points(best['gain_ci'][1])})."
        )
    by_people = max(answer["changes"], key=lambda c: c["fewer_left"])
    if by_people["fewer_left"] < 1:
        return "No single step that was tried makes the answer surer."
    return (
        "No single step that was tried makes it surer that everyone is out in time; most people "
        f"are helped by {change_words(by_people, names)}: on average "
        f"{fewer(by_people['fewer_left'])}."
    )


def change_words(change: Answer, names: Names) -> str:
    """Write what one step of a term changes."""
    what = change["what"]
    if what.startswith("crossing"):
        return lever(what, names)
    return f"{lever(what, names)} at {amount(what, change['to'])} instead of " + amount(
        what, change["from"]
    )
