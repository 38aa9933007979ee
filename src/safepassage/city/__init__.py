"""A city as a clearance instance: its roads, its people and the ways out, from public data."""
