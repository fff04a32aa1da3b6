"""The short description of a credential that a report shows beside its checks."""

from __future__ import annotations

from credentials.data_model.credential import credential_version
from credentials.json_types import JsonObject, JsonValue, id_of, member
from credentials.webvh.address import PREFIX, owner_of
from keys.did import did_web_owner
from keys.errors import ControllerDocumentError
from verifier.checks.world import issuer_id, types_of

TEXT_CHARACTERS = 300
"""Longest text that a summary repeats."""


def summarize(document: JsonObject) -> JsonObject:
    """Describe a credential: what, by whom, when; nothing about the learner but their id."""
    subject = document.get("credentialSubject")
    achievement = member(subject, "achievement")
    members = {
        "id": _text(document.get("id")),
        "type": list(types_of(document)),
        "version": credential_version(document),
        "name": _text(member(document, "name")) or _text(member(achievement, "name")),
        "achievement": _text(id_of(achievement)),
        "achievement_name": _text(member(achievement, "name")),
        "issuer": _text(issuer_id(document)),
        "issuer_name": _text(member(document, "issuer", "name")),
        "issuer_shown_as": shown_as(issuer_id(document)),
        "subject": _text(id_of(subject)),
        "valid_from": _text(document.get("validFrom", document.get("issuanceDate"))),
        "valid_until": _text(document.get("validUntil", document.get("expirationDate"))),
    }
    return {name: value for name, value in members.items() if value}


def shown_as(identifier: str | None) -> str | None:
    """Name the proven owner of a web address for people; other identifiers prove no name."""
    for prefix, owner in (("did:web:", did_web_owner), (PREFIX, owner_of)):
        if identifier is not None and identifier.startswith(prefix):
            try:
                return owner(identifier)
            except ControllerDocumentError:
                return None
    return None


def _text(value: JsonValue) -> str | None:
    return value[:TEXT_CHARACTERS] if isinstance(value, str) and value else None
