"""The independent checker of answers given at the table: what suffices, what cannot, what is least.

It judges the evidence by the terms alone: plans as ``verify`` does, certificates by exact
arithmetic, each under the settings that are stated with it.
"""

from __future__ import annotations

from safepassage.check.table.codes import TABLE_CODES
from safepassage.check.table.verify import verify_table

__all__ = ["TABLE_CODES", "verify_table"]
