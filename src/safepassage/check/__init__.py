"""The independent checker: plans are judged by the terms and the unsimplified network alone.

It shares no code with the planner, and uses nothing beyond the standard library and the readers
of the terms, the network and the plan file.
"""

from __future__ import annotations

from safepassage.check.codes import CODES, Code, Severity
from safepassage.check.findings import Finding
from safepassage.check.verify import Verification, verify

__all__ = ["CODES", "Code", "Finding", "Severity", "Verification", "verify"]
