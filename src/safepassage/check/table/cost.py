"""Combinations of changes: what the cheapest costs, and that nothing cheaper does."""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from itertools import pairwise

from safepassage.check.table.evidence import Court, Terms
from safepassage.check.table.parts import MalformedError, Part
from safepassage.check.table.turned import Term, term_of, turned_by
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
    for name, weight in weights.items():
        if weight <= 0:
            raise MalformedError(f"{part.at('weights')}.{name}", "expected a weight over 0")
    found = {name: term_of(name, court, terms) for name in weights}
    lost = next((name for name, term in found.items() if term is None), None)
    if lost is not None:
        message = f"the proposal has nothing of that name to turn: {lost[:60]!r}"
        court.tell("table-settings-differ", part.at("weights"), message)
        return
    turned = [term for term in found.values() if term is not None]
    grids = {term.what: _grid(part.part("grids"), term) for term in turned}
    if part.any("cost") is not None:
        _found(court, part, weights, grids, (turned, terms))
    elif part.parts("parts"):
        court.tell("table-cost-differs", part.at("parts"), "expected none without a cost")
    _cheaper(court, part, weights, grids, (turned, terms))


def _grid(found: Part, term: Term) -> list[int]:
    """Amounts from the terms as they stand on, each easier for the convoys than the one before."""
    values = found.wholes(term.what)
    sign = 1 if term.step > 0 else -1
    if values[:1] != [term.now] or any(sign * a >= sign * b for a, b in pairwise(values)):
        message = f"expected amounts from {term.now} on, each further than the one before"
        raise MalformedError(found.at(term.what), message)
    return values


def _found(
    court: Court,
    part: Part,
    weights: Mapping[str, float],
    grids: Mapping[str, list[int]],
    of: tuple[Sequence[Term], Terms],
) -> None:
    """The combination suffices, turns what it is said to turn, and costs so much."""
    turned, terms = of
    settings = part.texts("settings")
    changed = Terms(terms.proposal, terms.count, settings)
    court.suffices(part.any("suffices"), changed, part.at("suffices"))
    amounts = turned_by(settings, turned, court, terms)
    if amounts is None:
        message = "the settings turn terms that have no weight"
        court.tell("table-settings-differ", part.at("settings"), message)
        return
    if abs(_cost(weights, grids, amounts) - part.real("cost")) > _CLOSE:
        message = f"expected {_cost(weights, grids, amounts)}"
        court.tell("table-cost-differs", part.at("cost"), message)
    told = {p.text("what"): (p.number("from"), p.number("to")) for p in part.parts("parts")}
    wanted = {t.what: (t.now, n) for t in turned if (n := amounts[t.what]) != t.now}
    if told != wanted:
        message = f"expected {wanted}, as the settings turn them"
        court.tell("table-settings-differ", part.at("parts"), message)
        return
    for one in part.parts("parts"):
        check_clause(court, one, terms)


def _cost(
    weights: Mapping[str, float], grids: Mapping[str, Sequence[int]], at: Mapping[str, int]
) -> float:
    return sum(
        weight * abs(at[name] - grids[name][0]) / _UNITS.get(name.partition(":")[0], 1)
        for name, weight in weights.items()
    )


def _cheaper(
    court: Court,
    part: Part,
    weights: Mapping[str, float],
    grids: Mapping[str, list[int]],
    of: tuple[Sequence[Term], Terms],
) -> None:
    """Nothing of less than ``cost_at_least`` is left that no certificate rules out."""
    turned, terms = of
    names = list(weights)
    covered: list[Point] = []
    for entry in part.parts("ruled_out"):
        given = entry.any("does_not")
        settings = next((e.settings for e in court.table.evidence if e.id == given), ())
        changed = Terms(terms.proposal, terms.count, settings)
        if not court.ruled_out(given, changed, entry.at("does_not")):
            continue
        amounts = turned_by(settings, turned, court, terms)
        if amounts is None or amounts != entry.whole_numbers("amounts"):
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
