"""Every claim of an answer at the table is checked: spoil one, and the checker says which."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from safepassage.cases import OpenCase
from safepassage.check.table import TABLE_CODES, verify_table
from safepassage.errors import BadInput
from safepassage.negotiate.compare import compare, compare_table
from safepassage.negotiate.needs import needs, needs_table
from safepassage.negotiate.window import window_table, windows
from safepassage.plan.table import Table, dumps_table, read_table_file, table_from_json
from tests.check.table.tampering import TAMPERINGS, Tampering
from tests.negotiate.ford import ford

Answers = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> OpenCase:
    return ford().write(tmp_path_factory.mktemp("ford"))


@pytest.fixture(scope="module")
def answers(opened: OpenCase) -> Answers:
    weights = {"vehicles:bus": 1.0, "deadline": 0.5}
    tables: dict[str, Table] = {
        "window": window_table(windows(opened, points=3)),
        "needs": needs_table(needs(opened, weights=weights)),
        "compare": compare_table(compare(opened)),
    }
    return {kind: json.loads(dumps_table(table)) for kind, table in tables.items()}


@pytest.mark.parametrize("kind", ["window", "needs", "compare"])
def test_accepts_what_was_made(kind: str, answers: Answers, opened: OpenCase) -> None:
    """Written, read again and checked: nothing is wrong."""
    verification = verify_table(table_from_json(answers[kind]), opened)
    assert [f for f in verification.findings if f.severity == "error"] == []
    assert verification.valid


@pytest.mark.parametrize("tampering", TAMPERINGS, ids=lambda t: f"{t.kind}-{t.name}")
def test_refuses_tampering(tampering: Tampering, answers: Answers, opened: OpenCase) -> None:
    """Each way to spoil an answer is refused, with the code that says what is wrong."""
    data = copy.deepcopy(answers[tampering.kind])
    tampering.apply(data)
    verification = verify_table(table_from_json(data), opened)
    told = [str(f) for f in verification.findings]
    assert tampering.code in {f.code for f in verification.findings}, told
    assert not verification.valid
    assert not verification.lower_bound_verified


def test_every_code_is_tested() -> None:
    """No code without an answer that brings it about."""
    errors = {code for code, told in TABLE_CODES.items() if told.severity == "error"}
    assert errors <= {t.code for t in TAMPERINGS} | {"table-does-not-suffice"}
    assert set(TABLE_CODES) - errors == {"table-timetables-left-out"}


def test_a_late_plan_does_not_suffice(answers: Answers, opened: OpenCase) -> None:
    """A valid plan that is late cannot stand for terms that are met."""
    data = copy.deepcopy(answers["needs"])
    data["answer"]["feasible"] = True
    late = copy.deepcopy(answers["compare"])["evidence"]
    plan = next(e for e in late if e["plan"] and e["count"] == "likely" and not e["settings"])
    data["evidence"].append({**plan, "id": "late"})
    data["answer"]["suffices"] = "late"
    verification = verify_table(table_from_json(data), opened)
    assert "table-does-not-suffice" in {f.code for f in verification.findings}


def test_structure_is_read_strictly(answers: Answers, tmp_path: Path) -> None:
    """A file with both or neither of plan and certificate, or an id twice, is no answer."""
    data = copy.deepcopy(answers["needs"])
    data["evidence"][0]["plan"] = data["evidence"][0]["certificate"] = None
    data["evidence"][1]["id"] = data["evidence"][0]["id"]
    file = tmp_path / "needs.json"
    file.write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(BadInput) as error:
        read_table_file(file)
    assert len(error.value.faults) == 2
