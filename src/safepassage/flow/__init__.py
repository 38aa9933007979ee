"""Clearance of road networks: flows over time, with proof."""

from __future__ import annotations

from safepassage.flow.arrival import clear_early
from safepassage.flow.clear import clear_roads
from safepassage.flow.contraflow import clear_with_contraflow

__all__ = ["clear_early", "clear_roads", "clear_with_contraflow"]
