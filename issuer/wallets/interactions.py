"""Interaction URLs: one address for people and wallets, which says how a claim can be had.

Source: W3C VCALM 0.9 (formerly VC-API), "Interaction URL Format"; OpenID4VCI 1.0 section 4.1.
"""

from __future__ import annotations

from urllib.parse import quote, urlencode

from flask import Response, request

from credentials.json_types import JsonObject
from credentials.strict_json import serialize_json
from issuer.issuing.forms import LDP_VC
from issuer.store import Delivery, Tenant
from issuer.store.wallet_offers import CODE, OFFER_LIFE, STATE, WalletOffer, derived
from issuer.wallets.configurations import CONFIGURATIONS
from issuer.wallets.desk import WalletDesk
from service.web import json_response

MARK = "iuv=1"
"""By which a wallet knows an interaction URL."""

PRE_AUTHORIZED = "urn:ietf:params:oauth:grant-type:pre-authorized_code"
PIN_DIGITS = 6


def is_asked_by_wallet() -> bool:
    """Tell a wallet, which asks for JSON, from everybody else, who gets a page."""
    accepted = request.accept_mimetypes
    return (
        "application/json" in accepted.values()
        and accepted["application/json"] > accepted["text/html"]
    )


def interaction(desk: WalletDesk, delivery: Delivery, form: str = LDP_VC) -> Response:
    """Offer a claim anew, and say which protocols it can be had by."""
    offer, secret = desk.store.wallet_offers.make(
        delivery, form, desk.now(), needs_pin=delivery.needs_pin
    )
    return protocols_response(desk, offer, secret)


def protocols_response(desk: WalletDesk, offer: WalletOffer, secret: str) -> Response:
    """Answer with the protocols of an offer."""
    tenant = desk.store.tenants.get(offer.tenant_id)
    response = json_response({"protocols": protocols(desk, tenant, offer, secret)})
    response.headers["Cache-Control"] = "no-store"
    return response


def protocols(desk: WalletDesk, tenant: Tenant, offer: WalletOffer, secret: str) -> JsonObject:
    """Name the protocols of an offer, the best first; a VC-API exchange has no place for a PIN."""
    openid = offer_link(desk, tenant, secret)
    found = {"oid4vci-1.0": openid, "OID4VCI": openid}
    if has_exchange(offer):
        return {"vcapi": exchange_url(desk, tenant, secret), **found}
    return found


def has_exchange(offer: WalletOffer) -> bool:
    """Tell whether an offer can be had by a VC-API exchange."""
    return offer.form == LDP_VC and not offer.needs_pin


def exchange_url(desk: WalletDesk, tenant: Tenant, secret: str) -> str:
    """Write the address of the exchange of an offer."""
    return f"{desk.base(tenant)}/wallets/exchanges/{secret}"


def offer_link(desk: WalletDesk, tenant: Tenant, secret: str) -> str:
    """Write the link that opens a wallet with an offer, by reference."""
    address = f"{desk.base(tenant)}/wallets/offers/{secret}"
    return f"openid-credential-offer://?credential_offer_uri={quote(address, safe='')}"


def request_link(desk: WalletDesk, tenant: Tenant, offer: WalletOffer, secret: str) -> str:
    """Write the older link that Learner Credential Wallet takes, with a challenge."""
    stated = {
        "issuer": tenant.issuer,
        "vc_request_url": f"{desk.base(tenant)}/wallets/requests/{secret}",
        "auth_type": "bearer",
        "challenge": desk.nonces.new(purpose_of_request(offer), OFFER_LIFE),
    }
    return f"dccrequest://request?{urlencode(stated)}"


def message_link(desk: WalletDesk, tenant: Tenant, secret: str) -> str:
    """Write the newer link of that wallet: an exchange that answers at once, as it needs today."""
    address = f"{exchange_url(desk, tenant, secret)}/bare"
    asked = serialize_json({"protocols": {"vcapi": address}}).decode()
    return f"https://lcw.app/mobile?{urlencode({'request': asked})}"


def purpose_of_request(offer: WalletOffer) -> str:
    """Name what the challenge of an older link is for."""
    return f"request {offer.id}"


def credential_offer(
    desk: WalletDesk, tenant: Tenant, offer: WalletOffer, secret: str
) -> JsonObject:
    """Write the offer that a wallet fetches (OpenID4VCI 1.0 section 4.1.1)."""
    pre_authorized: JsonObject = {"pre-authorized_code": derived(secret, CODE)}
    if offer.needs_pin:
        text = "The PIN that you were given in another way than the link."
        code = {"input_mode": "numeric", "length": PIN_DIGITS, "description": text}
        pre_authorized["tx_code"] = code
    grants: JsonObject = {PRE_AUTHORIZED: pre_authorized}
    if desk.clients:
        grants["authorization_code"] = {"issuer_state": derived(secret, STATE)}
    return {
        "credential_issuer": desk.issuer_id(tenant),
        "credential_configuration_ids": [CONFIGURATIONS[offer.form]],
        "grants": grants,
    }
