"""The registers that a reader has: editions that are believed, and one that only explains."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from credentials.json_types import JsonObject
from frameworks.authorities import Authority
from frameworks.register.edition import Edition
from frameworks.register.register import Register
from frameworks.register.rows import LevelRow


@dataclass(frozen=True, slots=True)
class Source:
    """A register in use; without an authority it explains, and is evidence of nothing."""

    register: Register
    authority: Authority | None = None
    digest: str = ""

    def believed_about(self, framework: str) -> bool:
        """Tell whether the reader believes this register about a framework."""
        is_official = self.register.description.is_official
        return is_official and self.authority is not None and framework in self.authority.frameworks

    def to_json(self) -> JsonObject:
        """Name the register, its edition, and who signed it."""
        description = self.register.description
        members: JsonObject = {"id": description.id, "edition": description.number}
        if self.authority is None:
            return members | {"authority": None, "official": False}
        signed = {"authority": self.authority.id, "digest": self.digest}
        return members | signed | {"official": description.is_official}

    def in_words(self) -> str:
        """Name the register for people."""
        description = self.register.description
        if self.authority is None:
            return description.name
        return f"{description.name}, edition {description.number}"


@dataclass(frozen=True, slots=True)
class LevelPlace:
    """Where a level's URI was found: its row (None: the framework has no such level)."""

    source: Source
    framework: str
    row: LevelRow | None

    @property
    def is_believed(self) -> bool:
        """Tell whether what the register says about this framework is believed."""
        return self.source.believed_about(self.framework)


@dataclass(frozen=True, slots=True)
class Registers:
    """All registers in use, those that are believed first."""

    sources: tuple[Source, ...] = ()

    @classmethod
    def of(
        cls, editions: tuple[tuple[Edition, Authority], ...], reference: Register | None = None
    ) -> Registers:
        """Join editions whose signers are believed with a register that only explains."""
        believed = tuple(
            Source(edition.register, authority, edition.digest) for edition, authority in editions
        )
        return cls(believed if reference is None else (*believed, Source(reference)))

    def place_of(self, uri: str, day: date) -> LevelPlace | None:
        """Find the framework of a level by its URI; a register that is believed comes first."""
        places = [place for source in self.sources if (place := _place(source, uri, day))]
        return min(
            places, key=lambda place: (not place.is_believed, place.row is None), default=None
        )


def _place(source: Source, uri: str, day: date) -> LevelPlace | None:
    said = source.register.on(day)
    row = said.levels.get(uri)
    if row is not None:
        return LevelPlace(source, row.framework, row)
    framework = said.framework_of_uri(uri)
    return None if framework is None else LevelPlace(source, framework, None)
