"""Citations against documents: the passage itself, and every way it can fail to be there."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from safepassage.cases import open_case
from safepassage.errors import BadInput
from safepassage.terms.documents import DOCUMENT_CODES, passage, verify_documents
from tests.terms.spoil import replace

SECOND = "حلب"
LETTER = f"First line.\n{SECOND}\nThird line.\n".encode()
CITE = "gist: Nobody is to be taken to a place they did not choose.\n    cite: [council-letter]"


def cited(folder: Path, locator: str | None, sha256: str, document: str = "letter.txt") -> Path:
    """Cite a passage of the letter; return a folder that holds the letter."""
    place = f"locator: {locator}, " if locator else ""
    cite = f"    cite: [{{source: council-letter, {place}sha256: {sha256}}}]"
    replace(folder, "case.yaml", CITE, CITE.replace("    cite: [council-letter]", cite))
    if document:
        replace(folder, "sources.yaml", "note: Written", f"document: {document}\n    note: Written")
    documents = folder.parent / "documents"
    documents.mkdir()
    (documents / "letter.txt").write_bytes(LETTER)
    return documents


def digest(data: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


GOOD = digest(SECOND.encode())


@pytest.mark.parametrize(
    ("locator", "sha256", "document", "code"),
    [
        ("lines 2-2", GOOD, "letter.txt", "passage-verified"),
        ("bytes 0-5", digest(b"First"), "letter.txt", "passage-verified"),
        (None, digest(LETTER), "letter.txt", "passage-verified"),
        ("lines 1-2", GOOD, "letter.txt", "passage-differs"),
        ("lines 2-4", GOOD, "letter.txt", "passage-missing"),
        ("paragraph 2", GOOD, "letter.txt", "passage-not-checkable"),
        ("lines 2-2", GOOD, "", "passage-not-checkable"),
        ("lines 2-2", GOOD, "other.txt", "document-missing"),
        ("lines 2-2", GOOD, "../documents/letter.txt", "passage-verified"),
        ("lines 2-2", GOOD, "../case/case.yaml", "document-missing"),
    ],
)
def test_a_citation_is_verified(
    folder: Path, locator: str | None, sha256: str, document: str, code: str
):
    """Each citation with a SHA-256 gives one finding; no document outside the folder is read."""
    documents = cited(folder, locator, sha256, document)
    (found,) = verify_documents(open_case(folder).case, documents)
    assert found.code == code
    assert found.severity == DOCUMENT_CODES[code][0]
    assert found.source == "council-letter"
    assert "council-wants-choice" in found.message


def test_a_clause_that_cites_is_named(folder: Path):
    """The finding carries the id of the clause."""
    documents = cited(folder, "lines 2-2", GOOD)
    old = "corridors: [bridge-road]\n        cite: [agency-note]"
    cite = f"[{{source: council-letter, locator: lines 1-1, sha256: {GOOD}}}]"
    replace(folder, "case.yaml", old, old.replace("[agency-note]", cite))
    found = verify_documents(open_case(folder).case, documents)
    assert [(f.code, f.clause_id) for f in found] == [
        ("passage-verified", None),
        ("passage-differs", "two-days-route"),
    ]


def test_without_a_sha256_there_is_nothing_to_verify(folder: Path, tmp_path: Path):
    """The template cites whole sources only."""
    assert verify_documents(open_case(folder).case, tmp_path) == ()
    with pytest.raises(BadInput):
        verify_documents(open_case(folder).case, tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("locator", "found"),
    [
        ("lines 1-1", b"one"),
        ("lines 1-2", b"one\r\ntwo"),
        ("lines 3-3", b"three"),
        ("lines 3-4", None),
        ("lines 0-1", None),
        ("lines 2-1", None),
        ("bytes 0-3", b"one"),
        ("bytes 3-3", None),
        ("bytes 0-99", None),
        (None, b"one\r\ntwo\r\nthree"),
    ],
)
def test_passages(locator: str | None, found: bytes | None):
    """Lines count from 1 and include both ends; bytes count from 0 and leave the end out."""
    assert passage(b"one\r\ntwo\r\nthree", locator) == found


def test_the_founding_article_is_cited_truly():
    """Every passage of the article that the bundled case cites is, byte for byte, in it."""
    documents = Path(__file__).resolve().parents[3] / "shared" / "sources"
    if not documents.is_dir():
        pytest.skip("the article is not at hand")
    found = verify_documents(open_case("aleppo-2016").case, documents)
    assert len(found) >= 5
    assert {f.code for f in found} == {"passage-verified"}
