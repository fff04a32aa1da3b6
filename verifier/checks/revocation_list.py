"""Part of check "status": the revocation lists of old Open Badges, which nobody signs.

Source: 1EdTech Verifiable Credentials Revocation List 1.0, deprecated by Open Badges 3.0 version
1.3 in favour of the Bitstring Status List.
"""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from credentials.errors import IndeterminateError, LimitExceededError, StatusError
from credentials.json_types import JsonObject, JsonValue, id_of
from keys.did import did_web_url
from keys.errors import KeyMaterialError
from verifier.checks.world import World, issuer_id
from verifier.report import Outcome, Remark

REVOCATION_LIST = "1EdTechRevocationList"
MEMBERS = frozenset({"@context", "id", "issuer", "revokedCredential", "type"})
"""Members that a list has."""

HTTPS = 443
"""The port of an https URL that names none."""


def check_revocation_list(
    entry: JsonObject, document: JsonObject, world: World
) -> tuple[Remark, ...]:
    """Look a credential up in its issuer's revocation list.

    Obligations (1EdTech Revocation List 1.0, section "Revocation List"; Open Badges 3.0 section
    9.1):

    1. the list stands on the issuer's own web host, since nothing else ties it to the issuer;
    2. it can be had, and does not say that it is another list, or another issuer's;
    3. the credential has an id by which it can be found in it;
    4. it is revoked if it stands there, unless the row itself says that it is not;
    5. it is told that nobody signed the list.

    Raises `CredentialError` or `UnresolvableError` where nothing can be concluded.
    """
    # 1.
    url, issuer = id_of(entry), issuer_id(document)
    host = _host(url)
    if url is None or issuer is None or host is None or host != _host(_address(issuer)):
        raise IndeterminateError(
            "The revocation list is not signed, and not on the issuer's own web host over https: "
            "anybody could have written it.",
            code="STATUS_LIST_UNSIGNED",
            pointer="/id",
        )
    # 2.
    rows = _rows(world.resolver(url), url, issuer, world)
    # 3.
    identifier = id_of(document)
    if identifier is None:
        raise StatusError("The credential has no id, so no revocation list can name it.")
    # 4. and 5.
    return (_meaning(host, is_revoked=any(_revokes(row, identifier) for row in rows)),)


def _meaning(host: str, *, is_revoked: bool) -> Remark:
    if is_revoked:
        text = "The issuer has revoked the credential: it stands on the revocation list."
        return Remark(Outcome.FAILED, "REVOKED", text)
    text = (
        "The credential is not on the issuer's revocation list. Nobody signed that list: this is "
        f"as sure as the connection to {host.removesuffix(f':{HTTPS}')} over which it came."
    )
    return Remark(Outcome.WARNING, "STATUS_LIST_UNSIGNED", text)


def _address(issuer: str) -> str | None:
    """Find where an issuer is on the web."""
    if not issuer.startswith("did:web:"):
        return issuer
    try:
        return did_web_url(issuer)
    except KeyMaterialError:
        return None


def _host(url: str | None) -> str | None:
    """Read the host, with its port, of an https URL; None for anything else."""
    try:
        parts = urlsplit(url or "")
        is_plain = parts.scheme == "https" and "@" not in parts.netloc and bool(parts.hostname)
        return f"{parts.hostname}:{parts.port or HTTPS}" if is_plain else None
    except ValueError:
        return None


def _rows(value: JsonValue, url: str, issuer: str, world: World) -> list[JsonObject]:
    rows = value.get("revokedCredential") if isinstance(value, dict) else None
    if not isinstance(rows, list):
        raise StatusError("What was found is no revocation list.")
    if len(rows) > world.limits.revoked_credentials:
        most = world.limits.revoked_credentials
        raise LimitExceededError(f"The revocation list has more than {most} rows.")
    if not all(_is_row(row) for row in rows):
        raise StatusError("A row of the revocation list is malformed.")
    if value.get("id", url) != url or id_of(value.get("issuer", issuer)) != issuer:
        raise StatusError("The revocation list is another one, or somebody else's.")
    return rows


def is_revocation_list(value: JsonValue, url: str) -> bool:
    """Tell whether what stands at an address is a revocation list, and says nothing else."""
    if not isinstance(value, dict) or value.keys() - MEMBERS or value.get("id", url) != url:
        return False
    rows = value.get("revokedCredential")
    return isinstance(rows, list) and all(_is_row(row) for row in rows)


def _is_row(row: JsonValue) -> bool:
    return (
        isinstance(row, dict)
        and isinstance(row.get("id"), str)
        and isinstance(row.get("revoked", True), bool)
    )


def _revokes(row: JsonObject, identifier: str) -> bool:
    return _plain(row["id"]) == _plain(identifier) and row.get("revoked", True)


def _plain(identifier: str) -> str:
    """Write ids alike that Open Badges 3.0 section 10 takes for the same."""
    return unquote(identifier).strip()
