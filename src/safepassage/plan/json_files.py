"""JSON files of results: written whole or not at all, read strictly and exactly."""

from __future__ import annotations

import errno
import json
import math
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Final, Self

from safepassage.errors import BadInput, Fault
from safepassage.plan.clearance import CLEARANCE_FORMAT

__all__ = ["LARGEST_FILE", "LARGEST_OF_ROADS", "Real", "read_json", "write_whole"]

LARGEST_FILE: Final = 400_000_000
"""Bytes; a plan of a million rotations is smaller."""

LARGEST_OF_ROADS: Final = 2_000_000_000
"""Bytes of a clearance result; the million departures of a metropolis are fewer."""

_FORMAT_WITHIN: Final = 200
"""Bytes of a file in which its format is told, for the larger limit to hold."""


def write_whole(target: Path, text: str | Iterable[str]) -> None:
    """Write a file; it is there whole, or as it was before.

    Raises
    ------
    OSError
        If the folder cannot be written, or something other than a file stands there.
    """
    if target.exists() and not target.is_file():
        # A file moved there would do away with a device or a pipe.
        raise FileExistsError(errno.EEXIST, "something other than a file", str(target))
    draft = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with draft.open("x", encoding="utf-8", newline="\n") as stream:
            stream.writelines([text] if isinstance(text, str) else text)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def read_json(
    path: str | os.PathLike[str], taken: Callable[[dict[str, Any]], object] | None = None
) -> object:
    """Read a JSON file; numbers with a fraction come as :class:`Real`.

    Parameters
    ----------
    path
        Where it is.
    taken
        What becomes of each object as soon as it is read, so that large files need not be held as
        parsed; without it they stay as they are.

    Raises
    ------
    BadInput
        If it is unreadable, too large, not UTF-8 or not JSON; with every key that stands twice in
        one object and every number that is none.
    """
    name = os.fspath(path)
    return _parse(_decoded(_bytes(Path(path), name), name), name, taken)


class Real(float):
    """A number that remembers how it was written, so that it can be taken exactly."""

    __slots__ = ("text",)
    text: str

    def __new__(cls, text: str) -> Self:
        """Read a JSON number."""
        number = super().__new__(cls, text)
        number.text = text
        return number


def _bytes(path: Path, name: str) -> bytes:
    try:
        with path.open("rb") as stream:
            content = stream.read(LARGEST_FILE + 1)
            most = LARGEST_FILE
            if len(content) > most and CLEARANCE_FORMAT.encode() in content[:_FORMAT_WITHIN]:
                most = LARGEST_OF_ROADS
                content += stream.read(most + 1 - len(content))
    except OSError as error:
        reason = error.strerror or str(error)
        raise BadInput.one(
            name, "plan-unreadable", f"expected a plan file, got: {reason}"
        ) from None
    if len(content) > most:
        raise BadInput.one(name, "plan-too-large", f"expected at most {most} bytes, got more")
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

    def __init__(self, taken: Callable[[dict[str, Any]], object] | None) -> None:
        self.lenient = False
        self._taken = taken

    def pairs(self, pairs: list[tuple[str, Any]]) -> object:
        found = dict(pairs)
        if len(found) == len(pairs):
            return found if self._taken is None else self._taken(found)
        self.lenient = True
        doubled = _Doubled(found)
        times = Counter(k for k, _ in pairs)
        doubled.keys_twice = tuple(k for k in found if times[k] > 1)
        return doubled

    def constant(self, text: str) -> float:
        self.lenient = True
        return float(text)

    def real(self, text: str) -> float:
        value = Real(text)
        self.lenient = self.lenient or not math.isfinite(value)
        return value


def _parse(text: str, name: str, taken: Callable[[dict[str, Any]], object] | None) -> object:
    decoder = _Decoder(taken)
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
