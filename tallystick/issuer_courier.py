"""The courier: the process that connects to the outside, for webhooks and mail; it holds no key."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from issuer.claims import ClaimDesk, queue_notices, remind_late, write_letters
from issuer.store import Store, Tenant
from issuer.store.webhooks import WebhookEvent
from service.errors import FetchError
from service.fetching import Fetcher
from service.mail import MailServer, send_due
from service.webhooks import signature_header
from tallystick import settings, verifying
from tallystick.claim_office import desks, local_address, mail_server
from tallystick.issuer_service import IssuerService, open_service
from tallystick.issuer_worker import Stopping, guarded

TURN_SECONDS = 2.0
"""How often the courier looks for what is to be told."""

REMINDING = timedelta(minutes=10)
"""How often it is looked who is to be reminded."""

EVENTS_AT_ONCE = 50
Post = Callable[[str, bytes, tuple[tuple[str, str], ...]], None]


def run_courier(path: str, *, remind_after: timedelta | None = None) -> None:
    """Tell webhooks and write to learners until this process is asked to stop.

    Without a mail server (TALLYSTICK_MAIL_HOST) only webhooks are told.  With `remind_after`
    learners who took nothing by then are written to once more.
    """
    from service.fetching.fetcher import FetchPolicy

    stopping, service = Stopping(), open_service(path)
    stopping.listen()
    fetcher = Fetcher(FetchPolicy(allowed_hosts=settings.allowed_hosts()))
    post_office = PostOffice(service, mail_server(), remind_after)

    def post(url: str, data: bytes, headers: tuple[tuple[str, str], ...]) -> None:
        fetcher.post(url, data, media_type="application/json", headers=headers)

    def turn() -> int:
        done = tell_due(service.store, post, verifying.now())
        return done + post_office.work(verifying.now())

    while not stopping.is_asked():
        if not guarded(turn, "courier"):
            stopping.wait(TURN_SECONDS)


class PostOffice:
    """What writes letters and has them sent; nothing where there is no mail server."""

    def __init__(
        self, service: IssuerService, server: MailServer | None, remind_after: timedelta | None
    ) -> None:
        """Take the service and the server; nothing is read yet."""
        self._service, self._server, self._remind_after = service, server, remind_after
        self._desk_of = desks(service)
        self._reminded: datetime | None = None

    def work(self, now: datetime) -> int:
        """Write what is due and send what waits; count what was written and sent."""
        if self._server is None:
            return 0
        store = self._service.store
        written = write_letters(store, self.desk_of, now) + self._remind(now)
        for tenant in store.tenants.all():
            written += queue_notices(self.desk_of(tenant), now, tenant_id=tenant.id)
        return written + send_due(store.deliveries, self._server.send, lambda: now).sent

    def desk_of(self, tenant: Tenant) -> ClaimDesk:
        """Find the desk of an institution."""
        return self._desk_of(tenant, local_address(self._service))

    def _remind(self, now: datetime) -> int:
        """Look for whom to remind, not more often than `REMINDING`."""
        is_soon = self._reminded is not None and now - self._reminded < REMINDING
        if self._remind_after is None or is_soon:
            return 0
        self._reminded = now
        return remind_late(self._service.store, self.desk_of, now, self._remind_after)


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
