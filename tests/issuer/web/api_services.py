"""The issuer's API in this process, over the institution of a bench."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp

from flask_openapi3.openapi import OpenAPI

from issuer.issuing.exactly_once import ExactlyOnce
from issuer.issuing.publishing import Publisher
from issuer.issuing.withdrawing import Withdrawing
from issuer.store import Scope
from issuer.web.api import IssuerApi, add_api
from keys.did import did_key_document
from service import open_database
from service.web import WebSettings, new_application
from service.web.limiting import RateLimit
from tallystick.issuer_roster import read_dry, requests_in
from tests.databases import sqlite_copy
from tests.factories import ISSUER, sign
from tests.issuer.issuing.test_withdrawing import MemoryCopies
from tests.issuer.issuing.workshops import Bench, bench

_DATABASES = TemporaryDirectory()
"""Where databases of documented services are; it goes with the process."""


def api_service(one: Bench, *limits: RateLimit) -> OpenAPI:
    """Build the API; `limits` are of keys and of networks."""
    application = new_application(WebSettings("Tallystick issuer API", "Issues exactly once."))
    api = IssuerApi(
        one.store,
        ExactlyOnce(one.shop),
        Withdrawing(one.shop),
        Publisher(one.shop, lambda _tenant, document: sign(document), MemoryCopies()),
        one.clock,
        read_dry,
        requests_in,
        lambda _tenant, _document: None,
        lambda _tenant: did_key_document(ISSUER),
        *limits,
    )
    add_api(application, api)
    return application


def documented_api() -> tuple[OpenAPI, str]:
    """Build the API over a store of its own, with a key that may do everything."""
    one = bench(open_database(sqlite_copy(Path(mkdtemp(dir=_DATABASES.name)) / "issuer.sqlite")))
    _key, secret = one.store.api_keys.make(one.act, name="test", scopes=set(Scope))
    often = RateLimit(1_000_000, 1_000_000, lambda: 0.0)
    return api_service(one, often, often), secret
