"""Signing in by a mailed link, and out."""

from __future__ import annotations

from datetime import datetime

from flask import Response, request, url_for

from service.mail import Letter, Mailbox, MailError, message_of
from service.pages import (
    FieldError,
    current_language,
    form_text,
    gettext,
    page_response,
    redirect,
    say,
)
from service.writing_down import new_id
from wallet.errors import NotInWalletError
from wallet.pages.kept_in_browser import forget_pages, remember_keys
from wallet.pages.room import COOKIE, WalletRoom
from wallet.store.learners import LINK_LIFE, SESSION_LIFE

EMAIL_CHARACTERS = 254


def add_signing_in(room: WalletRoom) -> None:
    """Add the pages."""
    _add_asking(room)
    _add_links(room)


def _add_asking(room: WalletRoom) -> None:
    pages, services = room.pages, room.services

    @pages.get("/sign-in")
    def sign_in() -> Response:
        return sign_in_page(room, "")

    @pages.post("/sign-in")
    def ask_for_link() -> Response:
        email, at = form_text("email", EMAIL_CHARACTERS).lower(), services.now()
        try:
            Mailbox(email)
        except MailError:
            error = FieldError("email", gettext("Enter a mail address, like name@example.org."))
            return sign_in_page(room, email, error)
        link = None
        # The answer is the same whether there is a wallet, and however often somebody asks.
        if services.store.learners.may_mail(email, request.remote_addr or "", at):
            link = _new_link(room, email, at)
        shown = link if services.unsafe_tells_links else None
        return page_response("wallet/link_sent.html", email=email, link=shown)

    @pages.post("/sign-out")
    def sign_out() -> Response:
        secret = request.cookies.get(COOKIE)
        if secret:
            services.store.learners.sign_out(secret)
        response = redirect(url_for("wallet.sign_in"))
        response.delete_cookie(COOKIE, httponly=True, samesite="Lax")
        forget_pages(response)
        return response


def _new_link(room: WalletRoom, email: str, at: datetime) -> str:
    services = room.services
    secret = services.store.learners.new_link(email, at)
    link = room.outside(url_for("wallet.open_link", secret=secret))
    if not services.unsafe_tells_links:
        message = message_of(
            _letter(link),
            sender=services.sender,
            recipient=Mailbox(email),
            at=at,
            message_id=f"{new_id('link')}@{services.sender.address.rpartition('@')[2]}",
        )
        services.store.letters.queue(email, message, at)
    return link


def _letter(link: str) -> Letter:
    minutes = int(LINK_LIFE.total_seconds()) // 60
    return Letter(
        subject=gettext("Your link to your wallet"),
        paragraphs=[gettext("Somebody, you we hope, wants to open your wallet.")],
        language=current_language().tag,
        link=link,
        link_label=gettext("Open my wallet"),
        closing=[
            gettext(
                "The link holds for %(minutes)s minutes and can be used once.", minutes=minutes
            ),
            gettext("If it was not you, do nothing: without the link nobody gets in."),
        ],
    )


def _add_links(room: WalletRoom) -> None:
    pages, services = room.pages, room.services

    @pages.get("/open/<secret>")
    def open_link(secret: str) -> Response:
        """Show a button: programs that look into mails must not use the link up."""
        try:
            email = services.store.learners.email_of_link(secret, services.now())
        except NotInWalletError:
            return page_response("wallet/link_ended.html", status=404)
        return page_response("wallet/open.html", email=email, secret=secret)

    @pages.post("/open/<secret>")
    def use_link(secret: str) -> Response:
        try:
            _learner, session = services.store.learners.sign_in(
                secret, services.now(), services.keys.new
            )
        except NotInWalletError:
            return page_response("wallet/link_ended.html", status=404)
        return begin_session(session)


def sign_in_page(room: WalletRoom, email: str, *errors: FieldError) -> Response:
    """Show the page where one signs in."""
    return page_response(
        "wallet/sign_in.html",
        status=422 if errors else 200,
        errors=errors,
        email=email,
        has_passkeys=room.services.relying_party is not None,
    )


def begin_session(session: str) -> Response:
    """Give the secret of a session to the browser, and show the wallet."""
    say(gettext("You are signed in."))
    response = redirect(url_for("wallet.start"))
    response.set_cookie(
        COOKIE,
        session,
        max_age=int(SESSION_LIFE.total_seconds()),
        secure=request.is_secure,
        httponly=True,
        samesite="Lax",
    )
    remember_keys(response)
    return response
