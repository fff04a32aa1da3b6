"""The exchanges of the VC-API by which wallets claim, and the older request of one wallet.

Source: W3C VCALM 0.9 (formerly VC-API), "Workflows and Exchanges"; for the older request what
Learner Credential Wallet 2.2 does.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, Response, request

from credentials.errors import CredentialError, TallystickError
from credentials.jose.envelopes import envelope_of
from credentials.json_types import JsonObject, JsonValue, member
from credentials.strict_json import parse_json, serialize_json
from issuer.issuing.copying import NotCopiedError
from issuer.store import ConflictError, CredentialRecord, NotFoundError, StoreError
from issuer.store.credentials import ISSUED
from issuer.store.wallet_offers import WalletOffer
from issuer.wallets.configurations import PRESENTATION_SUITES
from issuer.wallets.desk import WalletDesk
from issuer.wallets.interactions import (
    credential_offer,
    has_exchange,
    protocols_response,
    purpose_of_request,
)
from service.web import RequestRefusedError, json_response, problem_response

VC_V2 = "https://www.w3.org/ns/credentials/v2"
OLD_SUITE = "Ed25519Signature2020"
ASKED = {"verifiablePresentation", "referenceId"}
REFERENCE_CHARACTERS = 200
RETRY_SECONDS = "5"

STATUSES: tuple[tuple[type[TallystickError], int], ...] = (
    (NotFoundError, 404),
    (ConflictError, 409),
    (NotCopiedError, 409),
)
"""HTTP statuses of what is refused; what is not named is 503: it can be tried again."""


def exchange_routes(desk: WalletDesk) -> Blueprint:
    """Build the routes below /wallets."""
    routes = Blueprint("wallets", __name__, url_prefix="/wallets")
    routes.register_error_handler(StoreError, _refused)
    routes.register_error_handler(NotCopiedError, _refused)

    @routes.get("/offers/<secret>")
    def offer(secret: str) -> Response:
        found = desk.store.wallet_offers.open(secret, desk.now())
        tenant = desk.store.tenants.get(found.tenant_id)
        return _private(json_response(credential_offer(desk, tenant, found, secret)))

    @routes.post("/exchanges/<secret>")
    def exchange(secret: str) -> Response:
        return _private(_exchanged(desk, _offer(desk, secret)))

    @routes.get("/exchanges/<secret>/protocols")
    def exchange_protocols(secret: str) -> Response:
        return protocols_response(desk, _offer(desk, secret), secret)

    @routes.post("/exchanges/<secret>/bare")
    def bare_exchange(secret: str) -> Response:
        offer = _offer(desk, secret)
        body = _body()
        return _private(_handed(desk.hand_over(offer, None), body))

    @routes.post("/requests/<secret>")
    def older_request(secret: str) -> Response:
        return _private(_requested(desk, _offer(desk, secret)))

    return routes


def _private(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response


def _offer(desk: WalletDesk, secret: str) -> WalletOffer:
    offer = desk.store.wallet_offers.open(secret, desk.now())
    if not has_exchange(offer):
        raise NotFoundError("There is no such exchange.")
    return offer


def _refused(error: TallystickError) -> Response:
    status = next((status for kind, status in STATUSES if isinstance(error, kind)), 503)
    return _private(problem_response(error, status))


def _body() -> JsonObject:
    body: JsonObject = request.get_json()
    reference = body.get("referenceId")
    if set(body) - ASKED or (
        reference is not None
        and not (isinstance(reference, str) and len(reference) <= REFERENCE_CHARACTERS)
    ):
        text = "An exchange takes {} or a presentation, and a referenceId."
        raise RequestRefusedError(text, code="UNKNOWN_OPTION_PROVIDED")
    return body


def _exchanged(desk: WalletDesk, offer: WalletOffer) -> Response:
    """Ask a wallet to prove a key, or give it what is bound to the key that it proved.

    Obligations: 1. the presentation answers a challenge of this exchange, which is then used up;
    2. it is for our domain, and of a did:key or did:jwk; 3. the credential is bound to that.
    """
    body, purpose = _body(), f"exchange {offer.id}"
    base = desk.base(desk.store.tenants.get(offer.tenant_id))
    domain = f"{urlsplit(base).scheme}://{urlsplit(base).netloc}"
    presentation = body.get("verifiablePresentation")
    if presentation is None:
        asked = presentation_request(desk.nonces.new(purpose), domain)
        return json_response(_referring({"verifiablePresentationRequest": asked}, body))
    # 1. and 2.
    holder = _proved(desk, purpose, presentation, domain)
    # 3.
    return _handed(desk.hand_over(offer, holder), body)


def presentation_request(challenge: str, domain: str) -> JsonObject:
    """Ask for a presentation that proves a key and shows nothing (DIDAuthentication)."""
    query = {
        "type": "DIDAuthentication",
        "acceptedMethods": [{"method": "key"}, {"method": "jwk"}],
        "acceptedCryptosuites": [
            {"cryptosuite": name} for name in (*PRESENTATION_SUITES, OLD_SUITE)
        ],
    }
    return {"query": [query], "challenge": challenge, "domain": domain}


def _proved(desk: WalletDesk, purpose: str, presentation: JsonValue, domain: str | None) -> str:
    challenge = member(presentation, "proof", "challenge")
    if not desk.nonces.is_good(purpose, challenge):
        text = "The presentation does not answer a challenge of this exchange. Ask for a new one."
        raise RequestRefusedError(text, code="CHALLENGE_UNKNOWN")
    try:
        holder = desk.check_presentation(serialize_json(presentation), str(challenge), domain)
    except CredentialError as error:
        place = f"/verifiablePresentation{error.pointer}"
        raise RequestRefusedError(error.message, code=error.code, pointer=place) from error
    if not desk.nonces.use(purpose, str(challenge)):
        text = "This challenge was answered before: this may be a copy of a presentation."
        raise RequestRefusedError(text, code="CHALLENGE_USED")
    return holder


def _handed(record: CredentialRecord, body: JsonObject) -> Response:
    if record.state != ISSUED or record.data is None:
        return _later()
    presented = {
        "@context": [VC_V2],
        "type": ["VerifiablePresentation"],
        "verifiableCredential": [credential_json(record)],
    }
    return json_response(_referring({"verifiablePresentation": presented}, body))


def _requested(desk: WalletDesk, offer: WalletOffer) -> Response:
    """Answer a bare presentation with a bare credential; it names no domain."""
    presentation: JsonObject = request.get_json()
    holder = _proved(desk, purpose_of_request(offer), presentation, None)
    record = desk.hand_over(offer, holder)
    if record.state != ISSUED or record.data is None:
        return _later()
    return json_response(credential_json(record))


def credential_json(record: CredentialRecord) -> JsonObject:
    """Return a credential as JSON: a token stands in an envelope."""
    data = record.data or b""
    if data.lstrip()[:1] == b"{":
        document: JsonObject = parse_json(data)
        return document
    return envelope_of(data.decode("ascii"), record.media_type or "application/jwt")


def _later() -> Response:
    text = "The credential is being signed. Ask again in a few seconds."
    error = RequestRefusedError(text, status=503, code="SIGNED_LATER")
    response = problem_response(error, 503)
    response.headers["Retry-After"] = RETRY_SECONDS
    return response


def _referring(answer: JsonObject, body: JsonObject) -> JsonObject:
    return {**answer, "referenceId": body["referenceId"]} if "referenceId" in body else answer
