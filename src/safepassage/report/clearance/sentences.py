"""The answer in sentences, for terminal and page alike."""

from __future__ import annotations

import math
from fractions import Fraction
from pathlib import Path
from typing import Final, Literal

from safepassage.network.clearance_folder import EXAMPLE
from safepassage.network.road_instance import FOR_GOOD_S
from safepassage.report.clearance.facts import ClearanceFacts
from safepassage.report.wording import count, duration, joined, percent, plural

__all__ = [
    "answer",
    "arrival",
    "bottleneck",
    "by_deadline",
    "contraflow",
    "departures",
    "few_routes",
    "name",
    "proof",
    "seconds",
    "shares",
    "vehicles",
]


MILLIONTH: Final = Fraction(1, 10**6)
"""A gap at which nothing is left to gain."""


def seconds(value: float, *, up: bool = False) -> str:
    """Write a time to the hundredth of a second: ``4,980 s``, ``9,912.36 s``."""
    hundredths = math.ceil(value * 100 - 1e-4) if up else math.floor(value * 100 + 1e-4)
    text = f"{hundredths / 100:,.2f}".removesuffix(".00")
    return f"{text}\N{NO-BREAK SPACE}s"


def _roughly(value: float) -> str:
    """Write a time, rounded down: in seconds where minutes would hide it."""
    return seconds(value) if value < 600 else duration(math.floor(value))


def vehicles(value: float, rounded: Literal["nearest", "down", "up"] = "nearest") -> str:
    """Write a number of vehicles; a fluid may leave parts of one.

    Who is out is not overstated, nor understated who can be at most; amounts of a file are known
    to the millionth.
    """
    hair = {"nearest": 0.5, "down": 1e-6, "up": 1 - 1e-6}[rounded]
    whole = math.floor(value + hair)
    return f"{count(whole)} vehicle{'' if whole == 1 else 's'}"


def name(facts: ClearanceFacts) -> str:
    """The instance as a title."""
    if facts.instance.location == EXAMPLE:
        return "Example town"
    location = facts.instance.location.rstrip("/\\")
    last = location.replace("\\", "/").rpartition("/")[2]
    if last in (".", ".."):
        # The folder that it is here.
        last = Path(location).resolve().name
    return last or facts.instance.location


def answer(facts: ClearanceFacts) -> str:
    """Say whether everyone can get out, and how fast."""
    c = facts.clearance
    everyone = vehicles(float(c.vehicles))
    if c.clearance_time_s is not None:
        last = float(c.clearance_time_s)
        took = f"{duration(math.ceil(last), up=True)} ({seconds(last, up=True)})"
        return f"All {everyone} are out after {took}."
    if c.no_way_out:
        where = joined(list(c.no_way_out[:5]))
        more = f" and {len(c.no_way_out) - 5} more places" if len(c.no_way_out) > 5 else ""
        return (
            f"Not everyone can get out: there is no way out from {where}{more}. "
            f"{vehicles(facts.sent, 'down')} of {count(round(float(c.vehicles)))} have a departure."
        )
    if c.complete:
        return (
            f"Not everyone can get out, however long it takes: {vehicles(facts.sent, 'down')} can."
        )
    return (
        "The search was stopped before everyone had a departure: "
        f"{vehicles(facts.sent, 'down')} of {count(round(float(c.vehicles)))} have one."
    )


def proof(facts: ClearanceFacts) -> str:
    """Say how good the answer is."""
    c = facts.clearance
    if c.lower_bound_s is None:
        return "No lower bound is stated."
    if not facts.clearance.departures:
        return ""
    bound = float(c.lower_bound_s)
    who = "everyone who has a way out" if c.no_way_out else "everyone"
    if c.lower_bound_s >= FOR_GOOD_S:
        return (
            f"That {who} cannot be out is proven: there are more vehicles than roads that shut "
            "for good let through, or than destinations take."
        )
    if facts.exact:
        return "Nothing faster is possible: the clearance time is exact, and proven."
    text = f"It is proven that {who} cannot be out in under {seconds(bound)}"
    if c.gap is not None:
        text += f"; the result is within {_gap(c.gap)} of the best there can be"
    text += "."
    if c.interrupted:
        text += " The search was broken off; it may be that better can be found."
    return text


