"""Taking abilities away from a process that it needs no more, such as one that holds keys.

This is a second wall inside the process; the first one is the system's (a user of its own, and for
instance RestrictAddressFamilies=AF_UNIX of systemd).
"""

from __future__ import annotations

import ctypes
import resource
import sys
from collections.abc import Mapping
from typing import Any

PR_SET_DUMPABLE = 4

FORBIDDEN: Mapping[str, str] = {
    "socket.connect": "open a connection",
    "socket.getaddrinfo": "look up a name",
    "socket.gethostbyname": "look up a name",
    "socket.sendto": "send a message",
    "socket.sendmsg": "send a message",
    "subprocess.Popen": "start a program",
    "os.exec": "start a program",
    "os.posix_spawn": "start a program",
    "os.system": "start a program",
}
"""What Python is to refuse, by the names of its audit events (PEP 578)."""


def forbid_connections() -> None:
    """Refuse, from now on and for good, to open connections and to start programs.

    What already listens goes on listening.  A forbidden act raises `PermissionError`.
    """
    sys.addaudithook(_refuse)


def forbid_reading_memory() -> None:
    """Leave no memory behind in core dumps, and let no other process of this user look into it."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)


def _refuse(event: str, _arguments: tuple[Any, ...]) -> None:
    if event in FORBIDDEN:
        raise PermissionError(f"This process holds keys; it must not {FORBIDDEN[event]}.")
