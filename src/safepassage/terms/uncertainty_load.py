"""Read ``uncertainty.yaml``, all faults at once."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from safepassage.errors import BadInput
from safepassage.terms.case import Case
from safepassage.terms.document import read_document
from safepassage.terms.migrate import migrate
from safepassage.terms.uncertainty import UNCERTAINTY_FORMAT, Uncertainty
from safepassage.terms.uncertainty_faults import uncertainty_faults
from safepassage.terms.wording import faults_of

__all__ = ["UNCERTAINTY_FILE", "read_uncertainty"]

UNCERTAINTY_FILE = "uncertainty.yaml"


def read_uncertainty(file: Path, case: Case) -> Uncertainty:
    """Read what is not known of a case.

    Parameters
    ----------
    file
        The file.
    case
        The case whose groups, places, vehicles and sources it names.

    Raises
    ------
    BadInput
        With every fault of the file. Ids and meaning are checked once it has the right shape.
    """
    document = read_document(file)
    data = migrate(document, UNCERTAINTY_FORMAT)
    try:
        uncertainty = Uncertainty.model_validate(data)
    except ValidationError as error:
        raise BadInput(faults_of(error, Uncertainty, data, document)) from None
    faults = uncertainty_faults(uncertainty, case, document.where)
    if faults:
        raise BadInput(faults)
    return uncertainty
