"""The operations of the API, put onto the application of the issuer."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO

from flask import Flask, Response
from flask_openapi3.openapi import OpenAPI

from credentials.json_types import JsonObject
from issuer.issuing.exactly_once import ExactlyOnce
from issuer.issuing.publishing import Publisher
from issuer.issuing.withdrawing import Withdrawing
from issuer.rosters import DryRun
from issuer.store import (
    ConflictError,
    InProgressError,
    KeyReusedError,
    LedgerBehindError,
    NotFoundError,
    Store,
    StoreError,
    Tenant,
)
from issuer.web.api.access import Access
from service.web import problem_response
from service.web.limiting import RateLimit
from service.web.request_log import log_requests

PREFIX = "/api/v1"
CALLS_PER_MINUTE = 6_000
"""How often one key may call: twice what a service issues in a minute."""

CALLS_AT_ONCE = 300
GUESSES_PER_MINUTE = 30
"""How often one network may call with a key that is none."""

STATUSES: tuple[tuple[type[StoreError], int], ...] = (
    (NotFoundError, 404),
    (KeyReusedError, 422),
    (InProgressError, 409),
    (ConflictError, 409),
    (LedgerBehindError, 503),
)
"""HTTP statuses of what the store refuses; what is not named is 400."""

UNAVAILABLE = ("RELEASE_REFUSED", "KEY_UNUSABLE")


def _keys() -> RateLimit:
    return RateLimit(CALLS_PER_MINUTE, CALLS_AT_ONCE, time.monotonic)


def _addresses() -> RateLimit:
    return RateLimit(GUESSES_PER_MINUTE, GUESSES_PER_MINUTE, time.monotonic)


@dataclass(frozen=True)
class IssuerApi:
    """What the API works with.

    `read_dry` and `requests_in` read a roster; `check_definition` raises what is wrong with a
    definition before it is published; `controller_document` names the keys of an institution.
    """

    store: Store
    exactly_once: ExactlyOnce
    withdrawing: Withdrawing
    publisher: Publisher
    now: Callable[[], datetime]
    read_dry: Callable[[BinaryIO], DryRun]
    requests_in: Callable[[BinaryIO], Iterator[tuple[int, JsonObject]]]
    check_definition: Callable[[Tenant, JsonObject], None]
    controller_document: Callable[[Tenant], JsonObject]
    by_key: RateLimit = field(default_factory=_keys)
    by_address: RateLimit = field(default_factory=_addresses)
    sends_mail: bool = False
    """Whether there is a mail server, so that rosters can ask for letters."""

    @property
    def access(self) -> Access:
        """Who may call."""
        return Access(self.store, self.now, self.by_key, self.by_address)


def add_api(application: OpenAPI, api: IssuerApi) -> None:
    """Add all operations, and the documents that anybody may read."""
    from issuer.web.api import achievements, credentials, jobs, keeping, metrics, public, skills

    handle_store_errors(application)
    log_requests(application)
    for module in (achievements, skills, credentials, jobs, keeping, metrics):
        operations = module.operations(api)
        operations.before_request(api.access.let_in)
        application.register_api(operations)
    public.add(application, api)


def handle_store_errors(application: Flask) -> None:
    """Answer what the store refuses with problem documents."""

    def refused(error: StoreError) -> Response:
        status = next((status for kind, status in STATUSES if isinstance(error, kind)), 400)
        if error.code in UNAVAILABLE:
            status = 503
        response = problem_response(error, status)
        if isinstance(error, InProgressError):
            response.headers["Retry-After"] = str(error.retry_after_seconds)
        return response

    application.register_error_handler(StoreError, refused)
