"""The credential endpoint: a token and the proof of a key, for a credential bound to it.

Source: OpenID4VCI 1.0 sections 8 to 11.
"""

from __future__ import annotations

import logging

from credentials.errors import TallystickError
from credentials.json_types import JsonObject, JsonValue
from credentials.strict_json import parse_json
from issuer.issuing.copying import NotCopiedError
from issuer.store import ConflictError, CredentialRecord, NotFoundError, Tenant
from issuer.store.credentials import ABANDONED, ISSUED
from issuer.store.wallet_grants import Grant
from issuer.store.wallet_offers import WalletOffer
from issuer.wallets.configurations import CONFIGURATIONS
from issuer.wallets.desk import WalletDesk
from issuer.wallets.errors import ProtocolError
from issuer.wallets.key_proofs import holder_by_jwt, holder_by_presentation
from issuer.wallets.tokens import identifier_of

INTERVAL_SECONDS = 5
"""After how long a wallet asks again for what is signed later."""

EVENTS = ("credential_accepted", "credential_failure", "credential_deleted")
PROOF_TYPES = ("jwt", "di_vp")
LOG = logging.getLogger(__name__)


def credential_for(
    desk: WalletDesk, tenant: Tenant, token: str, body: JsonObject
) -> tuple[JsonObject, int]:
    """Answer a credential request with the body and the status of the answer.

    Obligations (OpenID4VCI 1.0 section 8): 1. the token is in force, and of this institution;
    2. what is asked for is what the token is for, named in the one way that it may be; 3. there is
    one proof of a key; 4. the credential is bound to that key, or follows later.

    Raises `ProtocolError`.
    """
    now = desk.now()
    # 1.
    try:
        grant, offer = desk.store.wallet_grants.of_token(token, now)
    except NotFoundError as error:
        raise bad_token() from error
    if offer.tenant_id != tenant.id:
        raise bad_token()
    # 2.
    _require_plain(body)
    _require_granted(desk, body, grant, offer)
    # 3.
    holder = _holder(desk, desk.issuer_id(tenant), body, grant)
    # 4.
    return _answer(desk, grant, _handed(desk, offer, holder), is_draft="proof" in body)


def deferred_for(
    desk: WalletDesk, tenant: Tenant, token: str, body: JsonObject
) -> tuple[JsonObject, int]:
    """Answer a wallet that waits; raise `ProtocolError`."""
    grant = _later(desk, token)
    transaction = body.get("transaction_id")
    if not isinstance(transaction, str):
        raise _bad_request("There is no transaction_id.", "invalid_transaction_id")
    try:
        credential_id = desk.store.wallet_grants.waiting(grant, transaction)
        record = desk.store.credentials.get(tenant.id, credential_id)
    except NotFoundError as error:
        raise _bad_request(error.message, "invalid_transaction_id") from error
    if record.state == ABANDONED:
        raise _denied("The credential could not be issued.")
    if record.state != ISSUED or record.data is None:
        return {"transaction_id": transaction, "interval": INTERVAL_SECONDS}, 202
    desk.store.wallet_grants.end_waiting(transaction)
    return {"credentials": [{"credential": _written(record)}]}, 200


def notified(desk: WalletDesk, token: str, body: JsonObject) -> None:
    """Keep what a wallet says of a credential; saying it again changes nothing.

    Raises `ProtocolError` (invalid_notification_request, invalid_notification_id).
    """
    grant = _later(desk, token)
    notification, event = body.get("notification_id"), body.get("event")
    if not isinstance(notification, str) or event not in EVENTS:
        raise _bad_request("This is no notification.", "invalid_notification_request")
    try:
        desk.store.wallet_grants.tell(grant, notification, event)
    except NotFoundError as error:
        raise _bad_request(error.message, "invalid_notification_id") from error


def bad_token() -> ProtocolError:
    """Make the error for a token that opens nothing."""
    text = "The access token is unknown, or was revoked, or has ended."
    return ProtocolError(text, error="invalid_token", status=401)


def _later(desk: WalletDesk, token: str) -> Grant:
    try:
        return desk.store.wallet_grants.of_token_later(token, desk.now())
    except NotFoundError as error:
        raise bad_token() from error


def _require_plain(body: JsonObject) -> None:
    if "credential_response_encryption" in body:
        text = "Responses are not encrypted here."
        raise _bad_request(text, "invalid_encryption_parameters")


