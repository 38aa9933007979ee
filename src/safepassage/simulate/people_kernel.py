"""How many people there are in each future, by group, place and destination."""

from __future__ import annotations

import numpy as np

from safepassage.simulate.compiling import entry

__all__ = ["count"]


@entry
def _split(total, shares, first, last, out):
    """Split people by shares and largest remainders into ``out[first:last]``."""
    given = 0
    for k in range(first, last):
        out[k] = int(np.floor(shares[k] * total + 1e-9))
        given += out[k]
    while given < total:
        best, most = -1, -1.0
        for k in range(first, last):
            rest = shares[k] * total - out[k]
            if rest > most + 1e-9:
                best, most = k, rest
        out[best] += 1
        given += 1


@entry
def count(tb, dr, at_place, willing, going, refused):
    """Fill the willing and those of them who are let go [n, cells], and those who refuse [n]."""
    for i in range(refused.size):
        for g in range(tb.group_ptr.size - 1):
            first, last = tb.group_ptr[g], tb.group_ptr[g + 1]
            _split(int(dr.persons[i, g]), tb.place_share, first, last, at_place)
            for p in range(first, last):
                no = int(np.floor(at_place[p] * dr.refusing[i, g] + 1e-9))
                refused[i] += no
                low, high = tb.place_ptr[p], tb.place_ptr[p + 1]
                _split(at_place[p] - no, tb.cell_share, low, high, willing[i])
                for c in range(low, high):
                    going[i, c] = int(np.floor(willing[i, c] * dr.part[i, g] + 1e-9))
