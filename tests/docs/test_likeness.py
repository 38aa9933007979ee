"""The comparison of shown and printed output refuses what a reader would mind, and nothing else."""

from __future__ import annotations

import pytest

from tests.docs.likeness import missing

PRINTED = """\
Yes for 15,000, no for 50,000. The last would reach safety at
18:10 on Sat 17 Dec 2016, 84 h 10 min after the deadline.
  low 15,000 yes Tue 13 Dec, 22:21  6.1%  4 warnings p48-window
"""


@pytest.mark.parametrize(
    "shown",
    [
        PRINTED,
        "Yes for 15,000, no for 50,000.\n...\n84 h after the deadline.\n...\n",
        "...\nsafety at 03:00 on Sun 18 Dec 2016, 83 h 55 min after\n...\n",
        "...\n9.0% 4 warnings p48-window\n",
    ],
)
def test_takes(shown: str) -> None:
    assert missing(shown, PRINTED) is None


@pytest.mark.parametrize(
    "shown",
    [
        "Yes for 15,000, no for 50,000.\n",
        "...\nno for 15,000\n...\n",
        "...\nYes for 17,000\n...\n",
        "...\n65 h 10 min after the deadline\n...\n",
        "...\nsafety at 18:10 on Mon 19 Dec 2016\n...\n",
        "...\n3 warnings\n...\n",
        "...\np49-window\n...\n",
        "...\n22.0%\n...\n",
        "...\n84 h 10 min after the deadline\n...\nYes for 15,000\n...\n",
    ],
)
def test_refuses(shown: str) -> None:
    assert missing(shown, PRINTED) is not None