def _gap(gap: float) -> str:
    if gap * 100 < 1e-4:
        return "a millionth" if gap <= 1e-6 else percent(gap, 4)
    return percent(gap, 4 if gap < 1e-4 else 2, up=True)


def shares(facts: ClearanceFacts) -> str:
    """Say when half of them are out, nine in ten, and all."""
    told = [
        f"{share}% after {duration(math.ceil(at), up=True)}"
        for share, at in facts.out_s.items()
        if at is not None
    ]
    if not told:
        return ""
    return f"Out under this plan: {joined(told)}."


def by_deadline(facts: ClearanceFacts) -> str:
    """Say how many are out by the deadline, and how many could be."""
    c = facts.clearance
    if c.deadline_s is None or c.evacuated_by_deadline is None:
        return ""
    out = vehicles(float(c.evacuated_by_deadline), "down")
    text = f"Within {seconds(float(c.deadline_s))}: {out} out"
    if c.evacuated_at_most is not None and c.evacuated_at_most < c.vehicles:
        text += f"; no more than {vehicles(float(c.evacuated_at_most), 'up')} can be, proven"
    return text + "."


def few_routes(facts: ClearanceFacts) -> str:
    """Say what keeping to few ways out can have cost."""
    price = facts.most_price_s
    if facts.max_routes is None or price is None:
        return ""
    ways = plural(facts.max_routes, "way")
    if price == 0:
        return f"No more than {ways} out of each origin: that costs no time."
    return (
        f"No more than {ways} out of each origin: with any number of them everyone could be out "
        f"at most {seconds(float(price), up=True)} sooner."
    )


def contraflow(facts: ClearanceFacts) -> str:
    """Say what reversing lanes gains, against any plan without, and against any other choice."""
    c = facts.clearance
    if c.contraflow is None:
        return ""
    any_choice = c.contraflow.any_choice_s
    bound = "" if any_choice is None else seconds(float(any_choice))
    if c.contraflow.without is None:
        whichever = (
            f"; whichever give way, everyone cannot be out in under {bound}" if bound else ""
        )
        return f"No lanes are reversed: nothing was found that gains by it{whichever}."
    links = plural(len(c.instance.reversed_links), "link")
    text = f"The lanes of {links} are reversed"
    before = c.contraflow.without.clearance_time_s
    if facts.gain_s is None or before is None:
        return text + ": without that, not everyone can be out."
    text += (
        f": everyone is out {_roughly(float(facts.gain_s))} sooner than in the "
        f"{seconds(float(before), up=True)} with all lanes as they are"
    )
    if facts.gain_at_least_s is not None and facts.gain_at_least_s > 0:
        text += (
            f", and at least {seconds(float(facts.gain_at_least_s))} sooner than in any such plan"
        )
    if not bound:
        return text + "."
    if c.clearance_time_s is not None and c.clearance_time_s <= (any_choice or 0) * (1 + MILLIONTH):
        return f"{text}. No other choice of lanes gains more."
    return f"{text}. Whichever give way, everyone cannot be out in under {bound}."


def arrival(facts: ClearanceFacts) -> str:
    """Say how near the plan is to having as many out as can be, at every moment."""
    told = facts.clearance.arrival
    if told is None:
        return ""
    moments = plural(len(told.points), "moment")
    if told.lag_s < Fraction(1, 1000):
        text = f"At each of {moments} as many are out as any plan can have out by then, proven."
    else:
        text = (
            f"At each of {moments} at least as many are out as any plan can have out "
            f"{seconds(float(told.lag_s), up=True)} sooner, proven."
        )
    none = [
        f"{share}% out before {_roughly(time)}"
        for share, time in facts.no_sooner_s.items()
        if time > 0
    ]
    return f"{text} No plan has {joined(none, 'or')}." if none else text


def departures(facts: ClearanceFacts) -> str:
    """Say what a departure is, and how many there are."""
    some = plural(len(facts.clearance.departures), "departure")
    return f"{some}: vehicles leave at a constant rate from one time to another, by these roads."


def bottleneck(facts: ClearanceFacts) -> str:
    """Say what holds it back."""
    found, bound = facts.clearance.bottleneck, facts.clearance.lower_bound_s
    if found is not None:
        return found.sentence
    if bound is not None and bound >= FOR_GOOD_S:
        return "More time is of no help."
    return "Nothing was found that holds it back."
