"""``uncertainty.yaml``: what it refuses, each with the nearest thing that it takes."""

# The tables below read best with one case a line.
# ruff: noqa: E501

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from safepassage.cases import OpenCase, open_case
from safepassage.errors import BadInput
from safepassage.terms.uncertainty import UNCERTAINTY_FORMAT
from safepassage.terms.uncertainty_load import read_uncertainty

WHY = "assumed: made up"
SHARE = f"share: {{kind: constant, value: 0.1, {WHY}}}"
PERSONS = f"persons: {{kind: constant, value: 100, {WHY}}}"
CROSSING, GROUP = "ramouseh-bridge", "civilians"

TIME = f"time_to_release: {{kind: constant, value: 1h, {WHY}}}"
HOLD = "holds: [{{id: h, crossings: [{crossing}], time_to_hold: {{kind: exponential, mean: {mean}, assumed: x}}, {time}}}]"
STOPS = "suspensions: {{time_to_suspension: {onset}, length: {{kind: constant, value: 1h, assumed: x}}}}"


def driving(distribution: str) -> str:
    return f"driving: {{{distribution}, {WHY}}}"


def estimates(first: str, second: str) -> str:
    told = f"{{value: 1, weight: {first}, {WHY}}}, {{value: 2, weight: {second}, {WHY}}}"
    return f"driving: {{kind: estimates, of: [{told}]}}"


def lognormal(first: str, second: str) -> str:
    return driving(f"kind: lognormal, quantiles: [{first}, {second}]")


def mixture(first: str, second: str) -> str:
    part = f"distribution: {{kind: uniform, low: 1, high: 2, {WHY}}}"
    return f"boarding: {{kind: mixture, of: [{{weight: {first}, {part}}}, {{weight: {second}, {part}}}]}}"


def together(*entries: str) -> str:
    both = f"{driving('kind: constant, value: 1')}\nboarding: {{kind: constant, value: 1, {WHY}}}\n"
    both += f"inspection: [{{id: posts, factor: {{kind: constant, value: 1, {WHY}}}}}]\n"
    return f"{both}correlations: [{', '.join(f'{{{e}, {WHY}}}' for e in entries)}]"


def pair(one: str, other: str, coefficient: float) -> str:
    return f"between: [{one}, {other}], coefficient: {coefficient}"


