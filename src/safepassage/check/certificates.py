"""Certificates: proofs of the bounds that a plan states."""

from __future__ import annotations

from safepassage.check.findings import Finding, finding
from safepassage.check.reading import Reading
from safepassage.plan.document import Plan

__all__ = ["check_certificates"]


def check_certificates(plan: Plan, reading: Reading) -> tuple[list[Finding], bool]:
    """Verify the certificates of a plan from the terms alone.

    Returns
    -------
    findings, lower_bound_verified
        What is wrong; and whether every bound that the plan states is proven. The bounds that
        everybody knows (no time at all; no more people than there are) need no proof.
    """
    findings = [
        finding(
            "certificate-unknown",
            f"certificates[{i}]",
            f"no certificate of kind {str(certificate.get('kind'))[:60]!r} is known",
        )
        for i, certificate in enumerate(plan.certificates)
    ]
    answer = plan.answer
    unproven = []
    if answer.lower_bound_s > 0:
        message = f"no certificate proves that nobody can do it under {answer.lower_bound_s} s"
        unproven.append(finding("bound-without-certificate", "answer.lower_bound_s", message))
    if answer.evacuated_at_most < reading.persons:
        message = f"no certificate proves that at most {answer.evacuated_at_most} can be in time"
        unproven.append(finding("bound-without-certificate", "answer.evacuated_at_most", message))
    return findings + unproven, not findings and not unproven
