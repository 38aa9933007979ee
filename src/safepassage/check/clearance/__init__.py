"""The independent checker of clearance results: judged by the tables of the instance alone.

It shares no code with the engine: the standard library, the readers of tables and result file,
and whole numbers or fractions throughout.
"""

from __future__ import annotations

from safepassage.check.clearance.codes import CLEARANCE_CODES
from safepassage.check.clearance.verify import ClearanceVerification, verify_clearance

__all__ = ["CLEARANCE_CODES", "ClearanceVerification", "verify_clearance"]
