"""Clearance of road networks: flows over time, with proof."""

from __future__ import annotations

from safepassage.flow.clear import clear_roads

__all__ = ["clear_roads"]
