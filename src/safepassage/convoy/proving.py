"""From a solved relaxation to a bound that holds in whole numbers, and its certificate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from safepassage.convoy.folding import fold
from safepassage.convoy.linear import entries, optimum
from safepassage.convoy.potentials import settle
from safepassage.convoy.programme import Floats, Ints, Programme
from safepassage.convoy.relaxation import Model
from safepassage.convoy.tours import Tours, add_worthy

__all__ = ["CERTIFICATE_FORMAT", "Proof", "certificate", "load", "prove"]

CERTIFICATE_FORMAT = "safepassage-certificate/1"
SCALE = 10**9
"""Multipliers of certificates are whole numbers of this part of one."""
MOST_TOURS = 60
"""Turns in which tours are added to a programme, at most."""


@dataclass(frozen=True)
class Proof:
    """What a solved relaxation proves, in whole numbers."""

    most: int
    """People out by the moment asked about, at most (rounded down)."""
    short: float
    """By how much the optimum falls short of everybody (people, or loads)."""
    everybody: float
    """Everybody, in the same unit."""
    multipliers: Ints


def prove(
    m: Model,
    *,
    whole: bool,
    seconds: float | None = None,
    alike: Mapping[str, str] | None = None,
    seats: Mapping[str, int] | None = None,
) -> Proof | None:
    """Solve the relaxation and evaluate what its multipliers prove.

    Parameters
    ----------
    whole
        Whether the question is if *all* can be out; then loads may count instead of people.
    seconds
        Time limit.
    alike, seats
        By type, which type may stand for it, and its seats: then a smaller programme is solved
        (:mod:`~safepassage.convoy.folding`), which may prove less.

    Returns
    -------
    The proof, or None where the time was over before the programme was solved.
    """
    lp = m.programme
    gain = np.concatenate(lp.gain)
    weight = _by_vehicle(m) if whole else None
    aim = gain if weight is None else weight
    # Rows over convoys and teams have columns without a narrow limit, which blur weighs heavily on.
    folded = None if weight is None or not alike else fold(lp, aim, alike, seats or {})
    small, small_aim = (lp, aim) if folded is None else (folded.programme, folded.gain)
    solved = optimum(small, small_aim, vertex=_delicate(lp), seconds=seconds)
    for _ in range(MOST_TOURS if m.tours and folded is None else 0):
        if solved is None or not add_worthy(m.tours, solved.multipliers, lp):
            break
        aim = np.concatenate([aim, np.zeros(lp.columns - aim.size)])
        solved = optimum(lp, aim, vertex=_delicate(lp), seconds=seconds)
    if solved is None:
        return None
    found = solved.multipliers if folded is None else folded.unfolded(solved.multipliers)
    target = float(m.target) if weight is None else _everybody(lp, aim)
    scale = 1.0 if weight is None else _scale(lp, found)
    most, multipliers = _evaluate(lp, found, scale, m.tours)
    return Proof(most, target - solved.value, target, multipliers)


def _delicate(lp: Programme) -> bool:
    return any(key[0] in ("spacing", "motion") for key in lp.rows)


def _everybody(lp: Programme, aim: Floats) -> float:
    upper = np.concatenate(lp.upper)
    return float((aim * upper)[aim > 0].sum())


def _scale(lp: Programme, multipliers: Floats) -> float:
    """Factor that makes no seat worth more than one person."""
    worth = max((multipliers[row] for key, row in lp.rows.items() if key[0] == "seats"), default=0)
    return 1.0 / float(worth) if worth > 0 else 1.0


def _evaluate(
    lp: Programme, multipliers: Floats, scale: float, every: Sequence[Tours] = ()
) -> tuple[int, Ints]:
    """Round the multipliers to whole numbers and evaluate the bound they prove, exactly.

    ``scale``: by how much to multiply them, where they come from another objective.
    """
    p = np.rint(multipliers * (SCALE * scale)).astype(np.int64)
    p = np.where(np.array(lp.equal), p, np.maximum(p, 0))
    gain = np.rint(np.concatenate(lp.gain)).astype(np.int64) * SCALE
    p = settle(lp, gain, _people_last(lp, gain, p))
    for tours in every:
        # No tour is worth more than what all of them cost.
        p[tours.every], _ = tours.most(p)
    rows, columns, values = entries(lp)
    whole = np.rint(values).astype(np.int64)
    priced = np.zeros(lp.columns, np.int64)
    np.add.at(priced, columns, p[rows] * whole)
    reduced = gain - priced
    upper = np.concatenate(lp.upper)
    lower = np.concatenate(lp.lower)
    total = sum(int(a) * int(b) for a, b in zip(p, lp.limits, strict=True) if a)
    for i in np.flatnonzero((reduced > 0) & (upper > 0)):
        total += int(reduced[i]) * int(upper[i])
    for i in np.flatnonzero((reduced < 0) & (lower < 0)):
        total += int(reduced[i]) * int(lower[i])
    return total // SCALE, p


def _people_last(lp: Programme, gain: Ints, p: Ints) -> Ints:
    """Give the rows of people the least multipliers that hold with those of seats and rooms."""
    rows, columns, _ = entries(lp)
    person = np.array([key[0] == "people" for key in lp.rows], bool)
    settled = np.where(person, 0, p)
    rest = gain.copy()
    mine = (gain > 0)[columns]
    np.subtract.at(rest, columns[mine], settled[rows[mine]])
    at = mine & person[rows]
    np.maximum.at(settled, rows[at], rest[columns[at]])
    return settled


def _by_vehicle(m: Model) -> Floats | None:
    """Objective that counts loads instead of people, where nobody has a choice of type.

    Whether all can be out does not depend on it, but the multipliers that tell so do: counted in
    people, whoever goes in small vehicles is left first.
    """
    lp = m.programme
    rows, columns, values = entries(lp)
    gain = np.concatenate(lp.gain)
    seats: dict[int, float] = {}
    names = {row: key[0] for key, row in lp.rows.items() if key[0] in ("seats", "people")}
    for row, value in zip(rows.tolist(), values.tolist(), strict=True):
        if names.get(row) == "seats" and value < 0:
            seats[row] = -value
    weight = gain.copy()
    entry_of: dict[int, int] = {}
    for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
        if gain[column] > 0:
            if names.get(row) == "seats":
                weight[column] = 1.0 / seats.get(row, 1.0)
            elif names.get(row) == "people":
                entry_of[row] = entry_of.get(row, 0) + 1
    return weight if all(n == 1 for n in entry_of.values()) else None


def certificate(m: Model, proof: Proof, claim: str, value: int, by: int) -> dict[str, Any]:
    """Write a proof as a certificate (``docs/reference/certificate-format.md``)."""
    families: dict[str, Any] = {}
    for key, index in m.programme.rows.items():
        p = int(proof.multipliers[index])
        name = str(key[0])
        if name in {"ready", "arrived", "boarded"} or (name == "unload" and len(key) == 4):
            families.setdefault("/".join(map(str, key[:3])), []).append(p)
        elif name in {"motion", "people"}:
            families.setdefault(name, []).append(p)
        elif name == "capacity":
            place, direction, first, last = key[1:]
            family = (
                f"{place}/{direction}"
                if place in ("board", "unload")
                else f"capacity/{place}/{direction}"
            )
            if p:
                families.setdefault(_LIMIT + family, []).append([first, last, p])
        elif name in _BY_STRETCH:
            parts = 3 if name in ("rounds", "turns") else 2
            if p:
                families.setdefault("/".join(map(str, key[:parts])), []).append([*key[parts:], p])
        elif name == "tour":
            if p:
                families.setdefault(f"tours/{key[1]}", []).append([*key[2:], p])
        elif name == "time":
            if p:
                families.setdefault(f"time/{key[1]}", []).append([key[2], key[3], p])
        elif p and name not in ("begin", "tours"):
            families["/".join(map(str, key))] = p
    kept = {k: v for k, v in families.items() if not isinstance(v, list) or _some(v)}
    return {
        "format": CERTIFICATE_FORMAT,
        "claim": claim,
        "value": value,
        "by_s": by,
        "grid": [int(g) for g in m.grid],
        "bays": m.bays,
        "scale": SCALE,
        "multipliers": {k.removeprefix(_LIMIT): v for k, v in kept.items()},
        "sentence": "",
    }


_LIMIT = "limit:"
_ROUNDS = ("rounds", "turns", "shared-rounds", "shared-turns")
_STRETCHES = ("stretch-least", "stretch-most", "own-stretch-least", "own-stretch-most")
_BY_STRETCH = frozenset((*_ROUNDS, *_STRETCHES, "stretch-spacing"))
_FLEET = frozenset(
    ("time", "rotations", "whole", "journeys", "tours", "slow", "ready", "begin", *_ROUNDS)
)
"""Families that say how much a type's vehicles can do."""


def _some(values: list[Any]) -> bool:
    return any(values)


def load(m: Model, proof: Proof) -> dict[str, float]:
    """Value of each limit at its multiplier, as a share of the bound."""
    shares: dict[str, float] = {}
    for key, index in m.programme.rows.items():
        p = float(proof.multipliers[index]) / SCALE * m.programme.limits[index]
        if p <= 0:
            continue
        name = str(key[0])
        if index in m.programme.called:
            label = m.programme.called[index]
        elif name == "capacity":
            label = f"{key[1]}/{key[2]}"
        elif name in _FLEET:
            label = f"fleet/{key[1]}"
        elif name in {"spacing", "stretch-spacing"}:
            label = f"{key[1]}/out"
        elif name in {"escorts", "journeys-escorted", "motion"}:
            label = "escorts"
        elif name in ("boarding", "unloading"):
            label = f"{name.removesuffix('ing')}/{key[1]}"
        elif name == "boarded":
            label = f"own/{key[1]}"
        else:
            label = "/".join(map(str, key[:2]))
        shares[label] = shares.get(label, 0.0) + p
    total = sum(shares.values()) or 1.0
    return {k: v / total for k, v in shares.items()}
