"""A study gives the same bytes however it is run, and stops when it knows enough."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from safepassage.simulate.estimate import look_confidence, proportion
from safepassage.simulate.executors import InProcess, Processes
from safepassage.simulate.study import FIRST_LOOK, Study, run_study
from safepassage.simulate.tally import Tally, tally_of
from tests.simulate.standin import Line

STUDY = Study("digest", "p", "slip", "plan", "1", seed=4, runs=2_500, block=300)


def content(tally: Tally) -> list[bytes]:
    return [a.tobytes() for a in tally.arrays().values()]


def test_blocks_cover_every_future_once() -> None:
    """Blocks follow one another and end with the last future."""
    blocks = list(STUDY.blocks())
    assert blocks[:2] == [(0, 300), (300, 300)]
    assert blocks[-1] == (2_400, 100)
    assert list(STUDY.blocks(7)) == [(2_100, 300), (2_400, 100)]


def test_study_counts_the_futures_it_was_asked_for() -> None:
    """The sum is that of all futures by number."""
    studied = run_study(STUDY, Line(), InProcess())
    assert content(studied.tally) == content(tally_of(Line().outcomes(0, 2_500, 4)))
    assert studied.p == studied.tally.successes / 2_500
    assert studied.interval == proportion(studied.tally.successes, 2_500)
    assert studied.finished
    assert studied.precise


def test_bytes_do_not_depend_on_workers_or_blocks() -> None:
    """One, two or three workers, in this process or others, in large or small blocks."""
    expected = content(run_study(STUDY, Line(), InProcess()).tally)
    assert content(run_study(replace(STUDY, block=77), Line(), InProcess()).tally) == expected
    for workers in (2, 3):
        with Processes(workers) as executor:
            assert content(run_study(STUDY, Line(), executor).tally) == expected


def test_precision_stops_at_the_first_look_that_is_precise() -> None:
    """Looks come at 1,024 futures, twice as many, ... at the end of a block; errors are shared."""
    study = replace(STUDY, runs=100_000, precision=0.02, block=1_000)
    studied = run_study(study, Line(), InProcess())
    runs, successes = studied.tally.runs, studied.tally.successes
    looks = [2_000, 3_000, 5_000, 9_000]
    assert runs in looks
    look = looks.index(runs) + 1
    assert studied.confidence == look_confidence(look)
    low, high = studied.interval
    assert studied.precise
    assert (high - low) / 2 <= 0.02
    assert studied.interval == proportion(successes, runs, look_confidence(look))
    before = tally_of(Line().outcomes(0, looks[look - 2], 4))
    low, high = proportion(before.successes, before.runs, look_confidence(look - 1))
    assert (high - low) / 2 > 0.02


def test_precision_that_is_not_reached_is_said_not_to_be() -> None:
    """The most futures end a study as well; its interval is what it is."""
    study = replace(STUDY, runs=FIRST_LOOK, precision=0.001)
    studied = run_study(study, Line(), InProcess())
    assert studied.tally.runs == FIRST_LOOK
    assert not studied.precise


def test_study_stops_when_somebody_wants_it_to() -> None:
    """After the block that was begun; and says that it is not finished."""
    asked = iter([False, True])
    studied = run_study(STUDY, Line(), InProcess(), stop=lambda: next(asked))
    assert studied.tally.runs == 600
    assert not studied.finished


def test_progress_tells_futures_done() -> None:
    """From what was there before to the end."""
    told: list[tuple[int, int]] = []
    begun = tally_of(Line().outcomes(0, 2_100, 4)), 7
    run_study(STUDY, Line(), InProcess(), begun=begun, progress=lambda a, b: told.append((a, b)))
    assert told == [(2_100, 2_500), (2_400, 2_500), (2_500, 2_500)]


def test_study_that_is_done_is_not_run_again() -> None:
    """Going on with a whole study simulates nothing."""
    whole = tally_of(Line().outcomes(0, 2_500, 4))
    studied = run_study(STUDY, Line(), InProcess(), begun=(whole, 9))
    assert studied.tally.runs == 2_500


@pytest.mark.parametrize("change", [{"seed": 5}, {"case": "x"}, {"policy": "replan"}])
def test_digest_tells_studies_apart(change: dict[str, object]) -> None:
    """Whatever a single future depends on is in the digest; how many there are is not."""
    assert replace(STUDY, **change).digest != STUDY.digest
    assert replace(STUDY, runs=7, precision=0.1, block=9).digest == STUDY.digest


def test_other_seeds_give_other_futures() -> None:
    """The seed is used."""
    other = run_study(replace(STUDY, seed=5), Line(), InProcess()).tally
    same = run_study(STUDY, Line(), InProcess()).tally
    assert not np.array_equal(*(t.clearance.table()[0] for t in (other, same)))
