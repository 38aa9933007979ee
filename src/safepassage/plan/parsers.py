"""Parsers of JSON values that collect faults instead of stopping at the first.

A parser takes a value, the JSON path it stands at, and the list that faults are added to. It
returns what the value means, or ``WRONG`` after it has added a fault.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from fractions import Fraction
from typing import Final

from safepassage.errors import BadInput, Fault
from safepassage.files import first_of
from safepassage.plan.json_files import Real
from safepassage.units import parse_time

__all__ = [
    "WRONG",
    "Parser",
    "counts",
    "decimal",
    "digest",
    "flag",
    "listing",
    "mapping",
    "moment",
    "nullable",
    "number",
    "one_of",
    "parsed",
    "rational",
    "record",
    "unversioned",
    "whole",
    "words",
]

Parser = Callable[[object, str, list[Fault]], object]

MOST_DIGITS: Final = 60
_PLAIN: Final = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][-+]?\d{1,2})?")
_FRACTION: Final = re.compile(r"\d{1,60}/0*[1-9]\d{0,60}")


class _Wrong:
    """Stands for a value that had a fault."""


WRONG: Final = _Wrong()


def _wrong(faults: list[Fault], path: str, code: str, message: str) -> _Wrong:
    faults.append(Fault(path.removesuffix(":"), code, message))
    return WRONG


def _shown(value: object) -> str:
    """Name a value in a fault, on one line and not too long."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, int) and abs(value) >= 10**20:
        return "a number of more than 20 digits"
    shown = repr(value)
    return shown if len(shown) <= 60 else shown[:57] + "..."


def whole(least: int, most: int, noun: str) -> Parser:
    """Parse a whole number within limits; ``true`` is not one."""

    def parse(value: object, path: str, faults: list[Fault]) -> object:
        if isinstance(value, bool) or not isinstance(value, int):
            return _wrong(faults, path, "plan-wrong-type", f"expected {noun}, got {_shown(value)}")
        if not least <= value <= most:
            return _wrong(
                faults,
                path,
                "plan-bad-value",
                f"expected {noun} from {least} to {most}, got {_shown(value)}",
            )
        return value

    return parse


def flag(value: object, path: str, faults: list[Fault]) -> object:
    """Parse ``true`` or ``false``."""
    if not isinstance(value, bool):
        return _wrong(
            faults, path, "plan-wrong-type", f"expected true or false, got {_shown(value)}"
        )
    return value


def number(value: object, path: str, faults: list[Fault]) -> object:
    """Parse a finite number as a float."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return _wrong(faults, path, "plan-wrong-type", f"expected a number, got {_shown(value)}")
    # Compared before it is made a float: of a larger whole number none can be made.
    if not abs(value) <= 10**15:
        return _wrong(
            faults, path, "plan-bad-value", f"expected a number that can be, got {_shown(value)}"
        )
    return float(value)


def decimal(least: int, most: int, noun: str, places: int) -> Parser:
    """Parse a number within limits, exactly, with at most so many decimals."""

    def parse(value: object, path: str, faults: list[Fault]) -> object:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return _wrong(faults, path, "plan-wrong-type", f"expected {noun}, got {_shown(value)}")
        if not least <= value <= most:
            message = f"expected {noun} from {least} to {most}, got {_shown(value)}"
            return _wrong(faults, path, "plan-bad-value", message)
        exact = Fraction(value) if isinstance(value, int) else _as_written(value)
        if exact is None or 10**places % exact.denominator:
            message = f"expected {noun} with at most {places} decimals, got {_shown(value)}"
            return _wrong(faults, path, "plan-bad-value", message)
        return exact

    return parse


def rational(least: int, most: int, noun: str) -> Parser:
    """Parse a number within limits that may also be written as a fraction: ``"59474/6"``."""

    def parse(value: object, path: str, faults: list[Fault]) -> object:
        exact = _exactly(value)
        if exact is None or not least <= exact <= most:
            message = f"expected {noun} from {least} to {most}, got {_shown(value)}"
            return _wrong(faults, path, "plan-bad-value", message)
        return exact

    return parse


def _exactly(value: object) -> Fraction | None:
    """Return a number, or a fraction written as text; None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, float):
        return _as_written(value) if math.isfinite(value) else None
    if isinstance(value, str):
        return Fraction(value) if _FRACTION.fullmatch(value) else None
    return Fraction(value) if isinstance(value, int) else None


def _as_written(value: float) -> Fraction | None:
    """Return a finite number exactly as it stands in the file; None with too many digits."""
    text = value.text if isinstance(value, Real) else repr(value)
    return Fraction(text) if len(text) <= MOST_DIGITS and _PLAIN.fullmatch(text) else None


