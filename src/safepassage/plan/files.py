"""Plan files: canonical text, atomic writing, strict reading."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Final

from safepassage.plan.document import Plan
from safepassage.plan.json_files import read_json, write_whole
from safepassage.plan.reader import plan_from_json

__all__ = ["dumps_plan", "read_plan", "write_plan"]

_ONE_A_LINE: Final = ("left", "certificates", "assumptions", "rotations")


def _text(value: object, indent: int | None = None) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, indent=indent)


def dumps_plan(plan: Plan) -> str:
    """Write a plan as text: the same plan always gives the same bytes.

    Keys in the order of the format, two-space indentation, and one entry a line in the lists of
    rotations, people left, certificates and assumptions.
    """
    parts = []
    for key, value in plan.to_json().items():
        if key in _ONE_A_LINE and value:
            body = "[\n" + ",\n".join(f"    {_text(entry)}" for entry in value) + "\n  ]"
        else:
            body = _text(value, indent=2).replace("\n", "\n  ")
        parts.append(f"  {_text(key)}: {body}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def write_plan(plan: Plan, path: str | os.PathLike[str]) -> None:
    """Write a plan file; the file is there whole, or as it was before.

    Raises
    ------
    OSError
        If the folder cannot be written.
    """
    write_whole(Path(path), dumps_plan(plan))


def read_plan(path: str | os.PathLike[str]) -> Plan:
    """Read a plan file.

    Raises
    ------
    BadInput
        With every structural fault: unreadable, too large, not UTF-8, not JSON, a key twice in
        one object, NaN, missing or unknown keys, wrong types, impossible numbers.
    """
    name = os.fspath(path)
    return plan_from_json(read_json(path), name)
