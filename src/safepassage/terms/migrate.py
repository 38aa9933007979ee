"""Versions of the file formats, and the way from each to the newest.

To bring in version 2: write a function that takes the data of version 1 and returns that of
version 2 (with the new ``format``), and enter it under ``safepassage-case/1`` in ``STEPS``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from safepassage.errors import BadInput
from safepassage.files import did_you_mean, shown
from safepassage.terms.document import Document

__all__ = ["STEPS", "migrate"]

Step = Callable[[dict[str, Any]], dict[str, Any]]

STEPS: Mapping[str, Step] = {}
"""From a format to the function that brings its data one version further."""

_FORMAT = re.compile(r"([a-z-]+)/([1-9][0-9]{0,3})")


def migrate(document: Document, newest: str, steps: Mapping[str, Step] = STEPS) -> dict[str, Any]:
    """Return the data of a document in the format ``newest``.

    Raises
    ------
    BadInput
        If the format is missing, unknown, or newer than this program.
    """
    data = document.data
    given = data.get("format")
    where = document.where(("format",))
    if not isinstance(given, str):
        got = "none" if given is None else shown(given)
        message = f"expected 'format: {newest}', got {got}; add it as the first line"
        raise BadInput.one(where, "no-format", message)
    # A step that does not change the version would turn forever; each format is met once.
    met: set[str] = set()
    while given != newest and given in steps and given not in met:
        met.add(given)
        data = steps[given](data)
        given = str(data["format"])
    if given != newest:
        raise BadInput.one(where, "unknown-format", _unknown(given, newest))
    return data


def _unknown(given: str, newest: str) -> str:
    match, wanted = _FORMAT.fullmatch(given), _FORMAT.fullmatch(newest)
    if match and wanted and match[1] == wanted[1] and int(match[2]) > int(wanted[2]):
        return f"expected {newest!r} or older, got {given!r}; update safepassage to read this file"
    near = did_you_mean(given, [newest])
    return f"expected {newest!r}, got {shown(given)}, which no version wrote{near}"
