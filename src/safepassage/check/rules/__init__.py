"""The rules, one class a family, in the order in which their findings are told."""

from __future__ import annotations

from typing import Final

from safepassage.check.rules.aboard import Aboard, Reception
from safepassage.check.rules.answer import AnswerFigures, Extension
from safepassage.check.rules.bays import Bays
from safepassage.check.rules.bottleneck import BottleneckTerms
from safepassage.check.rules.counting import Counting
from safepassage.check.rules.crossings import Crossings
from safepassage.check.rules.driving import Driving
from safepassage.check.rules.escorts import Escorts
from safepassage.check.rules.linked import LinkedSteps
from safepassage.check.rules.order import Cohesion, Priority
from safepassage.check.rules.pace import Pace
from safepassage.check.rules.purpose import Purpose
from safepassage.check.rules.routes import Routes
from safepassage.check.rules.rule import Rule
from safepassage.check.rules.structure import Structure
from safepassage.check.rules.vehicles import Convoys, Vehicles

__all__ = ["RULES", "Rule"]

RULES: Final[tuple[Rule, ...]] = (
    Structure(),
    Routes(),
    Driving(),
    Crossings(),
    Bays(),
    Vehicles(),
    Purpose(),
    Convoys(),
    Escorts(),
    Aboard(),
    Reception(),
    Counting(),
    Priority(),
    Cohesion(),
    LinkedSteps(),
    Pace(),
    AnswerFigures(),
    BottleneckTerms(),
    Extension(),
)
