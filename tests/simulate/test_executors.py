"""Executors give the results of the tasks in their order, whoever does them and whoever dies."""

from __future__ import annotations

import builtins
import itertools
import pickle
from collections.abc import Iterator
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from safepassage.errors import BadInput, InternalFault
from safepassage.simulate.executors import Executor, InProcess, Processes, executor_for
from safepassage.simulate.executors.ray_cluster import RayCluster
from safepassage.simulate.study import run_study
from tests.simulate.standin import Add, Fragile, KillAlways, KillOnce, Line, Refuse
from tests.simulate.test_study import STUDY, content

needs_ray = pytest.mark.skipif(find_spec("ray") is None, reason="Ray is not installed")
needs_none = pytest.mark.skipif(find_spec("ray") is not None, reason="Ray is installed")


@pytest.fixture(scope="module")
def processes() -> Iterator[Processes]:
    with Processes(2) as executor:
        yield executor


def test_results_come_in_the_order_of_the_tasks(processes: Processes) -> None:
    """However long each takes, and whoever does it."""
    tasks = [Add(i) for i in range(20)]
    expected = [100 + i for i in range(20)]
    assert list(InProcess().run(100, tasks)) == expected
    assert list(processes.run(100, tasks)) == expected


def test_tasks_are_taken_as_they_are_needed(processes: Processes) -> None:
    """An endless supply of tasks is no trouble, and only a few are taken ahead."""
    taken = itertools.count()
    with closing(processes.run(0, (Add(i) for i in taken))) as results:
        assert list(itertools.islice(results, 5)) == [0, 1, 2, 3, 4]
    assert next(taken) <= 5 + 3 * 2 + 1


def test_one_pool_serves_several_subjects(processes: Processes) -> None:
    """Each result is on its own subject, also when two are under way at once."""
    first = processes.run(0, [Add(i) for i in range(4)])
    second = processes.run(10, [Add(i) for i in range(4)])
    assert list(zip(first, second, strict=True)) == [(i, 10 + i) for i in range(4)]


def test_worker_that_dies_is_replaced_and_nothing_is_lost(tmp_path: Path) -> None:
    """A killed worker's tasks are done again; the results are the same and in order."""
    tasks = [Add(0), Add(1), KillOnce(str(tmp_path / "dead"), 2), *map(Add, range(3, 9))]
    with Processes(2) as executor:
        assert list(executor.run(100, tasks)) == list(range(100, 109))
    assert (tmp_path / "dead").exists()


def test_worker_that_dies_while_its_work_is_given_out_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The pool may break a second time before every task is with it: none is lost either."""
    submitted = Processes._submitted
    calls = itertools.count()

    def breaking(self: Processes, file: Path, task: Any) -> Any:
        # The first three are given out; two of these again, and the pool breaks at the next.
        if next(calls) == 5:
            raise BrokenProcessPool("died while it was asked")
        return submitted(self, file, task)

    monkeypatch.setattr(Processes, "_submitted", breaking)
    tasks = [KillOnce(str(tmp_path / "dead"), 0), Add(1), Add(2)]
    with Processes(1) as executor:
        assert list(executor.run(100, tasks)) == [100, 101, 102]
    assert next(calls) > 6


def test_worker_that_always_dies_ends_the_study() -> None:
    """There is an end to patience, with one line."""
    with Processes(1) as executor, pytest.raises(InternalFault, match="died"):
        list(executor.run(1, [KillAlways()]))


def test_fault_of_a_task_is_told_as_it_is(processes: Processes) -> None:
    """An error in a worker is the same error here, and the pool goes on."""
    with pytest.raises(ValueError, match="refused"):
        list(processes.run(1, [Add(1), Refuse()]))
    assert list(processes.run(1, [Add(1)])) == [2]


def test_local_engine_uses_this_process_for_one_worker() -> None:
    """One worker, or a short study, needs no other process; a long one gets every processor."""
    with executor_for("local", 1) as one, executor_for("local", long=False) as short:
        assert isinstance(one, InProcess)
        assert isinstance(short, InProcess)
    with executor_for("local", 3) as three:
        assert isinstance(three, Processes)
        assert three.workers == 3


@needs_none
def test_ray_that_is_not_installed_is_one_line() -> None:
    """What to install is said."""
    with pytest.raises(BadInput, match=r"safepassage\[ray\]"):
        executor_for("ray")


def test_ray_that_cannot_be_loaded_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the package is missing, the fault says how to get it."""
    monkeypatch.setitem(__import__("sys").modules, "ray", None)
    with pytest.raises(BadInput) as caught:
        executor_for("ray")
    assert [f.code for f in caught.value.faults] == ["extra-missing"]
    assert str(caught.value).count("\n") == 0


@needs_ray
@pytest.mark.parametrize("address", ["127.0.0.1:1", "127.0.0.1:port", "ray://127.0.0.1:1"])
def test_ray_that_does_not_answer_is_one_line(address: str) -> None:
    """The address is told, and what to do."""
    with pytest.raises(BadInput) as caught:
        executor_for("ray", address=address)
    assert [f.code for f in caught.value.faults] == ["ray-unreachable"]
    assert address in str(caught.value)
    assert str(caught.value).count("\n") == 0


@pytest.fixture(scope="module")
def ray() -> Iterator[Executor]:
    if find_spec("ray") is None:
        pytest.skip("Ray is not installed")
    with RayCluster(workers=2) as executor:
        yield executor


@needs_ray
@pytest.mark.filterwarnings("ignore")  # Ray warns of its own future; none of ours is hidden
class TestRay:
    """On a real Ray, started here."""

    def test_study_has_the_same_bytes_as_in_this_process(self, ray: Executor) -> None:
        """The engine makes no difference."""
        expected = content(run_study(STUDY, Line(), InProcess()).tally)
        assert content(run_study(STUDY, Line(), ray).tally) == expected

    def test_killed_worker_changes_nothing(self, ray: Executor, tmp_path: Path) -> None:
        """A worker killed in the middle of a study: the same bytes, and nothing lost."""
        expected = content(run_study(STUDY, Line(), InProcess()).tally)
        fragile = Fragile(marker=str(tmp_path / "dead"))
        assert content(run_study(STUDY, fragile, ray).tally) == expected
        assert (tmp_path / "dead").exists()

    def test_results_not_waited_for_are_dropped(self, ray: Executor) -> None:
        """Leaving early leaves nothing behind that later tasks have to wait for."""
        with closing(ray.run(0, map(Add, itertools.count()))) as results:
            assert list(itertools.islice(results, 3)) == [0, 1, 2]
        assert list(ray.run(5, [Add(1)])) == [6]


def test_tasks_survive_pickle() -> None:
    """What is sent to workers is the same there."""
    task: Any = Add(3)
    assert pickle.loads(pickle.dumps(task)) == task
    assert builtins.callable(task)
