"""Evidence for answers at the table: plans show what can be done, certificates what cannot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from safepassage.cases import OpenCase
from safepassage.negotiate.session import Reply
from safepassage.plan.document import CaseReference
from safepassage.plan.table import Evidence, Kind, Table

__all__ = ["Dossier"]


class Dossier:
    """Gathers evidence and numbers it; the same piece is kept once."""

    def __init__(self, opened: OpenCase) -> None:
        self._opened = opened
        self._kept: dict[tuple[str, str, str], Evidence] = {}

    def timetable(self, reply: Reply) -> str:
        """Keep the plan of a reply; returns the id of the evidence."""
        return self._keep(reply, "plan", None)

    def bound(self, reply: Reply, claim: str) -> str | None:
        """Keep a reply's certificate of a claim; returns the id, or None where there is none."""
        for certificate in reply.plan.certificates:
            if certificate["claim"] == claim:
                return self._keep(reply, claim, certificate)
        return None

    def refusal(self, reply: Reply) -> str | None:
        """Keep what proves that not everyone can be out in time; None where nothing does."""
        if not reply.impossible:
            return None
        answer = reply.plan.answer
        few = answer.evacuated_at_most < answer.persons
        return self.bound(reply, "out-by-at-most" if few else "clearance-at-least")

    def _keep(self, reply: Reply, what: str, certificate: Mapping[str, Any] | None) -> str:
        plan = reply.plan
        # What was set before the session began stands in the table's reference to the case.
        settings = plan.case.overrides[len(self._opened.overrides) :]
        key = (f"{plan.case.digest}/{plan.proposal}/{plan.count}", what, "")
        kept = self._kept.get(key)
        if kept is None or self._stale(kept, reply, certificate):
            kept = Evidence(
                id=kept.id if kept is not None else f"e{len(self._kept) + 1}",
                proposal=plan.proposal,
                count=plan.count,
                settings=settings,
                plan=plan if certificate is None else None,
                certificate=certificate,
            )
            self._kept[key] = kept
        return kept.id

    @staticmethod
    def _stale(kept: Evidence, reply: Reply, certificate: Mapping[str, Any] | None) -> bool:
        return kept.certificate != certificate or (certificate is None and kept.plan != reply.plan)

    def table(self, kind: Kind, answer: Mapping[str, Any]) -> Table:
        """Put an answer and the evidence together."""
        opened = self._opened
        case = CaseReference(
            id=opened.case.id,
            title=opened.case.title,
            digest=opened.digest,
            location=opened.location,
            overrides=opened.overrides,
        )
        return Table(kind, case, answer, tuple(self._kept.values()))
