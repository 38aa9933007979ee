"""Speed limits that OpenStreetMap states by word: ``DE:urban``, ``GB:nsl_single``.

The numbers are general limits for cars, of the kind that the OpenStreetMap wiki lists (*Default
speed limits*). They were put down from general knowledge, not copied from the laws. Compared with
the list that Osmose, a quality check for OpenStreetMap, keeps of what such words mean
(``TagFix_Maxspeed``), they agree wherever both have a number but for ``CZ:trunk`` (110 here, 80 or
130 there). A limit is the law of a country, not a sign on the road, and is marked as assumed
wherever it is used.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from safepassage.city.transit import MILLION

__all__ = ["COUNTRY_LIMITS", "WORD_LIMITS", "zone_limit"]

COUNTRY_LIMITS: Mapping[str, Mapping[str, int]] = {
    "AT": {"urban": 50, "rural": 100, "trunk": 100, "motorway": 130},
    "BE": {"urban": 50, "rural": 70, "trunk": 120, "motorway": 120},
    "BG": {"urban": 50, "rural": 90, "motorway": 140},
    "BY": {"urban": 60, "rural": 90, "motorway": 110},
    "CH": {"urban": 50, "rural": 80, "trunk": 100, "motorway": 120},
    "CZ": {"urban": 50, "rural": 90, "trunk": 110, "motorway": 130},
    "DE": {"urban": 50, "rural": 100, "living_street": 7},
    "DK": {"urban": 50, "rural": 80, "motorway": 130},
    "EE": {"urban": 50, "rural": 90},
    "ES": {"urban": 50, "rural": 90, "motorway": 120},
    "FI": {"urban": 50, "rural": 80, "motorway": 120},
    "FR": {"urban": 50, "rural": 80, "trunk": 110, "motorway": 130},
    "GR": {"urban": 50, "rural": 90, "motorway": 130},
    "HU": {"urban": 50, "rural": 90, "trunk": 110, "motorway": 130},
    "IE": {"urban": 50, "rural": 80, "motorway": 120},
    "IT": {"urban": 50, "rural": 90, "trunk": 110, "motorway": 130},
    "LI": {"urban": 50, "rural": 80},
    "LT": {"urban": 50, "rural": 90, "motorway": 130},
    "LU": {"urban": 50, "rural": 90, "motorway": 130},
    "LV": {"urban": 50, "rural": 90},
    "NL": {"urban": 50, "rural": 80, "trunk": 100, "motorway": 100},
    "NO": {"urban": 50, "rural": 80},
    "PL": {"urban": 50, "rural": 90, "motorway": 140},
    "PT": {"urban": 50, "rural": 90, "trunk": 100, "motorway": 120},
    "RO": {"urban": 50, "rural": 90, "trunk": 100, "motorway": 130},
    "RU": {"urban": 60, "rural": 90, "living_street": 20, "motorway": 110},
    "SE": {"urban": 50, "rural": 70, "motorway": 110},
    "SI": {"urban": 50, "rural": 90, "trunk": 110, "motorway": 130},
    "SK": {"urban": 50, "rural": 90, "motorway": 130},
    "UA": {"urban": 50, "rural": 90, "living_street": 20, "motorway": 130},
}
"""Kilometres an hour, by ISO 3166-1 country code and word."""

_BRITISH = {"nsl_restricted": 30, "nsl_single": 60, "nsl_dual": 70, "motorway": 70}
"""Miles an hour, of the United Kingdom."""

WORD_LIMITS: Mapping[str, int] = {
    "urban": 50,
    "rural": 90,
    "trunk": 100,
    "motorway": 120,
    "living_street": 20,
}
"""Kilometres an hour where the country is not in the table: the commonest value of a word."""

_ZONE = re.compile(r"([A-Z]{2})(?:-[A-Z0-9]{1,3})?:(?:zone:?)?([a-z_]+|\d{1,3})(?::.*)?")


def zone_limit(value: str, highway: str) -> tuple[int, str] | None:
    """Return the limit of a country word in millionths of a km/h, and why it is assumed.

    Parameters
    ----------
    value
        Such as ``DE:urban``, ``GB:nsl_single``, ``CH:zone30`` or ``FR:30``.
    highway
        The way's ``highway``; on motorways ``XX:rural`` and the like do not hold.

    Returns
    -------
    tuple or None
        None where the value is no such word.
    """
    match = _ZONE.fullmatch(value)
    if match is None:
        return None
    country, word = match.groups()
    if word.isdigit():
        kmh = int(word)
        return (kmh * MILLION, f"{value}: {kmh} km/h") if 0 < kmh <= 200 else None
    if country in ("GB", "UK") and word in _BRITISH:
        return _BRITISH[word] * 1_609_344, f"{value}: {_BRITISH[word]} mph by law"
    if highway == "motorway" and word != "motorway":
        return None
    known = COUNTRY_LIMITS.get(country, {}).get(word)
    kmh = known or WORD_LIMITS.get(word, 0)
    if not kmh:
        return None
    return kmh * MILLION, f"{value}: {kmh} km/h {'by law' if known else 'commonly'}"
