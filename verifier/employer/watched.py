"""What is kept of a credential that is watched, and asking again whether it still counts."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import NamedTuple

from credentials.errors import VerificationError
from credentials.json_types import JsonObject, id_of
from credentials.strict_json import serialize_json
from verifier.answers import BY_CODE, Answer
from verifier.checks.status import check_status
from verifier.checks.validity import BEGINNINGS, ENDS, check_validity
from verifier.checks.world import World
from verifier.employer.rows import found_of
from verifier.examination import examine_alone
from verifier.report import Outcome
from verifier.verifier import Verifier

WATCHABLE = frozenset({Answer.VALID, Answer.ISSUER_NOT_KNOWN, Answer.NOT_YET_VALID})
"""Answers about what can be watched: what does not count today is not waited for."""

TELLING = ("id", "name", "issuer", "issuer_name", "issuer_shown_as")
"""What is kept of a credential for people: nothing about the learner."""

ASKING = ("@context", "type", "credentialStatus", *BEGINNINGS, *ENDS)
"""What is kept of a credential to ask again."""

VALID_ANSWERS = frozenset({Answer.VALID.value, Answer.ISSUER_NOT_KNOWN.value})


@dataclass(frozen=True, slots=True)
class Sample:
    """What is kept: the digest of the credential as it was given, what is told and asked of it."""

    digest: str
    answer: str
    about: JsonObject


class News(NamedTuple):
    """A change that somebody is to be told: of what, the answer, and since when."""

    about: JsonObject
    answer: str
    changed_at: str


def sample_of(data: bytes, world: World) -> Sample:
    """Verify a credential, and take of it what is kept.

    Raises `VerificationError` (NOT_WATCHABLE) for what does not count today, or is no credential.
    """
    inspection = Verifier(world).inspect(data)
    found, document = found_of(inspection.report), inspection.document
    if found["answer"] not in WATCHABLE or inspection.presented or "issuer" not in document:
        text = "Only a credential that is valid today, by itself, can be watched."
        raise VerificationError(text, code="NOT_WATCHABLE")
    asking = {name: document[name] for name in ASKING if name in document}
    issuer = {"id": id_of(document["issuer"])}
    telling = {name: found[name] for name in TELLING if name in found}
    sound = found["answer"] if found["answer"] in VALID_ANSWERS else Answer.ISSUER_NOT_KNOWN.value
    about = {"telling": telling, "asking": {**asking, "issuer": issuer}, "sound": sound}
    return Sample(hashlib.sha256(data).hexdigest(), str(found["answer"]), about)


def answer_again(about: JsonObject, document: bytes, world: World) -> str:
    """Ask again: all checks where the credential was kept, otherwise its dates and its status.

    What cannot be asked now leaves the answer undecided; what was found once by the status or the
    dates alone can end, too: a suspension, or the time before the first day.
    """
    if document:
        return str(found_of(Verifier(world).check(document))["answer"])
    asking, world = about["asking"], world.for_one_verification()
    remarks = (*check_validity(asking, world), *check_status(asking, world, examine_alone))
    codes = {one.code for one in remarks if one.outcome is Outcome.FAILED}
    named = [BY_CODE[code] for code in BY_CODE if code in codes]
    if named or codes:
        return (named[0] if named else Answer.NOT_VALID).value
    if any(one.outcome is Outcome.INDETERMINATE for one in remarks):
        return Answer.UNDECIDED.value
    return str(about["sound"])


def webhook_body(news: News) -> bytes:
    """Write a change for programs."""
    return serialize_json(
        {
            "type": "credential.changed",
            "answer": news.answer,
            "changed_at": news.changed_at,
            "credential": news.about["telling"],
        }
    )
