"""From what was received to the document that is examined: bytes, JSON, tokens, envelopes.

A form that wraps a document is one line in `OPENERS`; everything behind it is the same for all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from credentials.data_model.presentation import is_presentation
from credentials.errors import CredentialError, IndeterminateError, MalformedValueError
from credentials.json_types import JsonObject, JsonValue, count_values
from credentials.limits import DEFAULT_LIMITS, Limits
from credentials.linked_data.embedded import is_envelope
from verifier.checks.document import document_remarks, of_error, read_document
from verifier.checks.world import World, from_findings
from verifier.formats import recognise
from verifier.received import Received
from verifier.report import Outcome, Remark

Opener = Callable[[bytes, str | None, Limits], Received]
"""Takes a document out of a token; told the media type around it if there is one.

Whatever is wrong with the form is raised as a `CredentialError`; whose signature it is, and
whether it holds, is for `Received.token` to say.
"""


def open_jwt(data: bytes, media_type: str | None, limits: Limits) -> Received:
    """Open a token in compact form (VC-JOSE-COSE 1.0 section 3.1; Open Badges 3.0 section 8.2)."""
    from credentials.jose.compact import read_token
    from credentials.jose.contents import HEADER_OF_CREDENTIALS, contents_of
    from verifier.checks.token import JsonWebToken

    token = read_token(data, limits=limits, header_members=HEADER_OF_CREDENTIALS)
    contents = contents_of(token, media_type=media_type, limits=limits)
    return Received(
        contents.document, JsonWebToken(token, contents), from_findings(contents.findings)
    )


OPENERS: Mapping[str, Opener] = {"jwt": open_jwt}
"""Forms of tokens, by the names that `recognise` gives them."""

MEDIA_TYPES = {
    "application/jwt": "jwt",
    "application/vc+jwt": "jwt",
    "application/vp+jwt": "jwt",
}
"""Forms of tokens by the media types of the data: URLs around them."""


def receive(data: bytes, world: World) -> tuple[Received | None, tuple[Remark, ...]]:
    """Read bytes as a document: JSON, a token, or a token in an envelope.

    White space around a token belongs to the file and not to the token.
    """
    form = recognise(data) or ""
    try:
        if form in OPENERS:
            received = _counted(_open(form, data.strip(), None, world.limits), world)
        else:
            document, remarks = read_document(data, limits=world.limits)
            if document is None or not is_envelope(document):
                return (None if document is None else Received(document)), remarks
            received = open_value(document, world)
    except CredentialError as error:
        return None, (remark_of(error),)
    return received, remarks_on(received, world)


def open_value(value: JsonValue, world: World) -> Received:
    """Open what stands for a document inside another one: itself, a token, or an envelope.

    Raises what the openers raise, `IndeterminateError` (UNSUPPORTED_ENVELOPE, TOO_MUCH_WORK) and
    `MalformedValueError` (ENVELOPE_MALFORMED, ENVELOPE_OF_OTHER_KIND, TOKEN_IN_TOKEN,
    NOT_AN_OBJECT).
    """
    return _counted(_opened(value, world.limits), world)


def document_in(value: JsonValue) -> JsonObject:
    """Read the document in what has been verified already; nothing is checked here.

    What holds no document of ours gives an empty one.
    """
    try:
        return _opened(value, DEFAULT_LIMITS).document
    except CredentialError:
        return {}


def is_token(data: bytes) -> bool:
    """Tell whether bytes look like a token that is opened here."""
    return recognise(data) in OPENERS


def _counted(received: Received, world: World) -> Received:
    """Count the values of what came out of a token: a small file can hold many, many times."""
    if received.token is not None:
        world.environment.spend(count_values(received.document))
    return received


def _opened(value: JsonValue, limits: Limits) -> Received:
    if isinstance(value, str):
        data = value.encode("utf-8")
        return _open(recognise(data) or "", data, None, limits)
    if not isinstance(value, dict):
        raise MalformedValueError("What stands here is no document.", code="NOT_AN_OBJECT")
    if not is_envelope(value):
        return Received(value)
    from credentials.jose.envelopes import read_envelope

    envelope = read_envelope(value)
    form = MEDIA_TYPES.get(envelope.media_type, "")
    received = _open(form, envelope.token, envelope.media_type, limits)
    if is_presentation(received.document) is not envelope.is_presentation:
        raise MalformedValueError(
            "The envelope holds another kind of document than its type says.",
            code="ENVELOPE_OF_OTHER_KIND",
        )
    return received


def _open(form: str, data: bytes, media_type: str | None, limits: Limits) -> Received:
    """Open a token whose form is known; what is in it must not be wrapped once more."""
    if form not in OPENERS:
        raise not_opened()
    received = OPENERS[form](data, media_type, limits)
    if is_envelope(received.document):
        text = "There is a token in the token, instead of a document."
        raise MalformedValueError(text, code="TOKEN_IN_TOKEN")
    return received


def remarks_on(received: Received, world: World) -> tuple[Remark, ...]:
    """Say what there is to say about the form of a document and of its token."""
    return (*form_remarks(received.document, world), *received.remarks)


def form_remarks(document: JsonObject, world: World) -> tuple[Remark, ...]:
    """Apply the rules of every document to one; once, though several ask."""
    return world.once("form", document, lambda one: document_remarks(one, limits=world.limits))


def remark_of(error: CredentialError) -> Remark:
    """Turn the reason why something could not be opened into a remark."""
    is_open = isinstance(error, IndeterminateError)
    return of_error(error, Outcome.INDETERMINATE if is_open else Outcome.FAILED)


def not_opened() -> IndeterminateError:
    """Build the error for a token in another form than those that are opened here."""
    return IndeterminateError(
        "The credential is wrapped in a form that is not opened here.",
        code="UNSUPPORTED_ENVELOPE",
        pointer="/type",
    )
