"""Which executor a study runs on."""

from __future__ import annotations

from typing import Literal

from safepassage.simulate.executors.in_process import InProcess
from safepassage.simulate.executors.processes import Processes
from safepassage.simulate.executors.protocol import Executor
from safepassage.workers import cores

__all__ = ["ENGINES", "Engine", "executor_for"]

Engine = Literal["local", "ray"]
ENGINES: tuple[Engine, ...] = ("local", "ray")


def executor_for(
    engine: Engine,
    workers: int | None = None,
    address: str | None = None,
    *,
    long: bool = True,
) -> Executor:
    """Choose an executor: processes of this machine, one for each processor, or Ray.

    Parameters
    ----------
    engine
        ``local`` or ``ray``.
    workers
        How many tasks at once; 1 of ``local`` needs no other process.
    address
        Of a running Ray cluster.
    long
        Whether there is enough to do that starting processes, a second or two, is worth while.

    Raises
    ------
    BadInput
        If Ray is not installed, or does not answer.
    """
    if engine == "ray":
        # Ray is an extra, and loading it takes as long as a small study.
        from safepassage.simulate.executors.ray_cluster import RayCluster  # noqa: PLC0415 - an extra

        return RayCluster(address, workers)
    if workers is None:
        workers = cores() if long else 1
    return Processes(workers) if workers > 1 else InProcess()
