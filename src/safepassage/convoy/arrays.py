"""Arrays that the compiled heart of the planner reads and writes, by name."""

from __future__ import annotations

from collections import namedtuple

__all__ = ["States", "Tables", "Work"]

# A named tuple is what numba takes as a record of arrays without compiling a class.
Tables = namedtuple(  # noqa: PYI024 - numba knows collections.namedtuple
    "Tables",
    [
        "cond_at",  # [F] when the condition changes
        "cond_col",  # [F] column of drive from then on
        "drive",  # [segments, kinds, columns] seconds
        "route_n",  # [routes] number of crossings
        "route_seg",  # [routes, most crossings + 1]
        "route_server",  # [routes, most crossings]
        "fetch_ptr",  # [sources * places + 1] into fetch
        "fetch",  # routes for empty vehicles
        "carry_ptr",  # [classes + 1] into carry
        "carry",  # routes for loaded vehicles
        "class_to",  # [classes] reception point as a source index
        "inspect",  # [servers, kinds] seconds
        "timed",  # [calendars] whether anybody takes time there
        "beat",  # [servers] inspections begin this many seconds apart from the opening; 0: any time
        "open_ptr",  # [servers + 1] into open_from, open_to
        "open_from",
        "open_to",
        "move_from",  # [M] when wheels may turn
        "move_to",
        "board_bays",  # [places]
        "board_first",  # [places] first calendar of the place's bays
        "board_s",  # [places, kinds]
        "unload_bays",  # [sources] 0 where nobody unloads
        "unload_first",
        "unload_s",  # [sources, kinds]
        "near",  # [sources, places, kinds] least seconds to fetch
        "far",  # [classes, kinds] least seconds to board, drive and be inspected
        "pair_place",
        "pair_kind",
        "pair_ordered",
        "trip_ptr",  # [pairs + 1] into trip_*
        "trip_class",
        "trip_persons",
        "trip_deadline",
        "unit_kind",
        "unit_size",
        "unit_source",  # source index, or -1 - place for own vehicles
        "unit_returns",
        "pace_persons",  # [paces] people of each period
        "pace_s",  # [paces] its length
        "trip_pace",  # [trips, paces] people whom each counts
        "team_drive",  # [sources, sources + places] seconds on its own
        "sizes",  # spacing, least convoy, teams (or -1), calendars
    ],
)

Work = namedtuple(  # noqa: PYI024 - as above
    "Work",
    [
        "cal_from",  # [calendars, most] busy time, sorted and merged
        "cal_to",
        "cal_n",
        "unit_free",  # [units] when it can leave again
        "unit_used",  # [units] whether its one journey is done
        "unit_at",  # [units] source index, or -1 - place
        "done",  # [pairs] next trip
        "last_begin",  # [pairs] last beginning of boarding
        "team_free",
        "team_at",
        "paced",  # [paces] people counted so far
        "tally",  # late, last, waiting, beyond, runs
        "rec",  # [runs, FIELDS]
        "stops",  # [runs, 2 legs, most crossings, arrive/from/to/leave]
        "departs",  # [runs, 2 legs]
        "bays",  # [runs, 2 (board, unload), most convoy, bay/from/to]
        "crew",  # [runs, most convoy] unit of each vehicle of a convoy formed anew, else -1
    ],
)

States = namedtuple(  # noqa: PYI024 - as above
    "States",
    [
        # As in Work, each with the number of the state before
        "cal_from",
        "cal_to",
        "cal_n",
        "unit_free",
        "unit_used",
        "unit_at",
        "done",
        "last_begin",
        "team_free",
        "team_at",
        "paced",
        "tally",
    ],
)
