"""When what is compiled is compiled anew."""

from __future__ import annotations

import importlib
import pickle
import shutil
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from safepassage.compiling import Family
from safepassage.convoy import compiling as of_planner
from safepassage.flow import compiling as of_roads
from safepassage.simulate import compiling as of_simulator

FAMILIES = {"convoy": of_planner, "flow": of_roads, "simulate": of_simulator}
PYCACHE = shutil.ignore_patterns("__pycache__")


def _files(package: str) -> list[Path]:
    """Files that the stamp of a family is made from."""
    folder = Path(str(FAMILIES[package].__file__)).parent
    return sorted(
        {p for pattern in FAMILIES[package].FAMILY._patterns for p in folder.glob(pattern)}
    )


def _modules(package: str) -> list[ModuleType]:
    names = [f"safepassage.{package}.{path.stem}" for path in _files(package)]
    return [importlib.import_module(name) for name in names]


def _copy(package: str, to: Path) -> Family:
    """Return a family of the same files elsewhere."""
    family = FAMILIES[package].FAMILY
    shutil.copytree(family._folder, to, ignore=PYCACHE, dirs_exist_ok=True)
    return Family(to, family._patterns, **family._options)


@pytest.mark.parametrize(
    ("package", "name"),
    [
        ("simulate", "slip_tables.py"),
        ("simulate", "passing_kernel.py"),
        ("simulate", "compiling.py"),
        ("convoy", "arrays.py"),
        ("flow", "timed_kernel.py"),
    ],
)
def test_a_change_in_any_file_of_the_family_makes_another_stamp(
    package: str, name: str, tmp_path: Path
) -> None:
    """A constant or an inner function that changes makes old machine code be thrown away."""
    assert _copy(package, tmp_path).stamp == FAMILIES[package].FAMILY.stamp
    with (tmp_path / name).open("a") as file:
        file.write("# changed\n")
    family = FAMILIES[package].FAMILY
    assert Family(tmp_path, family._patterns).stamp != family.stamp


def test_a_change_elsewhere_keeps_the_stamp(tmp_path: Path) -> None:
    """What is compiled is kept while only other files change."""
    family = _copy("simulate", tmp_path)
    with (tmp_path / "study.py").open("a") as file:
        file.write("# changed\n")
    assert family.stamp == of_simulator.FAMILY.stamp


@pytest.mark.parametrize("package", FAMILIES)
def test_machine_code_is_kept_under_the_stamp_of_the_family(package: str) -> None:
    """numba compares the stamp of the whole family, in every function of it."""
    found = [f for m in _modules(package) for f in vars(m).values() if hasattr(f, "_cache")]
    assert len(found) > 20
    assert {f._cache._cache_file._source_stamp for f in found} == {FAMILIES[package].FAMILY.stamp}


@pytest.mark.parametrize("package", FAMILIES)
def test_the_family_holds_every_file_that_its_functions_take_something_from(package: str) -> None:
    """No compiled function takes a constant or a function from a file that is not looked at."""
    inside = {path.name for path in _files(package)} | {"compiling.py"}
    for path in _files(package):
        for line in path.read_text().splitlines():
            if line.startswith("from safepassage"):
                assert f"{line.split()[1].rpartition('.')[2]}.py" in inside


def test_every_compiled_function_belongs_to_a_family() -> None:
    """numba's own decorator, whose code would outlive a change, is used in one place."""
    source = Path(of_planner.__file__).parents[1]
    users = [p for p in source.rglob("*.py") if "import njit" in p.read_text()]
    assert [p.name for p in users] == ["compiling.py"]
    assert users[0].parent == source


def test_an_index_that_an_older_version_left_is_written_anew(tmp_path: Path) -> None:
    """A class that has moved since does not stop what is installed over it."""
    (tmp_path / "kernel.py").write_text("def double(a):\n    return a + a\n")
    scope: dict[str, object] = {}
    path = tmp_path / "kernel.py"
    exec(compile(path.read_text(), str(path), "exec"), scope)
    compiled = Family(tmp_path, ("kernel.py",)).entry(scope["double"])
    file = compiled._cache._cache_file
    gone = b"csafepassage.convoy.kernel\nNoLongerHere\n."
    path = Path(file._index_path)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(pickle.dumps(file._version, protocol=-1) + gone)
    with pytest.raises(AttributeError):
        pickle.loads(gone)
    assert compiled(np.arange(3)).tolist() == [0, 2, 4]
    assert len(file._load_index()) == 1
