"""A clearance in traffic simulators: whole vehicles, each with its departure and its roads."""

from __future__ import annotations

from safepassage.traffic.replay import Replay
from safepassage.traffic.vehicles import Vehicle, whole_vehicles

__all__ = ["Replay", "Vehicle", "whole_vehicles"]
