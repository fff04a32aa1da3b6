"""Accounts elsewhere (OpenID Connect): signing in with one, linking and unlinking them."""

from __future__ import annotations

from flask import Response, request, url_for

from issuer.console.profile import changing, profile_page
from issuer.console.room import Console
from issuer.console.signing_in import own_page, sign_in_page, signed_in_as
from issuer.console.steps import begin_step, require_few_steps, take_step
from issuer.console.words import in_words
from issuer.store import NotFoundError, User
from issuer.store.sessions import Proof, Session
from service.pages import FieldError, gettext, redirect, say
from service.sign_in.errors import SignInError
from service.sign_in.openid import OpenIdClient, ProvedAccount
from service.web.problems import refusal
from service.web.responses import Redirect

VISIT = "account-visit"
FROM_ELSEWHERE = frozenset({"cross-site", "same-site"})
"""What Sec-Fetch-Site says of a link on a page that is not ours."""


def add_accounts(console: Console) -> None:
    """Add the pages."""
    _add_visit(console)
    _add_return(console)
    _add_links(console)


def _add_visit(console: Console) -> None:
    @console.pages.get("/sign-in/with/<provider>")
    def visit_provider(provider: str) -> Response:
        client, then = _client(console, provider), own_page(request.args.get("then"))
        if request.headers.get("Sec-Fetch-Site") in FROM_ELSEWHERE:
            # Nobody is signed in because a page of somebody else says so.
            return redirect(url_for("console.sign_in", then=then))
        try:
            return _visit(console, client, {"then": then}, None)
        except SignInError as error:
            return sign_in_page(console, "", then, [FieldError("email", in_words(error))])


def _add_return(console: Console) -> None:
    @console.pages.get("/sign-in/with/<provider>/back")
    def back_from_provider(provider: str) -> Response:
        client = _client(console, provider)
        try:
            step = take_step(console, VISIT)
        except SignInError as error:
            return sign_in_page(console, "", "", [FieldError("email", in_words(error))])
        then = own_page(step.data["then"])
        try:
            account = _proved(console, client, step.data)
            user = None if step.user_id else _who(console, client, account)
        except SignInError as error:
            return _not_signed_in(console, error, then)
        if user is None:
            return _linked(console, step.user_id, account)
        return signed_in_as(console, user, then or url_for("console.start"), Proof.ACCOUNT)


def _add_links(console: Console) -> None:
    services = console.services

    @console.pages.get("/you/accounts/with/<provider>")
    def link_account(provider: str) -> Response:
        client, session = _client(console, provider), console.session()
        elsewhere = changing(console, session)
        if session is None or elsewhere is not None:
            return elsewhere or console.to_sign_in()
        if request.headers.get("Sec-Fetch-Site") in FROM_ELSEWHERE:
            return redirect(url_for("console.you"))
        try:
            return _visit(console, client, {"then": url_for("console.you")}, session.user)
        except SignInError as error:
            return profile_page(console, session, [FieldError("accounts", in_words(error))])

    @console.pages.post("/you/accounts/<account>/unlink")
    def unlink_account(account: str) -> Response:
        session = console.session()
        elsewhere = changing(console, session)
        if session is None or elsewhere is not None:
            return elsewhere or console.to_sign_in()
        try:
            services.store.sign_in.unlink(session.user.id, account, services.now(), services.ways)
        except SignInError as error:
            return profile_page(console, session, [FieldError("accounts", in_words(error))])
        say(gettext("The account opens nothing here any more."))
        return redirect(url_for("console.you"))


def _visit(
    console: Console, client: OpenIdClient, data: dict[str, str], user: User | None
) -> Response:
    """Send a browser to the provider, and keep what it was sent with."""
    require_few_steps(console)
    visit = client.begin()
    response = Redirect(status=303)
    response.headers["Location"] = visit.address
    kept = {**visit.kept, **data, "provider": client.provider.name}
    return begin_step(console, response, VISIT, kept, None if user is None else user.id)


def _proved(console: Console, client: OpenIdClient, kept: dict[str, str]) -> ProvedAccount:
    """Take what the browser brings, if its visit was at this provider; raise `SignInError`."""
    if kept["provider"] != client.provider.name:
        text = "This answer belongs to another visit at a provider. Begin again."
        raise SignInError(text, code="VISIT_MIXED_UP")
    return client.finish(kept, request.args.to_dict(), console.services.now())


def _who(console: Console, client: OpenIdClient, account: ProvedAccount) -> User:
    """Find whom an account opens; raise `SignInError` (ACCOUNT_UNKNOWN).

    Obligations: 1. somebody linked it, 2. or the operator trusts this provider's verified
    addresses, and somebody here has this one; 3. whoever it is may sign in.
    """
    store, at = console.services.store, console.services.now()
    # 1.
    linked = store.sign_in.account(account.issuer, account.subject, at)
    user = None if linked is None else _user(console, linked.user_id)
    # 2.
    address = account.verified_address
    if linked is None and client.provider.trusts_addresses and address is not None:
        user = store.users.with_email(address)
        if user is not None and user.disabled_at is None:
            store.sign_in.link(user.id, account.issuer, account.subject, account.label, at)
    # 3.
    if user is None or user.disabled_at is not None:
        text = "Nobody here has linked this account. Sign in another way and link it."
        raise SignInError(text, code="ACCOUNT_UNKNOWN")
    return user


def _user(console: Console, user_id: str) -> User | None:
    try:
        return console.services.store.users.get(user_id)
    except NotFoundError:
        return None


def _linked(console: Console, user_id: str | None, account: ProvedAccount) -> Response:
    """Link an account to whoever began the visit, if they are who is signed in now."""
    session, services = console.session(), console.services
    if session is None or session.user.id != user_id:
        return redirect(url_for("console.sign_in"))
    try:
        services.store.sign_in.link(
            session.user.id, account.issuer, account.subject, account.label, services.now()
        )
    except SignInError as error:
        return profile_page(console, session, [FieldError("accounts", in_words(error))])
    say(gettext("%(account)s is linked. You can sign in with it.", account=account.label))
    return redirect(url_for("console.you"))


def _not_signed_in(console: Console, error: SignInError, then: str) -> Response:
    """Say on the page where the visit began why it came to nothing."""
    session: Session | None = console.session()
    if session is not None and then == url_for("console.you"):
        return profile_page(console, session, [FieldError("accounts", in_words(error))])
    return sign_in_page(console, "", then, [FieldError("email", in_words(error))])


def _client(console: Console, name: str) -> OpenIdClient:
    if name not in console.services.providers:
        raise refusal(404)
    return console.services.providers[name]
