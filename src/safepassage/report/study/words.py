"""Names of unknowns, probabilities and their intervals in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from safepassage.cases import OpenCase
from safepassage.report.table.words import span
from safepassage.report.wording import count

__all__ = [
    "fewer",
    "interval",
    "names_in",
    "origin",
    "points",
    "probability",
    "spans",
    "unknown",
    "value",
]

_KINDS = {
    "people": "number of people",
    "refusal": "share that refuses",
    "boarding": "boarding times",
    "driving": "driving times",
    "inspection": "inspection times",
    "loss": "share of vehicles lost",
    "hold": "time until a convoy is held",
    "release": "time until a held convoy is let go",
    "suspension.onset": "time until the operation is suspended",
    "suspension.length": "length of a suspension",
    "each_convoy": "how single convoys differ",
    "late": "delay of the linked side",
    "part": "share that the linked side delivers",
    "weather": "whether there is {}",
    "onset": "when {} begins",
    "length": "how long {} lasts",
    "factor": "how far {} slows",
    "events": "what comes again and again (further stoppages and holds, vehicles lost)",
}


def names_in(opened: OpenCase) -> dict[str, str]:
    """Names by id of everything that an unknown or a lever may be about."""
    case = opened.case
    parts = (*case.places, *case.corridors, *case.fleet.vehicles, *case.groups)
    return {part.id: part.name for part in parts}


def unknown(name: str, names: Mapping[str, str]) -> str:
    """Write what an unknown is, such as ``people.civilians`` or ``weather.snow.onset``."""
    if name in _KINDS:
        return _KINDS[name]
    kind, _, of = name.partition(".")
    if kind == "weather" and "." in of:
        of, _, kind = of.partition(".")
    about = names.get(of, of.replace(".", ", ").replace("-", " ").replace("_", " "))
    words = _KINDS.get(kind, kind.replace("-", " ").replace("_", " "))
    if "{}" in words:
        return words.format(about)
    return f"{words} ({about})" if about else words


def value(name: str, drawn: float) -> str:
    """Write the value of an unknown in its own unit: people, a share, a time, or a factor."""
    kind, _, of = name.partition(".")
    if kind == "people":
        return count(round(drawn))
    if kind in ("refusal", "loss", "part"):
        return f"{drawn * 100:.3g}%"
    if kind in ("hold", "release", "late", "suspension") or of.endswith((".onset", ".length")):
        return span(round(drawn))
    if kind == "weather" and "." not in of:
        return "no" if drawn < 0.5 else "yes"
    return f"{drawn:.3g} \N{MULTIPLICATION SIGN}"


def origin(told: str) -> tuple[str, tuple[str, ...]]:
    """Part where a distribution is from into what is assumed and the sources cited."""
    cited, mark, assumed = told.partition("assumed: ")
    sources = cited.removeprefix("cited: ").strip().rstrip(";")
    named = tuple(s.strip() for s in sources.split(",") if s.strip()) if sources else ()
    return (assumed if mark else ""), named


def probability(share: float, interval: Sequence[float] | None = None) -> str:
    """Write a probability as finely as its interval allows; only what is sure is 0 or 100 %."""
    width = 0.02 if interval is None else interval[1] - interval[0]
    digits = 0 if width >= 0.02 else 1 if width >= 0.001 else 2
    shown = f"{share * 100:.{digits}f}"
    least = f"{10**-digits:.{digits}f}"
    if share > 0 and float(shown) == 0:
        return f"under {least}%"
    if share < 1 and float(shown) == 100:
        return f"over {100 - 10**-digits:.{digits}f}%"
    return f"{shown}%"


def interval(ends: Sequence[float]) -> str:
    """Write the interval of a probability; its ends are rounded away from each other."""
    low, high = ends
    digits = 0 if high - low >= 0.02 else 1 if high - low >= 0.001 else 2
    scale = 10**digits
    down = max(0.0, _floor(low * 100 * scale) / scale)
    up = min(100.0, -_floor(-high * 100 * scale) / scale)
    return f"{down:.{digits}f}% to {up:.{digits}f}%"


def points(gain: float) -> str:
    """Write a difference of probabilities in points of a hundred."""
    shown = f"{gain * 100:+.1f}"
    if float(shown) == 0:
        return "0.0"
    return shown.replace("-", "\N{MINUS SIGN}")


def fewer(number: float) -> str:
    """Write how many fewer people are left, or how many more."""
    whole = round(number)
    if whole == 0:
        return "as many are left"
    return f"{count(abs(whole))} {'fewer' if whole > 0 else 'more'} are left"


def spans(ends: Sequence[float | int | None]) -> str:
    """Write an interval of times; an end that nothing reaches is said to be never."""
    low, high = (None if x is None else int(x) for x in ends)
    if low is None:
        return "never"
    return f"{span(low)} to {'never' if high is None else span(high, up=True)}"


def _floor(value: float) -> int:
    # A hair is taken off first: 95 % is 95, and not 95.00000000000001 rounded up to 96.
    return int((value + 1e-9) // 1)
