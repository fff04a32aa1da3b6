"""Registers on disk: folders of source files, signed editions, and the newest ones seen."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import schemas
from credentials.errors import TallystickError
from credentials.proofs.cryptosuite import without_proof
from credentials.strict_json import parse_json
from frameworks.authorities import Authorities, Authority
from frameworks.register import Edition, Register, read_edition, read_register
from frameworks.register.edition import EDITION_LIMITS, EDITION_TYPE, FILES
from frameworks.register.source_files import DESCRIPTION
from frameworks.registers import Registers
from tallystick.files import (
    USAGE,
    CommandError,
    read_input,
    read_json_object,
    read_text,
    write_output,
)
from verifier.checks.world import World
from verifier.registers import open_edition

SUFFIXES = (".csv", ".md", ".toml")
"""Files that a register consists of; others in its folder are left alone."""


def read_folder(folder: Path) -> dict[str, str]:
    """Read the source files of a register below a folder: name with "/" to text."""
    if not (folder / DESCRIPTION).is_file():
        raise CommandError(f"{folder} is no register: it has no {DESCRIPTION}.", USAGE)
    paths = sorted(path for path in folder.rglob("*") if path.suffix in SUFFIXES and path.is_file())
    if len(paths) > FILES:
        raise CommandError(f"{folder} has more than {FILES} files.", USAGE)
    return {
        path.relative_to(folder).as_posix(): read_text(str(path), EDITION_LIMITS) for path in paths
    }


def read_any_register(path: str) -> Register:
    """Read a register for looking at it: a folder, or an edition whose signature is not checked."""
    if Path(path).is_dir():
        return read_register(read_folder(Path(path)))
    if path == "reference":
        return reference()
    return read_edition(without_proof(read_json_object(path, EDITION_LIMITS))).register


def reference() -> Register:
    """Read the register that comes with this software; it explains, and proves nothing."""
    return read_register(schemas.reference_register())


@dataclass(frozen=True, slots=True)
class EditionStore:
    """A folder with the newest good edition of each register that was seen."""

    folder: Path

    def known(self, register_id: str) -> Edition | None:
        """Read the newest edition of a register, if one was kept."""
        path = self._path(register_id)
        return _edition(path.read_bytes()) if path.is_file() else None

    def all(self) -> Iterator[bytes]:
        """Yield the kept editions."""
        if self.folder.is_dir():
            for path in sorted(self.folder.glob("*.edition.json")):
                yield path.read_bytes()

    def keep(self, edition: Edition, data: bytes) -> None:
        """Keep an edition in the place of the one before."""
        self.folder.mkdir(parents=True, exist_ok=True)
        write_output(self._path(edition.description.id), data)

    def _path(self, register_id: str) -> Path:
        name = hashlib.sha256(register_id.encode("utf-8")).hexdigest()[:32]
        return self.folder / f"{name}.edition.json"


def _edition(data: bytes) -> Edition:
    return read_edition(without_proof(parse_json(data, EDITION_LIMITS)))


def register_id(data: bytes) -> str:
    """Read which register an edition is of, before anything in it is believed."""
    document = parse_json(data, EDITION_LIMITS)
    subject = document.get("credentialSubject") if isinstance(document, dict) else None
    types = document.get("type") if isinstance(document, dict) else None
    if not isinstance(subject, dict) or EDITION_TYPE not in (types or ()):
        raise CommandError("This is no edition of a register; make one with: register sign.")
    return str(subject.get("id"))


def open_registers(
    files: tuple[str, ...],
    *,
    world: World,
    authorities: Authorities,
    store: EditionStore,
) -> tuple[Registers, tuple[str, ...]]:
    """Open the editions in use: the named files, and what was kept of other registers.

    A named file that may not be relied on is an error.  A kept edition that no longer may (it has
    expired, say) is left out and told in the second result.
    """
    opened: dict[str, tuple[Edition, Authority]] = {}
    for file in files:
        data = read_input(file, EDITION_LIMITS)
        known = store.known(register_id(data))
        edition, authority = open_edition(data, world=world, authorities=authorities, known=known)
        opened[edition.description.id] = (edition, authority)
    left_out = []
    for data in store.all() if authorities.by_id else ():
        if register_id(data) in opened:
            continue
        try:
            edition, authority = open_edition(data, world=world, authorities=authorities)
        except TallystickError as error:
            left_out.append(f"A kept register is not used: {error.message} [{error.code}]")
            continue
        opened[edition.description.id] = (edition, authority)
    return Registers.of(tuple(opened.values()), reference()), tuple(left_out)
