"""Timetables of convoys: compiled search, and bounds with their proofs."""
