"""What a clearance result says to people: facts first, then sentences, page, pictures and maps."""

from __future__ import annotations

from safepassage.report.clearance.facts import ClearanceFacts, gather_clearance

__all__ = ["ClearanceFacts", "gather_clearance"]
