"""Forms are taken from our own pages only (cross-site request forgery).

Browsers say where a request comes from; a page of somebody else cannot forge that.  So no token has
to be put into each form, and none can be forgotten.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Request

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
OWN = frozenset({"same-origin", "none"})
"""What Sec-Fetch-Site says of our own pages, and of what a person entered or saved."""


def is_from_elsewhere(request: Request) -> bool:
    """Tell whether a page of somebody else made a request that may change something.

    Obligations (Fetch Metadata Request Headers section 2.3; Fetch section 3.2):

    1. what cannot change anything may come from anywhere;
    2. where the browser says that the request is of the same origin, or of none, it is ours;
    3. a browser that does not say so names the origin, which must be the host that was called;
    4. a request with neither was not made by a page: only browsers carry somebody's cookies.
    """
    # 1.
    if request.method in SAFE_METHODS:
        return False
    # 2.
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site not in OWN
    # 3. and 4.
    origin = request.headers.get("Origin")
    return origin is not None and urlsplit(origin).netloc.lower() != request.host.lower()
