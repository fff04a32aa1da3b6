"""The link that puts a credential into somebody's profile on LinkedIn; nothing is sent there."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode

LINKED_IN = "https://www.linkedin.com/profile/add"


def profile_link(
    name: str,
    organisation: str,
    *,
    begins: datetime | None,
    ends: datetime | None,
    address: str,
    identifier: str,
) -> str:
    """Write the link; `address` is where the credential can be looked at or checked, or ""."""
    stated = {
        "startTask": "CERTIFICATION_NAME",
        "name": name,
        "organizationName": organisation,
        "issueYear": "" if begins is None else str(begins.year),
        "issueMonth": "" if begins is None else str(begins.month),
        "expirationYear": "" if ends is None else str(ends.year),
        "expirationMonth": "" if ends is None else str(ends.month),
        "certUrl": address,
        "certId": identifier,
    }
    return f"{LINKED_IN}?{urlencode({name: value for name, value in stated.items() if value})}"
