"""The page that checks a credential on the reader's own device: nothing of it is sent here.

The browser does it, by a module that comes with the page (`static/device-check.js`, built from
tools/device_check).  Where a credential names documents of its issuer, the module may ask this
service for them: it then learns the address of a document and nothing else.  A badge of Open
Badges 2 is nothing but such documents, itself included, so that is asked for apart.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Response

from credentials.findings import errors_among
from credentials.json_types import JsonObject
from credentials.legacy.classes import is_legacy, types_in
from credentials.legacy.rules import context_findings, document_findings, is_web_address
from credentials.strict_json import serialize_json
from keys.errors import KeyMaterialError
from service.pages import N_, Pages, form_text, gettext, page_response
from verifier.checks.revocation_list import is_revocation_list
from verifier.checks.status_lists import KINDS
from verifier.checks.world import World
from verifier.legacy.examination import EXAMINED
from verifier.legacy.revocation import REVOCATION_LIST
from verifier.legacy.signed import KEY
from verifier.pages.reasons import BY_CODE, BY_OUTCOME
from verifier.sources import GONE, Lookups

URL_CHARACTERS = 2_048
"""Longest address that is looked up."""

CAMERA = "camera=(self), geolocation=(), microphone=()"
"""This page alone may ask for the camera, to read a code with it."""

FOUND, NOT_FOUND, TAKEN_AWAY = 200, 404, 410
"""Statuses of an answer: the document is in it, there is none, or none any more (RFC 9110)."""

STATUS_LISTS = frozenset(kind.list_type for kind in KINDS.values())
"""The types of signed status lists that the module reads."""

LEGACY_CLASSES = EXAMINED | KEY | REVOCATION_LIST
"""Classes of Open Badges 2 whose documents decide about a badge."""

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
        N_(
            "It says the same as the web sites that it depends on say today, and it is in force. "
            "It is of the older standard Open Badges 2, so it is only as good as these sites. Who "
            "the issuer is, only the full check says."
        ),
    ),
    (
        "invalid",
        "cross",
        "bad",
        N_("Not valid"),
        N_("Do not rely on it. The table says what is not in order."),
        N_("Do not rely on it. The table says what is not in order."),
    ),
    (
        "indeterminate",
        "question",
        "open",
        N_("This device cannot decide it"),
        N_("That is no fault of the credential: the full check knows more forms, and can ask."),
        N_(
            "It is of the older standard Open Badges 2, which only the web sites that it depends "
            "on can decide: let this service ask them, or use the full check."
        ),
    ),
)
"""What came of it: the module's verdict, its icon and tone, its words, and what they mean: for a
badge of Open Badges 2 that is something else."""


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

    @pages.get("/device/words")
    def device_words() -> Response:
        """Answer with all words for codes at once, so that asking for them tells nothing."""
        return Response(serialize_json(_words()), content_type="application/json")

    @pages.post("/published")
    def published() -> Response:
        """Answer with the JSON at an address, as the verifier itself would have it."""
        found, status = _published(form_text("url", URL_CHARACTERS), world())
        body = serialize_json({} if found is None else {"document": found})
        return Response(body, status, content_type="application/json")


def _words() -> JsonObject:
    """Say what each code means, and what an outcome of a check means whose code has no words."""
    return {
        "codes": {code: gettext(one.meaning) for code, one in BY_CODE.items()},
        "checks": {
            outcome.value: {check: gettext(one.meaning) for check, one in table.items()}
            for outcome, table in BY_OUTCOME.items()
        },
    }


def _published(url: str, world: World) -> tuple[object, int]:
    """Find a document as one verification does: guarded, bounded, kept for a while.

    Only what a verification looks for is handed on: this is no way to read other pages unseen.
    """
    resolver = world.for_one_verification().resolver
    if not isinstance(resolver, Lookups) or not url.startswith("https://"):
        return None, NOT_FOUND
    try:
        found: object = resolver(url)
    except KeyMaterialError as error:
        return None, TAKEN_AWAY if error.code == GONE else NOT_FOUND
    return (found, FOUND) if _is_looked_for(found, url) else (None, NOT_FOUND)


def _is_looked_for(document: object, url: str) -> bool:
    """Tell whether a document has somebody's keys, is a status list, or decides about a badge."""
    if not isinstance(document, dict):
        return False
    has_keys = isinstance(document.get("id"), str) and "verificationMethod" in document
    is_signed_list = bool(STATUS_LISTS & set(types_in(document)))
    is_list = is_signed_list or is_revocation_list(document, url)
    return has_keys or is_list or _is_of_older_badge(document)


def _is_of_older_badge(document: JsonObject) -> bool:
    """Tell whether a document is of Open Badges 2, of a class that decides, and has an address."""
    if not is_legacy(document) or not LEGACY_CLASSES & set(types_in(document)):
        return False
    wrong = errors_among((*document_findings(document), *context_findings(document)))
    return not wrong and is_web_address(document.get("id"))
