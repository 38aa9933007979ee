"""Write the generated files: JSON Schemas and reference pages.

Run it from the root of the repository after changing a definition: ``python
docs/generate_reference.py``. A test holds the files and the definitions together.
"""

# ruff: noqa: INP001 (a script)

from __future__ import annotations

import contextlib
import importlib
from pathlib import Path

from safepassage.terms import reference, schema

ROOT = Path(__file__).resolve().parents[1]


#: Tables of codes of the checkers and of imports: heading on the page, module, name.
CHECKERS = (
    ("Plans (`safepassage verify`)", "safepassage.check.codes", "CODES"),
    ("Clearances (`safepassage verify`)", "safepassage.check.clearance.codes", "CLEARANCE_CODES"),
    ("Answers at the table (`safepassage verify`)", "safepassage.check.table.codes", "TABLE_CODES"),
    ("Observations (`safepassage observe`)", "safepassage.record.consistency", "RECORD_CODES"),
    ("Networks (`safepassage network import`)", "safepassage.city.findings", "IMPORT_CODES"),
)


def checker_codes() -> dict[str, dict[str, tuple[str, str]]]:
    """Return severity and meaning of the checkers' codes, where the checkers are installed."""
    found = {}
    for heading, module, name in CHECKERS:
        with contextlib.suppress(ImportError):
            codes = getattr(importlib.import_module(module), name)
            found[heading] = {code: (told.severity, told.meaning) for code, told in codes.items()}
    return found


def pages() -> dict[str, str]:
    """Return the text of every generated file by its path from the root."""
    return {
        "spec/case.schema.json": schema.schema_text(schema.case_schema()),
        "spec/sources.schema.json": schema.schema_text(schema.sources_schema()),
        "spec/uncertainty.schema.json": schema.schema_text(schema.uncertainty_schema()),
        "docs/reference/uncertainty.md": reference.uncertainty_page(),
        "docs/reference/case.md": reference.case_page(),
        "docs/reference/clauses.md": reference.clauses_page(),
        "docs/reference/errors.md": reference.errors_page(),
        "docs/reference/findings.md": reference.findings_page(checker_codes()),
    }


def main() -> None:
    """Write the files."""
    for name, text in pages().items():
        path = ROOT / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
