"""The page on writing a case: its pieces, put together, are a case; its messages are true."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from safepassage.cases import open_case
from safepassage.terms.protection import not_modelled, protection_findings
from tests.terms.spoil import faults, replace

PAGE = Path(__file__).resolve().parents[2] / "docs" / "how-to-write-a-case.md"
BLOCK = re.compile(r"^```(\w+) (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks() -> dict[str, str]:
    """The pieces of each file, joined in their order."""
    joined: dict[str, str] = {}
    for _, name, text in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        joined[name] = joined.get(name, "") + text
    return joined


@pytest.fixture
def river(tmp_path: Path) -> Path:
    """The case that the page builds."""
    for name, text in blocks().items():
        if "." in name:
            path = tmp_path / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return tmp_path


def test_the_pieces_are_a_good_case(river: Path):
    """It opens, and has the finding and the clause not modelled that the page tells of."""
    opened = open_case(river)
    (finding,) = protection_findings(opened.case)
    assert f"{finding.code}: {finding.message}\n" == blocks()["finding"]
    assert not_modelled(opened.case.proposal()) == ("observers",)


def test_the_fault_it_shows_is_the_fault_one_gets(river: Path):
    """Word for word, with the line."""
    replace(river, "case.yaml", "crossings: [bridge]", "crossings: [brigde]")
    (fault,) = faults(river)
    assert str(fault).removeprefix(f"{river}/") + "\n" == blocks()["fault"]


def test_its_links_lead_somewhere():
    """Pages of this repository that it names exist."""
    for target in re.findall(r"\]\(([a-z/-]+\.md)\)", PAGE.read_text(encoding="utf-8")):
        assert (PAGE.parent / target).is_file(), target
