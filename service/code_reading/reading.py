"""Having the codes of a picture read by a worker process."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from typing import Any

from credentials.errors import TallystickError

SECONDS = 10.0
"""How long a picture is looked at, starting the process included."""

WAIT_SECONDS = 1.0
"""How long is waited for others' pictures: whoever waits keeps a thread of the service."""

AT_ONCE = 2
"""How many pictures are looked at at the same time: each takes a processor, and memory."""

WORKER = "service.code_reading.worker"
SIGNATURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")
"""How pictures begin that are looked at: PNG and JPEG."""

FAULTS = {
    "TOO_LARGE": "The picture has too many points. Cut it down to the code, and try again.",
    "UNREADABLE": "The picture is damaged.",
}
BROKEN = "The picture could not be looked through for a code. Cut it down to the code."

_free = threading.BoundedSemaphore(AT_ONCE)


class CodesNotReadError(TallystickError):
    """A picture could not be looked through; the message is for whoever gave it."""

    code = "CODES_NOT_READ"


def is_picture(data: bytes) -> bool:
    """Tell whether bytes begin as a picture whose codes are read."""
    return data.startswith(SIGNATURES)


def read_codes(data: bytes) -> tuple[str, ...]:
    """Read the texts of all QR codes of a picture, each once; there may be none.

    Raises `CodesNotReadError` for a picture that is damaged, too large, or takes too long.
    """
    if not _free.acquire(timeout=WAIT_SECONDS):
        raise CodesNotReadError("Too many pictures are being looked at. Try again in a minute.")
    try:
        answer = _answer(data)
    finally:
        _free.release()
    if "fault" in answer:
        raise CodesNotReadError(FAULTS.get(answer["fault"], BROKEN))
    return tuple(answer["codes"])


def _answer(data: bytes) -> Any:
    try:
        ended = subprocess.run(
            [sys.executable, "-P", "-m", WORKER],
            input=data,
            capture_output=True,
            timeout=SECONDS,
            check=True,
        )
        return json.loads(ended.stdout)
    except (subprocess.SubprocessError, ValueError) as error:
        raise CodesNotReadError(BROKEN) from error
