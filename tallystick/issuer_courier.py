"""The courier: the process of the issuer service that connects to the outside, and holds no key."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from issuer.store import Store
from issuer.store.webhooks import WebhookEvent
from service.errors import FetchError
from service.fetching import Fetcher
from service.webhooks import signature_header
from tallystick import settings, verifying
from tallystick.issuer_service import open_service
from tallystick.issuer_worker import Stopping

TURN_SECONDS = 2.0
"""How often the courier looks for what is to be told."""

EVENTS_AT_ONCE = 50
Post = Callable[[str, bytes, tuple[tuple[str, str], ...]], None]


def run_courier(path: str) -> None:
    """Tell webhooks what happened until this process is asked to stop."""
    from service.fetching.fetcher import FetchPolicy

    stopping, store = Stopping(), open_service(path).store
    stopping.listen()
    fetcher = Fetcher(FetchPolicy(allowed_hosts=settings.allowed_hosts()))

    def post(url: str, data: bytes, headers: tuple[tuple[str, str], ...]) -> None:
        fetcher.post(url, data, media_type="application/json", headers=headers)

    while not stopping.is_asked():
        if not tell_due(store, post, verifying.now()):
            stopping.wait(TURN_SECONDS)


def tell_due(store: Store, post: Post, now: datetime) -> int:
    """Tell what is due once; count what was taken.

    What fails is tried again later.  An event may come twice, with the same id.
    """
    taken = 0
    for event in store.webhooks.due(now, items=EVENTS_AT_ONCE):
        try:
            post(event.webhook.url, event.body, (signature_of(event, now),))
        except FetchError as error:
            store.webhooks.failed(event.id, error.code, now)
        else:
            store.webhooks.told(event.id)
            taken += 1
    return taken


def signature_of(event: WebhookEvent, now: datetime) -> tuple[str, str]:
    """Write the header by which a receiver knows that an event is from here, and recent."""
    return signature_header(event.webhook.secret, event.body, now)
