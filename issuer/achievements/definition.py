"""What an institution designs: a course with its value, and what an Open Badge says beside it.

The members of a definition are those of a course (`schemas/json/course.schema.json`) and a few
more (`schemas/json/achievement.schema.json`), side by side in one JSON object.  A draft may leave
out almost everything; what is missing before it can be published, `checking` says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from jsonschema import Draft202012Validator

import schemas
from credentials.errors import TallystickError
from credentials.json_types import JsonObject, JsonValue, pointer_to
from frameworks.rating.course import Course, Fault, course_faults, course_of, faults_by_schema

MICRO_CREDENTIAL = "MicroCredential"
"""The type of an achievement that names none (Open Badges 3.0 section B.1.2)."""

ID_PREFIX = "urn:uuid:"
"""How the id of an achievement begins that has no address of its own."""


class DefinitionError(TallystickError):
    """Members are no definition of an achievement; `faults` says where, and what must stand there.

    A fault is a JSON pointer into the members and a sentence.
    """

    code = "DEFINITION_MALFORMED"

    def __init__(self, faults: tuple[tuple[str, str], ...]) -> None:
        """Describe the first fault and keep all."""
        pointer, text = faults[0]
        more = f" ({len(faults) - 1} more)" if len(faults) > 1 else ""
        place = f" at {pointer}" if pointer else ""
        super().__init__(f"The achievement cannot be read{place}: {text}{more}", pointer=pointer)
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Alignment:
    """Something outside that the achievement corresponds to, such as a skill (section B.1.4)."""

    name: str
    url: str
    framework: str | None = None
    code: str | None = None
    description: str | None = None
    type: str | None = None


@dataclass(frozen=True, slots=True)
class Image:
    """The picture of the badge: its address, or itself as a data URL, and a text in its place."""

    url: str
    alt: str


@dataclass(frozen=True, slots=True)
class Translation:
    """An achievement that says the same in another language."""

    language: str
    id: str


@dataclass(frozen=True, slots=True)
class AchievementDefinition:
    """A definition; None, or nothing in a tuple, means not stated.

    `members` is the JSON object that it was read from, and is never changed.
    """

    members: JsonObject
    course: Course
    description: str | None = None
    criteria: str | None = None
    achievement_type: str = MICRO_CREDENTIAL
    validity_months: int | None = None
    alignments: tuple[Alignment, ...] = ()
    image: Image | None = None
    translations: tuple[Translation, ...] = field(default=())

    @property
    def name(self) -> str:
        """The name of the achievement, which is the title of its course."""
        return self.course.title

    @classmethod
    def of(cls, members: JsonValue) -> AchievementDefinition:
        """Read a definition; raise `DefinitionError` that names every fault."""
        if not isinstance(members, dict):
            raise DefinitionError((("", "it must be one JSON object."),))
        own = {name: value for name, value in members.items() if name in _own_names()}
        course = {name: value for name, value in members.items() if name not in _own_names()}
        faults = [*course_faults(course), *faults_by_schema(_validator(), own)]
        if faults:
            raise DefinitionError(tuple(map(_told, faults)))
        return _definition(members, course_of(course), own)


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(schemas.json_schema("achievement"))


@cache
def _own_names() -> frozenset[str]:
    return frozenset(schemas.json_schema("achievement")["properties"])


def _told(fault: Fault) -> tuple[str, str]:
    path, text = fault
    return pointer_to(path), text


def _definition(
    members: JsonObject, course: Course, own: Mapping[str, JsonValue]
) -> AchievementDefinition:
    image = own.get("image")
    return AchievementDefinition(
        members=members,
        course=course,
        description=own.get("description"),
        criteria=own.get("criteria"),
        achievement_type=own.get("achievement_type", MICRO_CREDENTIAL),
        validity_months=own.get("validity_months"),
        alignments=tuple(Alignment(**one) for one in own.get("alignments", ())),
        image=None if image is None else Image(**image),
        translations=tuple(Translation(**one) for one in own.get("translations", ())),
    )
