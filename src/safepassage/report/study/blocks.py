"""A study as blocks: the same in the terminal, on the page and in Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from safepassage.report.study.sentences import change_words, sentences
from safepassage.report.study.words import (
    fewer,
    interval,
    origin,
    points,
    probability,
    spans,
    unknown,
    value,
)
from safepassage.report.table.blocks import Block, Cell, Grid
from safepassage.report.table.words import amount, lever, span
from safepassage.report.wording import count, duration, joined

__all__ = ["study_blocks"]

Answer = Mapping[str, Any]
Names = Mapping[str, str]

TOLD = 8
"""Drivers in the terminal; the page has all but those to which nothing is due."""
LEAST = 0.0005
"""Share of the variance below which nothing is due to an unknown."""


def study_blocks(answer: Answer, names: Names, *, narrow: bool = False) -> list[Block]:
    """Everything to be told; ``narrow`` leaves out what a terminal cannot hold."""
    blocks = [
        Block("How sure", tuple(sentences(answer, names))),
        Block("Out within", grid=_times(answer)),
        Block(_left_heading(answer), grid=_left(answer, names)),
        Block("Terms that are not always kept", items=tuple(_broken(answer, names))),
        Block(
            "Which unknown matters",
            (_about_drivers(answer), *_no_drivers(answer, names, narrow=narrow)),
            _drivers(answer, names, narrow=narrow),
        ),
        _changes_block(answer, names, narrow=narrow),
    ]
    if answer["robust"] is not None:
        blocks.append(_robust(answer["robust"]))
    blocks += _distributions(answer, names)
    blocks.append(Block("How it was estimated", tuple(_method(answer))))
    return [b for b in blocks if b.items or (b.grid.rows if b.grid is not None else b.words)]


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


def _broken(answer: Answer, names: Names) -> Iterator[Cell]:
    for found in answer["broken"]:
        kind, _, group = found["term"].partition(".")
        if kind == "together":
            what = (
                f"{names.get(group, group)}: the last depart longer after the first than the case "
                "says that they travel together"
            )
        else:
            what = "Linked steps: a convoy is kept waiting longer than the longest hold"
        share = probability(found["p"], found["p_ci"])
        yield Cell(f"{what}, in {share} of the futures ({interval(found['p_ci'])}).")


def _about_drivers(answer: Answer) -> str:
    of = {
        "success": "whether everyone is out in time",
        "left": "how many people are left (nearly all futures end alike otherwise)",
        "clearance": "how long it takes (nearly all futures end alike otherwise)",
    }[answer["drivers_of"]]
    return (
        f"Shares of the variance of {of}. Low and high hold one unknown where a tenth of its "
        "values lie below, or above; the rest is drawn as before. Worth: what it would bring to "
        "know it before choosing among the timetables for the low, likely and high count."
    )


def _drivers(answer: Answer, names: Names, *, narrow: bool) -> Grid:
    shown = answer["drivers"][:TOLD] if narrow else _moving(answer)
    rows = tuple(_driver_row(d, answer, names, narrow=narrow) for d in shown)
    values = () if narrow else ("low", "high")
    head = ("unknown", "with others", "alone", *values, "at low", "at high", "worth")
    return Grid(head, rows, frozenset(range(1, len(head))))


def _moving(answer: Answer) -> list[Answer]:
    """Leave out unknowns to which nothing of the answer is due, and which are worth nothing."""
    measure = answer["drivers_of"]

    def moves(driver: Answer) -> bool:
        share = driver["shares"][measure]
        return share is None or share["total_ci"][1] >= LEAST or _worth_something(driver["worth"])

    return [d for d in answer["drivers"] if moves(d)]


def _worth_something(worth: Answer | None) -> bool:
    return worth is not None and bool(
        round(1_000 * worth["p_ci"][1]) or round(worth["fewer_left_ci"][1])
    )


def _no_drivers(answer: Answer, names: Names, *, narrow: bool) -> Iterator[str]:
    shown = {d["unknown"] for d in _moving(answer)}
    others = [unknown(d["unknown"], names) for d in answer["drivers"] if d["unknown"] not in shown]
    if others and not narrow:
        yield f"Nothing of it is due to: {'; '.join(others)}."


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
                shares[k] += _bracket(interval([low, high]) if high > 0 else "")
    ends = [driver["low"], driver["high"]]
    values = (
        []
        if narrow
        else [dash if e is None else value(driver["unknown"], e["value"]) for e in ends]
    )
    if measure == "success":
        told = [dash if e is None else probability(e["p"]) for e in ends]
        worth = driver["worth"] and _worth_in_points(driver["worth"], narrow=narrow)
    elif measure == "clearance":
        known = [None if e is None else e["ete_50_s"] for e in ends]
        told = [dash if s is None else duration(round(s), up=True) for s in known]
        worth = None
    else:
        told = [dash if e is None else f"{count(round(e['left_mean']))} left" for e in ends]
        worth = driver["worth"] and _worth_in_people(driver["worth"], narrow=narrow)
    cells = (*shares, *values, *told, worth or dash)
    return (Cell(unknown(driver["unknown"], names)), *map(Cell, cells))


def _worth_in_points(worth: Answer, *, narrow: bool) -> str:
    low, high = (points(x) for x in worth["p_ci"])
    certain = narrow or low == high == points(worth["p"])
    return f"{points(worth['p'])} points" + _bracket("" if certain else f"{low} to {high}")


def _worth_in_people(worth: Answer, *, narrow: bool) -> str:
    low, high = (count(round(x)) for x in worth["fewer_left_ci"])
    fewer_left = count(round(worth["fewer_left"]))
    certain = narrow or low == high == fewer_left
    return f"{fewer_left} fewer" + _bracket("" if certain else f"{low} to {high}")


def _bracket(words: str) -> str:
    return f" ({words})" if words else ""


def _changes_block(answer: Answer, names: Names, *, narrow: bool) -> Block:
    """The changes as a grid, or in a terminal as a list: its cells are too long for columns."""
    heading = "What a change to the terms buys"
    shown = [c for c in answer["changes"] if _makes_a_difference(c)]
    words = tuple(_about_changes(answer, len(answer["changes"]) - len(shown)))
    if not narrow:
        return Block(heading, words, _changes(shown, names) if shown else None)
    items = []
    for c in shown:
        what = change_words(c, names)
        said = (
            f"{what[0].upper()}{what[1:]}: {probability(c['p'])} "
            f"({points(c['gain'])} points); on average {fewer(c['fewer_left'])}"
        )
        items.append(Cell(said, (c["clause_id"],) if c["clause_id"] else ()))
    return Block(heading, words, items=tuple(items))


_ABOUT_CHANGES = (
    "One step of each term that can be turned, with a timetable made for it, in the same futures "
    "as the terms as they stand."
)


def _makes_a_difference(change: Answer) -> bool:
    """Tell whether anything but noughts would be shown of a change."""
    return bool(round(1_000 * change["gain"]) or round(change["fewer_left"]))


def _about_changes(answer: Answer, left_out: int) -> Iterator[str]:
    if not answer["changes"]:
        return
    yield _ABOUT_CHANGES
    if left_out:
        p = answer["p_out"] if answer["p_deadline"] is None else answer["p_deadline"]
        sure = "; everyone is out in all futures as it is" if p == 1 else ""
        of = count(len(answer["changes"]))
        yield f"Left out because they make no difference: {count(left_out)} of {of}{sure}."


def _changes(shown: Sequence[Answer], names: Names) -> Grid:
    rows = tuple(
        (
            Cell(lever(c["what"], names), (c["clause_id"],) if c["clause_id"] else ()),
            Cell(amount(c["what"], c["from"])),
            Cell(amount(c["what"], c["to"])),
            Cell(probability(c["p"])),
            Cell(f"{points(c['gain'])} ({points(c['gain_ci'][0])} to {points(c['gain_ci'][1])})"),
            Cell(_signed(c["fewer_left"])),
        )
        for c in shown
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
    many = len(found["candidates"])
    if found["chosen"] == found["candidates"][0]["name"]:
        words = [f"Of {many} timetables none is better than the nominal one by this aim."]
        return Block("Robust timetable", (*words, *_not_made(found)), _candidates(found))
    low, high = found["gain_ci"]
    words = [
        (
            f"Of {many} timetables, the one with which {aims[found['aim']]} is the one made for: "
            f"{found['chosen']}."
        ),
        (
            f"In {count(found['runs'])} other futures, the same for both, everyone is out in "
            f"{probability(found['p'])} with it and in {probability(found['p_nominal'])} with the "
            f"nominal timetable: {points(found['gain'])} points ({points(low)} to "
            f"{points(high)}). On average {fewer(found['fewer_left'])}."
        ),
    ]
    if low <= 0:
        words.append("That it is surer than the nominal one is not shown: it may be chance.")
    if found["later_s"] is not None:
        low, high = found["later_ci_s"]
        minutes = [f"{x / 60:+.0f}".replace("-", "\N{MINUS SIGN}") for x in (low, high)]
        words.append(
            f"Its 95% time is {span(int(found['ete_95_s']), up=True)} against "
            f"{span(int(found['ete_95_nominal_s']), up=True)} (difference {minutes[0]} to "
            f"{minutes[1]} min)."
        )
    return Block("Robust timetable", (*words, *_not_made(found)), _candidates(found))


def _not_made(found: Answer) -> Iterator[str]:
    if found["not_made"]:
        yield f"The terms allow no timetable for: {joined(found['not_made'])}."


def _candidates(found: Answer) -> Grid:
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
    return Grid(head, rows, frozenset({1, 2, 3}))


def _distributions(answer: Answer, names: Names) -> Iterator[Block]:
    """Tell where each distribution is from: those with something assumed, then the others."""
    assumed, sourced = [], []
    for u in answer["unknowns"]:
        why, sources = origin(u["origin"])
        why = why.rstrip(".")
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
