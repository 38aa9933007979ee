"""What a running study leaves on disk, so that nothing is lost when it ends early."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

from safepassage.errors import BadInput
from safepassage.simulate.checkpoint import Checkpoint, write_checkpoint
from safepassage.simulate.outcomes import Outcomes
from safepassage.simulate.records import Records
from safepassage.simulate.study import Study
from safepassage.simulate.tally import Tally

__all__ = ["EVERY_S", "Keeping"]

EVERY_S = 30.0
"""Seconds between two checkpoints; what is simulated since is lost if the process is killed."""


class Keeping:
    """Writes rows as they come, and a checkpoint now and then.

    Parameters
    ----------
    study
        The study that runs.
    file
        The checkpoint.
    records
        Where rows go, if they are wanted.
    """

    def __init__(self, study: Study, file: Path, records: Records | None = None) -> None:
        self._study, self._file, self._records = study, file, records
        self._latest: tuple[Tally, int] | None = None
        self._due = time.monotonic() + EVERY_S

    @property
    def whole(self) -> bool:
        """Whether it wants the outcomes of each block."""
        return self._records is not None

    def take(self, tally: Tally, blocks: int, outcomes: Outcomes | None) -> None:
        """Take the sum of so many blocks, and the outcomes of the last of them."""
        if self._records is not None and outcomes is not None:
            self._records.take(outcomes)
        self._latest = tally, blocks
        if time.monotonic() >= self._due:
            self.keep()

    def keep(self) -> bool:
        """Write a checkpoint of what there is; return whether there is anything.

        Raises
        ------
        BadInput
            If it cannot be written.
        """
        if self._latest is None:
            return False
        if self._records is not None:
            self._records.keep()
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            write_checkpoint(self._file, Checkpoint(self._study, *self._latest))
        except OSError as error:
            reason = error.strerror or str(error)
            message = f"expected a place for a checkpoint, got: {reason}; see --checkpoint"
            raise BadInput.one(str(self._file), "checkpoint-not-writable", message) from None
        self._due = time.monotonic() + EVERY_S
        return True

    def forget(self) -> None:
        """Remove the checkpoint of a study that is done."""
        # It does no harm where it cannot be removed, and the study is done.
        with contextlib.suppress(OSError):
            self._file.unlink(missing_ok=True)
