"""All checks of a case as a whole: every one runs, every fault is told."""

from __future__ import annotations

from safepassage.errors import Fault
from safepassage.terms.case import Case
from safepassage.terms.checks.batches import batch_sizes, conditions_that_come, refusals
from safepassage.terms.checks.effect import without_effect
from safepassage.terms.checks.fleet import escort_teams, handling, no_bays, no_seats, zero_fleet
from safepassage.terms.checks.ids import (
    duplicate_ids,
    repeated_entries,
    unknown_ids,
    wrong_kinds,
)
from safepassage.terms.checks.linked import linked_steps
from safepassage.terms.checks.numbers import absurd_numbers
from safepassage.terms.checks.proposals import (
    clashing_clauses,
    deadlines,
    empty_hours,
    history_order,
    history_statuses,
    windows,
)
from safepassage.terms.checks.waits import waits_that_end
from safepassage.terms.checks.walk import Check, Where

__all__ = ["CHECKS", "Where", "case_faults"]

CHECKS: tuple[Check, ...] = (
    duplicate_ids,
    unknown_ids,
    repeated_entries,
    wrong_kinds,
    history_order,
    history_statuses,
    empty_hours,
    windows,
    deadlines,
    clashing_clauses,
    linked_steps,
    batch_sizes,
    conditions_that_come,
    waits_that_end,
    refusals,
    zero_fleet,
    no_seats,
    no_bays,
    handling,
    escort_teams,
    absurd_numbers,
    without_effect,
)
"""To add one: write it in ``terms/checks``, enter it here, and its code in ``fault_codes.py``."""


def case_faults(case: Case, where: Where) -> list[Fault]:
    """Return the faults that all checks find."""
    return [fault for check in CHECKS for fault in check(case, where)]
