"""What wallets read before they ask: the metadata of issuers and authorization servers.

Source: OpenID4VCI 1.0 section 12.2, RFC 8414.  Both documents stand at the places of today (the
well-known part between host and path) and at the older ones (behind the path).
"""

from __future__ import annotations

from flask import Blueprint, Response

from credentials.json_types import JsonObject
from issuer.store import NotFoundError, Tenant
from issuer.wallets.configurations import CONFIGURATIONS, configurations
from issuer.wallets.desk import WalletDesk
from issuer.wallets.interactions import PRE_AUTHORIZED
from service.web import json_response, problem_response

ISSUER = "openid-credential-issuer"
SERVERS = ("oauth-authorization-server", "openid-configuration")
PATH = "openid"
"""What the path of an institution begins with, before its name."""

DETAILS = ["openid_credential"]


def metadata_routes(desk: WalletDesk) -> Blueprint:
    """Build the routes of both documents, at all their places."""
    routes = Blueprint("wallet-metadata", __name__)

    def refused(error: NotFoundError) -> Response:
        return problem_response(error, 404)

    def issuer(name: str, before: str = "") -> Response:
        return json_response(issuer_metadata(desk, desk.store.tenants.named(name)))

    def server(name: str, before: str = "") -> Response:
        return json_response(server_metadata(desk, desk.store.tenants.named(name)))

    routes.register_error_handler(NotFoundError, refused)
    for place, show in ((ISSUER, issuer), *((one, server) for one in SERVERS)):
        for number, rule in enumerate(
            (
                f"/.well-known/{place}/{PATH}/<name>",
                f"/.well-known/{place}/<path:before>/{PATH}/<name>",
                f"/{PATH}/<name>/.well-known/{place}",
            )
        ):
            # The end of the name has it that anybody may read it from anywhere.
            routes.add_url_rule(rule, f"{place}-{number}-public", show)
    return routes


def issuer_metadata(desk: WalletDesk, tenant: Tenant) -> JsonObject:
    """Write the metadata of an institution as a credential issuer.

    `issuer`, `token_endpoint` and the types of details are those of the authorization server:
    some wallets look for them here, and all others ignore them.
    """
    identifier = desk.issuer_id(tenant)
    server = server_metadata(desk, tenant)
    return {
        "credential_issuer": identifier,
        "credential_endpoint": f"{identifier}/credential",
        "nonce_endpoint": f"{identifier}/nonce",
        "deferred_credential_endpoint": f"{identifier}/deferred",
        "notification_endpoint": f"{identifier}/notification",
        "display": [{"name": tenant.title}],
        "credential_configurations_supported": configurations(tenant, desk.algorithms_of(tenant)),
        **{name: server[name] for name in ("issuer", "token_endpoint")},
        "authorization_details_types_supported": DETAILS,
    }


def server_metadata(desk: WalletDesk, tenant: Tenant) -> JsonObject:
    """Write the metadata of an institution as an authorization server.

    Its authorization endpoint is for the wallets that the operator knows.
    """
    identifier = desk.issuer_id(tenant)
    metadata: JsonObject = {
        "issuer": identifier,
        "token_endpoint": f"{identifier}/token",
        "grant_types_supported": [PRE_AUTHORIZED],
        "response_types_supported": ["code"],
        "token_endpoint_auth_methods_supported": ["none"],
        "code_challenge_methods_supported": ["S256"],
        "scopes_supported": list(CONFIGURATIONS.values()),
        "authorization_details_types_supported": DETAILS,
        "pre-authorized_grant_anonymous_access_supported": True,
        "authorization_response_iss_parameter_supported": True,
    }
    if desk.clients:
        metadata["grant_types_supported"] = [PRE_AUTHORIZED, "authorization_code"]
        metadata["authorization_endpoint"] = f"{desk.base(tenant)}/claim/authorize/{tenant.name}"
        metadata["pushed_authorization_request_endpoint"] = f"{identifier}/par"
    return metadata
