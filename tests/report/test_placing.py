from __future__ import annotations

import numpy as np

from safepassage.report.figures.placing import Box, Label, place

NOWHERE = np.array([(-1e9, -1e9)])
BOUNDS = Box(0, 0, 400, 400)


def test_labels_of_one_point_do_not_cover_one_another() -> None:
    labels = [Label(200, 200, 80, 20) for _ in range(8)]
    boxes = [p.box for p in place(labels, BOUNDS, [], NOWHERE) if p]
    assert len(boxes) == 8
    assert all(a.overlap(b) == 0 for i, a in enumerate(boxes) for b in boxes[:i])
    assert not any(box.outside(BOUNDS) for box in boxes)


def test_label_stays_clear_of_markers() -> None:
    marker = Box(200, 190, 300, 210)
    (placed,) = place([Label(195, 200, 60, 20)], BOUNDS, [marker], NOWHERE)
    assert placed is not None
    assert placed.box.overlap(marker) == 0


def test_optional_label_is_left_out_where_there_is_no_room() -> None:
    full = [Box(0, 0, 400, 400)]
    needed, optional = Label(200, 200, 50, 20), Label(200, 200, 50, 20, optional=True)
    assert place([optional], BOUNDS, full, NOWHERE) == [None]
    assert place([needed], BOUNDS, full, NOWHERE) != [None]


def test_label_far_from_its_point_needs_a_line() -> None:
    around = Box(140, 140, 260, 260)
    (placed,) = place([Label(200, 200, 50, 20)], BOUNDS, [around], NOWHERE)
    assert placed is not None
    assert placed.apart
