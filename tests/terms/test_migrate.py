"""Format versions: the newest is taken, an older one led up step by step, any other refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from safepassage.errors import BadInput
from safepassage.terms.document import Document
from safepassage.terms.migrate import migrate


def document(**data: Any) -> Document:
    """A document as if read from a file."""
    return Document(str(Path("case.yaml")), data, {(): 1, ("format",): 1})


def test_steps_lead_to_the_newest():
    """Two steps are taken one after the other; the data is what the last one made."""
    steps = {
        "x/1": lambda d: {**d, "format": "x/2", "way": [1]},
        "x/2": lambda d: {**d, "format": "x/3", "way": [*d["way"], 2]},
    }
    assert migrate(document(format="x/1"), "x/3", steps)["way"] == [1, 2]
    assert migrate(document(format="x/3"), "x/3", steps) == {"format": "x/3"}


@pytest.mark.parametrize(
    ("given", "code", "words"),
    [
        (None, "no-format", "got none"),
        (1, "no-format", "got 1"),
        ("x/4", "unknown-format", "update safepassage"),
        ("x/0", "unknown-format", "no version wrote"),
        ("y/3", "unknown-format", "no version wrote"),
        ("x/2", "unknown-format", "no version wrote"),
    ],
)
def test_any_other_format_is_one_clear_line(given: object, code: str, words: str):
    """Missing, newer and unknown formats are told apart."""
    with pytest.raises(BadInput) as told:
        migrate(document(format=given), "x/3", {"x/2": lambda d: d})
    (fault,) = told.value.faults
    assert (fault.code, fault.where) == (code, "case.yaml:1")
    assert words in fault.message
