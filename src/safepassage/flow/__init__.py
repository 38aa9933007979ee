"""The road engine: quickest transshipment over time, with proof."""

from __future__ import annotations

from safepassage.flow.clear import clear_roads

__all__ = ["clear_roads"]
