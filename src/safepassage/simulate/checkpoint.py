"""A study that was interrupted, as a file: all that is needed to go on with it.

The file is written beside its place and then moved there, so that it is whole whenever it is there.
It holds numbers and one line of JSON; reading one runs no code, whoever wrote it.
"""

from __future__ import annotations

import io
import json
import os
import tokenize
import zipfile
import zlib
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from safepassage.errors import BadInput
from safepassage.files import shown
from safepassage.simulate.study import Study
from safepassage.simulate.tally import Tally

__all__ = ["FORMAT", "Checkpoint", "read_checkpoint", "write_checkpoint"]

FORMAT = "safepassage-checkpoint/1"

MOST_BYTES = 500_000_000
"""Of a checkpoint, packed as well as unpacked."""

MOST_RUNS = 1_000_000_000
"""Futures of a study."""

MOST_BLOCK = 1_000_000
"""Futures of a block, which are in memory at once."""

_DAMAGES = (
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
    tokenize.TokenError,
    zipfile.BadZipFile,
    zlib.error,
)
"""What reading a file raises that is damaged, or made to look like a checkpoint: among these are
what ``zipfile`` raises for parts under a password or packed in ways it does not know, and a number
too large for an array."""

_MUST = ("case", "version", "proposal", "policy", "seed", "plan")
"""What has to be the same to go on, in the order in which a difference is told."""
_WORDS = {
    "case": "the case as it was",
    "version": "the same version of the program",
    "plan": "the same timetable",
}
_KINDS: dict[str, tuple[type, ...]] = {
    "case": (str,),
    "proposal": (str,),
    "policy": (str,),
    "plan": (str,),
    "version": (str,),
    "seed": (int,),
    "runs": (int,),
    "precision": (int, float, type(None)),
    "block": (int,),
}


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A study, and what it had got when it was kept."""

    study: Study
    tally: Tally
    blocks: int

    def fits(self, study: Study, where: str) -> Study:
        """Return the study to go on with: the wishes of the new one, the blocks of the old.

        Raises
        ------
        BadInput
            If it is of another case, version, proposal, policy, seed or timetable.
        """
        for name in _MUST:
            was, asked = getattr(self.study, name), getattr(study, name)
            if was != asked:
                expected = _WORDS.get(name, f"--{name} {was}")
                message = (
                    f"expected {expected}, got {shown(asked)} for a checkpoint of {shown(was)}; "
                    "begin anew without --resume"
                )
                raise BadInput.one(where, "checkpoint-other-study", message)
        done, block = self.tally.runs, self.study.block
        if study.runs < done or (done % block and study.runs != done):
            least = f"--runs {done:,}" if done % block else f"--runs of at least {done:,}"
            message = f"expected {least}, which are done, got {study.runs:,}"
            raise BadInput.one(where, "checkpoint-other-study", message)
        return replace(study, block=block)


def write_checkpoint(file: Path, checkpoint: Checkpoint) -> None:
    """Write a checkpoint; the file is there whole, or as it was before.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    head = {"format": FORMAT, "blocks": checkpoint.blocks, **asdict(checkpoint.study)}
    arrays = checkpoint.tally.arrays()
    draft = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        with draft.open("xb") as stream:
            np.savez_compressed(stream, head=np.array(json.dumps(head)), **arrays)  # type: ignore[arg-type]  # names are free
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)


def read_checkpoint(file: Path) -> Checkpoint:
    """Read a checkpoint.

    Raises
    ------
    BadInput
        If it is not there, or is no checkpoint of this format.
    """
    try:
        with file.open("rb") as stream:
            content = stream.read(MOST_BYTES + 1)
    except OSError as error:
        raise _unreadable(file, error.strerror or str(error)) from None
    if len(content) > MOST_BYTES:
        raise _unreadable(file, f"over {MOST_BYTES // 1_000_000} MB")
    try:
        return _parsed(content)
    except _DAMAGES:
        raise _unreadable(file, "another kind of file, or a damaged one") from None


def _parsed(content: bytes) -> Checkpoint:
    """Read a checkpoint from its bytes; raises one of :data:`_DAMAGES` where it is none."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        if sum(part.file_size for part in packed.infolist()) > MOST_BYTES:
            raise ValueError("expected less when unpacked")
    with np.load(io.BytesIO(content), allow_pickle=False) as parts:
        arrays = {name: parts[name] for name in parts.files}
    head = json.loads(str(arrays.pop("head")))
    return _checkpoint(head, Tally.from_arrays(arrays))


def _checkpoint(head: dict[str, Any], tally: Tally) -> Checkpoint:
    if head["format"] != FORMAT:
        raise ValueError("expected another format")
    known = {name: head[name] for name in _KINDS}
    if not all(isinstance(known[name], kinds) for name, kinds in _KINDS.items()):
        raise TypeError("expected other types")
    study, blocks = Study(**known), int(head["blocks"])
    if not _possible(study) or blocks < 0 or not _counted(tally, study, blocks):
        raise ValueError("expected the futures of so many blocks")
    return Checkpoint(study, tally, blocks)


def _possible(study: Study) -> bool:
    """Whether it is a study that can be asked for."""
    share = study.precision
    return (
        0 <= study.seed < 2**32
        and 1 <= study.runs <= MOST_RUNS
        and 1 <= study.block <= MOST_BLOCK
        and (share is None or 0 < share < 0.5)
    )


def _counted(tally: Tally, study: Study, blocks: int) -> bool:
    """Whether a tally holds exactly the futures of the first blocks."""
    cleared = int(tally.clearance.table()[1].sum())
    whole = tally.runs == min(blocks * study.block, study.runs)
    return whole and 0 <= tally.successes <= tally.runs and cleared <= tally.runs


def _unreadable(file: Path, reason: str) -> BadInput:
    message = f"expected a checkpoint of an interrupted study, got: {reason}"
    return BadInput.one(str(file), "checkpoint-unreadable", message)
