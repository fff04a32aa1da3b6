"""The registers that a reader has: editions that are believed, and one that only explains."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from credentials.json_types import JsonObject
from credentials.remembering import Remembered
from frameworks.register.rows import WITHHELD, LevelRow

if TYPE_CHECKING:
    from frameworks.authorities import Authority
    from frameworks.register.edition import Edition
    from frameworks.register.register import Register

ANSWERS_REMEMBERED = 256
"""How many questions to all registers together are answered without asking again."""


QUESTION_CHARACTERS = 8_192
"""Longest text of a question that is remembered: whoever writes a credential writes its texts."""

Answer = TypeVar("Answer")


class Source(NamedTuple):
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


class LevelPlace(NamedTuple):
    """Where a level's URI was found: its row (None: the framework has no such level).

    A place is disputed if registers at hand say that the URI is of different frameworks: then
    none of them is believed, since each signer is believed about its own framework only.
    """

    source: Source
    framework: str
    row: LevelRow | None
    is_disputed: bool = False

    @property
    def is_believed(self) -> bool:
        """Tell whether what the register says about this level is believed."""
        is_open = self.row is not None and self.row.provenance.status == WITHHELD
        return not self.is_disputed and not is_open and self.source.believed_about(self.framework)

    @property
    def framework_name(self) -> str:
        """Name the framework as the register does."""
        rows = self.source.register.tables.frameworks
        return next((row.name for row in rows if row.id == self.framework), self.framework)


@dataclass(frozen=True, slots=True)
class Registers:
    """All registers in use; their order decides nothing."""

    sources: tuple[Source, ...] = ()
    remembered: Remembered[Any] = field(
        default_factory=lambda: Remembered(ANSWERS_REMEMBERED), compare=False, repr=False
    )

    def answer(self, question: tuple[Any, ...], find: Callable[[], Answer]) -> Answer:
        """Return the answer to a question that names all it depends on, remembered if it is short.

        Questions are tuples of tuples, texts, numbers and days.
        """
        if _characters(question) > QUESTION_CHARACTERS:
            return find()
        answer: Answer = self.remembered.get(question, find)
        return answer

    @classmethod
    def of(
        cls, editions: tuple[tuple[Edition, Authority], ...], reference: Register | None = None
    ) -> Registers:
        """Join editions whose signers are believed with a register that only explains."""
        believed = tuple(
            Source(edition.register, authority, edition.digest) for edition, authority in editions
        )
        return cls(believed if reference is None else (*believed, Source(reference)))

    def places_of(self, uri: str, day: date) -> tuple[LevelPlace, ...]:
        """Find a level by its URI in every register that is believed, or in one that explains.

        A row says more than a namespace, so namespaces count only where no register has a row.
        """
        found = [place for source in self.sources if (place := _place(source, uri, day))]
        rows = [place for place in found if place.row is not None]
        places = rows or found
        if len({place.framework for place in places}) > 1:
            places = [place._replace(is_disputed=True) for place in places]
        believed = tuple(place for place in places if place.is_believed)
        return believed or tuple(sorted(places, key=_by_name)[:1])

    def in_order_for(self, framework: str) -> tuple[Source, ...]:
        """Order the registers for one framework: those believed about it first, then by name."""
        order = sorted(self.sources, key=lambda one: (one.register.description.id, one.digest))
        return tuple(sorted(order, key=lambda one: not one.believed_about(framework)))


def _characters(question: tuple[Any, ...]) -> int:
    count, parts = 0, [question]
    for part in parts:
        if isinstance(part, str):
            count += len(part)
        elif isinstance(part, tuple):
            # What is inside is looked at in its turn.
            parts.extend(part)
    return count


def _by_name(place: LevelPlace) -> tuple[bool, str, str]:
    return place.source.authority is not None, place.source.register.description.id, place.framework


def _place(source: Source, uri: str, day: date) -> LevelPlace | None:
    said = source.register.on(day)
    row = said.levels.get(uri)
    if row is not None:
        return LevelPlace(source, row.framework, row)
    framework = said.framework_of_uri(uri)
    return None if framework is None else LevelPlace(source, framework, None)
