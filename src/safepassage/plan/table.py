"""Answers given at the table, with their evidence, as data: format ``safepassage-table/1``.

``docs/reference/table-format.md`` tells what each key means. An answer states numbers and verdicts;
each refers to a piece of evidence: a plan, which shows that something can be done, or a
certificate, which shows that something cannot. The checker verifies both from the terms.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from safepassage.errors import BadInput, Fault
from safepassage.files import first_of
from safepassage.plan.document import NOTICE, CaseReference, Level, Plan
from safepassage.plan.json_files import read_json, write_whole
from safepassage.plan.parsers import listing, mapping, nullable, one_of, record, words
from safepassage.plan.reader import CASE_REFERENCE, plan_from_json

__all__ = [
    "STEPS",
    "TABLE_FORMAT",
    "Evidence",
    "Kind",
    "Table",
    "dumps_table",
    "read_table_file",
    "table_from_json",
    "write_table",
]

TABLE_FORMAT = "safepassage-table/1"

Kind = Literal["window", "needs", "compare"]

STEPS: Mapping[str, int] = {
    "vehicles": 1,
    "escorts": 1,
    "pace": 1,
    "hours": 1_800,
    "inspection": 10,
    "crossing": 1,
    "deadline": 3_600,
}
"""The smallest step of each kind of change: vehicles, teams, people a period, seconds a day,
seconds a vehicle, ways out, seconds."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A plan, or a certificate, under stated settings."""

    id: str
    proposal: str
    count: Level
    settings: tuple[str, ...]
    plan: Plan | None = None
    certificate: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """An answer with its evidence."""

    kind: Kind
    case: CaseReference
    answer: Mapping[str, Any]
    """Plain JSON; its keys depend on the kind."""
    evidence: tuple[Evidence, ...]
    notice: str = NOTICE

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON data with the keys in the order of the file."""
        case = self.case
        return {
            "format": TABLE_FORMAT,
            "notice": self.notice,
            "kind": self.kind,
            "case": {
                "id": case.id,
                "title": case.title,
                "digest": case.digest,
                "location": case.location,
                "overrides": list(case.overrides),
            },
            "answer": dict(self.answer),
            "evidence": [_evidence(e) for e in self.evidence],
        }


def _evidence(e: Evidence) -> dict[str, Any]:
    return {
        "id": e.id,
        "proposal": e.proposal,
        "count": e.count,
        "settings": list(e.settings),
        "plan": e.plan.to_json() if e.plan is not None else None,
        "certificate": dict(e.certificate) if e.certificate is not None else None,
    }


def dumps_table(table: Table) -> str:
    """Write as text: the same answer always gives the same bytes; one piece of evidence a line."""
    data = table.to_json()
    evidence = data.pop("evidence")
    head = json.dumps(data, ensure_ascii=False, allow_nan=False, indent=2).removesuffix("\n}")
    lines = ",\n".join(
        "    " + json.dumps(e, ensure_ascii=False, allow_nan=False) for e in evidence
    )
    return f'{head},\n  "evidence": [\n{lines}\n  ]\n}}\n'


def write_table(table: Table, path: Path) -> None:
    """Write the file; it is there whole, or as it was before."""
    write_whole(path, dumps_table(table))


_NAME = words(1, 200)
_TEXT = words(1, 20_000)

_EVIDENCE = record(
    dict,
    {
        "id": _NAME,
        "proposal": _NAME,
        "count": one_of("low", "likely", "high"),
        "settings": listing(_TEXT),
        "plan": nullable(mapping),
        "certificate": nullable(mapping),
    },
)
_TABLE = record(
    dict,
    {
        "format": one_of(TABLE_FORMAT),
        "notice": _TEXT,
        "kind": one_of("window", "needs", "compare"),
        "case": CASE_REFERENCE,
        "answer": mapping,
        "evidence": listing(_EVIDENCE),
    },
)


def read_table_file(path: Path) -> Table:
    """Read a file.

    Raises
    ------
    BadInput
        With every structural fault.
    """
    return table_from_json(read_json(path), str(path))


def table_from_json(data: object, where: str = "table") -> Table:
    """Build from parsed JSON.

    Raises
    ------
    BadInput
        With every structural fault; each names ``where`` and the JSON path.
    """
    faults: list[Fault] = []
    found: Any = _TABLE(data, f"{where}:", faults)
    if faults:
        raise BadInput(first_of(faults, where))
    evidence = []
    for i, e in enumerate(found["evidence"]):
        plan = None
        if e["plan"] is not None:
            try:
                plan = plan_from_json(e["plan"], f"{where}:evidence[{i}].plan")
            except BadInput as error:
                faults += error.faults
        if (e["plan"] is None) == (e["certificate"] is None):
            message = "expected a plan or a certificate, got both or neither"
            faults.append(Fault(f"{where}:evidence[{i}]", "plan-bad-value", message))
        evidence.append(Evidence(**{**e, "plan": plan}))
    ids = Counter(e.id for e in evidence)
    faults += [
        Fault(f"{where}:evidence", "plan-bad-value", f"expected each id once, got {i!r} again")
        for i in sorted(i for i, times in ids.items() if times > 1)
    ]
    if faults:
        raise BadInput(first_of(faults, where))
    return Table(found["kind"], found["case"], found["answer"], tuple(evidence), found["notice"])
