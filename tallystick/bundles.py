"""Packing what verifications look up into a bundle, and judging what is in one."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from credentials.errors import CredentialError, TallystickError
from credentials.json_types import JsonObject
from credentials.strict_json import parse_json
from frameworks.authorities import Authority
from frameworks.register import Edition
from frameworks.register.edition import EDITION_LIMITS
from frameworks.registers import Registers
from keys.did import NoNetworkResolver
from tallystick import settings, verifying
from tallystick.bundled_register import reference
from tallystick.files import read_input
from tallystick.register_files import EditionStore
from tallystick.trust_files import read_adopters, read_authorities, read_trust
from verifier.bundles import (
    Bundle,
    PackedDocument,
    PackedFile,
    contexts_named,
    open_bundle,
    resolver_of,
)
from verifier.checks.world import World
from verifier.opening import document_in
from verifier.registers import open_edition
from verifier.report import VerificationReport
from verifier.sources import Lookups, Retrieved
from verifier.verifier import Verifier


@dataclass(slots=True)
class Packing:
    """What has been packed so far."""

    credentials: dict[str, bytes] = field(default_factory=dict)
    documents: dict[str, PackedDocument] = field(default_factory=dict)
    registers: dict[str, bytes] = field(default_factory=dict)

    def note(self, url: str, found: Retrieved) -> None:
        """Pack a document that was looked up."""
        self.documents[url] = PackedDocument(url, found.document, found.at)

    def add(self, name: str, data: bytes) -> None:
        """Pack a credential; of several files of one name each gets a name of its own."""
        _add(self.credentials, name, data)

    def add_registers(self, files: tuple[str, ...]) -> None:
        """Pack the registers that are named, and those that are kept as the newest."""
        for file in files:
            _add(self.registers, "named.edition.json", read_input(file, EDITION_LIMITS))
        for kept in EditionStore(settings.registers_folder()).all():
            _add(self.registers, kept.path.name, kept.data)

    def bundle(self, packed: datetime) -> Bundle:
        """Put together what was packed, with the digests of all contexts in it."""
        found = [_document_in(data) for data in self.credentials.values()]
        found += [one.document for one in self.documents.values()]
        return Bundle(
            packed,
            tuple(PackedFile(*one) for one in self.credentials.items()),
            tuple(self.documents.values()),
            tuple(PackedFile(*one) for one in self.registers.items()),
            contexts_named(*found),
        )

    def told(self) -> str:
        """Say how much was packed."""
        parts = (
            counted(len(self.credentials), "credential"),
            counted(len(self.documents), "looked-up document"),
            counted(len(self.registers), "register"),
        )
        return ", ".join(parts)


def counted(number: int, thing: str) -> str:
    """Write a number of things."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _add(files: dict[str, bytes], name: str, data: bytes) -> None:
    unique, number = name, 1
    while unique in files:
        number += 1
        unique = f"{number}-{name}"
    files[unique] = data


def _document_in(data: bytes) -> JsonObject:
    """Read the document in a credential of any text form; what is in an image counts nothing."""
    try:
        return document_in(data.decode("utf-8") if data[:1] != b"{" else parse_json(data))
    except (CredentialError, UnicodeDecodeError):
        return {}


@dataclass(frozen=True, slots=True)
class Opened:
    """A bundle that the reader opened; `packer` signed it, and `is_believed` says who decides."""

    bundle: Bundle
    packer: str | None
    is_believed: bool
    trust_files: tuple[str, ...]

    def told(self) -> str:
        """Say whose bundle it is, and what that means."""
        if self.packer is None:
            who = (
                "nobody signed it; you say that it is yours"
                if self.is_believed
                else ("nobody signed it, so what it says others had published is not believed")
            )
        elif self.is_believed:
            who = f"signed by {self.packer}, whom you know"
        else:
            who = (
                f"signed by {self.packer}, who is not in your trust file, so what it says others "
                "had published is not believed"
            )
        return f"{counted(len(self.bundle.credentials), 'credential')}; {who}."

    @property
    def resolver(self) -> Lookups:
        """Finds what was packed."""
        return resolver_of(self.bundle, is_believed=self.is_believed)


def open_for_reading(
    data: bytes, trust_files: tuple[str, ...], at: datetime, *, believes_unsigned: bool
) -> Opened:
    """Open a bundle, and find out whether the reader believes who packed it."""
    world = verifying.verifying_world(at=at, resolver=NoNetworkResolver())
    bundle, packer = open_bundle(data, world)
    trust = read_trust(trust_files)
    known = trust is not None and packer in trust.issuers
    is_believed = believes_unsigned if packer is None else known
    return Opened(bundle, packer, is_believed, trust_files)


@dataclass(frozen=True, slots=True)
class Judged:
    """One packed credential: what was true of it when it was packed, and what is now."""

    name: str
    then: VerificationReport
    now: VerificationReport


def judge_all(opened: Opened, at: datetime) -> list[Judged]:
    """Verify every packed credential, as of packing and as of a later time."""
    then, now = _world(opened, opened.bundle.packed), _world(opened, at)
    return [
        Judged(one.name, Verifier(then).check(one.data), Verifier(now).check(one.data))
        for one in opened.bundle.credentials
    ]


def _world(opened: Opened, at: datetime) -> World:
    registers = _registers(opened, at)
    return verifying.verifying_world(
        at=at,
        resolver=opened.resolver,
        trust=read_trust(opened.trust_files),
        registers=registers,
        adopters=read_adopters(opened.trust_files),
        # Whoever packed it had it then, if the reader believes that at all.
        known_since=opened.bundle.packed if opened.is_believed else None,
    )


def _registers(opened: Opened, at: datetime) -> Registers:
    """Open the packed registers that the reader may rely on; of each, the newest edition."""
    world = verifying.verifying_world(at=at, resolver=opened.resolver)
    authorities = read_authorities(opened.trust_files)
    newest: dict[str, tuple[Edition, Authority]] = {}
    for packed in opened.bundle.registers if authorities.by_id else ():
        try:
            edition, authority = open_edition(packed.data, world=world, authorities=authorities)
        except TallystickError:
            # One that has expired, say: the report then says that no register confirms a value.
            continue
        known = newest.get(edition.description.id)
        if known is None or known[0].description.number < edition.description.number:
            newest[edition.description.id] = (edition, authority)
    return Registers.of(tuple(newest.values()), reference())
