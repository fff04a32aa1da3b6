"""Making SD-JWT VCs for tests, their presentations and their status lists."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from credentials.jose.compact import read_token, sign_token
from credentials.json_types import JsonObject
from credentials.sd_jwt.confirmation import confirmation_of
from credentials.sd_jwt.credential_rules import CREDENTIAL_TYPE
from credentials.sd_jwt.hiding import hide
from credentials.sd_jwt.key_binding import bind
from credentials.sd_jwt.open_badge import LEARNER, disclosable_places
from credentials.sd_jwt.open_badge_claims import claims_of
from credentials.sd_jwt.presenting import select
from credentials.sd_jwt.processing import Steps, process
from credentials.sd_jwt.serialization import SdJwt
from credentials.status.status_list_token import StatusListToken
from credentials.status.token_status_list import TokenStatusList
from credentials.strict_json import serialize_json
from tests.credentials.sd_jwt.tokens import hiding
from tests.factories import LEARNER as LEARNER_ID
from tests.factories import LIST_URL, NOW, SIGNER, STRANGER, check, method_of, unsigned
from verifier.report import VerificationReport

NONCE, AUDIENCE = "n-0S6", "https://employer.example"
HOLDER = STRANGER
STATUS = {"status_list": {"idx": 5, "uri": LIST_URL}}


def badge_claims(**changes: Any) -> JsonObject:
    """Build the claims of a badge about `LEARNER`, bound to their key; None takes one away."""
    claims = claims_of(unsigned()) | {"cnf": confirmation_of(LEARNER_ID), **changes}
    return {name: value for name, value in claims.items() if value is not None}


def issued(
    claims: JsonObject | None = None,
    places: Iterable[Steps] | None = None,
    *,
    signer: Any = SIGNER,
    header: JsonObject | None = None,
) -> SdJwt:
    """Sign claims as an SD-JWT VC, without any check."""
    claims = badge_claims() if claims is None else claims
    hidden = disclosable_places(claims) if places is None else places
    payload, disclosures = hide(claims, hidden, hiding())
    jwt = signed_payload(payload, signer=signer, header=header)
    return SdJwt(jwt, tuple(one.encoded for one in disclosures))


def signed_payload(
    payload: JsonObject, *, signer: Any = SIGNER, header: JsonObject | None = None
) -> str:
    header = {"typ": CREDENTIAL_TYPE, "kid": method_of(signer), **(header or {})}
    header = {name: value for name, value in header.items() if value is not None}
    return sign_token(header, serialize_json(payload), signer)


def presented(
    sd_jwt: SdJwt,
    *places: Steps,
    signer: Any = HOLDER,
    nonce: str = NONCE,
    audience: str = AUDIENCE,
    at: datetime = NOW,
) -> SdJwt:
    """Show the named places of a credential and sign that as its holder."""
    whole = process(read_token(sd_jwt.issuer_jwt.encode()).claims(), sd_jwt.disclosures)
    shown = select(sd_jwt, whole, places)
    answer = {"nonce": nonce, "audience": audience, "issued_at": at}
    return bind(shown, signer, algorithm=whole.algorithm, **answer)


def without_disclosures(sd_jwt: SdJwt) -> SdJwt:
    return replace(sd_jwt, disclosures=())


def status_token(
    statuses: dict[int, int] | None = None, *, signer: Any = SIGNER, bits: int = 2, **changes: Any
) -> str:
    members: dict[str, Any] = {
        "subject": LIST_URL,
        "issued_at": NOW - timedelta(hours=1),
        "expires": NOW + timedelta(days=1),
        "time_to_live": timedelta(hours=12),
        "status_list": TokenStatusList.of(statuses or {}, bits=bits, size=64),
    }
    return StatusListToken(**{**members, **changes}).sign(signer, key_id=method_of(signer))


def report_on(sd_jwt: SdJwt | str, documents: Any = None, **changes: Any) -> VerificationReport:
    text = sd_jwt if isinstance(sd_jwt, str) else sd_jwt.to_compact()
    return check(text.encode(), documents, **changes)


SHOW_ID: Steps = (LEARNER, "id")
