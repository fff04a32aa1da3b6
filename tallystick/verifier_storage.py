"""What the verifier keeps where its operator says so, and the watch over it."""

from __future__ import annotations

import os
import threading
import uuid
from collections.abc import Callable
from datetime import timedelta

from service import migrate, open_database
from service.errors import DatabaseError
from service.mail import Letter, Mailbox, MailServer, message_of, server_from
from service.mail.sending import PREFIX
from service.pages.languages import words_of
from tallystick import settings, verifying
from tallystick.web_configuration import StorageSettings, VerifierConfiguration
from verifier.checks.world import World
from verifier.employer.store.sharing import ShareStore
from verifier.employer.store.watching import WatchStore
from verifier.employer.watch_pages import WatchRoom
from verifier.employer.watcher import Post, SendLetter, Watcher

ROOMS = ("service.pages", "verifier.pages", "verifier.employer")
TURN_SECONDS = 60.0
"""How often the watch looks for what is due."""


def kept_in(configuration: VerifierConfiguration) -> tuple[WatchRoom, ShareStore | None]:
    """Open the database of a verifier: watch lists, and what is shared, if anything may be.

    The database is brought to its present form.  Raises `DatabaseError`.
    """
    storage = _storage(configuration)
    engine = open_database(storage.database)
    migrate(engine)
    room = WatchRoom(
        store=WatchStore(engine, os.urandom, verifying.now),
        keeps_credentials=storage.keeps_credentials,
        retention=timedelta(days=storage.retention_days),
        every=timedelta(hours=storage.watch_hours),
        mail_domains=storage.mail_domains if _has_mail() else (),
        has_webhooks=not _is_offline(configuration),
        allowed_hosts=settings.allowed_hosts(),
    )
    if not storage.share_days:
        return room, None
    lifetime = timedelta(days=storage.share_days)
    return room, ShareStore(engine, os.urandom, verifying.now, lifetime)


def new_watcher(
    configuration: VerifierConfiguration, room: WatchRoom, world: Callable[[], World]
) -> Watcher:
    """Build what asks again and tells."""
    words = words_of(ROOMS)
    return Watcher(
        store=room.store,
        world=world,
        every=room.every,
        retention=room.retention,
        say=lambda text, language: words[language].gettext(text),
        post=_post() if room.has_webhooks else None,
        send=_sender(server_from(os.environ)) if room.mail_domains else None,
    )


def watch_beside(watcher: Watcher) -> None:
    """Take turns beside the service, which does not wait for it when it ends."""

    def watch() -> None:
        pause = threading.Event()
        while not pause.wait(TURN_SECONDS):
            try:
                watcher.turn()
            except DatabaseError:
                # The database may come back; what is due stays due.
                continue

    threading.Thread(target=watch, name="verifier-watch", daemon=True).start()


def _storage(configuration: VerifierConfiguration) -> StorageSettings:
    storage = configuration.storage
    if storage is None:
        text = "The verifier keeps nothing; say where: [storage] database, or --watch-database."
        raise DatabaseError(text, code="NO_STORAGE")
    return storage


def _is_offline(configuration: VerifierConfiguration) -> bool:
    return configuration.offline or settings.is_offline()


def _has_mail() -> bool:
    return f"{PREFIX}HOST" in os.environ


def _post() -> Post:
    from service.fetching import Fetcher, FetchPolicy

    fetcher = Fetcher(FetchPolicy(allowed_hosts=settings.allowed_hosts()))

    def post(url: str, data: bytes, headers: tuple[tuple[str, str], ...]) -> None:
        fetcher.post(url, data, media_type="application/json", headers=headers)

    return post


def _sender(server: MailServer) -> SendLetter:
    def send(address: str, letter: Letter) -> None:
        host = server.sender.address.rpartition("@")[2]
        message = message_of(
            letter,
            sender=server.sender,
            recipient=Mailbox(address),
            at=verifying.now(),
            message_id=f"{uuid.uuid4()}@{host}",
        )
        server.send(address, message)

    return send
