"""The page that checks a credential on the reader's own device: nothing of it is sent here.

The browser does it, by a module that comes with the page (`static/device-check.js`, built from
tools/device_check).  Where a credential names documents of its issuer, the module may ask this
service for them: it then learns the address of a document and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Response

from credentials.json_types import as_list
from credentials.strict_json import serialize_json
from keys.errors import KeyMaterialError
from service.pages import N_, Pages, form_text, page_response
from verifier.checks.world import World
from verifier.sources import Lookups

URL_CHARACTERS = 2_048
"""Longest address that is looked up."""

CAMERA = "camera=(self), geolocation=(), microphone=()"
"""This page alone may ask for the camera, to read a code with it."""

STATUS_LIST = "BitstringStatusListCredential"
"""The type of status lists that the module reads (Bitstring Status List 1.0 section 2.2)."""

CHECKS = (
    ("document", N_("Can it be read?")),
    ("schema", N_("Does it have the right form?")),
    ("context", N_("Does it say what was signed?")),
    ("proof", N_("Is it unchanged?")),
    ("issuer", N_("Did the named issuer sign it?")),
    ("validity", N_("Is it still valid today?")),
    ("status", N_("Has it been withdrawn?")),
)
"""What the module checks, in its order; everything else is for the service alone."""

OUTCOMES = (
    ("passed", "check", N_("In order")),
    ("failed", "cross", N_("Not in order")),
    ("indeterminate", "question", N_("Cannot be decided on this device")),
    ("warning", "note", N_("In order, with a note")),
    ("skipped", "dash", N_("There was nothing to check")),
)

VERDICTS = (
    (
        "valid",
        "check",
        "good",
        N_("In order, as far as this device can tell"),
        N_(
            "It is unchanged, the named issuer signed it, and it is in force. Who the issuer is, "
            "and what level and credits mean, only the full check says."
        ),
    ),
    (
        "invalid",
        "cross",
        "bad",
        N_("Not valid"),
        N_("Do not rely on it. The table says what is not in order."),
    ),
    (
        "indeterminate",
        "question",
        "open",
        N_("This device cannot decide it"),
        N_("That is no fault of the credential: the full check knows more forms, and can ask."),
    ),
)
"""What came of it: the module's verdict, its icon and tone, its words, and what they mean."""


def add_device_check(pages: Pages, world: Callable[[], World]) -> None:
    """Add the page, and the way to published documents that its script may use."""

    @pages.get("/device")
    def device() -> Response:
        response = page_response(
            "verifier/device.html",
            checks=CHECKS,
            outcomes=OUTCOMES,
            verdicts=VERDICTS,
            looks_up=isinstance(world().resolver, Lookups),
        )
        response.headers["Permissions-Policy"] = CAMERA
        return response

    @pages.post("/published")
    def published() -> Response:
        """Answer with the JSON at an address, as the verifier itself would have it."""
        found = _published(form_text("url", URL_CHARACTERS), world())
        status = 404 if found is None else 200
        body = serialize_json({} if found is None else {"document": found})
        return Response(body, status, content_type="application/json")


def _published(url: str, world: World) -> object:
    """Find a document as one verification does: guarded, bounded, kept for a while.

    Only what a verification looks for is handed on: this is no way to read other pages unseen.
    """
    resolver = world.for_one_verification().resolver
    if not isinstance(resolver, Lookups) or not url.startswith("https://"):
        return None
    try:
        found: object = resolver(url)
    except KeyMaterialError:
        return None
    return found if _is_looked_for(found) else None


def _is_looked_for(document: object) -> bool:
    """Tell whether a document has the keys of somebody, or is a status list."""
    if not isinstance(document, dict):
        return False
    has_keys = isinstance(document.get("id"), str) and "verificationMethod" in document
    return has_keys or STATUS_LIST in as_list(document.get("type"))
