"""Published versions of a definition: numbered, and never changed again.

Whoever holds a credential holds the words of one version, so what was published stays as it was;
a better text is a new version.  Each is told by the digest of its canonical JSON (RFC 8785).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from credentials.digests import digest_multibase
from credentials.errors import TallystickError
from credentials.jcs import canonicalize
from credentials.json_types import JsonObject
from credentials.limits import DEFAULT_LIMITS
from credentials.strict_json import parse_json
from issuer.achievements.definition import AchievementDefinition


class VersionError(TallystickError):
    """A version cannot be published, or is not the one that was published."""

    code = "VERSION_ERROR"


@dataclass(frozen=True, slots=True)
class PublishedVersion:
    """One version: its number from 1, its digest, when it was published, its canonical JSON."""

    number: int
    digest: str
    published: datetime
    data: bytes

    @property
    def definition(self) -> AchievementDefinition:
        """Read the definition; raise `VersionError` (VERSION_CHANGED) if it is another one."""
        if digest_of(self.data) != self.digest:
            raise VersionError(
                f"Version {self.number} is not what was published: its digest differs.",
                code="VERSION_CHANGED",
            )
        return AchievementDefinition.of(parse_json(self.data, DEFAULT_LIMITS))


def digest_of(data: bytes) -> str:
    """Compute the digest of the canonical JSON of a definition."""
    return digest_multibase(data)


def canonical_bytes(members: JsonObject) -> bytes:
    """Write the members of a definition as canonical JSON."""
    return canonicalize(members)


def publish(
    definition: AchievementDefinition, *, previous: PublishedVersion | None, at: datetime
) -> PublishedVersion:
    """Make the next version of a definition, after the one that was published last.

    Raises `VersionError`: VERSION_UNCHANGED if nothing is different, VERSION_OF_ANOTHER if the
    id of the achievement is.
    """
    data = canonical_bytes(definition.members)
    digest = digest_of(data)
    if previous is not None and previous.digest == digest:
        text = f"Nothing has changed since version {previous.number}, so there is nothing new."
        raise VersionError(text, code="VERSION_UNCHANGED")
    if previous is not None and previous.definition.course.id != definition.course.id:
        text = "The id of an achievement stays the same over its versions; define another one."
        raise VersionError(text, code="VERSION_OF_ANOTHER")
    return PublishedVersion(1 if previous is None else previous.number + 1, digest, at, data)
