"""An edition: the source files of a register as a credential that its authority signs.

The files stand in it as they are, so that what was signed is what a person can read, and so that
building and loading are one code path.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, time
from typing import NamedTuple

from credentials.errors import MalformedValueError
from credentials.jcs import canonicalize
from credentials.json_types import JsonObject, as_list
from credentials.limits import Limits
from credentials.timestamps import format_timestamp, parse_timestamp
from frameworks.errors import FrameworkError
from frameworks.register.reading import read_register
from frameworks.register.register import Register
from frameworks.register.tables import Description

EDITION_TYPE = "FrameworkRegisterCredential"
CONTEXTS = ("https://www.w3.org/ns/credentials/v2", "urn:tallystick:context:register:1")

EDITION_LIMITS = Limits(
    document_bytes=64 * 1024 * 1024, values=50_000, string_characters=32 * 1024 * 1024
)
"""A register is larger than a credential, and comes only from an authority that is believed."""

FILES = 5_000
"""Most files of one edition."""


class Edition(NamedTuple):
    """A signed edition that was read: the register, who signed it, and its own digest."""

    register: Register
    authority: str
    digest: str

    @property
    def description(self) -> Description:
        """What the register says of itself."""
        return self.register.description


def edition_document(
    files: Mapping[str, str],
    *,
    issuer: str,
    issuer_name: str = "",
    status: JsonObject | None = None,
    register: Register | None = None,
) -> JsonObject:
    """Build the unsigned credential of an edition; `register` is what was read of the same files.

    Raises `RegisterError` for unsound files, `FrameworkError` (EDITION_MALFORMED) for too many.
    """
    if len(files) > FILES:
        raise _malformed(f"it has between 1 and {FILES} files")
    description = (register or read_register(files)).description
    document: JsonObject = {
        "@context": list(CONTEXTS),
        "id": _edition_id(description),
        "type": ["VerifiableCredential", EDITION_TYPE],
        "issuer": {"id": issuer, "name": issuer_name} if issuer_name else issuer,
        "name": _edition_name(description),
        **_period(description),
        "credentialSubject": {
            "id": description.id,
            "type": ["FrameworkRegister"],
            "files": [
                {"type": ["RegisterFile"], "fileName": name, "content": files[name]}
                for name in sorted(files)
            ],
        },
    }
    return document if status is None else {**document, "credentialStatus": status}


def _edition_id(description: Description) -> str:
    return f"{description.id}#edition-{description.number}"


def _edition_name(description: Description) -> str:
    return f"{description.name}, edition {description.number}"


def _period(description: Description) -> JsonObject:
    first = datetime.combine(description.valid_from, time.min, UTC)
    last = datetime.combine(description.valid_until, time(23, 59, 59), UTC)
    return {"validFrom": format_timestamp(first), "validUntil": format_timestamp(last)}


def read_edition(document: JsonObject) -> Edition:
    """Read the edition in a credential whose proofs have been verified already.

    Obligations: 1. it is of the type of an edition; 2. its files are there, each once; 3. they
    are a sound register; 4. the credential says nothing else about validity and identity than
    they do.  Raises `FrameworkError` (EDITION_MALFORMED) or `RegisterError`.
    """
    # 1.
    if EDITION_TYPE not in as_list(document.get("type")):
        raise _malformed(f"it is not of the type {EDITION_TYPE}")
    # 2. and 3.
    register = read_register(_files(document))
    # 4.
    description = register.description
    subject = document["credentialSubject"]
    stated = {name: _instant(document.get(name)) for name in ("validFrom", "validUntil")}
    meant = {name: parse_timestamp(text) for name, text in _period(description).items()}
    identity = (subject.get("id"), document.get("id"), document.get("name"))
    own = (description.id, _edition_id(description), _edition_name(description))
    if identity != own or stated != meant:
        raise _malformed("its id, name or validity differ from those of its files")
    issuer = document.get("issuer")
    authority = issuer.get("id") if isinstance(issuer, dict) else issuer
    if not isinstance(authority, str):
        raise _malformed("it names no issuer")
    return Edition(register, authority, edition_digest(document))


def _instant(value: object) -> datetime | None:
    try:
        return parse_timestamp(value)
    except MalformedValueError:
        return None


def _files(document: JsonObject) -> dict[str, str]:
    subject = document.get("credentialSubject")
    entries = as_list(subject.get("files")) if isinstance(subject, dict) else []
    if not 0 < len(entries) <= FILES:
        raise _malformed(f"it has between 1 and {FILES} files")
    files: dict[str, str] = {}
    for entry in entries:
        name = entry.get("fileName") if isinstance(entry, dict) else None
        content = entry.get("content") if isinstance(entry, dict) else None
        if not isinstance(name, str) or not isinstance(content, str) or name in files:
            raise _malformed("each of its files has a name of its own and a text")
        files[name] = content
    return files


def edition_digest(document: JsonObject) -> str:
    """Compute the digest that the next edition names: SHA-256 over the canonical JSON (RFC 8785).

    Proofs are left out, so that a further signature does not make another edition of it.
    """
    unsecured = {name: value for name, value in document.items() if name != "proof"}
    return f"sha256:{hashlib.sha256(canonicalize(unsecured)).hexdigest()}"


def require_succession(known: Edition | None, candidate: Edition) -> None:
    """Refuse an edition that does not follow the newest one that was seen of its register.

    Raises `FrameworkError`: EDITION_OF_OTHER_AUTHORITY, EDITION_ROLLBACK (an older edition),
    EDITION_FORKED (the same number with other content, or a successor of something else).
    """
    if known is None or known.description.id != candidate.description.id:
        return
    number, newest = candidate.description.number, known.description.number
    if candidate.authority != known.authority:
        text = "This edition is signed by another authority than the one before."
        raise FrameworkError(text, code="EDITION_OF_OTHER_AUTHORITY")
    if number < newest:
        text = f"This is edition {number}; edition {newest} has been seen already."
        raise FrameworkError(text, code="EDITION_ROLLBACK")
    is_fork = number == newest and candidate.digest != known.digest
    is_fork |= number == newest + 1 and candidate.description.previous != known.digest
    if is_fork:
        text = f"This edition {number} does not follow the edition {newest} that was seen."
        raise FrameworkError(text, code="EDITION_FORKED")


def _malformed(why: str) -> FrameworkError:
    return FrameworkError(f"This is no edition of a register: {why}.", code="EDITION_MALFORMED")
