"""A Ray cluster: one that is running already, or one of this machine started for the purpose."""

from __future__ import annotations

import contextlib
import importlib
import logging
import os
import socket
import sys
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from itertools import islice
from typing import Any, Self, TypeVar

from safepassage.errors import BadInput
from safepassage.files import shown
from safepassage.simulate.executors.protocol import AHEAD, Task
from safepassage.workers import cores

__all__ = ["RayCluster"]

S = TypeVar("S")
R = TypeVar("R")

RETRIES = 10
"""Times that Ray does a task again whose worker, or whose whole machine, was lost."""
PATIENCE_S = 5.0


class RayCluster:
    """Runs tasks on Ray; a worker that dies is replaced, and its tasks done again.

    The nodes of a cluster need the same version of this package and its libraries.

    Parameters
    ----------
    address
        Of a running cluster, ``HOST:PORT`` or ``auto``; None starts one on this machine, which
        ends with this executor.
    workers
        Tasks at once; by default as many as the cluster has processors.

    Raises
    ------
    BadInput
        If Ray is not installed, or no cluster answers at the address.
    """

    def __init__(self, address: str | None = None, workers: int | None = None) -> None:
        self._ray = _library()
        _reachable(address)
        settings: dict[str, Any] = {
            "log_to_driver": False,
            "logging_level": logging.ERROR,
            "configure_logging": True,
        }
        if address is None:
            settings |= {"num_cpus": workers or cores(), "include_dashboard": False}
        try:
            with _quiet():
                self._ray.init(address=address or "local", **settings)
        except (ConnectionError, RuntimeError, ValueError, OSError) as error:
            raise _unreachable(address, str(error)) from None
        self.workers = workers or int(self._ray.cluster_resources().get("CPU", 1))
        self._work = self._ray.remote(_work).options(max_retries=RETRIES)

    def run(self, subject: S, tasks: Iterable[Task[S, R]]) -> Generator[R, None, None]:
        """Yield the result of each task on the subject, in the order of the tasks."""
        shared = self._ray.put(subject)
        supply = iter(tasks)
        given: deque[Any] = deque()
        try:
            while True:
                for task in islice(supply, AHEAD * self.workers - len(given)):
                    given.append(self._work.remote(shared, task))
                if not given:
                    return
                yield self._ray.get(given.popleft())
        finally:
            for reference in given:
                self._ray.cancel(reference)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *reason: object) -> None:
        """Leave the cluster; one that was started here ends."""
        self._ray.shutdown()


def _work(subject: Any, task: Task[Any, R]) -> R:
    return task(subject)


def _library() -> Any:
    # Nothing is reported to anybody.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        return importlib.import_module("ray")
    except ImportError:
        message = (
            "expected Ray to be installed, got no such package; "
            "install it with: pip install 'safepassage[ray]'"
        )
        raise BadInput.one("--engine ray", "extra-missing", message) from None


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep off stderr what Ray's own libraries write past Python: a fault is one line of ours."""
    sys.stderr.flush()
    kept = os.dup(2)
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 2)
        os.close(nowhere)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def _reachable(address: str | None) -> None:
    """Ask at the door first: Ray itself tries for half a minute, and then says much."""
    host, colon, port = (address or "").removeprefix("ray://").rpartition(":")
    if address is None or not colon:
        return
    try:
        socket.create_connection((host, int(port)), PATIENCE_S).close()
    except (OSError, ValueError, OverflowError) as error:
        raise _unreachable(address, str(error)) from None


def _unreachable(address: str | None, reason: str) -> BadInput:
    where = f"--address {address}" if address is not None else "--engine ray"
    expected = "a Ray cluster at this address" if address is not None else "Ray to start"
    first = next((line for line in reason.splitlines() if line.strip()), "no reason given")
    message = (
        f"expected {expected}, got: {shown(first, 120)}; see 'ray status' (a cluster that asks "
        "for a token wants RAY_AUTH_MODE=token), or leave out --address to start one here"
    )
    return BadInput.one(where, "ray-unreachable", message)
