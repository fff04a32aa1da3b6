"""Stand-ins for whoever computes a decision; at the top of a module, so that they can be sent."""

from __future__ import annotations

import json
import os

from credentials.jcs import canonicalize
from recognition.errors import RecognitionError


def same(inputs: bytes) -> bytes:
    """Compute the payload that the inputs carry."""
    return canonicalize(json.loads(inputs)["payload"])


def stricter(inputs: bytes) -> bytes:
    """Compute by a draft that refuses a field, and does not know another."""
    document = json.loads(inputs)["payload"]
    document["policy"] = {"id": "urn:example:policy", "version": "3", "digest": "zQmDraft"}
    field = document["sources"][0]["field"]
    if field == "0413":
        raise RecognitionError("The draft says nothing about this field.")
    if field == "0715":
        document.update(outcome="REFUSE", granted=None, reasons=["FIELD_EXCLUDED"])
    return canonicalize(document)


def killed(inputs: bytes) -> bytes:
    """End the process, as a lack of memory would."""
    os._exit(9)


def defective(inputs: bytes) -> bytes:
    """Fail as defective software does."""
    raise ZeroDivisionError
