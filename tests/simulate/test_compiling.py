"""When what is compiled is compiled anew."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from safepassage.simulate import (
    compiling,
    dispatch_kernel,
    passing_kernel,
    replan_kernel,
    slip_kernel,
    slip_tables,
)
from safepassage.simulate.compiling import family_stamp

FOLDER = Path(compiling.__file__).parent


@pytest.mark.parametrize("name", ["slip_tables.py", "passing_kernel.py", "compiling.py"])
def test_a_change_in_any_file_of_the_family_makes_another_stamp(name: str, tmp_path: Path) -> None:
    """A constant or an inner function that changes makes old machine code be thrown away."""
    copy = tmp_path / "simulate"
    shutil.copytree(FOLDER, copy, ignore=shutil.ignore_patterns("__pycache__"))
    assert family_stamp(copy) == family_stamp()
    family_stamp.cache_clear()
    with (copy / name).open("a") as file:
        file.write("# changed\n")
    assert family_stamp(copy) != family_stamp()


def test_a_change_elsewhere_keeps_the_stamp(tmp_path: Path) -> None:
    """What is compiled is kept while only other files change."""
    copy = tmp_path / "simulate"
    shutil.copytree(FOLDER, copy, ignore=shutil.ignore_patterns("__pycache__"))
    with (copy / "study.py").open("a") as file:
        file.write("# changed\n")
    assert family_stamp(copy) == family_stamp()


def test_machine_code_is_kept_under_the_stamp_of_the_family() -> None:
    """numba compares the stamp of the whole family, in every function of it."""
    modules = (dispatch_kernel, passing_kernel, replan_kernel, slip_kernel)
    found = [f for m in modules for f in vars(m).values() if hasattr(f, "_cache")]
    assert len(found) > 20
    assert {f._cache._cache_file._source_stamp for f in found} == {family_stamp()}


def test_the_family_holds_every_file_that_its_functions_take_something_from() -> None:
    """No compiled function takes a constant or a function from a file that is not looked at."""
    modules = (dispatch_kernel, passing_kernel, replan_kernel, slip_kernel)
    inside = {Path(str(m.__file__)).name for m in (*modules, slip_tables, compiling)}
    for module in modules:
        for line in Path(str(module.__file__)).read_text().splitlines():
            if line.startswith("from safepassage"):
                assert f"{line.split()[1].rpartition('.')[2]}.py" in inside
