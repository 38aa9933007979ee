"""A prediction beside what was reported: curves, errors, durations."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import fmean
from typing import Any, Literal

from safepassage.plan import Level

__all__ = ["Curve", "Duration", "History", "Point", "SourceFit", "fit_series"]


@dataclass(frozen=True, slots=True)
class Curve:
    """People out over time: a step at each arrival, or straight from moment to moment."""

    times_s: tuple[int, ...]
    """Seconds after the beginning, in order; the first is that of nobody out."""
    persons: tuple[int, ...]
    """People out in all from then on."""
    straight: bool = False
    """True where people come out all the time, as in a flow."""

    def at(self, time_s: float) -> int:
        """Return how many people are out at a moment."""
        after = bisect_right(self.times_s, time_s)
        if after == 0:
            return 0
        if not self.straight or after == len(self.times_s):
            return self.persons[after - 1]
        t0, t1 = self.times_s[after - 1], self.times_s[after]
        n0, n1 = self.persons[after - 1], self.persons[after]
        return n0 + int((n1 - n0) * (time_s - t0) / (t1 - t0))

    def reached(self, persons: int) -> int | None:
        """Return when so many people are out; None where they never are."""
        at = bisect_left(self.persons, persons)
        if at == len(self.persons):
            return None
        if not self.straight or at == 0:
            return self.times_s[at]
        t0, t1 = self.times_s[at - 1], self.times_s[at]
        n0, n1 = self.persons[at - 1], self.persons[at]
        return round(t0 + (t1 - t0) * (persons - n0) / (n1 - n0))


@dataclass(frozen=True, slots=True)
class Point:
    """One count of a source beside the prediction."""

    line: int
    """Line of its row in the observations."""
    time_s: int
    """Seconds after the beginning."""
    reported: int
    predicted: int
    """People out at that moment by the prediction."""
    reached_s: int | None
    """When the prediction has so many people out; None where it never has."""
    complete: bool = False
    """Everybody planned for is out by both, so that nothing is told of the pace in between."""

    @property
    def error(self) -> float | None:
        """Predicted less reported, as a share of reported; None where that would tell nothing."""
        if self.complete or not self.reported:
            return None
        return (self.predicted - self.reported) / self.reported

    @property
    def late_s(self) -> int | None:
        """How much later than reported the prediction has so many people out (s)."""
        return None if self.reached_s is None else self.reached_s - self.time_s


@dataclass(frozen=True, slots=True)
class SourceFit:
    """A source's series beside the prediction."""

    source: str
    points: tuple[Point, ...]

    @property
    def mean_error(self) -> float | None:
        """Mean absolute relative error: how far off the prediction is at a count, on average."""
        errors = [abs(p.error) for p in self.points if p.error is not None]
        return fmean(errors) if errors else None

    @property
    def mean_off(self) -> float | None:
        """Mean absolute error at a count, in people."""
        off = [abs(p.predicted - p.reported) for p in self.points if p.error is not None]
        return fmean(off) if off else None

    @property
    def bias(self) -> float | None:
        """Mean relative error: below 0 where the prediction has fewer people out than reported."""
        errors = [p.error for p in self.points if p.error is not None]
        return fmean(errors) if errors else None

    @property
    def mean_late_s(self) -> float | None:
        """Mean of how much later the prediction has so many people out, where it ever has (s)."""
        late = [p.late_s for p in self.points if p.late_s is not None]
        return fmean(late) if late else None


@dataclass(frozen=True, slots=True)
class Duration:
    """How long it took until so many people were out, and how long it was predicted to take."""

    persons: int
    actual_s: int
    predicted_s: int | None
    """With the stops that were reported; None where the prediction never has so many out."""
    undisturbed_s: int | None
    """Without any stop."""

    @property
    def ratio(self) -> float | None:
        """Predicted over actual."""
        return None if self.predicted_s is None else self.predicted_s / self.actual_s


@dataclass(frozen=True, slots=True)
class History:
    """A prediction for terms that were carried out, beside what was reported."""

    proposal: str
    level: Level
    movement: Literal["convoys", "roads"]
    persons: int
    """People whom the prediction brings out in all."""
    begin: datetime
    """When people began to leave; all seconds count from then."""
    stops: tuple[tuple[int, int | None], ...]
    """Stops that were reported, seconds after the beginning; None: no end."""
    curve: Curve
    """With these stops."""
    undisturbed: Curve
    """Without any stop."""
    fits: tuple[SourceFit, ...]
    duration: Duration | None
    """None where nothing says how long it took."""
    assumed: tuple[str, ...] = ()
    """What of beginning, end and number of people the case assumes, in its own words."""

    @property
    def mean_error(self) -> float | None:
        """Mean absolute relative error, each source with the same weight."""
        errors = [f.mean_error for f in self.fits if f.mean_error is not None]
        return fmean(errors) if errors else None

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON data; times are seconds after the beginning."""
        return {
            "proposal": self.proposal,
            "count": self.level,
            "movement": self.movement,
            "persons": self.persons,
            "begin": self.begin.isoformat(),
            "stops": [list(span) for span in self.stops],
            "duration": _duration(self.duration),
            "assumed": list(self.assumed),
            "mean_error": _rounded(self.mean_error),
            "series": [_fit(fit) for fit in self.fits],
            "curve": _curve(self.curve),
            "curve_undisturbed": _curve(self.undisturbed),
        }


def _duration(duration: Duration | None) -> dict[str, Any] | None:
    if duration is None:
        return None
    return {
        "persons": duration.persons,
        "actual_s": duration.actual_s,
        "predicted_s": duration.predicted_s,
        "predicted_undisturbed_s": duration.undisturbed_s,
        "ratio": _rounded(duration.ratio),
    }


def _fit(fit: SourceFit) -> dict[str, Any]:
    return {
        "source": fit.source,
        "mean_error": _rounded(fit.mean_error),
        "mean_off_persons": None if fit.mean_off is None else round(fit.mean_off),
        "bias": _rounded(fit.bias),
        "mean_late_s": None if fit.mean_late_s is None else round(fit.mean_late_s),
        "points": [
            {
                "line": p.line,
                "time_s": p.time_s,
                "reported": p.reported,
                "predicted": p.predicted,
                "error": _rounded(p.error),
                "reached_s": p.reached_s,
            }
            for p in fit.points
        ],
    }


def _curve(curve: Curve) -> list[list[int]]:
    return [list(point) for point in zip(curve.times_s, curve.persons, strict=True)]


def _rounded(number: float | None) -> float | None:
    return None if number is None else round(number, 4)


def fit_series(
    curve: Curve, series: Sequence[tuple[str, Sequence[tuple[int, int, int]]]]
) -> tuple[SourceFit, ...]:
    """Set counts beside a prediction.

    Parameters
    ----------
    curve
        The prediction.
    series
        Sources, each with its counts: line, seconds after the beginning, people out. Sources
        without any are left out.
    """
    total = curve.persons[-1]
    return tuple(
        SourceFit(
            source,
            tuple(
                Point(line, at, n, curve.at(at), curve.reached(n), n == curve.at(at) == total)
                for line, at, n in counts
            ),
        )
        for source, counts in series
        if counts
    )
