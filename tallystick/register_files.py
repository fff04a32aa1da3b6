"""Registers on disk: folders of source files, signed editions, and the newest ones seen."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from credentials.errors import TallystickError
from credentials.json_types import as_list
from credentials.proofs.cryptosuite import without_proof
from credentials.strict_json import parse_json
from frameworks.authorities import Authorities, Authority
from frameworks.errors import FrameworkError
from frameworks.register import Edition, Register, read_edition, read_register
from frameworks.register.edition import (
    EDITION_LIMITS,
    EDITION_TYPE,
    FILES,
    require_succession,
)
from frameworks.register.source_files import DESCRIPTION
from frameworks.registers import Registers
from tallystick.bundled_register import reference
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

KEPT = ".edition.json"
"""How the names of kept editions end."""


def require_register_folder(folder: Path) -> None:
    """Refuse a folder that is no register."""
    if not (folder / DESCRIPTION).is_file():
        raise CommandError(f"{folder} is no register: it has no {DESCRIPTION}.", USAGE)


def read_folder(folder: Path) -> dict[str, str]:
    """Read the source files of a register below a folder: name with "/" to text."""
    require_register_folder(folder)
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


def is_edition(path: str) -> bool:
    """Tell whether a register that is asked for is an edition, and no folder or the reference."""
    return path != "reference" and not Path(path).is_dir()


@dataclass(frozen=True, slots=True)
class Kept:
    """A kept edition, as yet unopened."""

    path: Path
    register_id: str
    data: bytes


@dataclass(frozen=True, slots=True)
class EditionStore:
    """A folder with the newest good edition of each register that was seen.

    A kept file that cannot be used stops nothing: it is left out, and `left_out` says why.
    """

    folder: Path
    left_out: dict[Path, str] = field(default_factory=dict)

    def known(self, register_id: str) -> Edition | None:
        """Read the newest edition of a register, if one was kept."""
        path = self._path(register_id)
        kept = self._read(path) if os.path.lexists(path) else None
        if kept is None:
            return None
        try:
            return _edition(kept.data)
        except TallystickError as error:
            self.leave_out(path, error)
            return None

    def all(self) -> Iterator[Kept]:
        """Yield the kept editions."""
        if self.folder.is_dir():
            kept = map(self._read, sorted(self.folder.glob(f"*{KEPT}")))
            yield from (one for one in kept if one is not None)

    def leave_out(self, path: Path, error: TallystickError | CommandError) -> None:
        """Note that a kept file is not used, and why."""
        self.left_out[path] = f"A kept register is not used: {_why(error)} ({path})"

    def keep(self, edition: Edition, data: bytes) -> None:
        """Keep an edition in the place of the one before."""
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self._path(edition.description.id)
        if path.is_dir() and not path.is_symlink():
            # A file cannot take the place of a folder, and what is in that one is not ours.
            os.replace(path, tempfile.mkdtemp(prefix="set-aside.", dir=self.folder))
        write_output(path, data)

    def _read(self, path: Path) -> Kept | None:
        try:
            data = _regular(path)
            kept = Kept(path, register_id(data), data)
            if self._path(kept.register_id) != path:
                raise CommandError("The file is of another register than its name says.")
        except (CommandError, TallystickError) as error:
            self.leave_out(path, error)
            return None
        return kept

    def _path(self, register_id: str) -> Path:
        name = hashlib.sha256(register_id.encode("utf-8")).hexdigest()[:32]
        return self.folder / f"{name}{KEPT}"


def _regular(path: Path) -> bytes:
    if not path.is_file():
        raise CommandError("It is no file.")
    return read_input(str(path), EDITION_LIMITS)


def _why(error: TallystickError | CommandError) -> str:
    return str(error) if isinstance(error, CommandError) else f"{error.message} [{error.code}]"


def _edition(data: bytes) -> Edition:
    return read_edition(without_proof(parse_json(data, EDITION_LIMITS)))


def register_id(data: bytes) -> str:
    """Read which register an edition is of, before anything in it is believed.

    Raises `FrameworkError` (EDITION_MALFORMED), and what strict JSON raises.
    """
    document = parse_json(data, EDITION_LIMITS)
    members = document if isinstance(document, dict) else {}
    subject = members.get("credentialSubject")
    identifier = subject.get("id") if isinstance(subject, dict) else None
    if EDITION_TYPE not in as_list(members.get("type")) or not isinstance(identifier, str):
        text = "This is no edition of a register; make one with: register sign."
        raise FrameworkError(text, code="EDITION_MALFORMED")
    return identifier


Opened = tuple[Edition, Authority]


def open_registers(
    files: tuple[str, ...], *, world: World, authorities: Authorities, store: EditionStore
) -> Registers:
    """Open the editions in use: the named files, and what was kept of other registers.

    A named file that may not be relied on is a wrong call.  A kept edition that no longer may (it
    has expired, say) is left out, and the store says so.
    """
    opened = _newest(_named(file, world, authorities, store) for file in files)
    for kept in store.all() if authorities.by_id else ():
        if kept.register_id in opened:
            continue
        try:
            opened[kept.register_id] = open_edition(kept.data, world=world, authorities=authorities)
        except TallystickError as error:
            store.leave_out(kept.path, error)
    return Registers.of(tuple(opened.values()), reference())


def _named(file: str, world: World, authorities: Authorities, store: EditionStore) -> Opened:
    data = read_input(file, EDITION_LIMITS)
    try:
        known = store.known(register_id(data))
        return open_edition(data, world=world, authorities=authorities, known=known)
    except TallystickError as error:
        raise CommandError(f"{file} cannot be used as a register: {_why(error)}", USAGE) from error


def _newest(named: Iterable[Opened]) -> dict[str, Opened]:
    """Take the newest of the named editions of each register; each must follow the one before."""
    editions: dict[str, list[Opened]] = defaultdict(list)
    for one in named:
        editions[one[0].description.id].append(one)
    for several in editions.values():
        several.sort(key=lambda one: one[0].description.number)
        for (before, _), (after, _) in pairwise(several):
            try:
                require_succession(before, after)
            except FrameworkError as error:
                text = f"The named editions of one register do not agree: {_why(error)}"
                raise CommandError(text, USAGE) from error
    return {name: several[-1] for name, several in editions.items()}
