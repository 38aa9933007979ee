"""Counts, never names: keys that would hold a person's identity are refused wherever they stand.

Lists of names have themselves been a weapon in negotiated evacuations. No field for a person's
identity exists in the model, and none can be smuggled in as an extra key or column.
"""

from __future__ import annotations

from safepassage.errors import Fault

__all__ = ["IDENTITY_KEYS", "identity_fault"]

IDENTITY_KEYS = frozenset(
    {
        "address_home",
        "birth_date",
        "birthday",
        "biometrics",
        "date_of_birth",
        "dob",
        "email",
        "family_name",
        "father_name",
        "fingerprint",
        "first_name",
        "full_name",
        "given_name",
        "home_address",
        "id_card",
        "id_number",
        "identity",
        "identity_number",
        "last_name",
        "list_of_names",
        "maiden_name",
        "mobile",
        "mobile_number",
        "mother_name",
        "name_list",
        "names",
        "national_id",
        "passport",
        "passport_number",
        "patient_name",
        "person_name",
        "person_names",
        "persons_named",
        "phone",
        "phone_number",
        "photo",
        "place_of_birth",
        "registration_number",
        "social_security_number",
        "ssn",
        "surname",
        "telephone",
    }
)
"""Keys of terms files and columns of tables that are refused, in lower case with ``_``."""


def identity_fault(where: str, key: str) -> Fault | None:
    """Return the fault of a key that would hold a person's identity, or None.

    Capitals, ``-``, ``.`` and spaces make no difference.
    """
    plain = key.strip().lower()
    for mark in "-. ":
        plain = plain.replace(mark, "_")
    if plain not in IDENTITY_KEYS and plain.removesuffix("s") not in IDENTITY_KEYS:
        return None
    message = (
        f"expected counts of people, got the key {key!r}, which would hold a person's identity; "
        "remove it: a case never holds names"
    )
    return Fault(where, "identity-field", message)
