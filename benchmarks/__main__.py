"""Run benchmarks and keep their results: ``python -m benchmarks [NAME ...] [--seconds S]``."""

from __future__ import annotations

import argparse
import json
import os
import platform
from datetime import UTC, datetime
from pathlib import Path

import benchmarks.commands
import benchmarks.convoys
import benchmarks.linked
import benchmarks.networks
import benchmarks.record
import benchmarks.roads
import benchmarks.simulate
import benchmarks.study
import benchmarks.table  # noqa: F401 - each registers itself
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
        rows = []
        for row in benchmark.run(arguments.seconds):
            print(json.dumps(row), flush=True)
            rows.append(row)
        _keep(name, benchmark.title, arguments.seconds, rows)


def _keep(name: str, title: str, seconds: float, rows: list[Row]) -> None:
    folder = RESULTS / __version__
    folder.mkdir(parents=True, exist_ok=True)
    about = {
        "benchmark": name,
        "title": title,
        "version": __version__,
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "seconds": seconds,
    }
    data = json.dumps({**about, "rows": rows}, indent=1) + "\n"
    (folder / f"{name}.json").write_text(data, encoding="utf-8")
    columns = list(dict.fromkeys(c for row in rows for c in row))
    lines = [
        f"# {title}",
        "",
        ", ".join(f"{k} {v}" for k, v in about.items() if k not in ("benchmark", "title")),
        "",
        "| " + " | ".join(columns) + " |",
        "|" + "---|" * len(columns),
        *("| " + " | ".join(str(row.get(c, "")) for c in columns) + " |" for row in rows),
    ]
    (folder / f"{name}.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
