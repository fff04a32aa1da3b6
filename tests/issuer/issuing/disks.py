"""What a disk may hold after a power cut, from a record of the calls to the system (`strace`).

A file has what was written before its last fsync. Of what was written since, any part may be there,
sector by sector; of the names in a folder that were made, changed or removed since its last fsync,
the first few. That is less than most file systems keep.
Source: sqlite.org/atomiccommit.html, section 2.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

SECTOR = 512
CALLS = "openat,write,pwrite64,ftruncate,fsync,fdatasync,unlink,rename"
_CALL = re.compile(r"^[0-9]+ +(\w+)\((.*)\) += ([0-9]+)(?:<(.*)>)?$")
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
_DESCRIPTOR = re.compile(r"^[0-9]+<((?:\\x[0-9a-f]{2})*)>")
LEFT_OUT = ("-shm",)
"""Ends of files that are memory, which SQLite makes anew."""

Survives = Callable[[], bool]
"""Tells for one sector, size or name after the other whether it is there after all."""


@dataclass
class File:
    """A file: what the disk has for certain, and what was written since."""

    kept: bytes = b""
    since: list[tuple[int, bytes | None]] = field(default_factory=list)
    """Places with what was written there; without anything the file was cut off at it."""

    def write(self, place: int, data: bytes) -> None:
        for start in range(0, len(data), SECTOR):
            self.since.append((place + start, data[start : start + SECTOR]))

    def sync(self) -> None:
        self.kept, self.since = self.image(lambda: True), []

    def image(self, survives: Survives) -> bytes:
        image = bytearray(self.kept)
        for place, data in self.since:
            if not survives():
                continue
            if data is None:
                image = image[:place].ljust(place, b"\0")
                continue
            if len(image) < place:
                image.extend(bytes(place - len(image)))
            image[place : place + len(data)] = data
        return bytes(image)


@dataclass
class Folder:
    """A folder: its names now, and those that the disk has for certain with what happened since."""

    path: str
    names: dict[str, File]
    kept: dict[str, File] = field(init=False)
    since: list[tuple[str, File | None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.kept = dict(self.names)

    def point(self, name: str, file: File | None) -> None:
        """Have a name stand for a file, or for none."""
        _point(self.names, name, file)
        self.since.append((name, file))

    def sync(self) -> None:
        self.kept, self.since = dict(self.names), []

    def image(self, survives: Survives) -> dict[str, bytes]:
        """Tell what the files are after a power cut at this moment."""
        names = dict(self.kept)
        for name, file in self.since:
            if not survives():
                break
            _point(names, name, file)
        return {name: file.image(survives) for name, file in names.items()}

    def apply(self, call: str, arguments: str, result: int, opened: str) -> None:
        """Do what a call did."""
        texts = [_bytes_of(one) for one in _TEXT.findall(arguments)]
        found = _DESCRIPTOR.match(arguments)
        path = _bytes_of(found[1]).decode() if found else ""
        if call in ("fsync", "fdatasync") and path == self.path:
            self.sync()
        elif call in ("unlink", "rename"):
            self._rename(*(self._name(one.decode()) for one in texts))
        elif call == "openat":
            self._open(self._name(_bytes_of(opened).decode()), arguments)
        elif (file := self.names.get(self._name(path))) is not None:
            _change(file, call, arguments, texts[0][:result] if texts else b"")

    def _name(self, path: str) -> str:
        folder, _slash, name = path.rpartition("/")
        return name if folder == self.path and not name.endswith(LEFT_OUT) else ""

    def _open(self, name: str, arguments: str) -> None:
        if name and name not in self.names and "O_CREAT" in arguments:
            self.point(name, File())

    def _rename(self, old: str, new: str = "") -> None:
        if old and old in self.names:
            file = self.names[old]
            self.point(old, None)
            if new:
                self.point(new, file)


def _point(names: dict[str, File], name: str, file: File | None) -> None:
    names.pop(name, None)
    if file is not None:
        names[name] = file


def _change(file: File, call: str, arguments: str, data: bytes) -> None:
    if call in ("fsync", "fdatasync"):
        file.sync()
    elif call == "ftruncate":
        file.since.append((int(arguments.rpartition(", ")[2]), None))
    elif call == "pwrite64":
        file.write(int(arguments.rpartition(", ")[2]), data)
    elif call == "write":
        # Nobody here writes so to anything but the end of a new file.
        file.write(len(file.image(lambda: True)), data)


def _bytes_of(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", ""))


@dataclass(frozen=True)
class Moment:
    """A moment at which the power may go: what was confirmed by then, and the folder as it is."""

    confirmed: tuple[str, ...]
    folder: Folder

    def write(self, target: Path, survives: Survives) -> None:
        target.mkdir()
        for name, data in self.folder.image(survives).items():
            (target / name).write_bytes(data)


def moments(record: Path, path: Path, names: dict[str, bytes]) -> Iterator[Moment]:
    """Go through a record, and yield each moment after a call that changed something in a folder.

    `names` are the files in it at the beginning. A moment holds only until the next one.
    """
    folder = Folder(str(path), {name: File(data) for name, data in names.items()})
    confirmed: list[str] = []
    marks = [_written(str(path)), _written(f"confirmed {path.name} ")]
    for line in record.read_text(encoding="ascii").splitlines():
        # Most calls are of the interpreter, which reads its modules.
        found = _CALL.match(line) if any(mark in line for mark in marks) else None
        if found is None:
            continue
        call, arguments, result, opened = found.groups()
        confirmed += _said(call, arguments, path.name)
        folder.apply(call, arguments, int(result), opened or "")
        yield Moment(tuple(confirmed), folder)


def _said(call: str, arguments: str, name: str) -> list[str]:
    if call != "write" or not arguments.startswith("1<"):
        return []
    lines = _bytes_of(_TEXT.findall(arguments)[-1]).decode().splitlines()
    begin = f"confirmed {name} "
    return [line.removeprefix(begin).strip() for line in lines if line.startswith(begin)]


def _written(text: str) -> str:
    """Write a text as it stands in the record."""
    return "".join(f"\\x{one:02x}" for one in text.encode())


def none_of_it() -> bool:
    """The disk has what it was told to keep, and nothing else."""
    return False


def by_chance(chance: random.Random) -> Survives:
    """Draw how much of what was not asked for is there: little, half, or nearly all."""
    share = chance.choice((0.1, 0.5, 0.9, 1.0))
    return lambda: chance.random() < share
