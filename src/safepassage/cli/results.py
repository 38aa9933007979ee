"""Results of ``clear`` as arguments: the file, and the tables that it was made from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from safepassage.network.road_instance import RoadInstance
    from safepassage.plan.clearance import Clearance

__all__ = ["instance_of", "open_result"]


def instance_of(result: Clearance, against: str | None) -> RoadInstance:
    """Read the instance a result is of: another folder, or the one that it records.

    Raises
    ------
    BadInput
        If the recorded folder is not there any more, or has faults.
    """
    from safepassage.errors import BadInput
    from safepassage.files import is_folder
    from safepassage.network.clearance_folder import EXAMPLE, open_clearance

    location = result.instance.location
    if against is None and location != EXAMPLE and not is_folder(Path(location)):
        message = (
            f"expected the folder that the result was made from at {location!r}, got none; "
            "name it with --against"
        )
        raise BadInput.one("instance.location", "missing-file", message)
    return open_clearance(against if against is not None else location)


def open_result(file: Path, against: str | None) -> tuple[Clearance, RoadInstance]:
    """Read a result that the checker accepts, and its instance with lanes reversed as it says.

    Raises
    ------
    BadInput
        If either cannot be read, or they do not belong together.
    """
    from safepassage.check.clearance import verify_clearance
    from safepassage.errors import BadInput
    from safepassage.network.lanes import reverse
    from safepassage.plan.clearance_files import read_clearance

    result = read_clearance(file)
    instance = instance_of(result, against)
    verification = verify_clearance(result, instance)
    if not verification.valid:
        message = (
            "expected a result that the checker accepts, got "
            f"{len(verification.findings)} findings, the first: {verification.findings[0]}"
        )
        raise BadInput.one(str(file), "result-refused", message)
    return result, reverse(instance, result.instance.reversed_links)