def _require_granted(desk: WalletDesk, body: JsonObject, grant: Grant, offer: WalletOffer) -> None:
    """Refuse whatever the token is not for.

    By `credential_identifier` if the token was asked for with authorization_details, else by
    `credential_configuration_id`, and never by both (section 8.2).
    """
    asked, identifier = body.get("credential_configuration_id"), body.get("credential_identifier")
    is_by_format = asked is None and identifier is None and desk.accepts_drafts
    if is_by_format and body.get("format") == offer.form and not grant.is_detailed:
        LOG.info("A wallet asked in the form of a draft.")
        return
    if (asked is None) == (identifier is None):
        text = "Name either a credential_configuration_id or a credential_identifier."
        raise _bad_request(text)
    if grant.is_detailed:
        if identifier != identifier_of(offer):
            raise _bad_request(
                "The token is for another credential_identifier.", "unknown_credential_identifier"
            )
    elif identifier is not None:
        raise _bad_request("No identifier was given.", "unknown_credential_identifier")
    elif asked not in CONFIGURATIONS.values():
        raise _bad_request("There is no such thing.", "unknown_credential_configuration")
    elif asked != CONFIGURATIONS[offer.form]:
        raise _denied("The token is for another configuration.")


def _holder(desk: WalletDesk, issuer_id: str, body: JsonObject, grant: Grant) -> str:
    kind, proof = _proof(desk, body)
    if kind == "jwt":
        return holder_by_jwt(desk, issuer_id, proof, grant.client_id)
    return holder_by_presentation(desk, issuer_id, proof)


def _proof(desk: WalletDesk, body: JsonObject) -> tuple[str, JsonValue]:
    """Find the one proof, by its type; drafts have `proof` where there is `proofs` today."""
    single, several = body.get("proof"), body.get("proofs")
    if several is None and isinstance(single, dict) and desk.accepts_drafts:
        LOG.info("A wallet proved its key in the form of a draft.")
        several = {single.get("proof_type"): [single.get(str(single.get("proof_type")))]}
    elif single is not None or not isinstance(several, dict):
        raise _bad_request("There are no proofs of a key.", "invalid_proof")
    if desk.lenient_key_proofs:
        several = {name: value for name, value in several.items() if name != "proof_type"}
    if len(several) != 1:
        raise _bad_request("There must be proofs of one type.", "invalid_proof")
    ((kind, proofs),) = several.items()
    if kind not in PROOF_TYPES:
        raise _bad_request("Proofs are of the type jwt or di_vp here.", "invalid_proof")
    if not isinstance(proofs, list) or len(proofs) != 1:
        raise _bad_request("A credential is issued to one key at a time.", "invalid_proof")
    return str(kind), proofs[0]


def _handed(desk: WalletDesk, offer: WalletOffer, holder: str) -> CredentialRecord:
    try:
        return desk.hand_over(offer, holder)
    except (NotCopiedError, ConflictError, NotFoundError) as error:
        raise _denied(error.message) from error
    except TallystickError as error:
        raise ProtocolError(
            "The credential cannot be signed just now. Try again later.",
            error="temporarily_unavailable",
            status=503,
        ) from error


def _answer(
    desk: WalletDesk, grant: Grant, record: CredentialRecord, *, is_draft: bool
) -> tuple[JsonObject, int]:
    waits = record.state != ISSUED or record.data is None
    told = desk.store.wallet_grants.hand_over(grant, record.id, desk.now(), waits=waits)
    if waits:
        return {"transaction_id": told, "interval": INTERVAL_SECONDS}, 202
    written = _written(record)
    answer: JsonObject = {"credentials": [{"credential": written}], "notification_id": told}
    return ({**answer, "credential": written} if is_draft else answer), 200


def _written(record: CredentialRecord) -> JsonValue:
    """Write a credential as its format asks: an object, or a token as a text."""
    data = record.data or b""
    return parse_json(data) if data.lstrip()[:1] == b"{" else data.decode("ascii")


def _denied(why: str) -> ProtocolError:
    return ProtocolError(why, error="credential_request_denied")


def _bad_request(why: str, error: str = "invalid_credential_request") -> ProtocolError:
    return ProtocolError(why, error=error)
