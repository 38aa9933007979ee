"""Folders that are written as a whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from safepassage.errors import BadInput

__all__ = ["all_or_nothing"]


@contextlib.contextmanager
def all_or_nothing(out_dir: Path) -> Iterator[Path]:
    """Give a draft folder beside the one to be; at the end it takes its place, or fills it.

    Raises
    ------
    BadInput
        If the folder cannot be written.
    """
    target = out_dir.resolve()
    made = [p for p in target.parents if not p.exists()]
    draft = target.parent / f".{target.name}.{os.getpid()}.part"
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        draft.mkdir()
        yield draft
        if target.exists():
            # Somebody may stand in it, or keep other files there.
            files = sorted(draft.iterdir())
            for place in (target / file.name for file in files):
                if place.exists() and not place.is_file():
                    raise FileExistsError(errno.EEXIST, f"no file, but something at {place}")
            for file in files:
                file.replace(target / file.name)
        else:
            draft.replace(target)
        made = []
    except OSError as error:
        reason = error.strerror or str(error)
        raise BadInput.one(
            str(out_dir), "folder-not-writable", f"expected a folder to write into, got: {reason}"
        ) from None
    finally:
        shutil.rmtree(draft, ignore_errors=True)
        for folder in made:
            with contextlib.suppress(OSError):
                folder.rmdir()
