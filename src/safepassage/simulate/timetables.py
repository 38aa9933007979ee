"""Timetables under changed terms, and the futures of each: asked of one session."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

from safepassage.negotiate.session import Session
from safepassage.plan import Level, Plan
from safepassage.simulate.futures import Futures, Policy, futures_of

__all__ = ["Timetables", "digest_of"]


class Timetables:
    """Plans of one proposal by the terms they are made for, all with the same care.

    Parameters
    ----------
    session
        Makes the plans; each is checked.
    policy
        What is done when a timetable is disturbed.
    """

    def __init__(self, session: Session, policy: Policy) -> None:
        self.session, self.policy = session, policy

    def plan(self, settings: Sequence[str] = (), level: Level = "likely") -> Plan:
        """Plan under changed terms.

        Raises
        ------
        BadInput
            If a setting is wrong.
        """
        return self.session.refine(settings, level).plan

    def nominal(self, plan: Plan) -> Futures:
        """Futures under the terms as they stand, whatever the plan was made for."""
        return futures_of(self.session.opened, self.session.proposal, plan, self.policy)

    def changed(self, settings: Sequence[str], level: Level = "likely") -> Futures:
        """Futures under changed terms, of the plan made for them."""
        reply = self.session.refine(settings, level)
        return futures_of(reply.opened, self.session.proposal, reply.plan, self.policy)


def digest_of(plan: Plan) -> str:
    """SHA-256 over a timetable itself, wherever its case lies."""
    text = json.dumps(plan.to_json()["rotations"], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
