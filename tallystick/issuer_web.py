"""The issuer service over HTTP: what its store needs, put onto the issuer's application."""

from __future__ import annotations

from flask_openapi3.openapi import OpenAPI

from credentials.json_types import JsonObject
from issuer.achievements import AchievementDefinition
from issuer.achievements.composing import TEMPLATE_MEMBERS
from issuer.issuing.awards import Award
from issuer.issuing.signing import check_award
from issuer.rosters import DEFAULT_ROSTER_LIMITS
from issuer.store import AchievementVersion, Recipient, Tenant
from issuer.store.writing_down import digest_of, stamp, write_json
from issuer.web.api import IssuerApi, add_api
from service.web.health import add_conditions
from service.web.reading import BODY_BYTES_SETTING
from tallystick import verifying
from tallystick.claim_office import mail_server
from tallystick.console import CONSOLE, add_console
from tallystick.issuer_roster import read_dry, requests_in
from tallystick.issuer_service import IssuerService, service_of
from tallystick.readiness import store_conditions
from tallystick.web_configuration import IssuerConfiguration

SAMPLE = Award(Recipient(email="learner@example.com"))
"""For whom a definition is tried out before it is published."""


def add_store(application: OpenAPI, path: str, configuration: IssuerConfiguration) -> None:
    """Open the store of a configuration, and add the API and the console that work with it."""
    service = service_of(path, configuration, migrates=True)
    add_api(application, api_of(service))
    longest = DEFAULT_ROSTER_LIMITS.file_bytes
    application.config[BODY_BYTES_SETTING] = max(
        longest, application.config.get(BODY_BYTES_SETTING) or 0
    )
    application.extensions["tallystick_issuer_service"] = service
    add_conditions(application, lambda: store_conditions(service))
    application.extensions[CONSOLE] = add_console(application, service)


def api_of(service: IssuerService) -> IssuerApi:
    """Build what the API works with."""
    return IssuerApi(
        store=service.store,
        exactly_once=service.exactly_once,
        withdrawing=service.withdrawing,
        publisher=service.publisher,
        now=verifying.now,
        read_dry=read_dry,
        requests_in=requests_in,
        check_definition=lambda tenant, document: check_definition(service, tenant, document),
        controller_document=service.controller_document,
        sends_mail=mail_server() is not None,
    )


def check_definition(service: IssuerService, tenant: Tenant, document: JsonObject) -> None:
    """Try out a definition with a learner of no name; raise what is wrong with it."""
    if not document.keys() >= TEMPLATE_MEMBERS:
        AchievementDefinition.of(document)
    data, now = write_json(document), verifying.now()
    version = AchievementVersion("achievement_draft", 1, data, digest_of(data), stamp(now))
    check_award(tenant, version, SAMPLE, service.compose, service.signing_of, now)
