"""What is asked to be issued: an achievement for somebody; and how it becomes a credential."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

from credentials.errors import IssuanceError
from credentials.json_types import JsonObject
from issuer.issuer import Issuer
from issuer.requests import Fresh, IssuanceRequest
from issuer.rosters import is_address
from issuer.store.achievements import AchievementVersion
from issuer.store.learners import Recipient
from issuer.store.tenants import Tenant
from issuer.store.writing_down import digest_of, write_json

MEMBERS = ("awardedDate", "validFrom", "validUntil", "evidence", "endorsements")
"""What an award may say of itself, as in the short form of a request."""

UNSEEN = ("Cc", "Cs", "Zl", "Zp")
"""Categories of characters that no name has: control characters, line ends, halves of others."""


@dataclass(frozen=True, slots=True)
class Copied:
    """An issued credential that is issued once more: to a key of its learner's, or in another form.

    `document` is the unsigned credential, without id and status.
    """

    credential_id: str
    form: str
    document: JsonObject


@dataclass(frozen=True, slots=True)
class Award:
    """An achievement is awarded to somebody.

    `members` are those of `MEMBERS` that this award states; `replaces` is the id of a credential
    that it corrects; `copied` is the credential that it is a copy of, for a wallet.
    """

    recipient: Recipient
    members: JsonObject = field(default_factory=dict)
    replaces: str | None = None
    copied: Copied | None = None

    def __post_init__(self) -> None:
        """Refuse an award to nobody, or one that says what is not its own to say."""
        if not self.recipient.email and not self.recipient.subject:
            raise IssuanceError(
                "Name the learner by a mail address or an id.",
                code="LEARNER_MISSING",
                pointer="/learner",
            )
        _require_writable(self.recipient)
        foreign = sorted(set(self.members) - set(MEMBERS))
        if foreign:
            raise IssuanceError(
                f"An award cannot state {foreign[0]}; known are {', '.join(MEMBERS)}.",
                code="MEMBER_UNKNOWN",
                pointer=f"/award/{foreign[0]}",
            )

    @property
    def learner(self) -> JsonObject:
        """Name the learner as a request does: by id if there is one."""
        if self.recipient.subject:
            return {"id": self.recipient.subject}
        return {"email": self.recipient.email}

    def to_json(self) -> JsonObject:
        """Write the award."""
        named = {
            "email": self.recipient.email,
            "id": self.recipient.subject,
            "name": self.recipient.name,
            "number": self.recipient.number,
            "language": self.recipient.language,
        }
        learner = {name: value for name, value in named.items() if value is not None}
        written: JsonObject = {"learner": learner, "award": self.members}
        if self.replaces is not None:
            written["replaces"] = self.replaces
        if self.copied is not None:
            of, form = self.copied.credential_id, self.copied.form
            written["copy"] = {"of": of, "form": form, "document": self.copied.document}
        return written

    @classmethod
    def from_json(cls, written: JsonObject) -> Award:
        """Read what `to_json` wrote."""
        learner = written.get("learner", {})
        recipient = Recipient(
            learner.get("email"),
            learner.get("id"),
            learner.get("name"),
            learner.get("number"),
            learner.get("language"),
        )
        copy = written.get("copy")
        copied = None if copy is None else Copied(copy["of"], copy["form"], copy["document"])
        return cls(recipient, written.get("award", {}), written.get("replaces"), copied)


def _require_writable(recipient: Recipient) -> None:
    """Refuse whom no letter could reach, and names that are more than one line of letters."""
    if recipient.email is not None and not is_address(recipient.email.strip()):
        raise IssuanceError(
            "This is no mail address.", code="EMAIL_MALFORMED", pointer="/learner/email"
        )
    if any(unicodedata.category(letter) in UNSEEN for letter in recipient.name or ""):
        text = "A name has no line breaks and no characters that cannot be seen."
        raise IssuanceError(text, code="NAME_MALFORMED", pointer="/learner/name")


def digest_of_request(achievement_id: str, award: Award) -> str:
    """Compute what tells whether two requests with one idempotency key are the same."""
    return digest_of(write_json({"achievement": achievement_id, **award.to_json()}))


Compose = Callable[[Tenant, AchievementVersion, Award, date], JsonObject]
"""Writes the short form of a request (`issuer.requests`) for an award, as of a day."""


def request_for(
    compose: Compose, tenant: Tenant, version: AchievementVersion, award: Award, on: date
) -> JsonObject:
    """Write the request for an award: a copy says what was signed before, whatever is said now."""
    if award.copied is not None:
        return {"credential": award.copied.document}
    return compose(tenant, version, award, on)


def from_template(
    tenant: Tenant, version: AchievementVersion, award: Award, _on: date
) -> JsonObject:
    """Take the published document for the short form of a request without its learner."""
    members = {**version.document, "learner": award.learner, **award.members}
    if tenant.profile:
        members = {"issuer": tenant.profile, **members}
    course = members.get("achievement")
    if isinstance(course, dict):
        named = {"id": f"urn:tallystick:{version.achievement_id}", **course}
        members["achievement"] = named
    return members


@dataclass(frozen=True, slots=True)
class Signing:
    """What signs for an institution: an issuer with its key and its check before release."""

    issuer: Issuer
    verification_method: str
    media_type: str = "application/vc+ld+json"
    in_token: Callable[[], Issuer] | None = None
    """Builds an issuer that signs the same as tokens of Open Badges, where wallets may ask so."""


SigningOf = Callable[[Tenant], Signing]
"""Finds what signs for an institution at present; raises if its key must not sign."""


@dataclass(frozen=True, slots=True)
class IntendedRequest:
    """The request of an intent: id, status and time are those that were written down."""

    members: JsonObject
    credential_id: str
    status: JsonObject | None

    def build(self, *, issuer: str, now: datetime, fresh: Fresh) -> JsonObject:
        """Build the unsigned credential; raise what `IssuanceRequest` raises."""
        request = IssuanceRequest.from_json(self.members)
        own = Fresh(lambda: self.credential_id, fresh.salt)
        document = request.build(issuer=issuer, now=now, fresh=own)
        document = {**document, "id": self.credential_id}
        return document if self.status is None else {**document, "credentialStatus": self.status}
