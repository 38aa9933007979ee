"""Transit times of whole columns, and the speed that gives a link the time it has to have."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from safepassage.network.gmns import MOST_SPEED_KMH

__all__ = ["MILLION", "speed_for", "transit_times"]

#: Figures in columns are whole millionths of their unit.
MILLION = 1_000_000


def transit_times(
    length: npt.NDArray[np.int64], free_speed: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """Return whole seconds as :func:`safepassage.units.transit_seconds` does, for columns.

    Parameters
    ----------
    length
        Millionths of a metre, at most 10^12.
    free_speed
        Millionths of a km/h, over 0.
    """
    # 3.6 length / speed, and a half is rounded up.
    return (36 * length + 5 * free_speed) // (10 * free_speed)


def speed_for(length: int, transit_s: int, near: int) -> int | None:
    """Return a free speed at which a length takes a number of whole seconds; None: there is none.

    Parameters
    ----------
    length
        Millionths of a metre.
    transit_s
        Whole seconds, as :func:`safepassage.units.transit_seconds` rounds them.
    near
        The speed that is wanted, in millionths of a km/h; the nearest that will do is returned.
    """
    most = MOST_SPEED_KMH * MILLION
    # transit = floor(3.6 length / speed + 1/2), so 36 length / (10 transit + 5) < speed, and
    # speed <= 36 length / (10 transit - 5).
    slowest = 36 * length // (10 * transit_s + 5) + 1
    fastest = min(most, 36 * length // (10 * transit_s - 5)) if transit_s else most
    if slowest > fastest:
        return None
    return min(max(near, slowest), fastest)
