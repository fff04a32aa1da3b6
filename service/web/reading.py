"""Reading the body of a request: JSON, strictly, within limits, and not packed."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from typing import IO, Any

from flask import Request, current_app

from credentials.errors import CredentialError, LimitExceededError
from credentials.limits import DEFAULT_LIMITS, Limits
from credentials.strict_json import parse_json
from service.web.problems import RequestRefusedError, refusal

MEDIA_TYPES = ("application/json", "application/ld+json")
LIMITS_SETTING = "TALLYSTICK_REQUEST_LIMITS"
BODY_BYTES_SETTING = "TALLYSTICK_BODY_BYTES"
"""Size of the largest request that anything in an application reads."""

WRAPPING = 2
"""Levels of nesting that a request puts around a document."""

WRAPPING_VALUES = 50
"""Values of a request beside its document: members, options, pointers."""

WRAPPING_BYTES = 65_536
"""Bytes of a request beside its document."""


def request_limits(limits: Limits = DEFAULT_LIMITS) -> Limits:
    """Return the limits of a request that carries one document within `limits`."""
    return replace(
        limits,
        document_bytes=limits.document_bytes + WRAPPING_BYTES,
        depth=limits.depth + WRAPPING,
        values=limits.values + WRAPPING_VALUES,
    )


class StrictRequest(Request):
    """A request whose body is one JSON object, or is refused."""

    def get_json(self, force: bool = False, silent: bool = False, cache: bool = True) -> Any:
        """Read the body.  The three arguments belong to Flask's interface and change nothing.

        Obligations (RFC 9110 sections 8.3, 8.4 and 15.5; RFC 8259; RFC 7493):

        1. the body is not packed: unpacking could make much of little;
        2. it is declared as JSON, in no encoding but UTF-8;
        3. it is no larger than the limit, however it is sent;
        4. it is strict JSON within the limits, and an object.

        Raises `RequestRefusedError`: 415 for 1 and 2, 413 for 3, 400 for 4.
        """
        limits: Limits = current_app.config[LIMITS_SETTING]
        # 1.
        if self.headers.get("Content-Encoding", "identity").strip().lower() not in ("", "identity"):
            raise refusal(415, Accept_Encoding="identity")
        # 2.
        charset = self.mimetype_params.get("charset", "utf-8").lower()
        if self.mimetype not in MEDIA_TYPES or charset not in ("utf-8", "utf8"):
            raise refusal(415, Accept=", ".join(MEDIA_TYPES))
        # 3.
        data = self._bounded(limits.document_bytes)
        # 4.
        return _object(data, limits)

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        """Take files of a form in memory: a person's credential is never written to a disk.

        How much may come is bounded by the pages that read forms.
        """
        return BytesIO()

    def _bounded(self, most: int) -> bytes:
        if (self.content_length or 0) > most:
            raise refusal(413)
        data = self.stream.read(most + 1)
        if len(data) > most:
            raise refusal(413)
        return data


def _object(data: bytes, limits: Limits) -> Any:
    try:
        value = parse_json(data, limits)
    except LimitExceededError as error:
        raise RequestRefusedError(error.message, code=error.code) from error
    except CredentialError as error:
        raise RequestRefusedError(error.message, code=error.code, pointer=error.pointer) from error
    if not isinstance(value, dict):
        raise RequestRefusedError("The body must be one JSON object.", code="NOT_AN_OBJECT")
    return value
