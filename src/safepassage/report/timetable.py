"""``timetable.csv``: one row a convoy leg, in local time, for those who carry the plan out."""

from __future__ import annotations

import csv
import io
from collections import Counter
from datetime import datetime, timedelta, tzinfo

from safepassage.cases import OpenCase
from safepassage.instance import Timeline, compile_operation
from safepassage.plan import Leg, Plan, Rotation
from safepassage.report.facts.movement import vehicle_type
from safepassage.report.facts.within import Within
from safepassage.report.wording import cell
from safepassage.terms.case import Case

__all__ = ["timetable"]


def timetable(open_case: OpenCase, plan: Plan) -> str:
    """Write the timetable of a plan as CSV text.

    Columns: ``rotation, leg`` (``empty`` or ``loaded``), ``vehicles``, one ``vehicles_TYPE`` a
    type, ``vehicle_ids``, ``team``, ``persons``, one ``persons_GROUP`` a group, ``from, from_name,
    to, to_name, corridor, board_from, depart``, ``CROSSING_from`` and ``CROSSING_to`` (inspection)
    for each crossing in use, ``arrive``, ``within_terms`` (``yes`` or ``no``). Times are ISO 8601
    with the case's offset.
    """
    case = open_case.case
    operation = compile_operation(case, open_case.network, case.proposal(plan.proposal))
    table = _Table(case, plan, operation.timeline)
    out = io.StringIO()
    writer = csv.DictWriter(out, table.columns, lineterminator="\n")
    writer.writeheader()
    rows = [
        table.row(rotation, kind == "loaded_leg", leg)
        for rotation in plan.rotations
        for kind, leg in rotation.legs()
    ]
    writer.writerows(sorted(rows, key=lambda r: (r["depart"], r["rotation"], r["leg"])))
    return out.getvalue()


class _Table:
    """The columns of one plan, and how a leg fills them."""

    def __init__(self, case: Case, plan: Plan, timeline: Timeline) -> None:
        self.start: datetime = plan.start
        self.zone: tzinfo = case.utc_offset
        self.names = {p.id: p.name for p in case.places}
        self.within = Within.of(case, plan, timeline)
        used = {vehicle_type(v) for r in plan.rotations for v in r.vehicles}
        aboard = {g for r in plan.rotations for b in r.boarding for g in b.persons}
        passed = {s.crossing for r in plan.rotations for _, leg in r.legs() for s in leg.stops}
        self.types = [v.id for v in case.fleet.vehicles if v.id in used]
        self.groups = [g.id for g in case.groups if g.id in aboard]
        self.crossings = [p.id for p in case.places if p.id in passed]
        self.columns = [
            *("rotation", "leg", "vehicles"),
            *(f"vehicles_{t}" for t in self.types),
            *("vehicle_ids", "team", "persons"),
            *(f"persons_{g}" for g in self.groups),
            *("from", "from_name", "to", "to_name", "corridor", "board_from", "depart"),
            *(f"{c}_{end}" for c in self.crossings for end in ("from", "to")),
            *("arrive", "within_terms"),
        ]

    def row(self, rotation: Rotation, loaded: bool, leg: Leg) -> dict[str, str | int]:
        """One leg."""
        types = Counter(map(vehicle_type, rotation.vehicles))
        persons: Counter[str] = Counter()
        for boarding in rotation.boarding if loaded else ():
            persons.update(boarding.persons)
        stops = {s.crossing: s for s in leg.stops}
        board = min((b.from_s for b in rotation.boarding), default=None) if loaded else None
        row: dict[str, str | int] = {
            "rotation": rotation.id,
            "leg": "loaded" if loaded else "empty",
            "vehicles": len(rotation.vehicles),
            "vehicle_ids": " ".join(rotation.vehicles),
            "team": rotation.team or "",
            "persons": sum(persons.values()),
            "from": leg.from_,
            "from_name": cell(self.names.get(leg.from_, leg.from_)),
            "to": leg.to,
            "to_name": cell(self.names.get(leg.to, leg.to)),
            "corridor": leg.corridor or "",
            "board_from": self._at(board),
            "depart": self._at(leg.depart_s),
            "arrive": self._at(leg.arrive_s),
            "within_terms": "yes" if self.within.leg(rotation, leg, loaded=loaded) else "no",
        }
        row |= {f"vehicles_{t}": types[t] for t in self.types}
        row |= {f"persons_{g}": persons[g] for g in self.groups}
        for crossing in self.crossings:
            stop = stops.get(crossing)
            row[f"{crossing}_from"] = self._at(stop.inspect_from_s if stop else None)
            row[f"{crossing}_to"] = self._at(stop.inspect_to_s if stop else None)
        return row

    def _at(self, seconds: int | None) -> str:
        if seconds is None:
            return ""
        return (self.start + timedelta(seconds=seconds)).astimezone(self.zone).isoformat()
