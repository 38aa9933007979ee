"""What the simulator's kernel is given, as named tuples of arrays."""

from __future__ import annotations

from collections import namedtuple

import numpy as np

__all__ = [
    "ARRIVE",
    "BEGIN",
    "BOARD",
    "CANCELLED",
    "FOUND",
    "GOES",
    "INF",
    "INSPECT",
    "LEAVE",
    "MISSING",
    "MOST_EVENTS",
    "NEVER",
    "NOT_LOST",
    "NOT_YET",
    "RULES",
    "SAVED",
    "SOONER",
    "STEP",
    "UNLOAD",
    "Anew",
    "Drawn",
    "State",
    "Tables",
    "Tally",
]

INF = np.inf

MOST_EVENTS = 48
"""At which a timetable is planned again in one future; after that it stays as it is."""

RULES = 3
"""By which the next convoy is chosen: the first to arrive; most people for the time that they take
at their first crossing; the first in rank."""

SAVED = 0.5
"""Share of those late who have to be in time otherwise for a timetable to be dropped."""

SOONER = 0.05
"""Share of the time to go that has to be won for it, where the terms set no time."""

FOUND = 1.0
"""Seconds after the beginning of a rotation at which it is known that a vehicle is missing."""

NOT_LOST = 1 << 40
"""Number of a rotation that no vehicle comes to."""

# Kinds of steps
BEGIN = 0  # vehicles and team set out; A: drive (or -1 where they stand at the place already)
BOARD = 1  # vehicles alike in all; A: the stretch at their bays before, B: that of the vehicles
LEAVE = 2  # from where the convoy stands; A: drive, B: 1 at the assembly point
INSPECT = 3  # A: server (a direction of a crossing)
UNLOAD = 4  # vehicles alike in all; A: the stretch at their bays before
ARRIVE = 5  # the convoy is at the reception point

# Columns of steps: kind, rotation, A and B, planned beginning, seconds at a bay or a crossing, the
# stretch at bays, where ranks begin in ``begun`` (or -1), least and greatest rank aboard (of LEAVE,
# in the place of the greatest: 1 s more than the longest hold, or 0), number
# among the events that others wait for (or -1)
KIND, ROT, A, B, FLOOR, SECONDS, NODE, GATE, LOW, HIGH, EVENT = range(11)
STEP = 11

# What becomes of a rotation (missing: none of its vehicles came, which is found at its beginning)
GOES, CANCELLED, NEVER, NOT_YET, MISSING = 0, 1, 2, 3, 4

