"""Credentials whose value can be held against a register, and such registers."""

from __future__ import annotations

from typing import Any

from frameworks.authorities import Authority
from frameworks.register import read_register
from frameworks.registers import Registers, Source
from keys.did import did_key
from tests.factories import ISSUER, STRANGER, unsigned
from tests.frameworks.register_files import SOUND, Files

AUTHORITY = did_key(STRANGER.verification_key)
COURSE = "https://poly.example/courses/1"
LISTED = "https://poly.example/welding"


def registers(files: Files = SOUND) -> Registers:
    """Build registers with one that the reader believes, of the authority `AUTHORITY`."""
    local = {
        name: text.replace("did:web:poly.example", ISSUER).replace("did:web:nz.example", AUTHORITY)
        for name, text in files.items()
    }
    authority = Authority(AUTHORITY, "NZ", frozenset({"nz"}))
    return Registers((Source(read_register(local), authority, "sha256:0"),))


def badge(course: str = COURSE, level: str = "5", **members: Any) -> dict[str, Any]:
    """Build an unsigned badge whose value the sound register can judge."""
    document = unsigned(**members)
    achievement = document["credentialSubject"]["achievement"]
    achievement |= {"id": course, "fieldOfStudy": "0715"}
    achievement["alignment"][0] |= {
        "targetUrl": f"urn:example:nz:level:{level}",
        "targetCode": level,
    }
    achievement["resultDescription"][0]["resultType"] = "ext:NZCRCredits"
    return document
