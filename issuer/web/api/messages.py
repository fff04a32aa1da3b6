"""The requests and answers of the API."""

from __future__ import annotations

import base64
import binascii
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from credentials.json_types import JsonObject
from issuer.issuing.exactly_once import KEY_CHARACTERS
from issuer.issuing.withdrawing import LONGEST_UNDO, MOST_AT_ONCE, REASON_CHARACTERS
from issuer.store import (
    Achievement,
    AchievementVersion,
    CredentialRecord,
    Job,
    JobRow,
    Page,
    Progress,
    Webhook,
    Withdrawal,
)
from issuer.store.chain import LedgerEntry
from issuer.store.ledger import statement_of
from issuer.store.overviews import Handed
from issuer.store.writing_down import MOST_ITEMS, PAGE_ITEMS

_STRICT = ConfigDict(extra="forbid", strict=True)
_READ = ConfigDict(extra="forbid")
TEXT_CHARACTERS = 2_048
LARGEST_NUMBER = 2**31 - 1
"""Largest number that databases keep in a column of whole numbers."""


class Identified(BaseModel):
    """A thing by its id."""

    model_config = _READ

    id: str = Field(max_length=200)


class VersionPath(BaseModel):
    """A version of an achievement."""

    model_config = _READ

    id: str = Field(max_length=200)
    version: int = Field(ge=1, le=LARGEST_NUMBER)


class PageQuery(BaseModel):
    """Which part of a long list; `after` is the `next` of the part before."""

    model_config = _READ

    after: str | None = Field(default=None, max_length=400)
    items: int = Field(default=PAGE_ITEMS, ge=1, le=MOST_ITEMS)

    def cursor(self) -> str | None:
        """Read where the page begins; what is no cursor begins at the beginning."""
        try:
            data = base64.urlsafe_b64decode((self.after or "").encode("ascii"))
            return data.decode("utf-8") or None
        except (binascii.Error, UnicodeError, ValueError):
            return None


class AchievementQuery(PageQuery):
    """Which achievements."""

    state: Literal["draft", "published", "withdrawn"] | None = None


class CredentialQuery(PageQuery):
    """Which credentials."""

    achievement: str | None = Field(default=None, max_length=200)
    job: str | None = Field(default=None, max_length=200)
    status: Literal["active", "suspended", "revoked"] | None = None
    state: Literal["intended", "issued", "abandoned"] | None = None
    email: str | None = Field(default=None, max_length=254)


class RowQuery(PageQuery):
    """Which rows of a job."""

    state: Literal["waiting", "issued", "failed"] | None = None


class JobQuery(BaseModel):
    """What a roster is for; a dry run reads all of it and issues nothing."""

    model_config = _READ

    achievement: str = Field(max_length=200)
    dry_run: bool = False
    source: str = Field(default="roster", max_length=200)
    letters: bool = Field(
        default=False, description="Send each learner a letter with a link; needs a mail server."
    )


class Draft(BaseModel):
    """An achievement that is being designed."""

    model_config = _STRICT

    title: str = Field(min_length=1, max_length=TEXT_CHARACTERS)
    definition: dict[str, Any]


class ChangedDraft(Draft):
    """A draft that was changed; `revision` is the one that it was changed from."""

    revision: int = Field(ge=1)


class Publication(BaseModel):
    """What is published: the draft of this revision."""

    model_config = _STRICT

    revision: int = Field(ge=1)


class LearnerNamed(BaseModel):
    """Whom it is for: a mail address, an id such as a DID, or both; `number` is your own for them.

    Learners are told apart by id, else by number, else by address and name.
    """

    model_config = _STRICT

    email: str | None = Field(default=None, max_length=254)
    id: str | None = Field(default=None, max_length=TEXT_CHARACTERS)
    name: str | None = Field(default=None, max_length=200)
    number: str | None = Field(default=None, min_length=1, max_length=200)
    language: str | None = Field(default=None, max_length=35)


class ToIssue(BaseModel):
    """A credential to issue."""

    model_config = _STRICT

    achievement: str = Field(max_length=200)
    learner: LearnerNamed
    award: dict[str, Any] = Field(default={}, description="Members of this award alone.")
    replaces: str | None = Field(default=None, description="The credential that it corrects.")


class IdempotencyHeader(BaseModel):
    """The key that makes sending again harmless."""

    idempotency_key: str = Field(alias="Idempotency-Key", min_length=1, max_length=KEY_CHARACTERS)


