"""Reference pages leave nothing out: commands, clause kinds, findings, faults."""

from __future__ import annotations

import re

import pytest

from safepassage.check import CODES
from safepassage.check.clearance import CLEARANCE_CODES
from safepassage.check.table import TABLE_CODES
from safepassage.city.findings import IMPORT_CODES
from safepassage.cli.main import COMMANDS
from safepassage.fault_codes import FAULT_CODES
from safepassage.identity import IDENTITY_KEYS
from safepassage.record import RECORD_CODES
from safepassage.terms.clauses import CLAUSE_KINDS
from safepassage.terms.documents import DOCUMENT_CODES
from safepassage.terms.protection import RULES
from tests.docs.commands import parts_of
from tests.docs.pages import text_of


def _rows(page: str) -> set[str]:
    """Codes in the first column of the tables of a page."""
    return set(re.findall(r"^\| `([a-z0-9-]+)` \|", text_of(page), re.MULTILINE))


def _sections(page: str) -> set[str]:
    return set(re.findall(r"^#+ `([^`]+)`", text_of(page), re.MULTILINE))


@pytest.mark.parametrize("name", [c for c in COMMANDS if c != "docs"])
def test_every_command_and_option_is_documented(name: str) -> None:
    page = text_of("docs/reference/commands.md")
    for title, command in parts_of(name):
        assert f"safepassage {title}" in _sections("docs/reference/commands.md")
        section = page.partition(f"## `safepassage {title}`")[2].partition("\n## ")[0]
        for option in (o for p in command.params for o in p.opts if o.startswith("--")):
            assert option in section


def test_every_clause_kind_is_documented() -> None:
    assert _sections("docs/reference/clauses.md") == set(CLAUSE_KINDS)


def test_every_finding_is_documented() -> None:
    """Protection findings have a section each, the others a row."""
    page = "docs/reference/findings.md"
    assert _sections(page) == {rule.code for rule in RULES}
    assert _rows(page) == {
        *DOCUMENT_CODES,
        *CODES,
        *CLEARANCE_CODES,
        *TABLE_CODES,
        *IMPORT_CODES,
        *RECORD_CODES,
    }


def test_every_fault_is_documented() -> None:
    page = "docs/reference/errors.md"
    assert _rows(page) == {code for codes in FAULT_CODES.values() for code in codes}
    assert all(f"`{key}`" in text_of(page) for key in IDENTITY_KEYS)


def test_exit_codes_are_documented() -> None:
    from safepassage.cli import exits

    page = text_of("docs/reference/commands.md")
    for code in (exits.GOOD, exits.NO, exits.BAD_INPUT, exits.INTERNAL, exits.INTERRUPTED):
        assert re.search(rf"^\| {code} \|", page, re.MULTILINE)
