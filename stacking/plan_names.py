"""Names for what a plan speaks of: of registers for units and frameworks, else their own."""

from __future__ import annotations

from datetime import date

from credentials.json_types import JsonValue, member
from credentials.verified import VerifiedCredential
from frameworks.registers import Registers


def names_in(registers: Registers, on: date) -> dict[str, str]:
    """Name units and frameworks by id, as the first register that has them does."""
    names: dict[str, str] = {}
    for source in registers.sources:
        day = source.register.on(on)
        units = {name: row.name for name, row in day.unit_rows.items()}
        frameworks = {name: row.name for name, row in day.frameworks.items()}
        names = {**units, **frameworks, **names}
    return names


def name_of(credential: VerifiedCredential) -> str:
    """Read how a credential calls what was achieved; "" if it does not."""
    achieved = _text(member(credential.document, "credentialSubject", "achievement", "name"))
    return achieved or _text(member(credential.document, "name"))


def issuer_name(credential: VerifiedCredential) -> str:
    """Read how the issuer of a credential calls itself; "" if it does not."""
    return _text(member(credential.document, "issuer", "name"))


def _text(value: JsonValue) -> str:
    return value if isinstance(value, str) else ""