def words(least: int, most: int) -> Parser:
    """Parse text of so many characters."""

    def parse(value: object, path: str, faults: list[Fault]) -> object:
        if not isinstance(value, str):
            return _wrong(faults, path, "plan-wrong-type", f"expected text, got {_shown(value)}")
        if not least <= len(value) <= most:
            return _wrong(
                faults,
                path,
                "plan-bad-value",
                f"expected {least} to {most} characters, got {len(value)}",
            )
        if any("\ud800" <= c <= "\udfff" for c in value):
            return _wrong(
                faults, path, "plan-bad-value", "expected text that UTF-8 can hold, got a surrogate"
            )
        return value

    return parse


def one_of(*choices: str) -> Parser:
    """Parse one of a few words."""

    def parse(value: object, path: str, faults: list[Fault]) -> object:
        if not isinstance(value, str) or value not in choices:
            return _wrong(
                faults,
                path,
                "plan-bad-value",
                f"expected {' or '.join(map(repr, choices))}, got {_shown(value)}",
            )
        return value

    return parse


def digest(value: object, path: str, faults: list[Fault]) -> object:
    """Parse a SHA-256 as hex digits."""
    if isinstance(value, str) and len(value) == 64 and set(value) <= set("0123456789abcdef"):
        return value
    return _wrong(
        faults, path, "plan-bad-value", f"expected 64 lower-case hex digits, got {_shown(value)}"
    )


def moment(value: object, path: str, faults: list[Fault]) -> object:
    """Parse an ISO 8601 time with its zone."""
    if isinstance(value, datetime):
        value = value.isoformat()
    if not isinstance(value, str):
        return _wrong(faults, path, "plan-wrong-type", f"expected a time, got {_shown(value)}")
    try:
        return parse_time(value)
    except ValueError as error:
        return _wrong(faults, path, "plan-bad-value", str(error))


def nullable(parser: Parser) -> Parser:
    """Let ``null`` through beside what ``parser`` takes."""

    def parse(value: object, path: str, faults: list[Fault]) -> object:
        return None if value is None else parser(value, path, faults)

    return parse


def listing(parser: Parser, least: int = 0) -> Parser:
    """Parse a list as a tuple."""

    def parse(value: object, path: str, faults: list[Fault]) -> object:
        if not isinstance(value, list):
            return _wrong(faults, path, "plan-wrong-type", f"expected a list, got {_shown(value)}")
        if len(value) < least:
            return _wrong(
                faults, path, "plan-bad-value", f"expected at least {least} entries, got none"
            )
        items = tuple(parser(v, f"{path}[{i}]", faults) for i, v in enumerate(value))
        return WRONG if any(i is WRONG for i in items) else items

    return parse


def mapping(value: object, path: str, faults: list[Fault]) -> object:
    """Take any object as it is."""
    if not isinstance(value, dict):
        return _wrong(faults, path, "plan-wrong-type", f"expected an object, got {_shown(value)}")
    return value


def counts(name: Parser, parser: Parser) -> Parser:
    """Parse an object whose keys are not fixed."""

    def parse(value: object, path: str, faults: list[Fault]) -> object:
        if not isinstance(value, dict):
            return mapping(value, path, faults)
        parsed = {
            name(key, path, faults): parser(item, _join(path, key), faults)
            for key, item in value.items()
        }
        return WRONG if any(WRONG in pair for pair in parsed.items()) else parsed

    return parse


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path and not path.endswith(":") else path + key


def record(build: Callable[..., object], parsers: Mapping[str, Parser]) -> Parser:
    """Parse an object with exactly the given keys; ``build`` takes them by attribute name."""

    def parse(value: object, path: str, faults: list[Fault]) -> object:
        if not isinstance(value, dict):
            return mapping(value, path, faults)
        keys = {attribute.rstrip("_"): attribute for attribute in parsers}
        for key in sorted(value.keys() - keys.keys()):
            known = ", ".join(keys)
            _wrong(
                faults,
                _join(path, str(key)),
                "plan-unknown-key",
                f"expected one of {known}; got the unknown key {_shown(key)}",
            )
        for key in sorted(keys.keys() - value.keys()):
            _wrong(faults, _join(path, key), "plan-missing-key", "expected this key, got none")
        parsed = {
            attribute: parsers[attribute](value[key], _join(path, key), faults)
            for key, attribute in keys.items()
            if key in value
        }
        if len(parsed) < len(keys) or any(v is WRONG for v in parsed.values()):
            return WRONG
        return build(**parsed)

    return parse


def unversioned(build: Callable[..., object]) -> Callable[..., object]:
    """Build from all keys but ``format``, which says no more than that the file is of this one."""

    def built(**parts: object) -> object:
        del parts["format"]
        return build(**parts)

    return built


def parsed(parser: Parser, data: object, where: str) -> object:
    """Parse a whole file.

    Raises
    ------
    BadInput
        With every structural fault; each names ``where`` and the JSON path.
    """
    faults: list[Fault] = []
    value = parser(data, f"{where}:", faults)
    if faults or value is WRONG:
        raise BadInput(first_of(faults, where))
    return value
