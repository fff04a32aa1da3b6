"""A store with an issued credential, and everything around a claim of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask_openapi3.openapi import OpenAPI
from sqlalchemy import insert, update

from credentials.strict_json import serialize_json
from issuer.claims import ClaimDesk, ClaimSettings, claim_pages
from issuer.store import Act, Recipient, Store
from issuer.store.learners import learner_in
from issuer.store.tables import CREDENTIALS, WITHDRAWALS
from issuer.store.writing_down import stamp
from service import open_database, writing
from service.mail import Mailbox
from service.pages import N_, PagesSettings, add_pages
from service.web import WebSettings, new_application
from tests.databases import sqlite_copy
from tests.factories import NOW, sign, unsigned
from tests.issuer.store.conftest import tenant_of

BASE = "https://badges.poly.example"
VERIFY_AT = "https://verify.poly.example/"


@dataclass
class Office:
    """An institution with its claims; `now` is moved by tests."""

    store: Store
    now: datetime = NOW
    issued: int = 0

    def __post_init__(self) -> None:
        self.tenant = tenant_of(self.store)
        self.desk = ClaimDesk(self.store, BASE, Mailbox("badges@poly.example"))

    @property
    def act(self) -> Act:
        return Act(self.tenant.id, "user:test", self.now)

    def issue(
        self,
        *,
        email: str | None = "ana@example.com",
        name: str | None = "Ana Ñúñez",
        data: bytes | None = None,
        **changes: Any,
    ) -> str:
        """Keep a credential as issued, and return its id."""
        self.issued += 1
        identifier = f"urn:uuid:00000000-0000-4000-8000-{self.issued:012}"
        document = sign(unsigned(id=identifier, **changes))
        with writing(self.store.engine) as connection:
            learner = learner_in(
                connection, self.tenant.id, Recipient(email=email, name=name), self.now
            )
            connection.execute(
                insert(CREDENTIALS).values(
                    id=identifier,
                    tenant_id=self.tenant.id,
                    learner_id=learner,
                    state="issued",
                    status="active",
                    request=b"{}",
                    request_digest="sha256:0",
                    list_name="list",
                    list_index=self.issued,
                    intended_at="2026-01-15T09:00:00Z",
                    data=data or serialize_json(document),
                )
            )
        return identifier

    def set_status(self, identifier: str, status: str) -> None:
        with writing(self.store.engine) as connection:
            change = update(CREDENTIALS).where(CREDENTIALS.c.id == identifier)
            connection.execute(change.values(status=status))

    def withdraw(self, identifier: str, *, state: str, at: datetime) -> None:
        """Keep that a credential was revoked, or that somebody asked for it."""
        with writing(self.store.engine) as connection:
            connection.execute(
                insert(WITHDRAWALS).values(
                    id=f"withdrawal_{identifier}",
                    tenant_id=self.tenant.id,
                    credential_id=identifier,
                    act="revoke",
                    reason="An error.",
                    state=state,
                    requested_by="user:test",
                    requested_at=stamp(at),
                    effective_at=stamp(at),
                    done_at=stamp(at) if state == "done" else None,
                )
            )

    def offer(self, identifier: str, **options: Any) -> str:
        """Make a claim, and return the path of its page."""
        _delivery, secret = self.store.deliveries.make(
            self.act, identifier, channel="email", **options
        )
        return f"/claim/{secret}"

    def application(self) -> OpenAPI:
        application = new_application(WebSettings("Claims", "Test."))
        pages = claim_pages(
            ClaimSettings(self.store, lambda: self.now, lambda _tenant: BASE, VERIFY_AT)
        )
        settings = PagesSettings(site=N_("Pages"), home="claims.start", secret=b"s" * 32)
        add_pages(application, settings, pages)
        return application


def new_office(folder: Path) -> Office:
    return Office(Store(open_database(sqlite_copy(folder / "issuer.sqlite"))))


DAY = timedelta(days=1)
