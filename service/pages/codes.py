"""Codes that are scanned: a link as a picture."""

from __future__ import annotations

import io

import segno
from flask import Response


def picture(data: bytes) -> Response:
    """Answer with a picture in which nothing runs."""
    response = Response(data, content_type="image/svg+xml")
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def picture_response(link: str) -> Response:
    """Answer with the code of a link."""
    return picture(code_of(link))


def code_of(link: str) -> bytes:
    """Draw a code on a white ground of its own, so that it can be scanned on a dark page, too."""
    file = io.BytesIO()
    code = segno.make_qr(link, error="m")
    code.save(file, kind="svg", scale=5, border=4, light="#ffffff", dark="#000000", xmldecl=False)
    return file.getvalue()
