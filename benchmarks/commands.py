"""Whole commands, as a user waits for them: start-up, reading, planning, checking, answering."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Iterator

from benchmarks.registry import Row, register

COMMANDS = (
    ("help", ["--help"]),
    ("cases", ["cases", "--json"]),
    ("check aleppo-2016", ["check", "aleppo-2016", "--json"]),
    ("plan aleppo-2016", ["plan", "aleppo-2016", "--json"]),
    ("plan fort-mcmurray-2016", ["plan", "fort-mcmurray-2016", "--json"]),
    ("compare aleppo-2016", ["compare", "aleppo-2016", "--json"]),
)


@register("commands", "Whole commands (median of five after one warm-up)")
def commands(seconds: float) -> Iterator[Row]:
    """Time each command from outside."""
    del seconds
    for name, words in COMMANDS:
        times = []
        for run in range(6):
            begin = time.monotonic()
            subprocess.run(
                [sys.executable, "-m", "safepassage", *words], capture_output=True, check=False
            )
            if run:
                times.append(time.monotonic() - begin)
        yield {
            "command": name,
            "median_s": round(statistics.median(times), 3),
            "min_s": round(min(times), 3),
            "max_s": round(max(times), 3),
        }
