"""Plan files: canonical text, atomic writing, strict reading."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from safepassage.errors import BadInput, Fault
from safepassage.plan.document import Plan
from safepassage.plan.reader import plan_from_json

__all__ = ["LARGEST_FILE", "dumps_plan", "read_plan", "write_plan"]

LARGEST_FILE: Final = 200_000_000
"""Bytes; a plan of a million rotations is smaller."""

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
    target = Path(path)
    draft = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with draft.open("x", encoding="utf-8", newline="\n") as stream:
            stream.write(dumps_plan(plan))
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def read_plan(path: str | os.PathLike[str]) -> Plan:
    """Read a plan file.

    Raises
    ------
    BadInput
        With every structural fault: unreadable, too large, not UTF-8, not JSON, a key twice in
        one object, NaN, missing or unknown keys, wrong types, impossible numbers.
    """
    name = os.fspath(path)
    return plan_from_json(_parse(_decoded(_bytes(Path(path), name), name), name), name)


def _bytes(path: Path, name: str) -> bytes:
    try:
        with path.open("rb") as stream:
            content = stream.read(LARGEST_FILE + 1)
    except OSError as error:
        reason = error.strerror or str(error)
        raise BadInput.one(
            name, "plan-unreadable", f"expected a plan file, got: {reason}"
        ) from None
    if len(content) > LARGEST_FILE:
        raise BadInput.one(
            name, "plan-too-large", f"expected at most {LARGEST_FILE} bytes, got more"
        )
    return content


def _decoded(content: bytes, name: str) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise BadInput.one(
            f"{name}:{line}", "plan-not-utf8", f"expected UTF-8, got the byte {error.start}"
        ) from None


class _Doubled(dict[str, Any]):
    """An object in which some key stands twice."""

    keys_twice: tuple[str, ...] = ()


class _Decoder:
    """``json`` with its two leniencies noticed: keys that stand twice, and NaN."""

    def __init__(self) -> None:
        self.lenient = False

    def pairs(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) == len(pairs):
            return found
        self.lenient = True
        doubled = _Doubled(found)
        keys = [k for k, _ in pairs]
        doubled.keys_twice = tuple(k for k in found if keys.count(k) > 1)
        return doubled

    def constant(self, text: str) -> float:
        self.lenient = True
        return float(text)

    def real(self, text: str) -> float:
        value = float(text)
        self.lenient = self.lenient or not math.isfinite(value)
        return value


def _parse(text: str, name: str) -> object:
    decoder = _Decoder()
    try:
        data = json.loads(
            text,
            object_pairs_hook=decoder.pairs,
            parse_constant=decoder.constant,
            parse_float=decoder.real,
        )
        faults = list(_leniencies(data, f"{name}:")) if decoder.lenient else []
    except json.JSONDecodeError as error:
        raise BadInput.one(
            f"{name}:{error.lineno}", "plan-not-json", f"expected JSON, got: {error.msg}"
        ) from None
    except RecursionError:
        raise BadInput.one(
            name, "plan-not-json", "expected a plan, got JSON nested too deeply"
        ) from None
    except ValueError:
        # The limit that Python sets on the digits of a whole number.
        raise BadInput.one(
            name, "plan-not-json", "expected a plan, got a number of too many digits"
        ) from None
    if faults:
        raise BadInput(faults)
    return data


def _leniencies(value: object, path: str) -> Iterator[Fault]:
    if isinstance(value, dict):
        if isinstance(value, _Doubled):
            for key in value.keys_twice:
                where = path.removesuffix(":")
                yield Fault(where, "plan-duplicate-key", f"expected one key {key!r}, got two")
        for key, item in value.items():
            yield from _leniencies(item, f"{path}.{key}" if path[-1] != ":" else path + key)
    elif isinstance(value, list):
        for i, item in enumerate(value):
            yield from _leniencies(item, f"{path}[{i}]")
    elif isinstance(value, float) and not math.isfinite(value):
        yield Fault(path, "plan-bad-value", f"expected a finite number, got {value}")
