"""Which unknowns of a case bear on a timetable, and where each is from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from safepassage.cases import OpenCase, open_case
from safepassage.errors import BadInput
from safepassage.simulate.draws import Draws, People, Target
from safepassage.simulate.draws_code import Code, coded, encode, steps
from safepassage.simulate.draws_fit import Record, fitted, record_of
from safepassage.simulate.draws_kernel import EXPONENTIAL, LOGNORMAL
from safepassage.simulate.timetable import Timetable
from safepassage.simulate.timetable_terms import Terms
from safepassage.terms.clauses import LinkedClause
from safepassage.terms.groups import Group
from safepassage.terms.uncertainty import (
    TIMES,
    UNCERTAINTY_FORMAT,
    Estimates,
    Fitted,
    Mixture,
    Uncertainty,
)
from safepassage.terms.uncertainty_faults import correlation_root
from safepassage.terms.uncertainty_load import UNCERTAINTY_FILE

__all__ = ["ASSUMED", "Unknowns", "unknowns_of"]


def _assumed_triangle(likely: float, high: float, low: float, why: str) -> dict[str, Any]:
    return {"kind": "triangular", "low": low, "likely": likely, "high": high, "assumed": why}


ASSUMED = Uncertainty.model_validate(
    {
        "format": UNCERTAINTY_FORMAT,
        "boarding": _assumed_triangle(1, 1.5, 0.8, "the case says nothing of how times vary"),
        "driving": _assumed_triangle(1, 1.5, 0.9, "the case says nothing of how times vary"),
        "inspection": [
            {
                "id": "posts",
                "factor": _assumed_triangle(1, 1.5, 0.8, "the case says nothing of how times vary"),
            }
        ],
    }
)
"""What is taken where a case has no ``uncertainty.yaml``: no stop, hold, loss or weather."""


@dataclass(slots=True)
class Unknowns:
    """The unknowns of a timetable: names and origins by column, and how they are drawn."""

    names: list[str] = field(default_factory=list)
    origins: list[str] = field(default_factory=list)
    """Of each unknown: the sources cited, and what is assumed."""
    codes: list[Code] = field(default_factory=list)
    beside: tuple[tuple[str, str], ...] = ()
    """What is drawn again and again and has no column: names and origins."""
    draws: Draws = field(init=False)

    def add(self, name: str, code: Code, origin: str) -> int:
        """Add an unknown; return its column."""
        self.names.append(name)
        self.codes.append(code)
        self.origins.append(origin)
        return len(self.names) - 1


def unknowns_of(opened: OpenCase, terms: Terms, timetable: Timetable) -> Unknowns:
    """Return the unknowns that bear on a timetable of a case.

    Raises
    ------
    BadInput
        If a distribution is to be fitted and the record does not suffice.
    """
    stated = opened.uncertainty or ASSUMED
    return _Builder(opened, stated, terms, timetable).build()


class _Builder:
    """Goes through the families of unknowns and keeps those that bear on the timetable."""

    def __init__(
        self, opened: OpenCase, stated: Uncertainty, terms: Terms, timetable: Timetable
    ) -> None:
        self.opened, self.stated = opened, stated
        self.terms, self.timetable = terms, timetable
        self.found = Unknowns()
        self.all = stated.unknowns()
        self.groups = {name: i for i, name in enumerate(timetable.groups)}
        self.used = {
            timetable.crossings[server // 2]
            for server in timetable.tables.step[timetable.tables.step[:, 0] == 3, 2]
        }

    def build(self) -> Unknowns:
        """Return the unknowns."""
        people = self._people()
        refusing = self._targets("refusals", "refusal", self._group_entries)
        stated, found = self.stated, self.found
        boarding = self._add("boarding") if stated.boarding is not None else None
        driving = self._add("driving") if stated.driving is not None else None
        inspecting = self._targets("inspection", "inspection", self._servers)
        lost = self._targets("vehicle_loss", "loss", self._vehicles)
        holds = []
        for hold in stated.holds:
            where = [c for c in hold.crossings if c in self.used]
            if where:
                columns = self._add(f"hold.{hold.id}"), self._add(f"release.{hold.id}")
                at = [self.timetable.crossings.index(c) for c in where]
                holds.append((*columns, np.array(at, np.int64)))
        suspension = None
        if stated.suspensions is not None:
            suspension = self._add("suspension.onset"), self._add("suspension.length")
        late, part, sides = self._sides()
        weather = []
        for entry in stated.weather:
            name = f"weather.{entry.id}"
            keys = (name, *(f"{name}.{key}" for key in ("onset", "length", "factor")))
            weather.append(tuple(self._add(key) for key in keys))
        root = None
        if any(set(c.between) <= set(found.names) for c in stated.correlations):
            root = np.array(correlation_root(found.names, stated.correlations))
        own = list(stated.each_convoy.times()) if stated.each_convoy is not None else []
        found.beside = tuple((f"each_convoy.{TIMES[at]}", _origin(x)) for at, x in own)
        found.draws = Draws(
            coded=coded(found.codes),
            root=root,
            people=tuple(people),
            refusing=refusing,
            part=part,
            late=late,
            boarding=boarding,
            driving=driving,
            inspecting=inspecting,
            lost=lost,
            holds=tuple(holds),
            suspension=suspension,
            weather=tuple((a, b, c, d) for a, b, c, d in weather),
            own=tuple((at, column) for column, (at, _) in enumerate(own)),
            own_coded=coded([encode(x) for _, x in own]) if own else None,
            refused_share=np.array([float(self.terms.refusing(g)) for g in self.groups]),
            sizes=(
                len(self.groups),
                len(self.timetable.crossings),
                len(self.timetable.vehicles),
                len(self.timetable.rotations),
            ),
            sides=sides,
        )
        return found

    def _add(self, name: str) -> int:
        _, distribution, measure = self.all[name]
        if measure == "comes":
            share = float(distribution.value)
            code = steps([0.0, 1.0], [1.0 - share, share])
        elif isinstance(distribution, Fitted):
            code = self._fit(distribution, name)
        else:
            code = encode(distribution)
        return self.found.add(name, code, _origin(distribution))

    def _fit(self, distribution: Fitted, name: str) -> Code:
        records = [record_of(self.opened.observations)]
        records += [record_of(open_case(case).observations) for case in distribution.cases]
        of = "onset" if name.endswith("onset") else "length"
        found = fitted(distribution.family, records, "onset" if of == "onset" else "length")
        if found is None:
            record = _told(records)
            message = (
                f"expected stops in observations.csv to fit {name} to, got {record}; "
                "state a distribution instead"
            )
            where = str(self.opened.folder / UNCERTAINTY_FILE)
            raise BadInput.one(where, "nothing-to-fit", message)
        family, parameters = found
        if family == "empirical":
            return steps(parameters, [1 / len(parameters)] * len(parameters))
        return (EXPONENTIAL if family == "exponential" else LOGNORMAL), parameters

    def _people(self) -> list[People]:
        found: list[People] = []
        groups = {g.id: g for g in self.terms.leaving}
        met: set[str] = set()
        for entry in self.stated.people:
            mine = [groups[g] for g in entry.groups if g in groups]
            met |= {g.id for g in mine}
            # Groups that do not leave under these terms are counted with the others.
            whole = [g for g in self.opened.case.groups if g.id in entry.groups]
            if mine:
                column = self._add(f"people.{entry.id}")
                found.append(_counted(column, whole, self.groups))
        for group in self.terms.leaving:
            if group.id not in met:
                persons = group.persons
                counts = [persons.at(level).value for level in ("low", "likely", "high")]
                name = f"people.{group.id}"
                name = name if name not in self.found.names else f"{name}.count"
                origin = "assumed: a triangle over the case's low, likely and high counts"
                column = self.found.add(name, (2, tuple(map(float, counts))), origin)
                found.append(_counted(column, [group], self.groups))
        return found

    def _targets(self, family: str, word: str, entries: Any) -> tuple[Target, ...]:
        found = []
        for entry in getattr(self.stated, family):
            at = entries(entry)
            if len(at):
                found.append(Target(self._add(f"{word}.{entry.id}"), np.array(at, np.int64)))
        return tuple(found)

    def _group_entries(self, entry: Any) -> list[int]:
        return [self.groups[g] for g in entry.groups if g in self.groups]

    def _servers(self, entry: Any) -> list[int]:
        names = self.timetable.crossings
        where = [c for c in (entry.crossings or names) if c in self.used]
        return [2 * names.index(c) + side for c in where for side in (0, 1)]

    def _vehicles(self, entry: Any) -> list[int]:
        kinds = entry.vehicles or self.timetable.vehicle_kinds
        pairs = enumerate(self.timetable.vehicles)
        return [i for i, name in pairs if name.rpartition("-")[0] in kinds]

    def _sides(self) -> tuple[tuple[Target, ...], tuple[Target, ...], dict[str, Any]]:
        clauses = self.terms.clauses(LinkedClause)
        late: list[Target] = []
        part: list[Target] = []
        firsts: list[float] = []
        tables = self.timetable.tables
        for entry in self.stated.linked if clauses else ():
            at = self._group_entries(entry)
            carried = [
                r
                for r in self.terms.plan.rotations
                if any(g in entry.groups for b in r.boarding for g in b.persons)
            ]
            if not at or not carried:
                continue
            if entry.late is not None:
                late.append(
                    Target(self._add(f"late.{entry.id}"), np.array([len(firsts)], np.int64))
                )
                for r in carried:
                    tables.rot_side[self.timetable.rotations.index(r.id)] |= 1 << len(firsts)
                firsts.append(min(r.loaded_leg.depart_s for r in carried))
            if entry.part is not None:
                part.append(Target(self._add(f"part.{entry.id}"), np.array(at, np.int64)))
        sides = {
            "side_first": np.array(firsts, np.float64),
            "halts": int(any(c.partial == "halts" for c in clauses)),
        }
        return tuple(late), tuple(part), sides


def _counted(column: int, whole: Sequence[Group], known: dict[str, int]) -> People:
    """Return how a total counts the groups, of which only those that leave are kept."""
    at = np.array([known.get(g.id, -1) for g in whole], np.int64)
    counts = np.array(
        [[g.persons.at(level).value for g in whole] for level in ("low", "likely", "high")],
        np.float64,
    )
    return People(column, at, counts)


def _told(records: Iterable[Record]) -> str:
    found = list(records)
    gaps, lengths = sum(len(r.gaps_s) for r in found), sum(len(r.lengths_s) for r in found)
    return f"{gaps} times of movement that ended in one and {lengths} lengths"


def _origin(distribution: Any) -> str:
    """Say where a distribution is from: its sources, and what is assumed."""
    parts = [distribution]
    if isinstance(distribution, Estimates):
        parts = list(distribution.of)
    elif isinstance(distribution, Mixture):
        parts = [p.distribution for p in distribution.of]
    cited = dict.fromkeys(c.source for part in parts for c in part.cite)
    assumed = dict.fromkeys(part.assumed for part in parts if part.assumed)
    words = [f"cited: {', '.join(cited)}"] if cited else []
    words += [f"assumed: {'; '.join(' '.join(x.split()) for x in assumed)}"] if assumed else []
    return "; ".join(words)
