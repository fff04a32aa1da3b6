"""The token endpoint: a code, and what proves that it is one's own, for an access token.

Source: RFC 6749 sections 4.1.3 and 5, RFC 7636, OpenID4VCI 1.0 section 6.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping

from credentials.errors import CredentialError
from credentials.json_types import JsonObject
from credentials.strict_json import parse_json
from issuer.store import NotFoundError, Tenant
from issuer.store.wallet_grants import TOKEN_LIFE
from issuer.store.wallet_offers import WalletOffer
from issuer.wallets.configurations import CONFIGURATIONS
from issuer.wallets.desk import WalletDesk
from issuer.wallets.errors import ProtocolError
from issuer.wallets.interactions import PRE_AUTHORIZED
from keys.multibase import base64url

PIN_CHARACTERS = 16
VERIFIER_CHARACTERS = range(43, 129)
"""How long a code_verifier is (RFC 7636 section 4.1)."""


def token_for(desk: WalletDesk, tenant: Tenant, form: Mapping[str, str]) -> JsonObject:
    """Answer a token request; raise `ProtocolError`."""
    kind = form.get("grant_type")
    if kind == PRE_AUTHORIZED:
        return _for_pre_authorized(desk, tenant, form)
    if kind == "authorization_code" and desk.clients:
        return _for_code(desk, tenant, form)
    raise ProtocolError("This grant_type is not known.", error="unsupported_grant_type")


def _for_pre_authorized(desk: WalletDesk, tenant: Tenant, form: Mapping[str, str]) -> JsonObject:
    """Answer a request with a pre-authorized code.

    Obligations (OpenID4VCI 1.0 sections 6.1 and 6.3): 1. the code is of an offer of this
    institution that holds, and was not used; 2. a PIN is sent exactly where one is needed; 3. a
    wrong one is counted, and the claim ends with the last; 4. the code is used up.
    """
    now, code = desk.now(), form.get("pre-authorized_code", "")
    # 1.
    try:
        offer = desk.store.wallet_offers.with_code(code, now)
    except NotFoundError as error:
        raise bad_grant() from error
    _require_of(tenant, offer)
    is_detailed = details_of(form.get("authorization_details"), offer)
    # 2.
    pin = form.get("tx_code")
    if (pin is not None) is not offer.needs_pin:
        text = "This code needs a tx_code." if offer.needs_pin else "This code has no tx_code."
        raise ProtocolError(text, error="invalid_request")
    try:
        # 3.
        if pin is not None and not desk.store.wallet_offers.is_right_pin(
            offer, pin[:PIN_CHARACTERS], now
        ):
            raise bad_grant()
        # 4.
        token = desk.store.wallet_grants.of_pre_authorized(code, now, is_detailed=is_detailed)
    except NotFoundError as error:
        raise bad_grant() from error
    return _answer(token, offer, is_detailed=is_detailed)


def _for_code(desk: WalletDesk, tenant: Tenant, form: Mapping[str, str]) -> JsonObject:
    """Answer a request with an authorization code.

    Obligations (RFC 6749 section 4.1.3, RFC 7636 section 4.6, RFC 9700): 1. a code that was used
    is refused, and the token that it was used for ends; 2. client and redirect_uri are those that
    the code was made for; 3. the verifier is the one of the S256 challenge; 4. the code is used up.
    """
    now, grants = desk.now(), desk.store.wallet_grants
    try:
        # 1.
        found = grants.code_in_force(form.get("code", ""), now)
        # 2.
        asked = found.asked
        if (form.get("client_id"), form.get("redirect_uri")) != (
            asked.client_id,
            asked.redirect_uri,
        ):
            raise bad_grant()
        # 3.
        _require_verifier(form.get("code_verifier", ""), asked.challenge)
        # 4.
        token = grants.redeem(found.id, now)
        grant, offer = grants.of_token(token, now)
    except NotFoundError as error:
        raise bad_grant() from error
    _require_of(tenant, offer)
    return _answer(token, offer, is_detailed=grant.is_detailed)


def bad_grant() -> ProtocolError:
    """Make the error for a code that opens nothing; why it does not is not told."""
    text = "The code or the PIN is wrong, or was used, or has ended."
    return ProtocolError(text, error="invalid_grant")


def _require_of(tenant: Tenant, offer: WalletOffer) -> None:
    if offer.tenant_id != tenant.id:
        raise bad_grant()


def _require_verifier(verifier: str, challenge: str) -> None:
    if len(verifier) not in VERIFIER_CHARACTERS or not verifier.isascii():
        raise ProtocolError("There is no code_verifier (PKCE).", error="invalid_grant")
    hashed = base64url(hashlib.sha256(verifier.encode("ascii")).digest())
    if not hmac.compare_digest(hashed, challenge):
        raise ProtocolError("The code_verifier is another one.", error="invalid_grant")


def details_of(text: str | None, offer: WalletOffer) -> bool:
    """Tell whether credentials are asked for by authorization_details, if they are the offered one.

    Raises `ProtocolError` (invalid_authorization_details; RFC 9396 section 5).
    """
    if text is None:
        return False
    try:
        details = parse_json(text.encode("utf-8", "surrogatepass"))
    except CredentialError as error:
        raise _bad_details() from error
    wanted = CONFIGURATIONS[offer.form]
    if not isinstance(details, list) or len(details) != 1 or not isinstance(details[0], dict):
        raise _bad_details()
    (one,) = details
    if (one.get("type"), one.get("credential_configuration_id")) != ("openid_credential", wanted):
        raise _bad_details()
    return True


def _bad_details() -> ProtocolError:
    text = "The authorization_details do not ask for what was offered."
    return ProtocolError(text, error="invalid_authorization_details")


def identifier_of(offer: WalletOffer) -> str:
    """Name the offered credential where it is asked for by authorization_details."""
    return f"{CONFIGURATIONS[offer.form]}:{offer.id}"


def _answer(token: str, offer: WalletOffer, *, is_detailed: bool) -> JsonObject:
    configuration = CONFIGURATIONS[offer.form]
    answer: JsonObject = {
        "access_token": token,
        # In lower case, as some wallets compare it; it means the same in any (RFC 6749 5.1).
        "token_type": "bearer",
        "expires_in": int(TOKEN_LIFE.total_seconds()),
        "scope": configuration,
    }
    if is_detailed:
        answer["authorization_details"] = [
            {
                "type": "openid_credential",
                "credential_configuration_id": configuration,
                "credential_identifiers": [identifier_of(offer)],
            }
        ]
    return answer
