"""A registrar's desk put together: its store, its register, its key, its pages."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from flask_openapi3.openapi import OpenAPI

from recognition.case_files import read_target_file
from recognition.desk import SITE, START, DeskServices, DeskStore, Offer, new_desk
from recognition.register_of_decisions import RegisterOfDecisions
from service import migrate, open_database
from service.pages import PagesSettings, add_pages
from service.web import WebSettings, new_application
from service.web.headers import LOOPBACK_HOSTS
from tallystick import verifying
from tallystick.desk_configuration import DeskConfiguration, OfferSettings, database_beside
from tallystick.files import USAGE, CommandError, read_input, read_text
from tallystick.senate_service import senate_part
from tallystick.stack_inputs import read_rule
from tallystick.web_configuration import beside

SECRET_BYTES = 32
DESCRIPTION = "Where applications for recognition of prior learning are decided."


def open_store(path: str, configuration: DeskConfiguration) -> DeskStore:
    """Open the database of a desk, and bring it to its form."""
    engine = open_database(database_beside(path, configuration.database))
    migrate(engine)
    return DeskStore(engine)


def open_register(
    path: str, configuration: DeskConfiguration, store: DeskStore
) -> RegisterOfDecisions:
    """Open the register of decisions: in the desk's database, or where it is said to be."""
    if configuration.decisions is None:
        return RegisterOfDecisions(store.engine)
    engine = open_database(database_beside(path, configuration.decisions))
    migrate(engine)
    return RegisterOfDecisions(engine)


def read_offers(path: str, configuration: DeskConfiguration) -> Mapping[str, Offer]:
    """Read the files of what can be applied for; raise `CommandError` for what cannot be read."""
    offers = {one.name: _offer(path, one) for one in configuration.offer}
    if len(offers) < len(configuration.offer):
        raise CommandError(f"{path}: offer: two of them have one name; give each its own.", USAGE)
    return offers


def _offer(path: str, asked: OfferSettings) -> Offer:
    policy = read_input(beside(path, asked.policy))
    target = read_text(beside(path, asked.target))
    offer = Offer(asked.name, asked.title, policy, target, _block(path, asked.block))
    # What cannot be read is told to the operator now, and not to the first learner.
    read_target_file(offer.target_text)
    return offer


def _block(path: str, name: str | None) -> str | None:
    if name is None:
        return None
    own = Path(beside(path, name))
    return read_rule(str(own) if own.exists() else name)


def desk_services(path: str, configuration: DeskConfiguration) -> DeskServices:
    """Open everything that the pages work with."""
    store = open_store(path, configuration)
    offers = read_offers(path, configuration)
    return DeskServices(
        store=store,
        register=open_register(path, configuration, store),
        now=verifying.now,
        base=configuration.base.rstrip("/"),
        title=configuration.office,
        offers=lambda: offers,
    )


def desk_application(path: str, configuration: DeskConfiguration) -> OpenAPI:
    """Build the application of a desk; `path` is the file of its configuration."""
    host = urlsplit(configuration.base).hostname
    if host is None:
        raise CommandError(f"{path}: base: it names no host.", USAGE)
    hosts = (*LOOPBACK_HOSTS, host, *configuration.server.hosts)
    application = new_application(WebSettings("Tallystick desk", DESCRIPTION, hosts=hosts))
    services = desk_services(path, configuration)
    room = new_desk(services, [senate_part(path, configuration, services)])
    pages = PagesSettings(site=SITE, home=START, secret=_secret())
    add_pages(application, pages, room.pages, *room.parts)
    return application


@cache
def _secret() -> bytes:
    """Draw the secret of what a page tells the next one; a restart forgets such messages."""
    return secrets.token_bytes(SECRET_BYTES)
