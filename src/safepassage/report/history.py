"""A prediction beside what was reported, in lines for the terminal and as a table of points."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta, timezone

from safepassage.record import RecordFinding
from safepassage.record.history import Curve, Duration, History, SourceFit
from safepassage.report.wording import brief, count, duration, moment, people, percent

__all__ = ["fit_words", "history_csv", "history_lines", "rows_told", "summary_lines"]

LONG_S = 14 * 86_400
"""Lengths of time from this on are told in days."""


def history_lines(history: History, offset: timezone) -> Iterator[str]:
    """Tell a history.

    Parameters
    ----------
    history
        The prediction and what it is held against.
    offset
        Local time of the case.
    """
    yield from summary_lines(history, offset)
    if not history.fits:
        yield "  No counts of people out are recorded."
        return
    yield ""
    yield f"  {'source':<24} {'counts':>6} {'off by':>7} {'people':>8} {'bias':>6}  so many out"
    for fit in history.fits:
        counts, error, off, bias, late = fit_words(fit)
        yield f"  {fit.source:<24} {counts:>6} {error:>7} {off:>8} {bias:>6}  {late}"
    mean = history.mean_error
    if mean is not None:
        yield f"  Off by {percent(mean)} of a count on average, each source with the same weight."


def summary_lines(history: History, offset: timezone) -> Iterator[str]:
    """Tell what was predicted, how long it took, and what is assumed."""
    begin = history.begin.astimezone(offset)
    yield f"History: {history.proposal}, {history.level} count, {_moved(history)}"
    if history.begin_recorded:
        yield f"  People began to leave at {moment(begin)}."
    else:
        yield f"  Taken to begin at {moment(begin)}, the start of the terms; nothing is recorded."
    for a, b in history.stops:
        until = "with no end reported" if b is None else f"for {duration(b - a)}"
        yield f"  It stood still from {brief(begin + timedelta(seconds=a))} {until}."
    if history.duration is None:
        yield "  Nothing is recorded of how long it took."
    else:
        yield from _duration_lines(history.duration)
    for text in history.assumed:
        yield f"  Assumed, {text}."


def rows_told(found: RecordFinding) -> str:
    """Name the rows of a finding shortly: all are of one file."""
    file = found.rows[0].rpartition(":")[0]
    return f"{file}:{', '.join(row.rpartition(':')[2] for row in found.rows)}"


def _moved(history: History) -> str:
    how = "in convoys" if history.movement == "convoys" else "on the road"
    return f"{people(history.persons)} {how}"


def _duration_lines(d: Duration) -> Iterator[str]:
    yield f"  Until {people(d.persons)} were out it took {_took(d.actual_s)}."
    if d.predicted_s is None:
        yield "  The prediction never has so many out."
        return
    less = d.actual_s - d.predicted_s
    side = "less" if less >= 0 else "more"
    yield (
        f"  Predicted: {_took(d.predicted_s)}, {d.ratio or 0.0:.2f} of that, or "
        f"{_days(abs(less))} {side}."
    )
    if d.undisturbed_s is not None and d.undisturbed_s != d.predicted_s:
        yield f"  Predicted without any stop: {_took(d.undisturbed_s)}."


def fit_words(fit: SourceFit) -> tuple[str, str, str, str, str]:
    """Tell of a source: counts, off by, people off by, bias, and how much later so many are out."""
    error = "-" if fit.mean_error is None else percent(fit.mean_error)
    off = "-" if fit.mean_off is None else count(round(fit.mean_off))
    bias = "-" if fit.bias is None else f"{fit.bias * 100:+.0f}%"
    late = "never"
    if fit.mean_late_s is not None:
        late = f"{_days(abs(fit.mean_late_s))} {'later' if fit.mean_late_s > 0 else 'sooner'}"
    return str(len(fit.points)), error, off, bias, late


def _took(seconds: int) -> str:
    """Write a length of time; a long one in days."""
    return _days(seconds) if seconds >= LONG_S else duration(seconds)


def _days(seconds: float) -> str:
    return f"{seconds / 86_400:.1f} days"


def history_csv(history: History) -> str:
    """Write counts and curves as one table: what, hours after the beginning, people out."""
    lines = ["what,hours,persons,predicted"]
    for fit in history.fits:
        lines += [
            f"{fit.source},{p.time_s / 3600:.4f},{p.reported},{p.predicted}" for p in fit.points
        ]
    curves: tuple[tuple[str, Curve], ...] = (
        ("prediction with stops", history.curve),
        ("prediction without stops", history.undisturbed),
    )
    for name, curve in curves:
        lines += [
            f"{name},{t / 3600:.4f},{n},{n}"
            for t, n in zip(curve.times_s, curve.persons, strict=True)
        ]
    return "\n".join(lines) + "\n"
