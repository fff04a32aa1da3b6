"""An office with two roles, on tables that are made without migrations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from argon2 import PasswordHasher
from flask import Response
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI
from sqlalchemy import MetaData

from service import open_database
from service.pages import N_, PagesSettings, add_pages
from service.people import Act, Office, OfficeRoom, User, Ways, office_tables
from service.people.office_people import add_office_people
from service.people.office_room import Access, OfficePlan, Section
from service.sign_in.passwords import Passwords
from service.web import WebSettings, new_application

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
PASSWORD = "four words in a row"
QUICK = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
ACT = Act("test", NOW)
PLAN = OfficePlan(
    name="sample",
    package="service.people",
    prefix="/office",
    title="Example office",
    roles={"head": N_("Roles"), "reader": N_("Who")},
    rights={"head": frozenset({"read", "manage", "audit"}), "reader": frozenset({"read"})},
    sections=[Section("start", N_("Overview"), "read"), Section("people", N_("People"), "manage")],
    manage="manage",
    audit="audit",
    has_assets=False,
)


@dataclass
class Sample:
    """The office, and the application in which it is."""

    application: OpenAPI
    room: OfficeRoom
    office: Office

    def user(self, *roles: str, email: str = "ana@example.com") -> User:
        user = self.office.people.add(ACT, email=email, name=email.partition("@")[0].title())
        for role in roles:
            self.office.grant(ACT, user.id, role)
        return self.office.people.set_password_hash(ACT, user.id, QUICK.hash(PASSWORD))

    def client(self, user: User | None = None) -> FlaskClient:
        client = self.application.test_client()
        if user is not None:
            secret = self.office.sessions.begin(user, NOW)
            client.set_cookie("tallystick-sample", secret, path="/office")
        return client


def sample_office(path: Path) -> Sample:
    """Build the office on a database of its own."""
    metadata = MetaData()
    engine = open_database(f"sqlite:///{path}")
    tables = office_tables("sample", metadata)
    metadata.create_all(engine)
    office = Office(engine, tables, "head")
    room = OfficeRoom(office, PLAN, Ways(QUICK), lambda: NOW)

    @room.at("/", "read")
    def start(access: Access) -> Response:
        return Response(f"Hello {access.user.name}")

    add_office_people(room)
    application = new_application(WebSettings("Office", "To test."))
    add_pages(
        application, PagesSettings(site=N_("Roles"), home="sample.start", secret=b"s" * 32),
        room.pages,
    )  # fmt: skip
    return Sample(application, room, office)
