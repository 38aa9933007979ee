"""The agreement as data: parties, places, groups, fleet, proposals, clauses, and their sources."""
