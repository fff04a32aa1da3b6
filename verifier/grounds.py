"""On what a verification rests beside the document: trust files, registers, and their digests.

The names and digests go into receipts; the same, with who stands in them, is the page about trust.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from credentials.digests import digest_multibase, multibase_of
from credentials.json_types import JsonObject
from frameworks.authorities import Authorities, Authority
from frameworks.registers import Registers
from verifier.issuer_registries import IssuerRegistry
from verifier.trust import TrustedIssuer, TrustList

UNNAMED = "trust file"
"""What a trust file is called that gives itself no name."""


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody by their id, with the name that a trust file gives them (empty: none)."""

    id: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class TrustFile:
    """One trust file: what it is called, what its bytes are, when it was read, who stands in it."""

    name: str
    digest: str
    read_at: datetime
    issuers: tuple[TrustedIssuer, ...] = ()
    registries: tuple[IssuerRegistry, ...] = ()
    authorities: tuple[Authority, ...] = ()
    adopters: tuple[Named, ...] = ()

    @classmethod
    def of(cls, data: bytes, document: JsonObject, read_at: datetime) -> TrustFile:
        """Describe a trust file whose form is checked already, by its bytes and what they say."""
        trust = TrustList.from_json(document)
        return cls(
            document.get("list", {}).get("name") or UNNAMED,
            digest_multibase(data),
            read_at,
            tuple(trust.issuers.values()),
            trust.registries,
            tuple(Authorities.from_json(document).by_id.values()),
            tuple(Named(one["id"], one.get("name", "")) for one in document.get("adopters", ())),
        )

    def to_json(self) -> JsonObject:
        """Name the file as receipts do."""
        return {"type": ["TrustFile"], "name": self.name, "fileDigest": self.digest}


@dataclass(frozen=True, slots=True)
class RegisterInUse:
    """An edition of a register that values are held to; unsigned ones explain, and prove nothing.

    `digest` is that of the edition's files ("sha256:HEX"); it is empty for the reference.
    """

    id: str
    name: str
    number: int
    digest: str
    signed_by: Named | None
    is_official: bool
    valid_until: date
    frameworks: tuple[Named, ...]

    def to_json(self) -> JsonObject:
        """Name the edition as receipts do."""
        members: JsonObject = {
            "type": ["RegisterEdition"],
            "register": self.id,
            "edition": str(self.number),
        }
        if self.signed_by is None:
            return members
        return members | {
            "editionDigest": multibase_of(self.digest),
            "signedBy": self.signed_by.id,
        }


@dataclass(frozen=True, slots=True)
class Grounds:
    """Everything that the reader of a verifier has chosen to believe."""

    trust_files: tuple[TrustFile, ...] = ()
    registers: tuple[RegisterInUse, ...] = ()
    read_at: datetime | None = None
    """When the registers were opened."""

    def framework_names(self) -> dict[str, str]:
        """Give the names of frameworks by their ids, as the registers in use have them."""
        return {one.id: one.name for source in self.registers for one in source.frameworks}


NO_GROUNDS = Grounds()


def registers_of(registers: Registers | None) -> tuple[RegisterInUse, ...]:
    """Describe the registers in use, those that somebody signed first."""
    found = tuple(_registers(registers)) if registers is not None else ()
    return tuple(sorted(found, key=lambda one: (one.signed_by is None, one.name)))


def _registers(registers: Registers) -> Iterator[RegisterInUse]:
    for source in registers.sources:
        description, authority = source.register.description, source.authority
        rows = sorted(source.register.tables.frameworks, key=lambda row: row.name)
        yield RegisterInUse(
            id=description.id,
            name=description.name,
            number=description.number,
            digest=source.digest,
            signed_by=None if authority is None else Named(authority.id, authority.name),
            is_official=authority is not None and description.is_official,
            valid_until=description.valid_until,
            frameworks=tuple(Named(row.id, row.name) for row in rows),
        )
