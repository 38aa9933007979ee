"""Cases: bundled ones, folders given by the user, and the template for new ones."""

from __future__ import annotations

from safepassage.cases.catalogue import OpenCase, bundled_cases, clearance_folder, open_case
from safepassage.cases.settings import changed_case
from safepassage.cases.template import write_template

__all__ = [
    "OpenCase",
    "bundled_cases",
    "changed_case",
    "clearance_folder",
    "open_case",
    "write_template",
]
