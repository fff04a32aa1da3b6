"""The pages behind a claim's link: is it yours, take it, and what to do with it.

Looking at a link changes nothing, so that programs that look into mails claim nothing; a button
does.  Whoever pressed it, with the PIN where there is one, finds the downloads under the same link,
in this browser.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import Response, request, session, url_for

from credentials.baking.vector import badge_svg
from credentials.errors import ImageError
from issuer.claims.downloads import downloads_of, file_name, linked_in_link, made
from issuer.claims.shown import ShownCredential, shown
from issuer.claims.wallet_pages import CHOICES, add_wallet_pages, offered_to_wallet
from issuer.store import Delivery, NotFoundError, Store, Tenant
from issuer.store.deliveries import MOST_TRIES
from issuer.wallets import WalletDesk, interaction
from issuer.wallets.interactions import MARK, is_asked_by_wallet
from service.pages import (
    N_,
    FieldError,
    Frame,
    Pages,
    current_language,
    form_text,
    gettext,
    ngettext,
    page_response,
    redirect,
)
from service.pages.codes import picture, picture_response

SITE = N_("Micro-credentials")
START = "claims.start"
"""Name and start page of these pages: learners are not led into the console beside them."""

SESSION = "claims"
KEPT_CLAIMS = 20
"""So many claims are remembered in one browser."""

PIN_CHARACTERS = 16


@dataclass(frozen=True, slots=True)
class ClaimSettings:
    """What the pages need; `verify_at` is where anybody can check a credential.

    `base_of` is where the pages of an institution are reached from outside; nothing where that is
    the address by which they are looked at.
    """

    store: Store
    now: Callable[[], datetime]
    base_of: Callable[[Tenant], str | None]
    verify_at: str | None = None
    wallets: WalletDesk | None = None
    """What serves wallets of others; nothing where that is not done."""


def claim_pages(settings: ClaimSettings) -> Pages:
    """Build the pages; the application needs a secret for its cookie (`PagesSettings`)."""
    pages = Pages(
        "claims",
        __name__.rpartition(".")[0],
        url_prefix="/claim",
        has_assets=True,
        frame=Frame(SITE, START),
    )
    pages.after_request(_keep_to_the_reader)

    @pages.get("/")
    def start() -> Response:
        return page_response("claims/start.html")

    @pages.get("/<secret>")
    def claim(secret: str) -> Response:
        return _looked_at(settings, secret)

    @pages.post("/<secret>")
    def take(secret: str) -> Response:
        found = _found(settings, secret)
        return _gone() if found is None else _taken(settings, secret, *found)

    @pages.post("/<secret>/wallet")
    def put_into_wallet(secret: str) -> Response:
        return _offered(settings, secret)

    @pages.get("/<secret>/<name>")
    def download(secret: str, name: str) -> Response:
        return _downloaded(settings, secret, name)

    if settings.wallets is not None:
        add_wallet_pages(pages, settings.wallets)
    return pages


def _looked_at(settings: ClaimSettings, secret: str) -> Response:
    """Answer people with a page, and wallets with the protocols by which they get the claim."""
    found = _found(settings, secret)
    if found is None:
        return _gone()
    if settings.wallets is not None and is_asked_by_wallet():
        return interaction(settings.wallets, found[0])
    return _page(settings, secret, *found)


def _offered(settings: ClaimSettings, secret: str) -> Response:
    found = _found(settings, secret)
    if found is None or settings.wallets is None:
        return _gone()
    if not _is_taken(found[0]):
        return redirect(url_for("claims.claim", secret=secret))
    return offered_to_wallet(settings.wallets, found[0])


def _downloaded(settings: ClaimSettings, secret: str, name: str) -> Response:
    found = _found(settings, secret)
    if found is None:
        return _gone()
    if not _is_taken(found[0]):
        return redirect(url_for("claims.claim", secret=secret))
    return _file(settings, secret, name, found[1])


def _keep_to_the_reader(response: Response) -> Response:
    """A page with somebody's credential is kept by nobody else, and found by no search."""
    if request.endpoint != "claims.static":
        response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _found(settings: ClaimSettings, secret: str) -> tuple[Delivery, ShownCredential] | None:
    try:
        delivery = settings.store.deliveries.open(secret, settings.now())
        return delivery, shown(settings.store, delivery.tenant_id, delivery.credential_id)
    except NotFoundError:
        return None


def _gone() -> Response:
    return page_response("claims/gone.html", status=404)


def _is_taken(delivery: Delivery) -> bool:
    return delivery.id in session.get(SESSION, [])


def _page(
    settings: ClaimSettings, secret: str, delivery: Delivery, one: ShownCredential
) -> Response:
    if not _is_taken(delivery):
        return _ask(secret, delivery, one)
    return page_response(
        "claims/taken.html",
        secret=secret,
        one=one,
        status_of_it=one.record.status,
        downloads=[(each, file_name(one, each)) for each in downloads_of(one)],
        linked_in=linked_in_link(one, verify_at=settings.verify_at),
        verify_at=settings.verify_at,
        choices=() if settings.wallets is None else CHOICES,
    )


def _ask(
    secret: str,
    delivery: Delivery,
    one: ShownCredential,
    *,
    errors: tuple[FieldError, ...] = (),
) -> Response:
    return page_response(
        "claims/claim.html",
        status=422 if errors else 200,
        errors=errors,
        secret=secret,
        one=one,
        needs_pin=delivery.needs_pin,
    )


def _taken(
    settings: ClaimSettings, secret: str, delivery: Delivery, one: ShownCredential
) -> Response:
    pin = form_text("pin", PIN_CHARACTERS).replace(" ", "") if delivery.needs_pin else None
    if delivery.needs_pin and not pin:
        error = FieldError("pin", gettext("Enter the PIN that you were given."))
        return _ask(secret, delivery, one, errors=(error,))
    try:
        claimed = settings.store.deliveries.claim(secret, settings.now(), pin=pin)
    except NotFoundError:
        return _gone()
    if claimed is None:
        left = MOST_TRIES - delivery.tries - 1
        if left <= 0:
            return _gone()
        text = ngettext(
            "This PIN is wrong. You have one more try; after that the link ends.",
            "This PIN is wrong. You have %(num)s more tries; after that the link ends.",
            left,
        )
        return _ask(secret, delivery, one, errors=(FieldError("pin", text),))
    session[SESSION] = [*session.get(SESSION, []), claimed.id][-KEPT_CLAIMS:]
    return redirect(url_for("claims.claim", secret=secret))


def _file(settings: ClaimSettings, secret: str, name: str, one: ShownCredential) -> Response:
    if name == "badge":
        return picture(badge_svg(one.data))
    if name == "code":
        base = settings.base_of(one.tenant) or request.host_url
        mark = "" if settings.wallets is None else f"?{MARK}"
        return picture_response(f"{base.rstrip('/')}/claim/{secret}{mark}")
    for each in downloads_of(one):
        if name == file_name(one, each):
            language = current_language().tag if "lang" in request.args else one.language
            try:
                data = made(one, each, link=settings.verify_at, language=language)
            except ImageError:
                return page_response("claims/not_drawn.html", status=409, secret=secret)
            response = Response(data, content_type=each.media_type)
            response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
            return response
    return _gone()
