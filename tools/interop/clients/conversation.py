"""One request as JSON on standard input, one answer as JSON on standard output."""

import json
import sys
from collections.abc import Callable
from typing import Any

Answer = dict[str, Any]


def converse(tasks: dict[str, Callable[[dict[str, Any]], Answer]]) -> None:
    """Do what the request asks; what the client raises is its refusal."""
    request = json.load(sys.stdin)
    try:
        answer = tasks[request["task"]](request)
    except Exception as error:  # noqa: BLE001 - each client has errors of its own
        answer = {"accepted": False, "detail": f"{type(error).__name__}: {error}"[:200]}
    json.dump(answer, sys.stdout)
