"""Check "recipient": the credential is about the person who was expected."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from credentials.json_types import JsonObject, as_list
from verifier.checks.world import World, passed, skipped
from verifier.report import Outcome, Remark

HASHES = {"sha256": hashlib.sha256, "md5": hashlib.md5}
"""Hash functions of identityHash (Open Badges 3.0 section B.1.12); MD5 only to compare."""


def check_recipient(document: JsonObject, world: World) -> tuple[Remark, ...]:
    """Compare the subject with an expected recipient (Open Badges 3.0 section 9.1 step 5).

    Matches are: the subject's id; an identifier in plain text; a hashed identifier, as given or
    in lower case, as issuers lower-case mail addresses before hashing.
    """
    expected = world.expected_recipient
    if expected is None:
        return (skipped("NO_RECIPIENT_EXPECTED", "It was not asked whom this is about."),)
    for subject in as_list(document.get("credentialSubject")):
        if isinstance(subject, dict) and any(_matches(subject, expected)):
            return (passed("The credential is about the expected person."),)
    text = "The credential is about somebody else than the expected person."
    return (Remark(Outcome.FAILED, "RECIPIENT_MISMATCH", text, "/credentialSubject"),)


def _matches(subject: JsonObject, expected: str) -> Iterator[bool]:
    yield subject.get("id") == expected
    for identity in as_list(subject.get("identifier")):
        if isinstance(identity, dict) and isinstance(identity.get("identityHash"), str):
            yield _identity_matches(identity, expected)


def _identity_matches(identity: JsonObject, expected: str) -> bool:
    stated: str = identity["identityHash"]
    name, dollar, digest = stated.partition("$")
    if not dollar or name not in HASHES:
        return identity.get("hashed") is False and stated == expected
    salt = str(identity.get("salt", ""))
    spellings = (expected, expected.lower())
    return digest.lower() in {
        HASHES[name]((spelling + salt).encode("utf-8")).hexdigest() for spelling in spellings
    }
