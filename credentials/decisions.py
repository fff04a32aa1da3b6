"""The decision inside a credential about recognition: what other rooms read of it.

Payload and inputs stand in such a credential as texts, so that their bytes are what was signed.
"""

from __future__ import annotations

from collections.abc import Iterator

from credentials.errors import CredentialError
from credentials.json_types import JsonObject, as_list, member, texts_among
from credentials.strict_json import parse_json

DECISION_CREDENTIAL = "RecognitionDecisionCredential"
"""Type of a credential that is, or states, a recognition decision."""

DECISION = "RecognitionDecision"
"""Type of the evidence that carries the decision itself."""


def is_decision(document: JsonObject) -> bool:
    """Tell whether a credential says of itself that it is a recognition decision."""
    return DECISION_CREDENTIAL in as_list(document.get("type"))


def decision_of(document: JsonObject) -> JsonObject | None:
    """Find the one decision in the evidence of a credential; None if there is none, or several."""
    found = [
        item
        for item in as_list(document.get("evidence"))
        if isinstance(item, dict) and DECISION in as_list(item.get("type"))
    ]
    return found[0] if len(found) == 1 and is_decision(document) else None


def decision_payload(document: JsonObject) -> JsonObject | None:
    """Read the payload of the decision in a credential; None where none can be read."""
    text = (decision_of(document) or {}).get("decisionPayload")
    if not isinstance(text, str):
        return None
    try:
        payload = parse_json(text.encode("utf-8", "surrogatepass"))
    except CredentialError:
        return None
    return payload if isinstance(payload, dict) else None


def was_converted(document: JsonObject) -> bool:
    """Tell whether a credential states an amount that a recognition decision had converted.

    It also did so if what it recognised had been converted before, by another one or for a block.
    """
    payload = decision_payload(document)
    if payload is None:
        # A decision that cannot be read may have converted.
        return is_decision(document)
    earlier = member(payload, "facts", "credits", "value", "already_converted")
    return payload.get("conversion") is not None or earlier is True


def decided_sources(document: JsonObject) -> frozenset[str]:
    """Name the credentials that a recognition decision was about, and what they were made of.

    All are named by digest.
    """
    sources = tuple(_sources(document))
    digests = (text for one in sources for text in texts_among([one.get("digest")]))
    contained = (text for one in sources for text in texts_among(as_list(one.get("contains"))))
    return frozenset((*digests, *contained))


def decided_statements(document: JsonObject) -> frozenset[str]:
    """Name what these credentials state, in whatever form they are (`stacking.statements`).

    Decisions from before that was told name nothing.
    """
    return frozenset(
        text for one in _sources(document) for text in texts_among(as_list(one.get("states")))
    )


def _sources(document: JsonObject) -> Iterator[JsonObject]:
    for one in as_list((decision_payload(document) or {}).get("sources")):
        if isinstance(one, dict):
            yield one
