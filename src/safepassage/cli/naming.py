"""Names given on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from safepassage.cases import OpenCase

__all__ = ["known_party", "known_proposal", "names_of"]


def known_proposal(opened: OpenCase, proposal: str | None) -> None:
    """Refuse a proposal that the case does not have; None is the case's default."""
    from safepassage.errors import UnknownName
    from safepassage.files import did_you_mean, shown

    known = [p.id for p in opened.case.proposals]
    if proposal is not None and proposal not in known:
        near = did_you_mean(proposal, known) or f"; proposals: {', '.join(known)}"
        message = f"expected the id of a proposal of the case, got {shown(proposal)}{near}"
        raise UnknownName.one("--proposal", "unknown-id", message)


def known_party(opened: OpenCase, party: str | None) -> None:
    """Refuse a party that the case does not have."""
    from safepassage.errors import UnknownName
    from safepassage.files import did_you_mean, shown

    known = [p.id for p in opened.case.parties]
    if party is not None and party not in known:
        near = did_you_mean(party, known) or f"; parties: {', '.join(known)}"
        message = f"expected the id of a party of the case, got {shown(party)}{near}"
        raise UnknownName.one("--for", "unknown-id", message)


def names_of(opened: OpenCase) -> dict[str, str]:
    """Names of places, corridors and vehicle types by id; clauses are called by their ids."""
    case = opened.case
    parts = (*case.places, *case.corridors, *case.fleet.vehicles)
    return {part.id: part.name for part in parts}
