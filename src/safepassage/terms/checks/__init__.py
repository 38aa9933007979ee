"""Checks of a case as a whole, by subject. Each yields faults and never raises."""
