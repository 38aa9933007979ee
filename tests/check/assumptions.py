"""What a plan has to list as assumed, for plans that are made by hand."""

from __future__ import annotations

from safepassage.cases import OpenCase
from safepassage.check.assumed import assumed_in


def assumed(opened: OpenCase, proposal: str) -> list[dict[str, str]]:
    """The list as it stands in a plan file."""
    found = assumed_in(opened, opened.case.proposal(proposal))
    told = sorted((entry.where, entry.text) for entry in found)
    return [{"where": where, "text": text} for where, text in told]
