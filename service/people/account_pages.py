"""Accounts elsewhere (OpenID Connect): signing in with one, linking and unlinking them."""

from __future__ import annotations

from flask import Response, request

from service.errors import NotFoundError
from service.pages import FieldError, gettext, redirect, say
from service.people.door import Door
from service.people.people import User
from service.people.profile import changing, profile_page
from service.people.sessions import Proof, Session
from service.people.signing_in import sign_in_page, signed_in_as
from service.people.steps import begin_step, require_few_steps, take_step
from service.people.words import in_words
from service.sign_in.errors import SignInError
from service.sign_in.openid import OpenIdClient, ProvedAccount
from service.web.problems import refusal
from service.web.responses import Redirect

VISIT = "account-visit"
FROM_ELSEWHERE = frozenset({"cross-site", "same-site"})
"""What Sec-Fetch-Site says of a link on a page that is not ours."""


def add_accounts(door: Door) -> None:
    """Add the pages."""
    _add_visit(door)
    _add_return(door)
    _add_links(door)


def _add_visit(door: Door) -> None:
    @door.pages.get("/sign-in/with/<provider>")
    def visit_provider(provider: str) -> Response:
        client, then = _client(door, provider), door.safe(request.args.get("then"))
        if request.headers.get("Sec-Fetch-Site") in FROM_ELSEWHERE:
            # Nobody is signed in because a page of somebody else says so.
            return redirect(door.address("sign_in", then=then))
        try:
            return _visit(door, client, {"then": then}, None)
        except SignInError as error:
            return sign_in_page(door, "", then, [FieldError("email", in_words(error))])


def _add_return(door: Door) -> None:
    @door.pages.get("/sign-in/with/<provider>/back")
    def back_from_provider(provider: str) -> Response:
        client = _client(door, provider)
        try:
            step = take_step(door, VISIT)
        except SignInError as error:
            return sign_in_page(door, "", "", [FieldError("email", in_words(error))])
        then = door.safe(step.data["then"])
        try:
            account = _proved(door, client, step.data)
            user = None if step.user_id else _who(door, client, account)
        except SignInError as error:
            return _not_signed_in(door, error, then)
        if user is None:
            return _linked(door, step.user_id, account)
        return signed_in_as(door, user, then or door.address("start"), Proof.ACCOUNT)


def _add_links(door: Door) -> None:

    @door.pages.get("/you/accounts/with/<provider>")
    def link_account(provider: str) -> Response:
        client, session = _client(door, provider), door.session()
        elsewhere = changing(door, session)
        if session is None or elsewhere is not None:
            return elsewhere or door.to_sign_in()
        if request.headers.get("Sec-Fetch-Site") in FROM_ELSEWHERE:
            return redirect(door.address("you"))
        try:
            return _visit(door, client, {"then": door.address("you")}, session.user)
        except SignInError as error:
            return profile_page(door, session, [FieldError("accounts", in_words(error))])

    @door.pages.post("/you/accounts/<account>/unlink")
    def unlink_account(account: str) -> Response:
        session = door.session()
        elsewhere = changing(door, session)
        if session is None or elsewhere is not None:
            return elsewhere or door.to_sign_in()
        try:
            door.sign_in.unlink(session.user.id, account, door.now(), door.ways.usable)
        except SignInError as error:
            return profile_page(door, session, [FieldError("accounts", in_words(error))])
        say(gettext("The account opens nothing here any more."))
        return redirect(door.address("you"))


def _visit(door: Door, client: OpenIdClient, data: dict[str, str], user: User | None) -> Response:
    """Send a browser to the provider, and keep what it was sent with."""
    require_few_steps(door)
    visit = client.begin()
    response = Redirect(status=303)
    response.headers["Location"] = visit.address
    kept = {**visit.kept, **data, "provider": client.provider.name}
    return begin_step(door, response, VISIT, kept, None if user is None else user.id)


def _proved(door: Door, client: OpenIdClient, kept: dict[str, str]) -> ProvedAccount:
    """Take what the browser brings, if its visit was at this provider; raise `SignInError`."""
    if kept["provider"] != client.provider.name:
        text = "This answer belongs to another visit at a provider. Begin again."
        raise SignInError(text, code="VISIT_MIXED_UP")
    return client.finish(kept, request.args.to_dict(), door.now())


def _who(door: Door, client: OpenIdClient, account: ProvedAccount) -> User:
    """Find whom an account opens; raise `SignInError` (ACCOUNT_UNKNOWN).

    Obligations: 1. somebody linked it, 2. or the operator trusts this provider's verified
    addresses, and somebody here has this one; 3. whoever it is may sign in.
    """
    at = door.now()
    # 1.
    linked = door.sign_in.account(account.issuer, account.subject, at)
    user = None if linked is None else _user(door, linked.user_id)
    # 2.
    address = account.verified_address
    if linked is None and client.provider.trusts_addresses and address is not None:
        user = door.people.with_email(address)
        if user is not None and user.disabled_at is None:
            door.sign_in.link(user.id, account.issuer, account.subject, account.label, at)
    # 3.
    if user is None or user.disabled_at is not None:
        text = "Nobody here has linked this account. Sign in another way and link it."
        raise SignInError(text, code="ACCOUNT_UNKNOWN")
    return user


def _user(door: Door, user_id: str) -> User | None:
    try:
        return door.people.get(user_id)
    except NotFoundError:
        return None


def _linked(door: Door, user_id: str | None, account: ProvedAccount) -> Response:
    """Link an account to whoever began the visit, if they are who is signed in now."""
    session = door.session()
    if session is None or session.user.id != user_id:
        return redirect(door.address("sign_in"))
    try:
        door.sign_in.link(
            session.user.id, account.issuer, account.subject, account.label, door.now()
        )
    except SignInError as error:
        return profile_page(door, session, [FieldError("accounts", in_words(error))])
    say(gettext("%(account)s is linked. You can sign in with it.", account=account.label))
    return redirect(door.address("you"))


def _not_signed_in(door: Door, error: SignInError, then: str) -> Response:
    """Say on the page where the visit began why it came to nothing."""
    session: Session | None = door.session()
    if session is not None and then == door.address("you"):
        return profile_page(door, session, [FieldError("accounts", in_words(error))])
    return sign_in_page(door, "", then, [FieldError("email", in_words(error))])


def _client(door: Door, name: str) -> OpenIdClient:
    if name not in door.ways.providers:
        raise refusal(404)
    return door.ways.providers[name]
