"""Verification of certificates: the programme is built anew from terms and network."""

from __future__ import annotations

from safepassage.check.bound.form import Certificate, read_certificate
from safepassage.check.bound.programme import most_people

__all__ = ["Certificate", "most_people", "read_certificate"]
