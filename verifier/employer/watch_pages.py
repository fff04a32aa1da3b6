"""The pages of watch lists: what an employer has verified, and is told about when it changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from flask import Response, abort, request, url_for

from credentials.errors import TallystickError, VerificationError
from credentials.timestamps import parse_timestamp
from service.errors import FetchError
from service.fetching.targets import read_target
from service.mail import Mailbox, MailError
from service.pages import (
    N_,
    FieldError,
    Pages,
    current_language,
    form_text,
    gettext,
    page_response,
    redirect,
)
from service.web.limiting import RateLimit
from service.web.pacing import slow_down
from verifier.answers import Answer
from verifier.checks.world import World
from verifier.employer.bulk_intake import FILES, given_entries
from verifier.employer.entries import Entry
from verifier.employer.store.watching import Told, Watched, WatchFullError, WatchStore, digest_of
from verifier.employer.watched import sample_of
from verifier.pages import VerifierPage
from verifier.pages.answer_texts import TEXTS, AnswerTexts

ADDED_AT_ONCE = 100
"""How many credentials one form may add; each is verified before the answer."""

LISTS_A_MINUTE, LISTS_AT_ONCE = 1, 20
"""How often one caller may begin a list: there is room for so many altogether."""

LETTER_TEXTS = (
    N_("A credential that you watch: %(answer)s"),
    N_("%(name)s, issued by %(issuer)s: %(answer)s."),
)
"""What letters say; they are written where nobody waits for a page."""


@dataclass(frozen=True, slots=True)
class WatchRoom:
    """What the pages need: the lists, what the operator allows, and how long things are kept.

    Mails go to addresses at `mail_domains` only, so that nobody has us write to strangers.
    """

    store: WatchStore
    keeps_credentials: bool
    retention: timedelta
    every: timedelta
    mail_domains: tuple[str, ...] = ()
    has_webhooks: bool = True
    allowed_hosts: frozenset[str] = frozenset()


def add_watch_pages(pages: Pages, page: VerifierPage, room: WatchRoom) -> None:
    """Add the pages about watch lists."""
    store, limit = room.store, RateLimit(LISTS_A_MINUTE, LISTS_AT_ONCE, page.clock)

    @pages.get("/watch")
    def watch() -> Response:
        return page_response("employer/watch_start.html", room=room)

    @pages.post("/watch")
    def new_list() -> Response:
        slow_down(limit)
        try:
            address = store.new_list(current_language().tag)
        except WatchFullError:
            abort(503)
        return redirect(url_for("employer.watch_list", address=address))

    @pages.get("/watch/<address>")
    def watch_list(address: str) -> Response:
        return _list(room, address)

    @pages.post("/watch/<address>/add")
    def watch_these(address: str) -> Response:
        return _add(room, page, address)

    @pages.post("/watch/<address>/tell")
    def watch_tell(address: str) -> Response:
        return _tell(room, address)

    @pages.post("/watch/<address>/remove")
    def watch_remove(address: str) -> Response:
        return _after(room, address, lambda own: store.remove(own, form_text("watched", 64)))

    @pages.post("/watch/<address>/delete")
    def watch_delete(address: str) -> Response:
        _own(room, address)
        store.delete_list(digest_of(address))
        return redirect(url_for("employer.watch"))


def _own(room: WatchRoom, address: str) -> Told:
    told = room.store.told(digest_of(address))
    if told is None:
        abort(404)
    return told


def _after(room: WatchRoom, address: str, act: Callable[[str], None]) -> Response:
    _own(room, address)
    act(digest_of(address))
    return redirect(url_for("employer.watch_list", address=address))


def _list(
    room: WatchRoom, address: str, *errors: FieldError, refused: tuple[str, ...] = ()
) -> Response:
    told = _own(room, address)
    return page_response(
        "employer/watch_list.html",
        status=422 if errors else 200,
        errors=errors,
        room=room,
        address=address,
        told=told,
        mail=request.form.get("mail", told.mail)[:254],
        webhook=request.form.get("webhook", told.webhook)[:2048],
        refused=refused,
        watched=[(one, texts_of(one), moments(one)) for one in _watched(room, address)],
        days=room.retention.days,
        hours=max(1, round(room.every / timedelta(hours=1))),
    )


def _watched(room: WatchRoom, address: str) -> list[Watched]:
    return room.store.watched(digest_of(address))


def texts_of(one: Watched) -> AnswerTexts:
    """Give the answer about a credential in words (to be said)."""
    return TEXTS[Answer(one.answer)]


def moments(one: Watched) -> tuple[object, object]:
    """Tell when a credential was asked for, and when its answer changed."""
    return parse_timestamp(one.checked_at), parse_timestamp(one.changed_at)


def _add(room: WatchRoom, page: VerifierPage, address: str) -> Response:
    _own(room, address)
    given = given_entries(page.limits)
    if isinstance(given, FieldError):
        return _list(room, address, given)
    if len(given) > ADDED_AT_ONCE:
        text = gettext("Give up to %(most)s credentials at once.", most=ADDED_AT_ONCE)
        return _list(room, address, FieldError(FILES, text))
    world = page.world()
    refused = [entry.name for entry in given if not _is_added(room, address, entry, world)]
    if refused:
        return _list(room, address, refused=tuple(refused))
    return redirect(url_for("employer.watch_list", address=address))


def _is_added(room: WatchRoom, address: str, entry: Entry, world: World) -> bool:
    if not entry.data:
        return False
    try:
        sample = sample_of(entry.data, world)
        document = entry.data if room.keeps_credentials else b""
        room.store.add(digest_of(address), sample, document)
    except (VerificationError, WatchFullError):
        return False
    return True


def _tell(room: WatchRoom, address: str) -> Response:
    """Take whom changes are told to."""
    _own(room, address)
    mail, webhook = form_text("mail", 254), form_text("webhook", 2_048)
    errors = [*_mail_faults(room, mail), *_webhook_faults(room, webhook)]
    if errors:
        return _list(room, address, *errors)
    room.store.tell(digest_of(address), mail=mail, webhook=webhook, language=current_language().tag)
    return redirect(url_for("employer.watch_list", address=address))


def _mail_faults(room: WatchRoom, mail: str) -> list[FieldError]:
    if not mail:
        return []
    domain = mail.rpartition("@")[2].lower()
    try:
        Mailbox(mail)
    except MailError:
        return [FieldError("mail", gettext("This is no mail address."))]
    if domain not in room.mail_domains:
        text = gettext("This service writes to addresses of its own organisation only.")
        return [FieldError("mail", text)]
    return []


def _webhook_faults(room: WatchRoom, webhook: str) -> list[FieldError]:
    if not webhook:
        return []
    try:
        if not room.has_webhooks:
            raise FetchError("This service calls nobody.", code="OFFLINE")
        read_target(webhook, allowed_hosts=room.allowed_hosts)
    except TallystickError as error:
        text = gettext("This address cannot be called: %(reason)s", reason=error.message)
        return [FieldError("webhook", text)]
    return []
