"""The desk of an authority put together: its store, the key that signs editions, its pages."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import click
from flask_openapi3.openapi import OpenAPI

from authority.catalogue import Catalogue
from authority.desk import NAVIGATION, DeskServices, desk_of
from authority.desk.api import api_of
from authority.newest import Newest
from authority.pages import SITE, START, new_register_pages
from authority.store import AuthorityStore
from credentials.json_types import JsonObject
from credentials.proofs.cryptosuite import without_proof
from credentials.strict_json import parse_json, serialize_json_for_people
from frameworks.register import read_edition
from frameworks.register.edition import EDITION_LIMITS
from service import migrate, open_database
from service.pages import PagesSettings, add_pages
from service.people import OfficeRoom, Ways
from service.sign_in.passwords import Passwords
from service.web import WebSettings, new_application
from service.web.headers import LOOPBACK_HOSTS
from tallystick import composition, settings, verifying
from tallystick.files import USAGE, CommandError, write_output
from tallystick.register_service import DESCRIPTION
from tallystick.sign_in import ways_to_sign_in
from tallystick.web_configuration import OfficeConfiguration, read_configuration

SECRET_BYTES = 32
PREFIX = "/desk"
INDEX = "index.json"
EDITIONS = "editions"


@dataclass(frozen=True, slots=True)
class DeskSettings:
    """What an operator says about a desk; `base` is its public address, if it has one.

    Published editions are written into the folder `publish_to`, if there is one; `config` says how
    people sign in besides by password.
    """

    database: str
    key: str
    name: str
    base: str | None = None
    publish_to: Path | None = None
    config: str | None = None


def open_store(url: str, *, migrates: bool = True) -> AuthorityStore:
    """Open the database of a desk, and bring it to its form."""
    engine = open_database(url, makes_file=migrates)
    if migrates:
        migrate(engine)
    return AuthorityStore(engine)


def published_catalogue(store: AuthorityStore) -> Newest:
    """Serve what the desk published last."""

    def version() -> int | None:
        newest = store.editions.published()
        return None if newest is None else newest.number

    def load() -> Catalogue:
        newest = store.editions.published()
        if newest is None:
            raise CommandError("Nothing is published.")
        data = store.editions.data(newest.number)
        edition = read_edition(without_proof(parse_json(data, EDITION_LIMITS)))
        # The desk signed it itself, so that nobody's signature has to be looked into.
        return Catalogue(edition.register, edition.authority, data, edition.digest)

    return Newest(version, load, time.monotonic, lambda text: click.echo(text, err=True))


def publisher(folder: Path | None) -> Callable[[int, bytes], None]:
    """Write each published edition into a folder that any web server can serve.

    `editions/NUMBER.json` never changes; `edition.json` is the newest, and `index.json` says which
    that is.  They are written whole or not at all, the newest last.
    """

    def publish(number: int, data: bytes) -> None:
        if folder is None:
            return
        (folder / EDITIONS).mkdir(parents=True, exist_ok=True)
        write_output(folder / EDITIONS / f"{number}.json", data)
        write_output(folder / "edition.json", data)
        edition = read_edition(without_proof(parse_json(data, EDITION_LIMITS)))
        about = edition.description
        index: JsonObject = {
            "register": about.id,
            "name": about.name,
            "edition": about.number,
            "digest": edition.digest,
            "validFrom": about.valid_from.isoformat(),
            "validUntil": about.valid_until.isoformat(),
            "file": f"{EDITIONS}/{number}.json",
        }
        write_output(folder / INDEX, serialize_json_for_people(index))

    return publish


def desk_services(asked: DeskSettings, newest: Newest, store: AuthorityStore) -> DeskServices:
    """Open everything that the desk works with."""
    key = settings.signing_key(asked.key)
    configuration = _configuration(asked.config)
    chosen = None if configuration is None else configuration.sign_in
    ways = ways_to_sign_in(asked.config or "", chosen, PREFIX)
    return DeskServices(
        store=store,
        now=verifying.now,
        authority=key.record.controller,
        name=asked.name,
        sign=lambda document: composition.sign_edition(key, document),
        publish=publisher(asked.publish_to),
        changed=newest.refresh,
        ways=Ways(Passwords(), ways.relying_party, ways.providers),
        asks_for_passkey=configuration is not None and configuration.asks_for_passkey,
        needs_two=configuration is not None and configuration.four_eyes,
    )


def desk_application(asked: DeskSettings) -> OpenAPI:
    """Build the application: the desk, and the public pages of what it published."""
    store = open_store(asked.database)
    newest = published_catalogue(store)
    return application_of(desk_services(asked, newest, store), newest, asked.base)


def application_of(
    services: DeskServices,
    newest: Newest,
    base: str | None = None,
    *,
    room: OfficeRoom | None = None,
) -> OpenAPI:
    """Put desk, interface for programs and public pages into one application."""
    host = None if base is None else urlsplit(base).hostname
    if base is not None and host is None:
        raise CommandError("--base is a web address, for example https://register.example.", USAGE)
    hosts = (*LOOPBACK_HOSTS, *([host] if host else []))
    application = new_application(WebSettings("Tallystick register", DESCRIPTION, hosts=hosts))
    pages = PagesSettings(
        site=SITE,
        home=START,
        navigation=(NAVIGATION,),
        secret=os.urandom(SECRET_BYTES),
    )
    public = new_register_pages(newest.current, verifying.now)
    add_pages(application, pages, public, (room or desk_of(services)).pages)
    application.register_blueprint(api_of(services, time.monotonic))
    return application


def _configuration(path: str | None) -> OfficeConfiguration | None:
    return None if path is None else read_configuration(path, OfficeConfiguration)
