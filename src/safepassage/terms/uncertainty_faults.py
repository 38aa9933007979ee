"""What can be wrong with distributions, one line a fault."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise

from safepassage.errors import Fault
from safepassage.files import did_you_mean, shown
from safepassage.terms.case import Case
from safepassage.terms.checks.walk import named, walk
from safepassage.terms.document import DocPath
from safepassage.terms.provenance import Citation
from safepassage.terms.uncertainty import (
    TIMES,
    Amount,
    Constant,
    Correlation,
    Distribution,
    Empirical,
    Estimates,
    Exponential,
    Fitted,
    Lognormal,
    Mixture,
    Triangular,
    Uncertainty,
    Uniform,
)

__all__ = ["correlation_root", "uncertainty_faults"]

Where = Callable[[DocPath], str]

Matrix = list[list[float]]

_BOUNDS: Mapping[str, tuple[float, float, str]] = {
    "persons": (0.0, 1e9, "people, 0 or more"),
    "share": (0.0, 1.0, "a share from 0 to 1"),
    "factor": (1e-3, 1e3, "a multiple from 0.001 to 1000"),
    "time": (0.0, 1e9, "a duration with its unit such as 90min, 0 or more"),
}


def uncertainty_faults(uncertainty: Uncertainty, case: Case, where: Where) -> list[Fault]:
    """Return everything that is wrong with the distributions of a case."""
    faults: list[Fault] = []
    for path, distribution, measure in uncertainty.unknowns().values():
        if measure != "comes":
            faults += _distribution(distribution, measure, path, where)
    if uncertainty.each_convoy is not None:
        for at, distribution in uncertainty.each_convoy.times():
            faults += _distribution(distribution, "factor", ("each_convoy", TIMES[at]), where)
    faults += _ids(uncertainty, case, where)
    faults += _repeated(uncertainty, where)
    faults += _correlations(uncertainty, where)
    return faults


def _distribution(
    distribution: Distribution, measure: str, path: DocPath, where: Where
) -> Iterator[Fault]:
    """Tell what is wrong with one distribution: order, weights, range and unit."""
    if isinstance(distribution, Mixture):
        yield from _weights([p.weight for p in distribution.of], (*path, "of"), where)
        for i, part in enumerate(distribution.of):
            inner = (*path, "of", i, "distribution")
            yield from _distribution(part.distribution, measure, inner, where)
        return
    if isinstance(distribution, Fitted):
        if path[:1] != ("suspensions",):
            message = "expected 'fitted' only of suspensions, got it here; state a distribution"
            yield Fault(where(path), "nothing-to-fit", message)
        return
    if isinstance(distribution, Estimates):
        yield from _weights([e.weight for e in distribution.of], (*path, "of"), where)
    if isinstance(distribution, Lognormal | Exponential) and measure == "share":
        message = f"expected a distribution of shares, got {distribution.kind}, which passes 1"
        yield Fault(where(path), "out-of-range", message)
        return
    for key, amount in _amounts(distribution):
        yield from _amount(amount, measure, (*path, *key), where)
    yield from _order(distribution, path, where)


def _amounts(distribution: Distribution) -> list[tuple[DocPath, Amount]]:
    if isinstance(distribution, Constant):
        return [(("value",), distribution.value)]
    if isinstance(distribution, Uniform):
        return [(("low",), distribution.low), (("high",), distribution.high)]
    if isinstance(distribution, Triangular):
        return [((k,), getattr(distribution, k)) for k in ("low", "likely", "high")]
    if isinstance(distribution, Lognormal):
        return [(("quantiles", i, "value"), q.value) for i, q in enumerate(distribution.quantiles)]
    if isinstance(distribution, Exponential):
        return [(("mean",), distribution.mean)]
    if isinstance(distribution, Estimates):
        return [(("of", i, "value"), e.value) for i, e in enumerate(distribution.of)]
    if isinstance(distribution, Empirical):
        return [(("values", i), v) for i, v in enumerate(distribution.values)]
    return []


def _amount(amount: Amount, measure: str, path: DocPath, where: Where) -> Iterator[Fault]:
    least, most, words = _BOUNDS[measure]
    if amount.duration != (measure == "time"):
        got = f"{amount}, a duration" if amount.duration else f"{amount}, without a unit"
        yield Fault(where(path), "wrong-unit", f"{path[-1]}: expected {words}, got {got}")
    elif not least <= amount.value <= most:
        yield Fault(where(path), "out-of-range", f"{path[-1]}: expected {words}, got {amount}")


def _order(distribution: Distribution, path: DocPath, where: Where) -> Iterator[Fault]:
    rising: Sequence[Amount] = ()
    if isinstance(distribution, Uniform):
        rising = (distribution.low, distribution.high)
    elif isinstance(distribution, Triangular):
        rising = (distribution.low, distribution.likely, distribution.high)
    elif isinstance(distribution, Exponential) and distribution.mean.value == 0:
        message = "mean: expected a mean over 0, got 0; a rate cannot be endless"
        yield Fault(where((*path, "mean")), "out-of-range", message)
    if any(b.value < a.value for a, b in pairwise(rising)):
        told = ", ".join(map(str, rising))
        message = f"expected values in rising order, got {told}"
        yield Fault(where(path), "quantiles-out-of-order", message)
    if isinstance(distribution, Lognormal):
        yield from _lognormal(distribution, path, where)


def _lognormal(distribution: Lognormal, path: DocPath, where: Where) -> Iterator[Fault]:
    first, second = distribution.quantiles
    told = f"{first.value} at {first.share} and {second.value} at {second.share}"
    if not 0 < first.share < second.share < 1:
        message = f"expected shares over 0, below 1 and rising, got {told}"
        yield Fault(where((*path, "quantiles")), "quantiles-out-of-order", message)
    elif not 0 < first.value.value < second.value.value:
        message = f"expected values over 0 that rise with their shares, got {told}"
        yield Fault(where((*path, "quantiles")), "quantiles-out-of-order", message)


def _weights(weights: Sequence[Fraction], path: DocPath, where: Where) -> Iterator[Fault]:
    total = sum(weights, Fraction(0))
    if abs(total - 1) > Fraction(1, 10**9):
        message = f"expected weights that sum to 1, got {float(total):g}; mend one of them"
        yield Fault(where(path), "weights-not-one", message)


def _ids(uncertainty: Uncertainty, case: Case, where: Where) -> Iterator[Fault]:
    """Every id names something of the case."""
    known = named(case)
    crossings = frozenset(p.id for p in case.places if p.kind == "crossing")
    uses: list[tuple[DocPath, str, str, Iterable[str]]] = []
    for family in ("people", "refusals", "linked"):
        for i, entry in enumerate(getattr(uncertainty, family)):
            uses.append(((family, i, "groups"), "group", entry.id, entry.groups))
    for i, loss in enumerate(uncertainty.vehicle_loss):
        uses.append((("vehicle_loss", i, "vehicles"), "vehicle type", loss.id, loss.vehicles))
    for family in ("inspection", "holds"):
        for i, entry in enumerate(getattr(uncertainty, family)):
            uses.append(((family, i, "crossings"), "crossing", entry.id, entry.crossings))
    for path, record in walk(uncertainty):
        if isinstance(record, Citation):
            uses.append(((*path, "source"), "source", "", (record.source,)))
    for path, what, _, ids in uses:
        options = crossings if what == "crossing" else known[what]
        for i, name in enumerate(ids):
            if name not in options:
                near = did_you_mean(name, options)
                message = f"expected the id of a {what}, got {shown(name)}{near}"
                at = path if what == "source" else (*path, i)
                yield Fault(where(at), "unknown-id", message)


def _repeated(uncertainty: Uncertainty, where: Where) -> Iterator[Fault]:
    """No id twice in a family, and nothing drawn by two unknowns of a family."""
    parts = (
        ("people", "groups"),
        ("refusals", "groups"),
        ("linked", "groups"),
        ("inspection", "crossings"),
        ("holds", "crossings"),
        ("vehicle_loss", "vehicles"),
        ("weather", None),
    )
    for family, key in parts:
        ids: set[str] = set()
        met: dict[str, str] = {}
        entries = getattr(uncertainty, family)
        for i, entry in enumerate(entries):
            if entry.id in ids:
                message = f"expected each id once, got {shown(entry.id)} again; name it otherwise"
                yield Fault(where((family, i, "id")), "duplicate-id", message)
            ids.add(entry.id)
            # No names mean everything, which nothing else may name then.
            names = (getattr(entry, key) or ("",)) if key is not None else ()
            for name in names:
                other = met.get(name) or (met.get("") if name else next(iter(met.values()), None))
                if other is not None:
                    what = shown(name) if name else "everything"
                    message = f"expected one unknown for each, got {what} here and in {other!r}"
                    yield Fault(where((family, i)), "drawn-twice", message)
                met[name] = entry.id


def _correlations(uncertainty: Uncertainty, where: Where) -> Iterator[Fault]:
    names = list(uncertainty.unknowns())
    seen: set[frozenset[str]] = set()
    before = False
    for i, entry in enumerate(uncertainty.correlations):
        path = ("correlations", i)
        for j, name in enumerate(entry.between):
            if name not in names:
                near = did_you_mean(name, names)
                message = f"expected the name of an unknown, got {shown(name)}{near}"
                yield Fault(where((*path, "between", j)), "unknown-id", message)
                before = True
        pair = frozenset(entry.between)
        if len(pair) == 1 or pair in seen:
            message = f"expected two unknowns, each pair once, got {' and '.join(entry.between)}"
            yield Fault(where(path), "repeated-entry", message)
            before = True
        seen.add(pair)
        if not -1 <= entry.coefficient <= 1:
            message = f"coefficient: expected -1 to 1, got {entry.coefficient:g}"
            yield Fault(where((*path, "coefficient")), "out-of-range", message)
            before = True
    if not before and correlation_root(names, uncertainty.correlations) is None:
        message = (
            "expected correlations that can hold together, got a matrix that is not positive "
            "semidefinite; weaken one of them"
        )
        yield Fault(where(("correlations",)), "correlations-impossible", message)


def correlation_root(names: Sequence[str], correlations: Iterable[Correlation]) -> Matrix | None:
    """Return the lower triangular root of the correlations of some unknowns (Cholesky).

    Parameters
    ----------
    names
        The unknowns; correlations with others are left out.
    correlations
        Each pair once.

    Returns
    -------
    list of lists or None
        Rows and columns in the order of names; None where the correlations cannot hold together,
        for the matrix is not positive semidefinite.
    """
    n = len(names)
    matrix = [[float(i == j) for j in range(n)] for i in range(n)]
    for entry in correlations:
        if set(entry.between) <= set(names):
            i, j = (names.index(name) for name in entry.between)
            matrix[i][j] = matrix[j][i] = entry.coefficient
    root = [[0.0] * n for _ in range(n)]
    for j in range(n):
        rest = matrix[j][j] - sum(x * x for x in root[j][:j])
        if rest < -1e-9:
            return None
        root[j][j] = math.sqrt(max(rest, 0.0))
        for i in range(j + 1, n):
            short = matrix[i][j] - sum(a * b for a, b in zip(root[i][:j], root[j][:j], strict=True))
            if root[j][j] > 1e-6:
                root[i][j] = short / root[j][j]
            elif abs(short) > 1e-6:
                return None
    return root
