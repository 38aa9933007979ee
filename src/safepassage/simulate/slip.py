"""A timetable carried out in many futures at once."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from safepassage.simulate.people_kernel import count
from safepassage.simulate.replan_kernel import run
from safepassage.simulate.slip_tables import MOST_EVENTS, Anew, Drawn, State, Tables, Tally

__all__ = ["Columns", "carried_out", "space_of"]


class Columns(NamedTuple):
    """What came of n futures."""

    clearance_s: NDArray[np.float64]
    """[n] last arrival; inf where somebody who is willing never leaves."""
    in_time: NDArray[np.int64]
    """[n] persons."""
    left: NDArray[np.int64]
    """[n, groups] willing persons who are not out in time."""
    curve: NDArray[np.int64]
    """[n, moments] persons out."""
    refused: NDArray[np.int64]
    """[n] persons."""
    apart_s: NDArray[np.float64]
    """[n, groups] from first to last departure; -inf where nobody departs."""
    held: NDArray[np.int64]
    """[n] convoys of the timetable that wait longer than agreed (only where it is held)."""
    arrivals: NDArray[np.float64]
    """[n, rotations], or empty."""


def carried_out(
    tables: Tables, drawn: Drawn, *, replan: bool = False, arrivals: bool = False
) -> Columns:
    """Carry a timetable out in each of the futures drawn.

    Parameters
    ----------
    tables
        The timetable.
    drawn
        What is drawn, with n futures on each first axis.
    replan
        Plan again at each event, instead of holding the timetable.
    arrivals
        Tell the arrival of each rotation too (only where the timetable is held, or steps are
        linked).
    """
    tb: Any = tables
    dr: Any = drawn
    n, cells, rotations = len(dr.persons), len(tb.cell_group), len(tb.rot_team)
    moments, groups = int(tb.sizes[4]) + 1, len(tb.group_ptr) - 1
    willing, going = np.zeros((n, cells), np.int64), np.zeros((n, cells), np.int64)
    refused = np.zeros(n, np.int64)
    count(tb, dr, np.zeros(len(tb.place_share), np.int64), willing, going, refused)
    columns = (
        np.zeros(n),
        np.zeros(n, np.int64),
        np.zeros((n, groups), np.int64),
        np.zeros((n, moments), np.int64),
        np.zeros((n, groups)),
        np.zeros(n, np.int64),
        np.zeros((n, rotations) if arrivals else (0, 0)),
    )
    run(tb, dr, replan, space_of(tb, dr.hold_gap.shape[1:]), willing, going, columns)
    clearance, in_time, left, new, apart, held, arrived = columns
    out = np.cumsum(new, axis=1)
    return Columns(clearance, in_time, left, out, refused, apart, held, arrived)


def space_of(tb: Any, holds: tuple[int, ...]) -> tuple[Any, ...]:
    """Return room for the kernel to work in; ``holds`` is crossings and the most holds of each."""
    kinds = len(tb.kind_seats) * int(tb.sizes[3])
    lines = (
        np.zeros((kinds, max(1, int(tb.size.max()))), np.int64),
        np.zeros(kinds, np.int64),
        np.zeros(5, np.int64),
    )
    spare = (
        _state(tb),
        _state(tb),
        _boarding(tb),
        _work(tb),
        _tally(tb),
        _tally(tb),
        np.zeros(holds),
        np.zeros(len(tb.veh_kind), np.int64),
        np.zeros(2),
        _anew(tb),
    )
    return _state(tb), _boarding(tb), _work(tb), _tally(tb), lines, spare


def _state(tb: Any) -> State:
    vehicles, servers, teams = len(tb.veh_kind), len(tb.inspect), int(tb.sizes[2])
    return State(
        veh_free=np.zeros(vehicles),
        veh_place=np.zeros(vehicles, np.int64),
        veh_turn=np.zeros(vehicles, np.int64),
        team_free=np.zeros(teams),
        team_place=np.zeros(teams, np.int64),
        server_free=np.zeros(servers),
        bay_free=np.zeros(int(tb.sizes[6])),
        hold_next=np.zeros(servers // 2),
        hold_k=np.zeros(servers // 2, np.int64),
        waiting=np.zeros(len(tb.cell_group), np.int64),
        room=np.zeros(int(tb.sizes[3]), np.int64),
        paced=np.zeros(len(tb.pace_s), np.int64),
        log=np.zeros(MOST_EVENTS),
        logged=np.zeros(1, np.int64),
    )


def _anew(tb: Any) -> Anew:
    vehicles, teams = len(tb.veh_kind), int(tb.sizes[2])
    rotations = len(tb.rot_team)
    return Anew(
        since=np.zeros(1),
        open=np.zeros(rotations, np.bool_),
        role=np.zeros(vehicles, np.int64),
        turn=np.zeros(vehicles, np.int64),
        lost=np.zeros(vehicles, np.int64),
        gone=np.zeros(vehicles, np.bool_),
        team_last=np.zeros(teams, np.int64),
    )


def _work(tb: Any) -> tuple[Any, ...]:
    """Times: of each convoy where it stands, full, arrived; events; ranks; bays and vehicles.

    Then of each convoy its departure, and when it could leave a crossing; convoys held too long.
    """
    rots, events, nodes = len(tb.rot_team), len(tb.event_rot), int(tb.node_n[0])
    sizes = (rots, rots, rots, events, events, int(tb.sizes[7]), nodes, nodes, rots, rots, 1)
    return tuple(np.zeros(size) for size in sizes)


def _boarding(tb: Any) -> tuple[Any, ...]:
    """People: willing, going; fate and people of rotations, who come short; seats; vehicles."""
    rots, cells = len(tb.rot_team), len(tb.cell_group)
    return (
        np.zeros(cells, np.int64),
        np.zeros(cells, np.int64),
        np.zeros(rots, np.int64),
        np.zeros(rots, np.int64),
        np.zeros(rots, np.bool_),
        np.zeros(len(tb.item_cell), np.int64),
        np.zeros(len(tb.fit_cell), np.int64),
        np.zeros(len(tb.load_n), np.int64),
    )


def _tally(tb: Any) -> Tally:
    moments, groups = int(tb.sizes[4]) + 1, len(tb.group_ptr) - 1
    times = (np.zeros(n) for n in (1, groups, groups))
    return Tally(np.zeros(moments + 1, np.int64), np.zeros(groups, np.int64), *times)
