"""The description of an edition: which register, which number, from when until when."""

from __future__ import annotations

import re
from typing import Any

from frameworks.errors import FrameworkError
from frameworks.register.columns import day, text
from frameworks.register.findings import Place, RegisterFinding
from frameworks.register.source_files import DESCRIPTION
from frameworks.register.tables import Description

LARGEST_EDITION = 1_000_000

_DIGEST = re.compile("sha256:[0-9a-f]{64}")
_MEMBERS = {"id", "name", "edition", "official", "valid_from", "valid_until", "previous", "note"}


def read_description(
    content: dict[str, Any], findings: list[RegisterFinding]
) -> Description | None:
    """Read the table [register] of `register.toml`; None if it has a fault."""
    members = content.get("register")
    if not isinstance(members, dict):
        _report(findings, f"{DESCRIPTION} needs a table [register] that describes the edition.")
        return None
    for other in sorted(set(content) - {"register"}):
        _report(findings, f"{DESCRIPTION} describes the edition only; {other!r} belongs elsewhere.")
    if unknown := sorted(set(members) - _MEMBERS):
        _report(findings, f"[register] has no member {unknown[0]!r}.")
        return None
    try:
        return _description(members)
    except (FrameworkError, KeyError, TypeError) as error:
        why = (
            error.message if isinstance(error, FrameworkError) else f"{error} is not as it must be"
        )
        _report(findings, f"[register]: {why}")
        return None


def _description(members: dict[str, Any]) -> Description:
    number, official = members["edition"], members["official"]
    previous = members.get("previous")
    if (
        not isinstance(number, int)
        or isinstance(number, bool)
        or not 1 <= number <= LARGEST_EDITION
    ):
        raise FrameworkError("the edition is a whole number from 1")
    if not isinstance(official, bool):
        raise FrameworkError("official is true or false")
    if previous is not None and not (isinstance(previous, str) and _DIGEST.fullmatch(previous)):
        raise FrameworkError("previous is the digest of the edition before: sha256:…")
    if (number > 1) is not (previous is not None) and official:
        raise FrameworkError(
            "every official edition but the first names the digest of the one before"
        )
    first, last = day(members["valid_from"]), day(members["valid_until"])
    if first > last:
        raise FrameworkError("the edition ends before it begins")
    return Description(
        id=text(members["id"]),
        name=text(members["name"]),
        number=number,
        is_official=official,
        valid_from=first,
        valid_until=last,
        previous=previous,
        note=text(members.get("note", "")),
    )


def _report(findings: list[RegisterFinding], message: str) -> None:
    findings.append(RegisterFinding("DESCRIPTION_MALFORMED", Place(DESCRIPTION), message))
