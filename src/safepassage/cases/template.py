"""Write a commented template case to begin from."""

from __future__ import annotations

import tempfile
from pathlib import Path

from safepassage.errors import BadInput
from safepassage.files import is_file, is_folder

__all__ = ["write_template"]

_TEMPLATE = Path(__file__).parent / "_template"


def write_template(folder: Path) -> tuple[Path, ...]:
    """Write the template case into a folder that does not exist yet or is empty.

    All files are written beside it first and then moved: nothing half-written stays.

    Returns
    -------
    tuple of Path
        The files written.

    Raises
    ------
    BadInput
        If the folder holds something, is a file, or cannot be written.
    """
    where = str(folder)
    if is_file(folder) or (is_folder(folder) and any(folder.iterdir())):
        got = "a file" if is_file(folder) else "one that holds files"
        message = f"expected a new or empty folder, got {got}; name another one"
        raise BadInput.one(where, "folder-not-empty", message)
    try:
        target = folder.resolve()
        target.parent.mkdir(parents=True, exist_ok=True)
        _write(target)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        message = f"expected a folder that can be written, got: {reason}; name another one"
        raise BadInput.one(where, "folder-not-writable", message) from None
    return tuple(sorted(path for path in folder.rglob("*") if path.is_file()))


def _write(target: Path) -> None:
    with tempfile.TemporaryDirectory(prefix=".new-case-", dir=target.parent) as scratch:
        made = Path(scratch) / "case"
        for source in sorted(_TEMPLATE.rglob("*")):
            if source.is_file():
                copy = made / source.relative_to(_TEMPLATE)
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.write_bytes(source.read_bytes())
        if not target.is_dir():
            made.replace(target)
            return
        # An empty folder is filled, not replaced: somebody may stand in it.
        for entry in sorted(made.iterdir()):
            entry.replace(target / entry.name)
