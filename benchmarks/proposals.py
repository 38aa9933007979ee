"""Every proposal of every bundled case: how long it takes, and how near that is to the bound."""

from __future__ import annotations

import time
from collections.abc import Iterator

from benchmarks.registry import Row, register


@register("proposals", "Proposals of all bundled cases: first and refined answers, checked")
def proposals(seconds: float) -> Iterator[Row]:
    """Ask about each proposal that can be planned, at the likely count."""
    del seconds
    from safepassage.cases import bundled_cases, open_case
    from safepassage.errors import BadInput
    from safepassage.negotiate.session import Session

    for case, _ in bundled_cases():
        opened = open_case(case)
        for proposal in opened.case.proposals:
            try:
                session = Session(opened, proposal.id)
            except BadInput:
                # It says of nobody that they leave, or names no start.
                continue
            for name, answer in (("first", session.ask), ("refined", session.refine)):
                begin = time.process_time()
                reply = answer()
                took = time.process_time() - begin
                plan, verdict = reply.plan.answer, reply.verification
                accepted = verdict.valid and verdict.lower_bound_verified
                yield {
                    "case": case,
                    "proposal": proposal.id,
                    "answer": name,
                    "takes_h": round((plan.clearance_time_s or 0) / 3600, 3),
                    "bound_h": round(plan.lower_bound_s / 3600, 3),
                    "gap_percent": None if plan.gap is None else round(100 * plan.gap, 2),
                    "cpu_s": round(took, 2),
                    "checker": "accepts" if accepted else "refuses",
                }
