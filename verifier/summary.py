"""The short description of a credential that a report shows beside its checks."""

from __future__ import annotations

from credentials.data_model.credential import credential_version
from credentials.json_types import JsonObject, JsonValue
from keys.did import did_web_owner
from keys.errors import ControllerDocumentError
from verifier.checks.world import issuer_id, types_of

TEXT_CHARACTERS = 300
"""Longest text that a summary repeats."""


def summarize(document: JsonObject) -> JsonObject:
    """Describe a credential: what, by whom, when; nothing about the learner but their id."""
    subject = document.get("credentialSubject")
    subject = subject if isinstance(subject, dict) else {}
    achievement = subject.get("achievement")
    achievement = achievement if isinstance(achievement, dict) else {}
    issuer = document.get("issuer")
    members = {
        "id": _text(document.get("id")),
        "type": list(types_of(document)),
        "version": credential_version(document),
        "name": _text(document.get("name")) or _text(achievement.get("name")),
        "achievement": _text(achievement.get("id")),
        "achievement_name": _text(achievement.get("name")),
        "issuer": _text(issuer_id(document)),
        "issuer_name": _text(issuer.get("name")) if isinstance(issuer, dict) else None,
        "issuer_shown_as": shown_as(issuer_id(document)),
        "subject": _text(subject.get("id")),
        "valid_from": _text(document.get("validFrom", document.get("issuanceDate"))),
        "valid_until": _text(document.get("validUntil", document.get("expirationDate"))),
    }
    return {name: value for name, value in members.items() if value}


def shown_as(identifier: str | None) -> str | None:
    """Name the proven owner of a did:web for people; other identifiers prove no name."""
    if identifier is None or not identifier.startswith("did:web:"):
        return None
    try:
        return did_web_owner(identifier)
    except ControllerDocumentError:
        return None


def _text(value: JsonValue) -> str | None:
    return value[:TEXT_CHARACTERS] if isinstance(value, str) and value else None