PAIRS: dict[str, tuple[str, str, str]] = {
    "value that is no number": (
        "bad-value",
        driving("kind: constant, value: .nan"),
        driving("kind: constant, value: 1.5"),
    ),
    "coefficient that is no number": (
        "wrong-type",
        together(pair("driving", "boarding", 0.5).replace("0.5", "true")),
        together(pair("driving", "boarding", 1)),
    ),
    "kind that is no distribution": (
        "unknown-word",
        driving("kind: gaussian, low: 1, high: 2"),
        driving("kind: uniform, low: 1, high: 2"),
    ),
    "no kind": (
        "missing-key",
        driving("low: 1, high: 2"),
        driving("kind: uniform, low: 1, high: 2"),
    ),
    "neither source nor assumption": (
        "bad-value",
        "driving: {kind: constant, value: 1}",
        driving("kind: constant, value: 1"),
    ),
    "text for a number": (
        "bad-value",
        driving("kind: constant, value: fast"),
        driving("kind: constant, value: 1"),
    ),
    "likely over high": (
        "quantiles-out-of-order",
        driving("kind: triangular, low: 1, likely: 3, high: 2"),
        driving("kind: triangular, low: 1, likely: 2, high: 2"),
    ),
    "low over high": (
        "quantiles-out-of-order",
        driving("kind: uniform, low: 2, high: 1"),
        driving("kind: uniform, low: 1, high: 1"),
    ),
    "quantiles fall": (
        "quantiles-out-of-order",
        lognormal("{share: 0.1, value: 2}", "{share: 0.9, value: 1}"),
        lognormal("{share: 0.1, value: 1}", "{share: 0.9, value: 2}"),
    ),
    "shares of quantiles fall": (
        "quantiles-out-of-order",
        lognormal("{share: 0.9, value: 1}", "{share: 0.1, value: 2}"),
        lognormal("{share: 0.1, value: 1}", "{share: 0.9, value: 2}"),
    ),
    "quantile at one": (
        "quantiles-out-of-order",
        lognormal("{share: 0.1, value: 1}", "{share: 1, value: 2}"),
        lognormal("{share: 0.1, value: 1}", "{share: 0.99, value: 2}"),
    ),
    "negative multiple": (
        "out-of-range",
        driving("kind: constant, value: -1"),
        driving("kind: constant, value: 0.5"),
    ),
    "negative rate": (
        "bad-value",
        HOLD.format(crossing=CROSSING, mean="-2h", time=TIME),
        HOLD.format(crossing=CROSSING, mean="2h", time=TIME),
    ),
    "endless rate": (
        "out-of-range",
        HOLD.format(crossing=CROSSING, mean="0h", time=TIME),
        HOLD.format(crossing=CROSSING, mean="1s", time=TIME),
    ),
    "time without unit": (
        "wrong-unit",
        HOLD.format(crossing=CROSSING, mean="2", time=TIME),
        HOLD.format(crossing=CROSSING, mean="2h", time=TIME),
    ),
    "multiple with unit": (
        "wrong-unit",
        driving("kind: constant, value: 2h"),
        driving("kind: constant, value: 2"),
    ),
    "negative multiple of each convoy": (
        "out-of-range",
        "each_convoy:\n  " + driving("kind: constant, value: -1"),
        "each_convoy:\n  " + driving("kind: constant, value: 0.5"),
    ),
    "each convoy fitted": (
        "nothing-to-fit",
        "each_convoy:\n  " + driving("kind: fitted, family: lognormal"),
        "each_convoy:\n  " + driving("kind: constant, value: 0.5"),
    ),
    "share over one": (
        "out-of-range",
        f"refusals: [{{id: r, groups: [{GROUP}], {SHARE.replace('0.1', '1.1')}}}]",
        f"refusals: [{{id: r, groups: [{GROUP}], {SHARE}}}]",
    ),
    "share without an end": (
        "out-of-range",
        f"refusals: [{{id: r, groups: [{GROUP}], share: {{kind: exponential, mean: 0.1, {WHY}}}}}]",
        f"refusals: [{{id: r, groups: [{GROUP}], {SHARE}}}]",
    ),
    "weights of estimates": ("weights-not-one", estimates("0.5", "0.6"), estimates("0.5", "0.5")),
    "weights of a mixture": ("weights-not-one", mixture("1/3", "1/3"), mixture("1/3", "2/3")),
    "unknown source": (
        "unknown-id",
        "driving: {kind: constant, value: 1, cite: [nobody]}",
        "driving: {kind: constant, value: 1, cite: [ocha10]}",
    ),
    "unknown group": (
        "unknown-id",
        f"people: [{{id: p, groups: [civilian], {PERSONS}}}]",
        f"people: [{{id: p, groups: [{GROUP}], {PERSONS}}}]",
    ),
    "unknown crossing": (
        "unknown-id",
        HOLD.format(crossing="bridge", mean="2h", time=TIME),
        HOLD.format(crossing=CROSSING, mean="2h", time=TIME),
    ),
    "place that is no crossing": (
        "unknown-id",
        HOLD.format(crossing="al-sukkari", mean="2h", time=TIME),
        HOLD.format(crossing=CROSSING, mean="2h", time=TIME),
    ),
    "unknown vehicle type": (
        "unknown-id",
        f"vehicle_loss: [{{id: v, vehicles: [tram], {SHARE}}}]",
        f"vehicle_loss: [{{id: v, vehicles: [bus], {SHARE}}}]",
    ),
    "id twice": (
        "duplicate-id",
        f"people: [{{id: p, groups: [{GROUP}], {PERSONS}}}, {{id: p, groups: [families], {PERSONS}}}]",
        f"people: [{{id: p, groups: [{GROUP}], {PERSONS}}}, {{id: q, groups: [families], {PERSONS}}}]",
    ),
    "group drawn twice": (
        "drawn-twice",
        f"people: [{{id: p, groups: [{GROUP}], {PERSONS}}}, {{id: q, groups: [{GROUP}], {PERSONS}}}]",
        f"people: [{{id: p, groups: [{GROUP}], {PERSONS}}}, {{id: q, groups: [families], {PERSONS}}}]",
    ),
    "everything and one of it": (
        "drawn-twice",
        f"vehicle_loss: [{{id: v, {SHARE}}}, {{id: w, vehicles: [bus], {SHARE}}}]",
        f"vehicle_loss: [{{id: v, vehicles: [ambulance], {SHARE}}}, {{id: w, vehicles: [bus], {SHARE}}}]",
    ),
    "fitted to no stops": (
        "nothing-to-fit",
        driving("kind: fitted, family: exponential"),
        STOPS.format(onset=f"{{kind: fitted, family: exponential, {WHY}}}"),
    ),
    "correlation of nothing": (
        "unknown-id",
        together(pair("driving", "sleeping", 0.5)),
        together(pair("driving", "boarding", 0.5)),
    ),
    "correlation over one": (
        "out-of-range",
        together(pair("driving", "boarding", 1.5)),
        together(pair("driving", "boarding", 1)),
    ),
    "pair twice": (
        "repeated-entry",
        together(pair("driving", "boarding", 0.5), pair("boarding", "driving", 0.5)),
        together(pair("driving", "boarding", 0.5)),
    ),
    "correlations that exclude each other": (
        "correlations-impossible",
        together(
            pair("driving", "boarding", 0.9),
            pair("driving", "inspection.posts", 0.9),
            pair("boarding", "inspection.posts", -0.9),
        ),
        together(
            pair("driving", "boarding", 0.9),
            pair("driving", "inspection.posts", 0.9),
            pair("boarding", "inspection.posts", 0.7),
        ),
    ),
    "version of the future": (
        "unknown-format",
        "format: safepassage-uncertainty/2",
        "format: safepassage-uncertainty/1",
    ),
}


