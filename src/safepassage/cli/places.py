"""Places to write into, looked at before time is spent on what goes there."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from safepassage.errors import Fault

__all__ = ["checkpoint_faults", "file_faults", "folder_faults", "named_path"]


def named_path(_: click.Context, __: click.Parameter, value: str | None) -> Path | None:
    """Read the name of a file or folder to write."""
    if value == "":
        raise click.BadParameter("expected a name, got nothing")
    return Path(value) if value is not None else None


def folder_faults(out: Path | None) -> list[Fault]:
    """Tell a folder that could not be written, or made."""
    from safepassage.errors import Fault

    got = None if out is None else _no_folder(out)
    if out is None or got is None:
        return []
    message = f"expected a folder to write into, got {got}; name another one"
    return [Fault(str(out), "folder-not-writable", message)]


def file_faults(out: Path | None) -> list[Fault]:
    """Tell a file that could not be written into a folder that is there."""
    from safepassage.errors import Fault

    got = None if out is None else _no_file(out)
    if out is None or got is None:
        return []
    message = f"expected the name of a file in a folder that is there, got {got}"
    return [Fault(str(out), "folder-not-writable", f"{message}; name another one")]


def checkpoint_faults(file: Path | None) -> list[Fault]:
    """Tell a checkpoint that could not be written, or that would take the place of another file."""
    from safepassage.errors import BadInput, Fault
    from safepassage.simulate.checkpoint import read_checkpoint

    if file is None:
        return []
    got = _no_folder(file.parent)
    if got is None:
        got = _no_file(file) if file.parent.is_dir() else None
    if got is None and file.exists():
        try:
            read_checkpoint(file)
        except BadInput:
            got = "one that is no checkpoint"
    if got is None:
        return []
    message = f"expected a place for a checkpoint, got {got}; name another one with --checkpoint"
    return [Fault(str(file), "checkpoint-not-writable", message)]


def _no_file(out: Path) -> str | None:
    """Say what stands in the way of a file; None where nothing does.

    A file is written beside its place and then moved there, which would do away with a device or
    a pipe.
    """
    try:
        mode = out.stat().st_mode
    except FileNotFoundError:
        return _no_folder(out.parent) if out.absolute().parent.is_dir() else "another one"
    except OSError as error:
        return f"one that cannot be: {error.strerror or error}"
    if stat.S_ISREG(mode):
        return _no_folder(out.parent)
    return "a folder" if stat.S_ISDIR(mode) else "a device or a pipe"


def _no_folder(out: Path) -> str | None:
    """Say what is there instead of a folder that can be written, or made; None for one."""
    try:
        mode = out.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        above = out.absolute().parent
        if above == out.absolute():
            return "one that is not there"
        got = _no_folder(above)
        return "one within a file" if got == "a file" else got
    except OSError as error:
        return f"one that cannot be: {error.strerror or error}"
    if not stat.S_ISDIR(mode):
        return "a file"
    return None if os.access(out, os.W_OK | os.X_OK) else "one that may not be written"
