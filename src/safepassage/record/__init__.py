"""The record: what was reported as it happened, held against itself and against the planner."""

from __future__ import annotations

from safepassage.record.consistency import RECORD_CODES, consistency
from safepassage.record.finding import RecordFinding

__all__ = ["RECORD_CODES", "RecordFinding", "consistency"]
