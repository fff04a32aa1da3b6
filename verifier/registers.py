"""Opening an edition of a register: who signed it, whether it holds, and what it follows."""

from __future__ import annotations

from dataclasses import replace

from credentials.errors import CredentialError, VerificationError
from credentials.json_types import JsonObject, JsonValue, as_list
from credentials.strict_json import parse_json
from frameworks.authorities import Authorities, Authority
from frameworks.register.edition import (
    EDITION_LIMITS,
    Edition,
    read_edition,
    require_succession,
)
from verifier.checks.world import World
from verifier.verifier import Verifier

EDITION_SUITE = "eddsa-jcs-2022"
"""The suite of editions: it signs the files as they are, whatever their size."""


def open_edition(
    data: bytes, *, world: World, authorities: Authorities, known: Edition | None = None
) -> tuple[Edition, Authority]:
    """Open an edition that the reader may rely on, or raise.

    Obligations:

    1. it is a credential that verifies as a whole: signature, issuer, validity, status;
    2. it is signed with the suite of editions;
    3. the reader believes its signer about some framework;
    4. its files are a sound register, and the credential says of them what they say;
    5. it follows the newest edition that was seen (`known`).

    Raises `VerificationError` (1 to 3; code REGISTER_SIGNER_NOT_BELIEVED for the third),
    `FrameworkError` and its subclass `RegisterError` (4 and 5).
    """
    # 3., in advance: who is not believed anyway costs no more than reading the document.
    document = _parsed(data)
    if document is not None:
        _believed(_named_issuer(document), authorities)
    # 1. What an edition relies on, such as a status list, keeps the limits of credentials.
    own_world = replace(
        world, limits=EDITION_LIMITS, trust=None, expected_recipient=None, tells_digest=False
    )
    verified = Verifier(own_world).verify(data)
    # 2.
    _require_suite(document or {})
    # 3. What decides is who was found to have signed.
    authority = _believed(verified.issuer, authorities)
    # 4.
    edition = read_edition(verified.document)
    # 5.
    require_succession(known, edition)
    return edition, authority


def _parsed(data: bytes) -> JsonObject | None:
    """Read the document, or None for what the verifier will refuse and name."""
    try:
        document = parse_json(data, EDITION_LIMITS)
    except CredentialError:
        return None
    return document if isinstance(document, dict) else None


def _named_issuer(document: JsonObject) -> JsonValue:
    issuer = document.get("issuer")
    return issuer.get("id") if isinstance(issuer, dict) else issuer


def _believed(issuer: JsonValue, authorities: Authorities) -> Authority:
    authority = authorities.by_id.get(issuer) if isinstance(issuer, str) else None
    if authority is None:
        signer = issuer if isinstance(issuer, str) else "nobody"
        raise VerificationError(
            f"This edition is signed by {signer}, whom your trust file does not name as "
            "an authority.",
            code="REGISTER_SIGNER_NOT_BELIEVED",
            pointer="/issuer",
        )
    return authority


def _require_suite(document: JsonObject) -> None:
    suites = [proof.get("cryptosuite") for proof in as_list(document.get("proof"))]
    if EDITION_SUITE not in suites:
        raise VerificationError(
            f"An edition of a register is signed with {EDITION_SUITE}.",
            code="REGISTER_SUITE",
            pointer="/proof",
        )