@pytest.fixture(scope="module")
def aleppo() -> OpenCase:
    """A case with many ids to name."""
    return open_case("aleppo-2016")


def written(folder: Path, text: str) -> Path:
    """The file with a text below its format."""
    head = "" if text.startswith("format") else f"format: {UNCERTAINTY_FORMAT}\n"
    file = folder / "uncertainty.yaml"
    file.write_text(head + text + "\n", encoding="utf-8")
    return file


@pytest.mark.parametrize(("code", "bad", "good"), PAIRS.values(), ids=PAIRS)
def test_each_fault_is_told_and_the_nearest_good_file_is_taken(
    tmp_path: Path, aleppo: OpenCase, code: str, bad: str, good: str
) -> None:
    """One fault, one line, with file and line; without it there is none."""
    with pytest.raises(BadInput) as caught:
        read_uncertainty(written(tmp_path, bad), aleppo.case)
    assert [f.code for f in caught.value.faults] == [code]
    assert caught.value.faults[0].where.startswith(f"{tmp_path / 'uncertainty.yaml'}:")
    read_uncertainty(written(tmp_path, good), aleppo.case)


def test_all_faults_come_at_once(tmp_path: Path, aleppo: OpenCase) -> None:
    """Each with the line it stands on."""
    texts = [
        driving("kind: uniform, low: 2, high: 1"),
        estimates("0.5", "0.6").replace("driving", "boarding"),
        f"people: [{{id: p, groups: [nobody], {PERSONS}}}]",
    ]
    with pytest.raises(BadInput) as caught:
        read_uncertainty(written(tmp_path, "\n".join(texts)), aleppo.case)
    lines = {int(f.where.rpartition(":")[2]): f.code for f in caught.value.faults}
    assert lines == {2: "quantiles-out-of-order", 3: "weights-not-one", 4: "unknown-id"}


def test_faults_are_told_with_those_of_the_case(tmp_path: Path) -> None:
    """Opening a case reads the file beside it."""
    import shutil

    source = open_case("aleppo-2016").folder
    shutil.copytree(source, tmp_path / "copy")
    bad: Any = tmp_path / "copy" / "uncertainty.yaml"
    bad.write_text(f"format: {UNCERTAINTY_FORMAT}\nweather: [{{id: x}}]\n", encoding="utf-8")
    with pytest.raises(BadInput, match=r"uncertainty\.yaml:2: expected the key"):
        open_case(tmp_path / "copy")
