"""Clearance of road networks: flows over time, with proof."""
