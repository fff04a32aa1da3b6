"""Pages by which a learner puts a credential into a wallet of their choice."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, request, url_for

from credentials.timestamps import parse_timestamp
from issuer.claims.shown import ShownCredential, shown
from issuer.issuing.forms import FORMS, JWT_VC, LDP_VC, SD_JWT
from issuer.store import Delivery, NotFoundError
from issuer.store.deliveries import MOST_TRIES
from issuer.store.wallet_offers import WalletOffer
from issuer.wallets.authorizing import (
    AuthorizationRequest,
    RefusedToWalletError,
    UnknownWalletError,
    read_request,
)
from issuer.wallets.desk import WalletDesk
from issuer.wallets.interactions import (
    MARK,
    has_exchange,
    is_asked_by_wallet,
    message_link,
    offer_link,
    protocols_response,
    request_link,
)
from service.pages import (
    N_,
    FieldError,
    Pages,
    form_text,
    gettext,
    page_response,
    redirect,
)
from service.pages.answers import POLICY
from service.pages.codes import picture_response
from service.web.responses import Redirect

PIN_CHARACTERS = 16
FORM_CHARACTERS = 20


@dataclass(frozen=True, slots=True)
class FormChoice:
    """A form of credentials that a learner can choose for a wallet."""

    form: str
    label: str
    hint: str


CHOICES = (
    FormChoice(LDP_VC, N_("Open Badge"), N_("for most wallets of learners")),
    FormChoice(SD_JWT, N_("SD-JWT VC"), N_("for wallets of the European Union, derived from it")),
    FormChoice(JWT_VC, N_("Open Badge as JWT"), N_("for wallets that ask for “jwt_vc_json”")),
)


def add_wallet_pages(pages: Pages, desk: WalletDesk) -> None:
    """Add the page of an offer, its code, and the page on which a wallet is let in."""

    @pages.get("/to-wallet/<secret>")
    def to_wallet(secret: str) -> Response:
        found = _found(desk, secret)
        if found is None:
            return page_response("claims/gone.html", status=404)
        if is_asked_by_wallet():
            return protocols_response(desk, found[0], secret)
        return _page(desk, secret, *found)

    @pages.get("/to-wallet/<secret>/code")
    def to_wallet_code(secret: str) -> Response:
        found = _found(desk, secret)
        if found is None:
            return page_response("claims/gone.html", status=404)
        base = desk.base(found[1].tenant)
        return picture_response(f"{base}{url_for('claims.to_wallet', secret=secret)}?{MARK}")

    @pages.get("/authorize/<name>")
    def authorize(name: str) -> Response:
        return _authorized(desk, name)

    @pages.post("/authorize/<name>")
    def allow(name: str) -> Response:
        return _authorized(desk, name)


def offered_to_wallet(desk: WalletDesk, delivery: Delivery) -> Response:
    """Offer a claim that its learner took in this browser, and lead to the offer's page."""
    form = form_text("form", FORM_CHARACTERS)
    chosen = form if form in FORMS else LDP_VC
    # Whoever took the claim has given its PIN.
    _offer, secret = desk.store.wallet_offers.make(delivery, chosen, desk.now(), needs_pin=False)
    return redirect(url_for("claims.to_wallet", secret=secret))


def _found(desk: WalletDesk, secret: str) -> tuple[WalletOffer, ShownCredential] | None:
    try:
        offer = desk.store.wallet_offers.open(secret, desk.now())
        return offer, shown(desk.store, offer.tenant_id, offer.delivery.credential_id)
    except NotFoundError:
        return None


def _page(desk: WalletDesk, secret: str, offer: WalletOffer, one: ShownCredential) -> Response:
    older = newer = None
    if has_exchange(offer):
        older = request_link(desk, one.tenant, offer, secret)
        newer = message_link(desk, one.tenant, secret)
    return page_response(
        "claims/wallet.html",
        secret=secret,
        one=one,
        choice=next(each for each in CHOICES if each.form == offer.form),
        openid=offer_link(desk, one.tenant, secret),
        older=older,
        newer=newer,
        until=parse_timestamp(offer.expires_at),
    )


def _authorized(desk: WalletDesk, name: str) -> Response:
    """Ask whether a wallet may have a credential, and lead it back with the answer.

    Obligations: 1. nothing is repeated in the request, and it is found in order (`read_request`);
    2. who asks is named, and a person lets them; 3. where the claim has a PIN, they know it.
    """
    try:
        tenant = desk.store.tenants.named(name)
        # 1.
        if any(len(values) > 1 for _name, values in request.args.lists()):
            raise UnknownWalletError("A parameter is there twice.", error="invalid_request")
        asked = read_request(desk, tenant, request.args.to_dict())
        one = shown(desk.store, tenant.id, asked.offer.delivery.credential_id)
    except (NotFoundError, UnknownWalletError):
        return page_response("claims/wallet_unknown.html", status=400)
    except RefusedToWalletError as error:
        return _led_back(error.back.with_error(error.error))
    # 2.
    if request.method == "GET":
        return _question(asked, one)
    if form_text("answer", FORM_CHARACTERS) != "allow":
        return _led_back(asked.back.with_error("access_denied"))
    # 3.
    if asked.offer.needs_pin:
        pin = form_text("pin", PIN_CHARACTERS).replace(" ", "")
        if not _is_right(desk, asked.offer, pin):
            return _question(asked, one, wrong_pin=True)
    code = desk.store.wallet_grants.authorize(asked.offer, asked.asked, desk.now())
    return _led_back(asked.back.with_code(code))


def _is_right(desk: WalletDesk, offer: WalletOffer, pin: str) -> bool:
    try:
        return bool(pin) and desk.store.wallet_offers.is_right_pin(offer, pin, desk.now())
    except NotFoundError:
        return False


def _question(
    asked: AuthorizationRequest, one: ShownCredential, *, wrong_pin: bool = False
) -> Response:
    errors = []
    if wrong_pin:
        text = gettext(
            "This PIN is wrong. After %(tries)s wrong ones the link ends.", tries=MOST_TRIES
        )
        errors.append(FieldError("pin", text))
    response = page_response(
        "claims/authorize.html",
        status=422 if errors else 200,
        errors=tuple(errors),
        one=one,
        client=asked.client,
        needs_pin=asked.offer.needs_pin,
        action=f"{request.path}?{request.query_string.decode('ascii', 'replace')}",
    )
    policy = POLICY.replace("form-action 'self'", f"form-action 'self' {asked.back.source}")
    response.headers["Content-Security-Policy"] = policy
    return response


def _led_back(address: str) -> Response:
    response = Redirect(status=303)
    response.headers["Location"] = address
    return response
