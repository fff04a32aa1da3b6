"""Credentials: finding them, looking at one, taking it back, correcting it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from flask import Response, request, url_for

from credentials.errors import TallystickError
from credentials.json_types import JsonObject
from issuer.claims.downloads import Download, downloads_of
from issuer.claims.shown import shown
from issuer.console.access import Access, Right
from issuer.console.room import Console
from issuer.issuing.awards import Award, digest_of_request
from issuer.issuing.exactly_once import KEY_CHARACTERS, ExactlyOnce
from issuer.issuing.withdrawing import Change, Withdrawing
from issuer.rosters import is_address
from issuer.store import CredentialFilter, CredentialRecord, Learner, NotFoundError
from issuer.store.withdrawals import NO_NOTICE
from service.pages import N_, FieldError, form_text, gettext, redirect, say
from service.status_lists import REVOCATION
from service.web.problems import refusal

STATUSES = {"active": N_("Valid"), "suspended": N_("Suspended"), "revoked": N_("Revoked")}
STATES = {
    "intended": N_("Being issued"),
    "issued": N_("Issued"),
    "abandoned": N_("Could not be issued"),
}
DELIVERY_STATES = {
    "waiting": N_("Waiting to be sent"),
    "sent": N_("Sent"),
    "claimed": N_("Claimed"),
    "bounced": N_("Came back"),
    "ended": N_("Ended"),
}
CHANNELS = {"email": N_("Letter"), "print": N_("Card")}
FILES = {
    "pdf": N_("Certificate (PDF)"),
    "png": N_("Badge (PNG)"),
    "svg": N_("Badge (SVG)"),
    "json": N_("Credential (JSON)"),
    "jwt": N_("Credential (JWT)"),
}
HANDED = {
    "claimed": N_("Claimed"),
    "waiting": N_("Not claimed yet"),
    "bounced": N_("Letter came back"),
    "none": N_("Not handed over"),
}
ACTS = {"revoke": N_("Revoke"), "suspend": N_("Suspend"), "reinstate": N_("Reinstate")}
"""How statuses and acts are called."""

POSSIBLE = {"active": ("suspend", "revoke"), "suspended": ("reinstate", "revoke"), "revoked": ()}
"""What can be done with a credential of each status."""

REASON_CHARACTERS = 500
UNDO = timedelta(minutes=10)
"""How long a change of a status can be undone."""


def add_credentials(console: Console) -> None:
    """Add the pages."""
    _add_looking(console)
    _add_withdrawing(console)
    _add_correcting(console)


def _add_looking(console: Console) -> None:
    store = console.services.store

    @console.at("/credentials", Right.READ)
    def credentials(access: Access) -> Response:
        which = _asked_for()
        page = store.credentials.page(access.tenant.id, which, after=request.args.get("after"))
        return console.show(
            access,
            "credentials",
            page=page,
            count=store.credentials.count(access.tenant.id, which),
            which=which,
            learners={
                one.learner_id: _learner(console, access, one)
                for one in page.items
                if one.learner_id
            },
            titles=_titles(console, access),
            status_words=STATUSES,
            states=STATES,
            handed_words=HANDED,
        )

    @console.at("/credentials/<credential>", Right.READ)
    def credential(access: Access, credential: str) -> Response:
        return credential_page(console, access, credential, [])


def _asked_for() -> CredentialFilter:
    named = ("email", "status", "state", "delivery")
    asked = {name: request.args.get(name) or None for name in named}
    return CredentialFilter(
        achievement_id=request.args.get("achievement") or None,
        job_id=request.args.get("job") or None,
        **asked,
    )


def _add_withdrawing(console: Console) -> None:
    services = console.services

    @console.at("/credentials/<credential>/withdraw", Right.WITHDRAW, method="POST")
    def withdraw_credential(access: Access, credential: str) -> Response:
        record = services.store.credentials.get(access.tenant.id, credential)
        act, reason = form_text("act", 20), form_text("reason", REASON_CHARACTERS)
        if act not in _possible(console, record):
            error = FieldError("act-0", gettext("Choose what is to be done."))
            return credential_page(console, access, credential, [error])
        if not reason:
            error = FieldError("reason", gettext("Say why; the learner may ask."))
            return credential_page(console, access, credential, [error])
        try:
            Withdrawing(services.shop).ask(access.act, [credential], Change(act, reason, UNDO))
        except TallystickError as error:
            return credential_page(
                console, access, credential, [FieldError("act-0", error.message)]
            )
        say(gettext("It is noted. Until it takes effect it can be undone below."))
        return redirect(address_of(access, credential))

    @console.at("/credentials/<credential>/undo", Right.WITHDRAW, method="POST")
    def undo_withdrawal(access: Access, credential: str) -> Response:
        services.store.credentials.get(access.tenant.id, credential)
        asked = services.store.withdrawals.of_credential(access.tenant.id, credential)
        chosen = form_text("withdrawal", 100)
        if chosen not in {one.id for one in asked}:
            raise refusal(404)
        Withdrawing(services.shop).undo(access.act, chosen)
        say(gettext("It is undone. The credential is as it was."))
        return redirect(address_of(access, credential))


def _add_correcting(console: Console) -> None:
    services = console.services

    @console.at("/credentials/<credential>/correct", Right.ISSUE)
    def correct(access: Access, credential: str) -> Response:
        record = services.store.credentials.get(access.tenant.id, credential)
        return _correct_page(console, access, record, [])

    @console.at("/credentials/<credential>/correct", Right.ISSUE, method="POST")
    def take_correction(access: Access, credential: str) -> Response:
        record = services.store.credentials.get(access.tenant.id, credential)
        award = Award.from_json(record.request)
        named = award.recipient
        email, name = form_text("email", 254), form_text("name", 200)
        if not is_address(email) and (email or named.subject is None):
            text = gettext("Enter an e-mail address, such as ana@example.com.")
            return _correct_page(console, access, record, [FieldError("email", text)])
        recipient = replace(named, email=email or None, name=name or None)
        award = replace(award, recipient=recipient, replaces=record.id)
        try:
            made = _corrected(console, access, record, award)
        except TallystickError as error:
            return _correct_page(console, access, record, [FieldError("email", error.message)])
        if _tells(console):
            console.services.desk_of(access.tenant, request.host_url).offer_first(
                access.act, made.id
            )
        say(gettext("The corrected credential is issued, and the old one is taken back."))
        return redirect(address_of(access, made.id))


def credential_page(
    console: Console, access: Access, credential: str, errors: list[FieldError]
) -> Response:
    """Show a credential with everything that can be done with it."""
    services = console.services
    record = services.store.credentials.get(access.tenant.id, credential)
    return console.show(
        access,
        "credential",
        status=422 if errors else 200,
        errors=errors,
        record=record,
        learner=_learner(console, access, record),
        title=_titles(console, access).get(record.achievement_id or "", ""),
        possible=_possible(console, record),
        withdrawals=services.store.withdrawals.of_credential(access.tenant.id, credential),
        replacement=services.store.credentials.replacement_of(access.tenant.id, credential),
        deliveries=services.store.deliveries.of_credential(access.tenant.id, credential),
        mails=services.store.deliveries.mails_of(access.tenant.id, credential),
        files=_files(console, access, record),
        channels=CHANNELS,
        file_words=FILES,
        sends_mail=services.sends_mail,
        entries=services.store.ledger.about(access.tenant.id, credential),
        status_words=STATUSES,
        states=STATES,
        acts=ACTS,
        delivery_states=DELIVERY_STATES,
        reason=form_text("reason", REASON_CHARACTERS),
        text=(record.data or b"").decode("utf-8", "replace"),
    )


def _files(console: Console, access: Access, record: CredentialRecord) -> tuple[Download, ...]:
    """Name the files that there are of a credential, none of one that was not issued."""
    try:
        return downloads_of(shown(console.services.store, access.tenant.id, record.id))
    except NotFoundError:
        return ()


def _possible(console: Console, record: CredentialRecord) -> tuple[str, ...]:
    """Tell what can be done with a credential: on a list of revocations it can only be revoked."""
    if record.state != "issued":
        return ()
    purpose = console.services.shop.list_named(record.list_name).purpose
    return tuple(act for act in POSSIBLE[record.status] if act == "revoke" or purpose != REVOCATION)


def _corrected(
    console: Console, access: Access, record: CredentialRecord, award: Award
) -> CredentialRecord:
    """Issue the corrected credential, once however often it is asked for, then revoke the old."""
    shop = console.services.shop
    achievement = record.achievement_id or ""
    key = f"correction {record.id} {digest_of_request(achievement, award)}"
    made = ExactlyOnce(shop).issue(access.act, key[:KEY_CHARACTERS], achievement, award)
    reason = gettext("Corrected by %(id)s.", id=made.id)
    # One letter tells both: that of the new credential.
    notice = NO_NOTICE if _tells(console) else None
    Withdrawing(shop).ask(access.act, [record.id], Change("revoke", reason, notice=notice))
    return made


def _tells(console: Console) -> bool:
    return console.services.sends_mail and form_text("tell", 3) == "yes"


def _correct_page(
    console: Console, access: Access, record: CredentialRecord, errors: list[FieldError]
) -> Response:
    known: JsonObject = record.request.get("learner", {})
    return console.show(
        access,
        "correct",
        status=422 if errors else 200,
        errors=errors,
        record=record,
        email=request.form.get("email", known.get("email", "")),
        name=request.form.get("name", known.get("name", "")),
        subject=known.get("id"),
        sends_mail=console.services.sends_mail,
    )


def _learner(console: Console, access: Access, record: CredentialRecord) -> Learner | None:
    if record.learner_id is None:
        return None
    try:
        return console.services.store.learners.get(access.tenant.id, record.learner_id)
    except NotFoundError:
        return None


def _titles(console: Console, access: Access) -> dict[str, str]:
    page = console.services.store.achievements.page(access.tenant.id, items=500)
    return {one.id: one.title for one in page.items}


def address_of(access: Access, credential: str) -> str:
    """Give the address of a credential's page."""
    return url_for("console.credential", institution=access.tenant.name, credential=credential)
