"""What a URL asks for, read once and strictly, so that no later reader understands it otherwise.

Sources: RFC 3986 (syntax), RFC 1123 section 2.1 (host names), the URL standard's rule that a host
whose last label is a number is an IPv4 address, the Fetch standard's list of ports.
"""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from service.errors import FetchError

URL_CHARACTERS = 2_048
"""Longest URL that is looked at."""

HOST_CHARACTERS = 253
"""Longest host name (RFC 1035 section 2.3.4)."""

HTTPS_PORT = 443
HTTP_PORT = 80
LOWEST_OTHER_PORT = 1_024
"""Below it stand services that are none of the web's."""

BLOCKED_PORTS = frozenset(
    {
        *(1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566),
        *(6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080),
    }
)
"""Ports of other protocols, which no browser opens either (Fetch standard, port blocking)."""

INTERNAL_NAMES = frozenset(
    {
        *("localhost", "local", "localdomain", "internal", "intranet", "private", "corp", "home"),
        *("lan", "arpa", "onion", "alt", "test", "invalid"),
    }
)
"""Last labels of names that mean something only inside a machine or a network (RFC 6761, 6762,
7686, 8375, 9476; ICANN's "internal")."""

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_PATH_CHARACTER = r"(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/]|%[0-9A-Fa-f]{2})"
_URL = re.compile(
    rf"(?P<scheme>https?)://(?P<host>{_LABEL}(?:\.{_LABEL})*)(?::(?P<port>[0-9]{{1,5}}))?"
    rf"(?P<path>/{_PATH_CHARACTER}*+)?(?P<query>\?(?:{_PATH_CHARACTER}|\?)*+)?"
)
_BEGINNING = re.compile(r"[A-Za-z]+://[^/?#]*")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")


@dataclass(frozen=True, slots=True)
class Target:
    """A URL in its parts; the host is in lower case, and `resource` is path and query."""

    scheme: str
    host: str
    port: int
    resource: str

    @property
    def authority(self) -> str:
        """The host, with its port if that is not the usual one of the scheme."""
        usual = HTTPS_PORT if self.scheme == "https" else HTTP_PORT
        return self.host if self.port == usual else f"{self.host}:{self.port}"


def read_target(url: str, *, allowed_hosts: AbstractSet[str] = frozenset()) -> Target:
    """Read a URL that shall be fetched.

    Obligations:

    1. it is https in plain spelling: ASCII, no user part, no fragment, no white space;
    2. its host is a name, not an address in any spelling, and not an internal name;
    3. its port is that of https, or one that no other protocol has.

    `allowed_hosts` are the names for which the operator allows http, internal names and every port.
    Raises `FetchError` (URL_REFUSED, HOST_REFUSED, PORT_REFUSED).
    """
    # 1.
    if len(url) > URL_CHARACTERS:
        raise FetchError("The URL is too long to be fetched.", code="URL_REFUSED")
    if not url.isascii():
        # Lower case turns some letters of other scripts into ASCII.
        raise _refused_spelling()
    start = _BEGINNING.match(url)
    lowered = url if start is None else start[0].lower() + url[start.end() :]
    match = _URL.fullmatch(lowered)
    if match is None:
        raise _refused_spelling()
    host = match["host"]
    is_allowed = host in allowed_hosts
    if match["scheme"] != "https" and not is_allowed:
        raise _refused_spelling()
    # 2.
    if len(host) > HOST_CHARACTERS or not (is_allowed or _is_public_name(host)):
        raise FetchError(
            f"No public web server is called {host[:HOST_CHARACTERS]}, so nothing was fetched.",
            code="HOST_REFUSED",
        )
    # 3.
    usual = HTTPS_PORT if match["scheme"] == "https" else HTTP_PORT
    port = usual if match["port"] is None else int(match["port"])
    if not (is_allowed or _is_web_port(port)) or not 0 < port <= 65_535:
        raise FetchError(f"Port {port} is not one of the web's.", code="PORT_REFUSED")
    return Target(match["scheme"], host, port, (match["path"] or "/") + (match["query"] or ""))


def _is_public_name(host: str) -> bool:
    """Tell a public name from an address, however it is spelled, and from an internal name."""
    labels = host.split(".")
    last = labels[-1]
    return len(labels) > 1 and last not in INTERNAL_NAMES and _NUMBER.fullmatch(last) is None


def _is_web_port(port: int) -> bool:
    return port == HTTPS_PORT or (port >= LOWEST_OTHER_PORT and port not in BLOCKED_PORTS)


def _refused_spelling() -> FetchError:
    return FetchError(
        "Only https URLs in plain spelling are fetched: a host name in ASCII, no user name, "
        "no fragment, no white space.",
        code="URL_REFUSED",
    )