Tables = namedtuple(  # noqa: PYI024 - numba knows collections.namedtuple
    "Tables",
    [
        "step",  # [steps, STEP] in their planned order
        "node_n",  # [1] stretches of time at bays
        "begin_ptr",  # [rotations + 1] into begin_node
        "begin_node",  # stretches at bays after which the vehicles of a rotation are free
        "bay_node",  # [bays] last stretch at each
        "veh_ptr",  # [vehicles + 1] into veh_load, veh_turn
        "veh_load",  # loads that a vehicle is part of, in order
        "wait_ptr",  # [steps + 1] into wait_event, wait_arrival
        "wait_event",
        "wait_arrival",  # 1: waits for the arrival, 0: for the departure
        "event_rot",
        # rotations
        "rot_order",  # rotations by their planned beginning
        "rot_ptr",  # [rotations + 1] into rot_vehicle, rot_node
        "rot_vehicle",
        "rot_node",  # the vehicle's stretch at the reception point's bays, or -1
        "rot_load",  # [rotations + 1] loads of each rotation
        "rot_team",  # or -1
        "rot_gap",  # seconds of the team from where it was
        "role_rot",  # rotation of each entry of rot_vehicle
        "rot_from",  # place where it begins
        "rot_to",  # place of arrival
        "rot_planned",  # persons planned
        "rot_side",  # bits of the late sides whose people it carries
        # drives
        "drive",  # [drives, columns] seconds
        "drive_moves",  # [drives] 0 where there is no link
        "change_at",
        "change_col",
        "move_from",
        "move_to",
        # crossings: server 2 c is outward, 2 c + 1 inward
        "open_ptr",
        "open_from",
        "open_to",
        "inspect",  # [servers, kinds]
        # vehicles
        "kind_ptr",  # [kinds + 1] into vehicles
        "veh_kind",
        "veh_place",
        "kind_seats",
        "kind_once",
        # people
        "group_ptr",  # [groups + 1] into places of groups
        "place_share",
        "place_ptr",  # [places of groups + 1] into cells
        "cell_share",
        "cell_group",
        "cell_limit",  # inf where there is none
        "cell_planned",
        "load_rot",
        "load_kind",
        "load_n",  # vehicles
        "load_to",
        "load_ptr",  # [loads + 1] into item_cell, item_n
        "item_cell",
        "item_n",
        "fit_ptr",  # [loads + 1] into fit_cell
        "fit_cell",
        "room",  # [places] people that can be received beyond the plan
        "pace_persons",  # [paces] people of each period
        "pace_s",  # [paces] its length
        "pace_cell",  # [paces, cells] whether they are counted
        "pace_spare",  # [paces, loads] people beyond the plan that keep to the pace then and later
        # dispatch
        "bay_first",  # [places]
        "bay_n",
        "bay_s",  # [places, kinds]
        "route_n",
        "route_server",
        "route_drive",  # [routes, most crossings + 1, kinds]
        "fetch",  # [places, places] route or -1
        "carry_ptr",  # [places + 1]
        "carry_route",
        "carry_to",
        "suit_ptr",  # [options * kinds + 1] into suit_cell, suit_rank
        "suit_cell",  # cells whose people may go so, the first in rank first
        "suit_rank",  # their places among all cells
        "team_s",  # [places, places] seconds of a team
        "size",  # [kinds, places] vehicles of a convoy
        # least convoy, spacing, teams, places, moments, their step, bays, gates, first departure,
        # whether anybody has to be out by some time, whether steps are linked
        "sizes",
    ],
)

Drawn = namedtuple(  # noqa: PYI024 - as above
    "Drawn",
    [
        "persons",  # [n, groups]
        "refusing",  # [n, groups]
        "part",  # [n, groups] share of the group that is let go
        "late",  # [n, sides] seconds
        "side_first",  # [sides] first planned departure of the side
        "halts",  # 1: a step delivered in part is never over
        "boarding",  # [n] factor of times
        "driving",  # [n]
        "inspecting",  # [n, servers]
        "own",  # [n, 3, rotations] of boarding, driving, inspection of each convoy; or no rotations
        "lost",  # [n, vehicles] rotation from which a vehicle is missing
        "stop_on",  # [n, k] suspensions in order
        "stop_off",
        "hold_gap",  # [n, crossings, k] time to the next hold
        "hold_s",
        "snow_on",  # [n, w]
        "snow_off",
        "snow_factor",  # of times
    ],
)

State = namedtuple(  # noqa: PYI024 - as above
    "State",
    [
        "veh_free",
        "veh_place",
        "veh_turn",
        "team_free",
        "team_place",
        "server_free",
        "bay_free",
        "hold_next",
        "hold_k",
        "waiting",  # [cells] people beyond the timetable
        "room",
        "paced",  # [paces] people counted who have set out or are about to
        "log",  # moments of holds that end and of vehicles found missing
        "logged",  # [1] how many
    ],
)

Anew = namedtuple(  # noqa: PYI024 - as above
    "Anew",
    [
        "since",  # [1] when the timetable's times are given up
        "open",  # [rotations] that had not set out by then
        "role",  # [vehicles] the planned vehicle (of rot_vehicle) whose part it took last, or -1
        "turn",  # [vehicles] rotations begun
        "lost",  # [vehicles] rotation from which it is missing
        "gone",  # [vehicles] whether it is
        "team_last",  # [teams] rotation, or -1
    ],
)

Tally = namedtuple(  # noqa: PYI024 - as above
    "Tally",
    [
        "curve",  # [moments + 1] persons by the moment from which they count
        "late",  # [groups]
        "last",  # [1] last arrival
        "first",  # [groups] first departure of anybody
        "final",  # [groups] last departure
    ],
)
