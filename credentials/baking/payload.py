"""What is baked into an image: the text of one credential, as JSON or as a compact token."""

from __future__ import annotations

import re
from dataclasses import dataclass

from credentials.errors import ImageError, MalformedValueError
from credentials.jose.compact import read_token
from credentials.jose.contents import HEADER_OF_CREDENTIALS, contents_of
from credentials.json_types import JsonObject, JsonValue, as_list
from credentials.limits import DEFAULT_LIMITS, Limits
from credentials.strict_json import parse_json

VERIFIABLE = "VerifiableCredential"
JSON_SPACE = " \t\r\n"
"""White space of JSON (RFC 8259 section 2); no other is taken away from around a credential."""

_COMPACT_JWS = re.compile(r"eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*+"', re.DOTALL)
_TROUBLE = re.compile(r"[{}\ufffe\uffff]|(?<=\]\])>")
_IMAGE_BEGINNINGS = ("<", "data:", "\u0089PNG", "iVBORw0KGgo")
"""How an image inside an image would begin: as it is, as a data URL, or in base64."""


@dataclass(frozen=True, slots=True)
class Baked:
    """What was found in an image.

    `text` is the credential's text; `is_legacy` tells that it stands where Open Badges 1 and 2
    put theirs, where it may also be the address of a hosted badge.
    """

    text: str
    is_legacy: bool

    @property
    def data(self) -> bytes:
        """The bytes to verify as if they had come alone."""
        return self.text.encode()


def baked(text: str, *, is_legacy: bool) -> Baked:
    """Take a text that was found in an image.

    Raises `ImageError`: IMAGE_CREDENTIAL_EMPTY, IMAGE_IN_IMAGE.
    """
    stripped = text.strip(JSON_SPACE)
    if not stripped:
        raise ImageError(
            "The place for the credential in this image is empty. Ask for the original image.",
            code="IMAGE_CREDENTIAL_EMPTY",
        )
    if stripped.startswith(_IMAGE_BEGINNINGS):
        raise ImageError(
            "Inside this image there is no credential but another image, which is not opened.",
            code="IMAGE_IN_IMAGE",
        )
    return Baked(stripped, is_legacy)


def is_token(text: str) -> bool:
    """Tell whether a text has the form of a compact JWS (RFC 7515 section 3.1)."""
    return _COMPACT_JWS.fullmatch(text) is not None


def text_to_bake(credential: bytes, limits: Limits = DEFAULT_LIMITS) -> str:
    """Read a credential that shall go into an image, and write it so that every reader finds it.

    Obligations (Open Badges 3.0 section 5.3):

    1. it is one compact JWS or one JSON object, within the limits;
    2. what it holds calls itself a verifiable credential;
    3. braces in texts are written as escapes, since a reader in use counts them; so are the end
       mark of CDATA and the characters that XML lacks.  This changes no data.

    Raises what `document_of` raises.
    """
    # 1. and 2.
    document_of(credential, limits)
    text = credential.decode().strip(JSON_SPACE)
    if is_token(text):
        return text
    # 3. Line ends stand between values only; XML readers would make them all alike.
    return _STRING.sub(_escape, text.replace("\r\n", "\n").replace("\r", "\n"))


def document_of(credential: bytes, limits: Limits = DEFAULT_LIMITS) -> JsonObject:
    """Read what a credential says, in JSON or in a token, without verifying anything.

    Raises `MalformedValueError` (NOT_A_CREDENTIAL) and what `parse_json`, `read_token` and
    `contents_of` raise.
    """
    data = credential.strip(JSON_SPACE.encode())
    document: JsonValue
    if is_token(data.decode("latin-1")):
        token = read_token(data, limits=limits, header_members=HEADER_OF_CREDENTIALS)
        document = contents_of(token, limits=limits).document
    else:
        document = parse_json(credential, limits)
    if not isinstance(document, dict) or VERIFIABLE not in as_list(document.get("type")):
        raise MalformedValueError(
            "This is no verifiable credential: its type does not say VerifiableCredential. "
            "Give the file that the issuer signed.",
            code="NOT_A_CREDENTIAL",
            pointer="/type",
        )
    return document


def is_record(document: JsonObject) -> bool:
    """Tell whether a credential is a learner record (Comprehensive Learner Record 2.0)."""
    return "ClrCredential" in as_list(document.get("type"))


def _escape(string: re.Match[str]) -> str:
    return _TROUBLE.sub(lambda found: f"\\u{ord(found[0]):04x}", string[0])
