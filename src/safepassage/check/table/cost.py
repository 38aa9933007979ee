"""Combinations of changes: what the cheapest costs, and that nothing cheaper does."""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence

from safepassage.check.table.amounts import amount_of, now_of
from safepassage.check.table.evidence import Court, Terms
from safepassage.check.table.parts import MalformedError, Part
from safepassage.check.table.words import check_clause

__all__ = ["check_combination"]

_UNITS = {"hours": 3_600, "inspection": 10, "deadline": 3_600}
"""What a weight is for, where it is not one."""
_MOST = 200_000
"""Combinations gone through, at most."""
_CLOSE = 1e-9

Point = tuple[int, ...]


def check_combination(court: Court, part: Part, terms: Terms) -> None:
    """Check the combination that suffices, its cost, and that all that is cheaper is ruled out."""
    weights = part.numbers("weights")
    grids = _grids(part, weights)
    settings = part.texts("settings")
    if part.any("cost") is not None:
        of = Terms(terms.proposal, terms.count, settings)
        court.suffices(part.any("suffices"), of, part.at("suffices"))
        amounts = _turned(court, weights, settings, terms, grids)
        if amounts is None:
            message = "the settings turn terms that have no weight"
            court.tell("table-settings-differ", part.at("settings"), message)
        elif abs(_cost(weights, grids, amounts) - part.real("cost")) > _CLOSE:
            message = f"expected {_cost(weights, grids, amounts)}"
            court.tell("table-cost-differs", part.at("cost"), message)
        if amounts is not None:
            _parts(court, part, grids, amounts, terms)
    _cheaper(court, part, weights, grids, terms)


def _parts(
    court: Court,
    part: Part,
    grids: Mapping[str, Sequence[int]],
    amounts: Mapping[str, int],
    terms: Terms,
) -> None:
    """The parts told are what the settings turn, each once, with the clause that states it."""
    told = part.parts("parts")
    got = [(p.text("what"), p.number("from"), p.number("to")) for p in told]
    turned = [(n, grids[n][0], to) for n, to in amounts.items() if to != grids[n][0]]
    if sorted(got) != sorted(turned):
        court.tell("table-figure-differs", part.at("parts"), f"the settings turn {turned}"[:300])
    for one in told:
        check_clause(court, one, terms)


def _grids(part: Part, weights: Mapping[str, float]) -> dict[str, list[int]]:
    found = part.part("grids")
    grids: dict[str, list[int]] = {}
    for name in weights:
        values = found.any(name)
        if not isinstance(values, list) or not values or not all(type(v) is int for v in values):
            raise MalformedError(found.at(name), "expected a list of whole numbers")
        grids[name] = values
    return grids


def _cost(
    weights: Mapping[str, float], grids: Mapping[str, Sequence[int]], at: Mapping[str, int]
) -> float:
    return sum(
        weight * abs(at[name] - grids[name][0]) / _UNITS.get(name.partition(":")[0], 1)
        for name, weight in weights.items()
    )


def _turned(
    court: Court,
    weights: Mapping[str, float],
    settings: Sequence[str],
    terms: Terms,
    grids: Mapping[str, Sequence[int]],
) -> dict[str, int] | None:
    """How far settings turn each term that has a weight; None where they change anything else."""
    rest = list(settings)
    amounts = {name: grid[0] for name, grid in grids.items()}
    for name in weights:
        mine = [s for s in rest if amount_of(name, [s], court, terms) is not None]
        mine = [s for s in mine if _about(name, s, court, terms, grids[name])]
        if mine:
            amount = amount_of(name, mine, court, terms)
            if amount is None or now_of(name, mine, court, terms) != grids[name][0]:
                return None
            amounts[name] = amount
            rest = [s for s in rest if s not in mine]
    return None if rest else amounts


def _about(name: str, setting: str, court: Court, terms: Terms, grid: Sequence[int]) -> bool:
    """Whether a setting is of the very place or corridor that a term is named after."""
    kind, _, of = name.partition(":")
    if kind == "inspection":
        if setting.startswith("places."):
            return setting.startswith(f"places.{of}.")
        clause = setting.split(".")[3]
        proposal = court.opened.case.proposal(terms.proposal)
        return any(c.id == clause and getattr(c, "crossing", "") == of for c in proposal.clauses)
    if kind == "crossing":
        return amount_of(name, [setting], court, terms) == grid[-1]
    return True


def _cheaper(
    court: Court,
    part: Part,
    weights: Mapping[str, float],
    grids: Mapping[str, list[int]],
    terms: Terms,
) -> None:
    """Nothing of less than ``cost_at_least`` is left that no certificate rules out."""
    names = list(weights)
    covered: list[Point] = []
    for entry in part.parts("ruled_out"):
        given = entry.any("does_not")
        settings = next((e.settings for e in court.table.evidence if e.id == given), ())
        of = Terms(terms.proposal, terms.count, settings)
        if not court.ruled_out(given, of, entry.at("does_not")):
            continue
        amounts = _turned(court, weights, settings, terms, grids)
        if amounts is None or amounts != {k: int(v) for k, v in entry.numbers("amounts").items()}:
            message = "the certificate is of other amounts than stated"
            court.tell("table-settings-differ", entry.where, message)
            continue
        if all(amounts[n] in grids[n] for n in names):
            covered.append(tuple(grids[n].index(amounts[n]) for n in names))
    least = part.real("cost_at_least")
    left = _cheapest_left([grids[n] for n in names], names, weights, covered)
    if least > left + _CLOSE:
        message = f"a combination that costs {left:g} is not ruled out"
        court.tell("table-cost-differs", part.at("cost_at_least"), message)


def _cheapest_left(
    grids: Sequence[Sequence[int]],
    names: Sequence[str],
    weights: Mapping[str, float],
    covered: Sequence[Point],
) -> float:
    """Cost of the cheapest combination that no certificate rules out."""

    def cost(point: Point) -> float:
        at = {n: grid[i] for n, grid, i in zip(names, grids, point, strict=True)}
        return _cost(weights, dict(zip(names, grids, strict=True)), at)

    start = (0,) * len(grids)
    heap = [(0.0, start)]
    seen = {start}
    while heap and len(seen) < _MOST:
        price, point = heapq.heappop(heap)
        if not any(all(i <= j for i, j in zip(point, p, strict=True)) for p in covered):
            return price
        for k, grid in enumerate(grids):
            if point[k] + 1 < len(grid):
                after = (*point[:k], point[k] + 1, *point[k + 1 :])
                if after not in seen:
                    seen.add(after)
                    heapq.heappush(heap, (cost(after), after))
    return float("inf") if not heap else 0.0
