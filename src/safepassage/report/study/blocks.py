"""A study as blocks: the same in the terminal, on the page and in Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from safepassage.report.study.words import (
    interval,
    origin,
    points,
    probability,
    spans,
    unknown,
)
from safepassage.report.table.blocks import Block, Cell, Grid
from safepassage.report.table.words import amount, lever, span
from safepassage.report.wording import count, duration, plural

__all__ = ["study_blocks"]

Answer = Mapping[str, Any]
Names = Mapping[str, str]

_POLICIES = {
    "slip": "The timetable is held: what is late departs as soon as it can.",
    "replan": "At each event a new timetable is made for those who are left.",
}
TOLD = 8
"""Drivers in the terminal; the page has all."""


def study_blocks(answer: Answer, names: Names, *, narrow: bool = False) -> list[Block]:
    """Everything to be told; ``narrow`` leaves out what a terminal cannot hold."""
    blocks = [
        Block("How sure", tuple(_sentences(answer, names))),
        Block("Out within", grid=_times(answer)),
        Block(_left_heading(answer), grid=_left(answer, names)),
        Block(
            "Which unknown matters",
            (_about_drivers(answer),),
            _drivers(answer, names, narrow=narrow),
        ),
        _changes_block(answer, names, narrow=narrow),
    ]
    if answer["robust"] is not None:
        blocks.append(_robust(answer["robust"]))
    blocks += _distributions(answer, names)
    blocks.append(Block("How it was estimated", tuple(_method(answer))))
    return [b for b in blocks if b.items or (b.grid.rows if b.grid is not None else b.words)]


def _sentences(answer: Answer, names: Names) -> Iterator[str]:
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
    if answer["without_end"] is not None and answer["ete_95_s"] is None:
        yield _unended(answer["without_end"])
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
    said = f"Everyone is out within {', '.join(reached)} of the futures"
    if never is None:
        return f"{said}."
    return f"{said}; in fewer than {never}% does everyone ever get out under these terms."


def _unended(found: Answer) -> str:
    known = [(q, found[f"ete_{q}_s"]) for q in (50, 90, 95)]
    reached = [f"{duration(s, up=True)} in {q}%" for q, s in known if s is not None]
    if not reached:
        return "Were the terms to go on without an end, it would be the same in most futures."
    return (
        "Were the same terms to go on without an end, everyone would be out within "
        f"{', '.join(reached)} of the futures."
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
    what = _change_words(best, names)
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
        f"are helped by {_change_words(by_people, names)}: on average "
        f"{count(round(by_people['fewer_left']))} fewer are left."
    )


def _change_words(change: Answer, names: Names) -> str:
    what = change["what"]
    if what.startswith("crossing"):
        return lever(what, names)
    return f"{lever(what, names)} at {amount(what, change['to'])} instead of " + amount(
        what, change["from"]
    )


def _times(answer: Answer) -> Grid:
    rows = tuple(
        (
            Cell(f"{q}%"),
            Cell("never" if answer[f"ete_{q}_s"] is None else span(answer[f"ete_{q}_s"], up=True)),
            Cell(spans(answer[f"ete_{q}_ci_s"])),
        )
        for q in (50, 90, 95)
    )
    return Grid(("share of futures", "everyone out within", "95% interval"), rows, frozenset({1}))


def _left_heading(answer: Answer) -> str:
    return "Left at the deadline" if answer["deadline_s"] is not None else "Never out"


def _left(answer: Answer, names: Names) -> Grid:
    rows = tuple(
        (
            Cell(names.get(x["group"], x["group"])),
            Cell(count(round(x["mean"]))),
            Cell(count(x["p50"])),
            Cell(count(x["p95"])),
            Cell(probability(x["in_share_of_futures"])),
        )
        for x in answer["left"]
    )
    head = ("group", "on average", "half of futures: up to", "95%: up to", "futures with any")
    return Grid(head, rows, frozenset({1, 2, 3, 4}))


def _about_drivers(answer: Answer) -> str:
    of = "whether everyone is out in time"
    if answer["drivers_of"] == "left":
        of = "how many people are left (nearly all futures end alike otherwise)"
    return (
        f"Shares of the variance of {of}. Low and high hold one unknown where a tenth of its "
        "values lie below, or above; the rest is drawn as before. Worth: what it would bring to "
        "know it before choosing among the timetables for the low, likely and high count."
    )


def _drivers(answer: Answer, names: Names, *, narrow: bool) -> Grid:
    shown = answer["drivers"][: TOLD if narrow else None]
    rows = tuple(_driver_row(d, answer, names, narrow=narrow) for d in shown)
    values = () if narrow else ("low", "high")
    head = ("unknown", "with others", "alone", *values, "at low", "at high", "worth")
    return Grid(head, rows, frozenset(range(1, len(head))))


def _driver_row(driver: Answer, answer: Answer, names: Names, *, narrow: bool) -> tuple[Cell, ...]:
    measure = answer["drivers_of"]
    share = driver["shares"][measure]
    dash = "\N{EN DASH}"
    shares = [dash, dash]
    if share is not None:
        for k, name in enumerate(("total", "first")):
            shares[k] = probability(min(1.0, max(0.0, share[name])))
            if not narrow:
                low, high = (min(1.0, max(0.0, x)) for x in share[f"{name}_ci"])
                shares[k] += f" ({interval([low, high])})"
    ends = [driver["low"], driver["high"]]
    values = [] if narrow else [dash if e is None else _value(e["value"]) for e in ends]
    if measure == "success":
        told = [dash if e is None else probability(e["p"]) for e in ends]
        worth = driver["worth"] and f"{points(driver['worth']['p'])} points"
    else:
        told = [dash if e is None else f"{count(round(e['left_mean']))} left" for e in ends]
        worth = driver["worth"] and f"{count(round(driver['worth']['fewer_left']))} fewer"
    cells = (*shares, *values, *told, worth or dash)
    return (Cell(unknown(driver["unknown"], names)), *map(Cell, cells))


def _value(value: float) -> str:
    """Write the value of an unknown, in whatever unit it has."""
    return count(round(value)) if abs(value) >= 100 else f"{value:.3g}"


def _changes_block(answer: Answer, names: Names, *, narrow: bool) -> Block:
    """The changes as a grid, or in a terminal as a list: its cells are too long for columns."""
    heading = "What a change to the terms buys"
    if not narrow:
        return Block(heading, (_ABOUT_CHANGES,), _changes(answer, names))
    items = []
    for c in answer["changes"]:
        what = _change_words(c, names)
        said = (
            f"{what[0].upper()}{what[1:]}: {probability(c['p'])} "
            f"({points(c['gain'])} points), {_signed(c['fewer_left'])} fewer left"
        )
        items.append(Cell(said, (c["clause_id"],) if c["clause_id"] else ()))
    return Block(heading, (_ABOUT_CHANGES,) if items else (), items=tuple(items))


_ABOUT_CHANGES = (
    "One step of each term that can be turned, with a timetable made for it, in the same futures "
    "as the terms as they stand."
)


def _changes(answer: Answer, names: Names) -> Grid:
    rows = tuple(
        (
            Cell(lever(c["what"], names), (c["clause_id"],) if c["clause_id"] else ()),
            Cell(amount(c["what"], c["from"])),
            Cell(amount(c["what"], c["to"])),
            Cell(probability(c["p"])),
            Cell(f"{points(c['gain'])} ({points(c['gain_ci'][0])} to {points(c['gain_ci'][1])})"),
            Cell(_signed(c["fewer_left"])),
        )
        for c in answer["changes"]
    )
    head = ("term", "from", "to", "everyone out", "points gained", "fewer left")
    return Grid(head, rows, frozenset({1, 2, 3, 4, 5}))


def _signed(number: float) -> str:
    """Write a whole number; one below nothing with its sign."""
    return count(round(number)).replace("-", "\N{MINUS SIGN}")


def _robust(found: Answer) -> Block:
    aims = {
        "deadline": "everyone is out in time in most futures",
        "time": "95% of futures are done soonest",
    }
    gain = f"{points(found['gain'])} points ({points(found['gain_ci'][0])} to "
    gain += f"{points(found['gain_ci'][1])})"
    words = [
        (
            f"Of {len(found['candidates'])} timetables, the one with which "
            f"{aims[found['aim']]} is: {found['chosen']}."
        ),
        (
            f"In {count(found['runs'])} other futures, the same for both, everyone is out in "
            f"{probability(found['p'])} with it and in {probability(found['p_nominal'])} with the "
            f"nominal timetable: {gain}. On average {_signed(found['fewer_left'])} fewer are left."
        ),
    ]
    if found["gain_ci"][0] <= 0:
        words.append("That it is surer than the nominal one is not shown: it may be chance.")
    if found["later_s"] is not None:
        low, high = found["later_ci_s"]
        minutes = [f"{x / 60:+.0f}".replace("-", "\N{MINUS SIGN}") for x in (low, high)]
        words.append(
            f"Its 95% time is {span(int(found['ete_95_s']), up=True)} against "
            f"{span(int(found['ete_95_nominal_s']), up=True)} (difference {minutes[0]} to "
            f"{minutes[1]} min)."
        )
    rows = tuple(
        (
            Cell(c["name"]),
            Cell(probability(c["p"])),
            Cell("never" if c["ete_95_s"] is None else span(int(c["ete_95_s"]), up=True)),
            Cell(count(round(c["left_mean"]))),
        )
        for c in found["candidates"]
    )
    head = ("timetable made for", "everyone out", "95% within", "left on average")
    return Block("Robust timetable", tuple(words), Grid(head, rows, frozenset({1, 2, 3})))


def _distributions(answer: Answer, names: Names) -> Iterator[Block]:
    """Tell where each distribution is from: those with something assumed, then the others."""
    assumed, sourced = [], []
    for u in answer["unknowns"]:
        why, sources = origin(u["origin"])
        name = unknown(u["unknown"], names)
        name = f"{name[0].upper()}{name[1:]}"
        if why or not sources:
            assumed.append(Cell(f"{name}: {why or 'no source is given'}.", sources=sources))
        else:
            sourced.append(Cell(f"{name}.", sources=sources))
    yield Block("Assumed distributions, in whole or in part", items=tuple(assumed))
    yield Block("Distributions that rest on sources alone", items=tuple(sourced))


def _method(answer: Answer) -> Iterator[str]:
    yield (
        "Intervals of probabilities are exact (Clopper and Pearson), those of times lie between "
        "order statistics, those of shares of variance are bootstrapped; all at 95%. They measure "
        "the number of futures, not whether the distributions are right."
    )
    if answer["precision"] is not None:
        level = answer["interval_confidence"]
        reached = "was reached" if answer["precise"] else "was not reached"
        yield (
            f"The precision asked for, {answer['precision']:g} either way, {reached}. The interval "
            f"was looked at on the way, so that the last one is of {level * 100:.3g}%: all looks "
            "together hold with 95%."
        )
    yield f"Seed {answer['seed']}: the same seed gives the same answer, on any machine."
