"""Clearance of road networks: flows over time, with proof."""

from safepassage.flow.clear import clear_roads

__all__ = ["clear_roads"]
