"""Showing some credentials to somebody by a link, and what stands behind such a link."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial

from flask import Response, request, url_for

from credentials.baking.images import credential_in
from credentials.certificates.page import CertificateOptions, certificate_pdf
from credentials.errors import CredentialError
from credentials.timestamps import parse_timestamp
from service.linked_in import profile_link
from service.pages import (
    FieldError,
    current_language,
    form_text,
    gettext,
    page_response,
    redirect,
    say,
)
from service.pages.codes import picture_response
from service.web.limiting import RateLimit, network_of
from service.web.problems import refusal
from wallet.documents import is_sd_jwt
from wallet.errors import NotInWalletError, WalletError
from wallet.findings import Findings
from wallet.pages.choosing import (
    ask_for_fields,
    choices_of,
    parts_chosen,
    refused,
    was_asked,
)
from wallet.pages.collecting import shown_of
from wallet.pages.one_credential import as_file
from wallet.pages.room import ANSWERS, WalletRoom
from wallet.pages.signing_on_device import holders
from wallet.store import Holding, Learner, Share
from wallet.store.sharing import DEFAULT_DAYS, MOST_DAYS, MOST_SHARED

AUDIENCE_CHARACTERS = 120
PURPOSE_CHARACTERS = 500
LOOKS_A_MINUTE, LOOKS_AT_ONCE = 30, 30
"""How often one place may open links: each time every credential is checked anew."""

DAYS = (1, 7, DEFAULT_DAYS, 90, MOST_DAYS)
"""How long a link may hold, to choose from."""


def add_sharing(room: WalletRoom) -> None:
    """Add the pages."""
    _add_links(room)
    _add_making(room)
    _add_public(room)
    _add_paper(room)


def _add_links(room: WalletRoom) -> None:
    services = room.services

    @room.at("/shares")
    def shares(learner: Learner) -> Response:
        held = {one.id: one.findings.name for one in services.store.holdings.all(learner.id)}
        every = services.store.shares.all(learner.id)
        open_ones = {one.id for one in every if one.is_open(services.now())}
        return room.show(learner, "shares", every=every, open_ones=open_ones, names=held)

    @room.at("/shares/<share_id>/end", method="POST")
    def end_share(learner: Learner, share_id: str) -> Response:
        services.store.shares.revoke(learner.id, share_id, services.now())
        say(gettext("The link shows nothing any more."))
        return redirect(url_for("wallet.shares"))


def _add_making(room: WalletRoom) -> None:
    @room.at("/share")
    def share(learner: Learner) -> Response:
        return _form(room, learner)

    @room.at("/share", method="POST")
    def make_share(learner: Learner) -> Response:
        return _made(room, learner)


def _made(room: WalletRoom, learner: Learner) -> Response:
    """Make a link, once the learner has chosen the fields where there is a choice."""
    errors, chosen = _errors(), request.form.getlist("credential")
    if errors:
        return _form(room, learner, errors)
    if len(chosen) > MOST_SHARED:
        return _form(room, learner, [_too_many()])
    held = room.services.store.holdings.some(learner.id, chosen)
    choices = choices_of(room, held)
    ask = partial(
        ask_for_fields,
        *(room, learner, held, choices),
        action=url_for("wallet.make_share"),
        carried=_carried(),
    )
    if choices and not was_asked():
        return ask()
    try:
        secret = _new_secret(room, learner, chosen, parts_chosen(room, held, choices))
    except NotInWalletError:
        raise
    except WalletError as error:
        if error.code == "NOT_DISCLOSABLE":
            return ask(refused(error))
        return _form(room, learner, [_too_many()])
    link = link_of(room, secret)
    links = [(one, _profile_link(one, link)) for one in held]
    return room.show(learner, "share_made", link=link, secret=secret, links=links)


def _new_secret(
    room: WalletRoom, learner: Learner, chosen: list[str], parts: Mapping[str, bytes]
) -> str:
    return room.services.store.shares.new(
        learner.id,
        chosen,
        audience=form_text("audience", AUDIENCE_CHARACTERS),
        purpose=form_text("purpose", PURPOSE_CHARACTERS),
        days=_days(),
        at=room.services.now(),
        parts=parts,
    )


def _too_many() -> FieldError:
    text = gettext("Choose 1 to %(most)s credentials.", most=MOST_SHARED)
    return FieldError("credential", text)


def _carried() -> dict[str, list[str]]:
    names = ("credential", "audience", "purpose", "days")
    return {name: request.form.getlist(name) for name in names}


def _errors() -> list[FieldError]:
    errors = []
    if not request.form.getlist("credential"):
        errors.append(FieldError("credential", gettext("Choose what the link shows.")))
    if not form_text("audience", AUDIENCE_CHARACTERS):
        text = gettext("Write down for whom the link is, so that you find it again.")
        errors.append(FieldError("audience", text))
    return errors


def _days() -> int:
    stated = request.form.get("days", "")
    return next((days for days in DAYS if str(days) == stated), DEFAULT_DAYS)


def _form(room: WalletRoom, learner: Learner, errors: list[FieldError] | None = None) -> Response:
    return room.show(
        learner,
        "share",
        status=422 if errors else 200,
        errors=errors or [],
        held=room.services.store.holdings.all(learner.id),
        chosen=request.values.getlist("credential"),
        audience=form_text("audience", AUDIENCE_CHARACTERS),
        purpose=form_text("purpose", PURPOSE_CHARACTERS),
        days=[(str(one), one) for one in DAYS],
        stated_days=str(_days()),
        holders=holders(room, learner),
    )


def _add_public(room: WalletRoom) -> None:
    pages, services = room.pages, room.services
    limit = RateLimit(LOOKS_A_MINUTE, LOOKS_AT_ONCE, lambda: services.now().timestamp())

    @pages.get("/shared/<secret>")
    def shared(secret: str) -> Response:
        """Show what a link shows, each credential checked just now."""
        wait = limit.seconds_to_wait(network_of(request.remote_addr or ""))
        if wait:
            raise refusal(429, Retry_After=str(wait))
        found = _opened(room, secret)
        if found is None:
            return _ended()
        share, held = found
        services.store.shares.viewed(share, services.now())
        findings = services.examine([one.data for one in held])
        fresh = [replace(one, findings=now) for one, now in zip(held, findings, strict=True)]
        return page_response(
            "wallet/shared.html",
            share=share,
            secret=secret,
            shown=[(shown_of(one, None), one.findings) for one in fresh],
            answers=ANSWERS,
            verify_at=services.verify_at,
        )

    @pages.get("/shared/<secret>/<holding_id>")
    def shared_file(secret: str, holding_id: str) -> Response:
        found = _opened(room, secret)
        held = () if found is None else found[1]
        one = next((one for one in held if one.id == holding_id), None)
        return _ended() if one is None else as_file(one)


def _add_paper(room: WalletRoom) -> None:
    """Add what is printed or drawn of a link: its code, and certificates that lead to it."""
    pages = room.pages

    @pages.get("/shared/<secret>/code.svg")
    def shared_code(secret: str) -> Response:
        if _opened(room, secret) is None:
            return _ended()
        return picture_response(link_of(room, secret))

    @pages.get("/shared/<secret>/<holding_id>/certificate.pdf")
    def shared_certificate(secret: str, holding_id: str) -> Response:
        found = _opened(room, secret)
        held = () if found is None else found[1]
        one = next((one for one in held if one.id == holding_id), None)
        if one is None:
            return _ended()
        options = CertificateOptions(None, link_of(room, secret), current_language().tag)
        try:
            data = certificate_pdf(credential_in(one.data), options)
        except CredentialError as error:
            raise WalletError("No certificate can be drawn of this credential.") from error
        response = Response(data, content_type="application/pdf")
        response.headers["Content-Disposition"] = 'attachment; filename="certificate.pdf"'
        return response


def link_of(room: WalletRoom, secret: str) -> str:
    """Write the address of a link, as others reach it."""
    return room.outside(url_for("wallet.shared", secret=secret))


def _profile_link(one: Holding, link: str) -> str:
    found = one.findings
    return profile_link(
        found.name,
        found.issuer_name or found.issuer,
        begins=_moment(found.valid_from),
        ends=_moment(found.valid_until),
        address=link,
        identifier="",
    )


def _moment(text: str) -> datetime | None:
    try:
        return parse_timestamp(text)
    except CredentialError:
        return None


def _opened(room: WalletRoom, secret: str) -> tuple[Share, tuple[Holding, ...]] | None:
    store = room.services.store
    try:
        share, shown = store.shares.open(secret, room.services.now())
        held = store.holdings.some(share.learner_id, tuple(shown))
    except NotInWalletError:
        return None
    return share, tuple(_in_part(one, shown[one.id]) for one in held)


def _in_part(one: Holding, part: bytes | None) -> Holding:
    """Put what was derived in the place of a credential: nothing else of it is left."""
    if part is None:
        return one
    form = "token" if is_sd_jwt(part) else "json"
    return replace(one, data=part, findings=Findings("undecided", form=form), collection="")


def _ended() -> Response:
    """Say the same of a link that ended, was revoked, or was guessed."""
    return page_response("wallet/nothing_shared.html", status=404)
