"""Studies told: how sure a plan is, what drives it, and what would help."""
