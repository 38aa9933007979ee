"""Certificates: proofs of bounds, verified in whole numbers from the terms alone.

Definition: ``docs/reference/certificate-format.md``. The linear programme is built here anew, so
a certificate brings nothing but multipliers: a bad one proves nothing, and none proves a falsehood.
"""

from __future__ import annotations

from safepassage.check.proof.form import Form, read_form
from safepassage.check.proof.programme import Programme, read_programme
from safepassage.check.proof.verify import Outcome, verify_form

__all__ = ["Form", "Outcome", "Programme", "read_form", "read_programme", "verify_form"]
