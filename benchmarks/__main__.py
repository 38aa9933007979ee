"""Run benchmarks and keep their results: ``python -m benchmarks [NAME ...] [--seconds S]``.

``BENCH_ROADS=NAME,NAME`` in the environment measures these rows of ``roads`` only, and keeps what
was measured of the others; likewise ``convoys``, ``growth``,
``linked``, ``networks`` and ``study``.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import benchmarks.commands
import benchmarks.convoys
import benchmarks.growth
import benchmarks.linked
import benchmarks.networks
import benchmarks.proposals
import benchmarks.record
import benchmarks.roads
import benchmarks.simulate
import benchmarks.study
import benchmarks.table  # noqa: F401 - each registers itself
from benchmarks.keeping import keep
from benchmarks.registry import REGISTRY, Row
from safepassage import __version__

RESULTS = Path(__file__).parent / "results"


def main() -> None:
    """Run the benchmarks named, or all, and write a JSON file and a table for each."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(REGISTRY))
    parser.add_argument("--seconds", type=float, default=30.0, help="for each solver (default 30)")
    arguments = parser.parse_args()
    for name in arguments.names or REGISTRY:
        benchmark = REGISTRY[name]
        folder = RESULTS / __version__
        folder.mkdir(parents=True, exist_ok=True)
        rows: list[Row] = []
        for row in benchmark.run(arguments.seconds):
            print(json.dumps(row), flush=True)
            rows.append(row)
        keep(folder, benchmark, _about(arguments.seconds), rows)


def _about(seconds: float) -> dict[str, Any]:
    return {
        "version": __version__,
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "seconds": seconds,
    }


if __name__ == "__main__":
    main()