class ToWithdraw(BaseModel):
    """A change of the status of credentials: of all of them, or of none."""

    model_config = _STRICT

    credentials: list[str] = Field(min_length=1, max_length=MOST_AT_ONCE)
    act: Literal["revoke", "suspend", "reinstate"]
    reason: str = Field(min_length=1, max_length=REASON_CHARACTERS)
    notice: Literal["none", "told", "reason"] | None = Field(
        default=None, description="Whether learners are written to, and whether with the reason."
    )
    undoSeconds: int = Field(  # noqa: N815 - names of members are in camel case
        default=0, ge=0, le=int(LONGEST_UNDO.total_seconds())
    )


class ToTell(BaseModel):
    """An address that is told of events."""

    model_config = _STRICT

    url: str = Field(max_length=TEXT_CHARACTERS)
    events: list[str] = Field(min_length=1, max_length=20)


def page_json(name: str, page: Page[Any], written: Any) -> JsonObject:
    """Write a page; `next` is there if another one follows."""
    answer: JsonObject = {name: [written(one) for one in page.items]}
    if page.following is not None:
        answer["next"] = base64.urlsafe_b64encode(page.following.encode("utf-8")).decode("ascii")
    return answer


def _stated(**members: Any) -> JsonObject:
    return {name: value for name, value in members.items() if value is not None}


def achievement_json(one: Achievement) -> JsonObject:
    """Write an achievement."""
    return _stated(
        id=one.id,
        title=one.title,
        state=one.state,
        version=one.version,
        revision=one.revision,
        draft=one.draft,
        createdAt=one.created_at,
        updatedAt=one.updated_at,
    )


def version_json(one: AchievementVersion) -> JsonObject:
    """Write a published version."""
    return {
        "achievement": one.achievement_id,
        "version": one.version,
        "digest": one.digest,
        "publishedAt": one.published_at,
        "definition": one.document,
    }


def credential_json(one: CredentialRecord) -> JsonObject:
    """Write what is known of a credential, without the credential and whom it is for."""
    return _stated(
        id=one.id,
        achievement=one.achievement_id,
        version=one.achievement_version,
        learner=one.learner_id,
        job=one.job_id,
        state=one.state,
        status=one.status,
        intendedAt=one.intended_at,
        issuedAt=one.issued_at,
        digest=one.data_digest,
        mediaType=one.media_type,
        replaces=one.replaces,
        erasedAt=one.erased_at,
    )


def handed_json(handed: Handed) -> JsonObject:
    """Write how far credentials have reached their learners."""
    return {
        "claimed": handed.claimed,
        "waiting": handed.waiting,
        "bounced": handed.bounced,
        "reminded": handed.reminded,
        "notHandedOver": handed.without,
    }


def job_json(one: Job, progress: Progress) -> JsonObject:
    """Write a job and how far it has come."""
    return _stated(
        id=one.id,
        achievement=one.achievement_id,
        version=one.achievement_version,
        state=one.state,
        source=one.source,
        createdAt=one.created_at,
        startedAt=one.started_at,
        finishedAt=one.finished_at,
        letters=one.letters,
        progress=_stated(
            total=progress.total,
            waiting=progress.waiting,
            issued=progress.issued,
            failed=progress.failed,
            rowsPerMinute=progress.rows_per_minute,
            secondsLeft=progress.seconds_left,
        ),
    )


def row_json(one: JobRow) -> JsonObject:
    """Write what became of a row, without whom it is for."""
    return _stated(
        row=one.number,
        state=one.state,
        credential=one.credential_id,
        code=one.error_code,
        message=one.error,
        attempts=one.attempts,
    )


def withdrawal_json(one: Withdrawal) -> JsonObject:
    """Write a withdrawal."""
    return _stated(
        id=one.id,
        credential=one.credential_id,
        act=one.act,
        reason=one.reason,
        state=one.state,
        requestedAt=one.requested_at,
        effectiveAt=one.effective_at,
        doneAt=one.done_at,
    )


def entry_json(one: LedgerEntry) -> JsonObject:
    """Write an entry of the ledger."""
    return {
        "sequence": one.sequence,
        "at": one.recorded_at,
        "actor": one.actor,
        "act": one.kind,
        "about": one.subject,
        "said": statement_of(one),
    }


def webhook_json(one: Webhook) -> JsonObject:
    """Write a webhook without its secret."""
    return _stated(
        id=one.id,
        url=one.url,
        events=sorted(one.events),
        createdAt=one.created_at,
        disabledAt=one.disabled_at,
    )
