"""``uncertainty.yaml``: what is not known of an operation, as distributions with their origin.

Every distribution cites sources or says why it is assumed, as every figure of a case does. The page
``docs/uncertainty.md`` explains what each unknown does to a timetable.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    Field,
    PlainSerializer,
    Strict,
    WithJsonSchema,
    model_validator,
)

from safepassage.terms.provenance import Cited, Figure
from safepassage.terms.record import Record
from safepassage.terms.scalars import Identifier, Share, Text
from safepassage.units import format_duration, parse_duration

__all__ = [
    "TIMES",
    "UNCERTAINTY_FORMAT",
    "Constant",
    "ConvoyUnknown",
    "Correlation",
    "Distribution",
    "Empirical",
    "Estimates",
    "Exponential",
    "Fitted",
    "HoldUnknown",
    "InspectionUnknown",
    "Lognormal",
    "LossUnknown",
    "Mixture",
    "PeopleUnknown",
    "Quantity",
    "RefusalUnknown",
    "SideUnknown",
    "Suspensions",
    "Triangular",
    "Uncertainty",
    "Uniform",
    "WeatherUnknown",
]

UNCERTAINTY_FORMAT = "safepassage-uncertainty/1"


@dataclass(frozen=True, slots=True)
class Amount:
    """A number, and whether it was written as a duration."""

    value: float
    """Seconds, where it is a duration."""
    duration: bool

    def __str__(self) -> str:
        return format_duration(int(self.value)) if self.duration else f"{self.value:g}"


def _quantity(value: object) -> Amount:
    if isinstance(value, Amount):
        return value
    wrong = ValueError(f"expected a number or a duration such as 90min, got {value!r}")
    if isinstance(value, str):
        try:
            return Amount(float(parse_duration(value)), duration=True)
        except ValueError:
            raise wrong from None
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= 1e12:
        raise wrong
    return Amount(float(value), duration=False)


Quantity = Annotated[
    Amount,
    BeforeValidator(_quantity),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": ["number", "string"], "examples": [0.05, 1200, "90min"]}),
]
"""A number, or a duration with its unit."""


class _Sourced(Record):
    """Something with where it comes from."""

    cite: Cited
    assumed: Text | None = None
    """Why this, where no source gives it."""

    @model_validator(mode="after")
    def _sourced_or_assumed(self) -> _Sourced:
        if not self.cite and self.assumed is None:
            raise ValueError("expected 'cite' or 'assumed': every distribution has one")
        return self


class Constant(_Sourced):
    """One value, known for certain."""

    kind: Literal["constant"]
    value: Quantity
    """The value."""


class Uniform(_Sourced):
    """Any value between two, each as likely."""

    kind: Literal["uniform"]
    low: Quantity
    """The least."""
    high: Quantity
    """The most."""


class Triangular(_Sourced):
    """A least, a likeliest and a greatest value, and straight lines between."""

    kind: Literal["triangular"]
    low: Quantity
    """The least."""
    likely: Quantity
    """The likeliest."""
    high: Quantity
    """The most."""


class QuantilePoint(Record):
    """A value that is not exceeded with a stated probability."""

    share: Share
    """The probability."""
    value: Quantity
    """The value."""


class Lognormal(_Sourced):
    """A quantity over 0 whose logarithm is normal, by two of its quantiles."""

    kind: Literal["lognormal"]
    quantiles: tuple[QuantilePoint, ...] = Field(min_length=2, max_length=2)
    """Two quantiles, in order."""


class Exponential(_Sourced):
    """A time to something that comes at a constant rate."""

    kind: Literal["exponential"]
    mean: Quantity
    """The mean time."""


class WeightedEstimate(_Sourced):
    """One of several estimates that contradict each other."""

    value: Quantity
    """The estimate."""
    weight: Share
    """How much it is believed; all weights sum to 1."""


class Estimates(Record):
    """Estimates that contradict each other, each with the weight it is given."""

    kind: Literal["estimates"]
    of: tuple[WeightedEstimate, ...] = Field(min_length=1)
    """The estimates."""


class Empirical(_Sourced):
    """Values that were observed, each as likely."""

    kind: Literal["empirical"]
    values: tuple[Quantity, ...] = Field(min_length=1)
    """The values."""


class Fitted(_Sourced):
    """A time fitted to the stops in ``observations.csv``, told alike by sources counting once."""

    kind: Literal["fitted"]
    family: Literal["exponential", "lognormal", "empirical"]
    """The form that is fitted, by greatest likelihood."""
    cases: tuple[Identifier, ...] = ()
    """Further bundled cases whose stops count too."""


_Simple = Annotated[
    Constant | Uniform | Triangular | Lognormal | Exponential, Field(discriminator="kind")
]


class MixturePart(Record):
    """One of several distributions, and its weight."""

    weight: Share
    """How much it is believed; all weights sum to 1."""
    distribution: _Simple
    """What holds then."""


class Mixture(Record):
    """One of several distributions holds, each with its weight."""

    kind: Literal["mixture"]
    of: tuple[MixturePart, ...] = Field(min_length=1)
    """The distributions."""


Distribution = Annotated[
    Constant
    | Uniform
    | Triangular
    | Lognormal
    | Exponential
    | Estimates
    | Empirical
    | Mixture
    | Fitted,
    Field(discriminator="kind"),
]


class PeopleUnknown(Record):
    """How many people some groups are together.

    Between the low, likely and high counts of the case each group is interpolated, and beyond them
    it grows in proportion.
    """

    id: Identifier
    groups: tuple[Identifier, ...] = Field(min_length=1)
    """Whose number it is."""
    persons: Distribution
    """How many they are together, those who refuse included."""


class InspectionUnknown(Record):
    """How long inspection takes, as a multiple of the times in the terms."""

    id: Identifier
    crossings: tuple[Identifier, ...] = ()
    """Where; none means every crossing."""
    factor: Distribution
    """Multiple of the time."""


TIMES = ("boarding", "driving", "inspection")
"""Times that may be different for each convoy."""


class ConvoyUnknown(Record):
    """How much the times of single convoys differ, beside what is so for all of a future.

    Each convoy of the timetable has a multiple of its own, drawn apart from all others.
    """

    boarding: Distribution | None = None
    """Multiple of its times to board and to unload."""
    driving: Distribution | None = None
    """Multiple of its driving times, the way in included."""
    inspection: Distribution | None = None
    """Multiple of its times at crossings."""

    def times(self) -> Iterator[tuple[int, Any]]:
        """Yield what differs: its place in ``TIMES``, and the distribution."""
        for i, name in enumerate(TIMES):
            if getattr(self, name) is not None:
                yield i, getattr(self, name)


class RefusalUnknown(Record):
    """How many of some groups refuse to leave; replaces what the terms say of them."""

    id: Identifier
    groups: tuple[Identifier, ...] = Field(min_length=1)
    """Whose people."""
    share: Distribution
    """Share that refuses."""


class SideUnknown(Record):
    """A side of linked steps that moves late, or lets only a part of its people go."""

    id: Identifier
    groups: tuple[Identifier, ...] = Field(min_length=1)
    """The side."""
    late: Distribution | None = None
    """How much later than planned its first convoy departs."""
    part: Distribution | None = None
    """Share of its people that is let go."""


class LossUnknown(Record):
    """Vehicles that break down, are taken or destroyed, and are not replaced."""

    id: Identifier
    vehicles: tuple[Identifier, ...] = ()
    """Vehicle types; none means every one."""
    share: Distribution
    """Probability that a vehicle is lost as it begins a rotation."""


class HoldUnknown(Record):
    """Convoys that are held at a crossing after their inspection, and all behind them."""

    id: Identifier
    crossings: tuple[Identifier, ...] = Field(min_length=1)
    """Where; each crossing for itself."""
    time_to_hold: Distribution
    """Time from the start, or from the last release, until the next convoy to come is held."""
    time_to_release: Distribution
    """How long it is held."""


class Suspensions(Record):
    """The whole operation stops, on all sides, and goes on later."""

    time_to_suspension: Distribution
    """Time from the start, or from the end of the last suspension, to the next one."""
    length: Distribution
    """How long it lasts."""


class WeatherUnknown(Record):
    """Weather that slows driving, beyond the conditions in the case."""

    id: Identifier
    share: Figure[Share]
    """Probability that it comes at all."""
    onset: Distribution
    """When it begins, after the start of the operation."""
    length: Distribution
    """How long it lasts."""
    factor: Distribution
    """Multiple of the driving time meanwhile."""


class Correlation(_Sourced):
    """Two unknowns that go together, by a Gaussian copula."""

    between: tuple[Text, ...] = Field(min_length=2, max_length=2)
    """Names of the two, such as ``driving`` and ``inspection.posts``."""
    coefficient: Annotated[float, Strict()]
    """Correlation of the two normal scores, from -1 to 1."""


class Uncertainty(Record):
    """``uncertainty.yaml``."""

    format: Literal["safepassage-uncertainty/1"]
    """Format and version of the file."""
    people: tuple[PeopleUnknown, ...] = ()
    """How many people; groups not named keep the triangle of their estimates, as assumed."""
    refusals: tuple[RefusalUnknown, ...] = ()
    """Who refuses."""
    boarding: Distribution | None = None
    """Multiple of every time to board and to unload."""
    driving: Distribution | None = None
    """Multiple of every driving time."""
    inspection: tuple[InspectionUnknown, ...] = ()
    """How fast inspection goes."""
    each_convoy: ConvoyUnknown | None = None
    """How much single convoys differ; none means not at all."""
    vehicle_loss: tuple[LossUnknown, ...] = ()
    """Vehicles lost for good."""
    holds: tuple[HoldUnknown, ...] = ()
    """Convoys held at crossings."""
    suspensions: Suspensions | None = None
    """Stops of the whole operation."""
    linked: tuple[SideUnknown, ...] = ()
    """Sides of linked steps."""
    weather: tuple[WeatherUnknown, ...] = ()
    """Weather."""
    correlations: tuple[Correlation, ...] = ()
    """Which unknowns go together."""

    def unknowns(self) -> dict[str, tuple[tuple[str | int, ...], Any, str]]:
        """Every distribution by the name of its unknown: its path, itself, and its measure.

        Measures are ``persons``, ``share``, ``factor`` and ``time``; ``comes`` is a probability,
        and whether the thing comes is the unknown.
        """
        found: dict[str, tuple[tuple[str | int, ...], Any, str]] = {}

        def add(name: str, path: tuple[str | int, ...], measure: str) -> None:
            thing: Any = self
            for step in path:
                thing = thing[step] if isinstance(step, int) else getattr(thing, step)
            if thing is not None:
                found[name] = path, thing, measure

        for family, word, key, measure in _FAMILIES:
            for i, entry in enumerate(getattr(self, family)):
                add(f"{word}.{entry.id}", (family, i, key), measure)
        for name in ("boarding", "driving"):
            add(name, (name,), "factor")
        for i, hold in enumerate(self.holds):
            add(f"hold.{hold.id}", ("holds", i, "time_to_hold"), "time")
            add(f"release.{hold.id}", ("holds", i, "time_to_release"), "time")
        if self.suspensions is not None:
            add("suspension.onset", ("suspensions", "time_to_suspension"), "time")
            add("suspension.length", ("suspensions", "length"), "time")
        for i, weather in enumerate(self.weather):
            add(f"weather.{weather.id}", ("weather", i, "share"), "comes")
            for key, measure in (("onset", "time"), ("length", "time"), ("factor", "factor")):
                add(f"weather.{weather.id}.{key}", ("weather", i, key), measure)
        return found


_FAMILIES = (
    ("people", "people", "persons", "persons"),
    ("refusals", "refusal", "share", "share"),
    ("inspection", "inspection", "factor", "factor"),
    ("vehicle_loss", "loss", "share", "share"),
    ("linked", "late", "late", "time"),
    ("linked", "part", "part", "share"),
)
