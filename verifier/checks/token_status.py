"""Check "status" of an SD-JWT VC: its entry in a list (draft-ietf-oauth-status-list)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import timedelta

from credentials.errors import CredentialError, IndeterminateError, StatusError
from credentials.jose.compact import read_token, verify_token
from credentials.json_types import JsonObject, JsonValue
from credentials.status.status_list_token import StatusListToken
from credentials.status.token_status_list import INVALID, SUSPENDED, VALID
from credentials.timestamps import format_timestamp
from keys.controller_document import require_usable_at
from keys.errors import KeyMaterialError, UnresolvableError
from verifier.checks.document import of_error
from verifier.checks.sd_jwt_issuer import issuer_key
from verifier.checks.status_lists import require_newest
from verifier.checks.world import World, passed, skipped
from verifier.report import Outcome, Remark
from verifier.status_memory import SeenList

PLACE = "/status/status_list"


def check_token_status(
    claims: JsonObject, issuer: str | None, world: World, *, is_proven: bool
) -> tuple[Remark, ...]:
    """Look up what the issuer says about the credential today.

    Obligations (draft-ietf-oauth-status-list section 8.3, Validation Rules):

    1. a credential whose signature does not hold has no status to look up;
    2. `status` names an entry of a list in a way that is understood;
    3. the list is had, is a status list token, and is signed by the credential's own issuer;
    4. it is the named list, made before now; one that has ended, or is older than one that was
       seen, says only what cannot be taken back;
    5. the entry is read; what cannot be read decides nothing.
    """
    if "status" not in claims:
        return (skipped("NO_STATUS", "The credential has no status that could change."),)
    # 1.
    if not is_proven or issuer is None:
        text = "As long as it is not shown who signed this, its status is not looked up."
        return (skipped("STATUS_NOT_LOOKED_UP", text),)
    try:
        # 2.
        address, index = _entry(claims["status"])
        # 3.
        token = _signed_list(address, issuer, world)
        # 4. and 5.
        return tuple(_read(token, address, index, issuer, world))
    except UnresolvableError as error:
        remark = Remark(Outcome.INDETERMINATE, "STATUS_RETRIEVAL_ERROR", str(error))
    except KeyMaterialError as error:
        remark = Remark(Outcome.INDETERMINATE, error.code, str(error))
    except CredentialError as error:
        # A list that is wrong says nothing: neither "withdrawn" nor "not withdrawn".
        remark = of_error(error, Outcome.INDETERMINATE)
    return (remark.below(PLACE),)


def _entry(status: JsonValue) -> tuple[str, int]:
    entry = status.get("status_list") if isinstance(status, dict) else None
    if entry is None:
        raise IndeterminateError(
            "The credential has a status of a kind that is not understood here.",
            code="UNKNOWN_STATUS_TYPE",
        )
    address = entry.get("uri") if isinstance(entry, dict) else None
    index = entry.get("idx") if isinstance(entry, dict) else None
    is_index = isinstance(index, int) and not isinstance(index, bool) and index >= 0
    if not isinstance(address, str) or not address or not is_index:
        raise StatusError("The status does not name an entry of a list.", code="STATUS_MALFORMED")
    return address, int(index or 0)


def _signed_list(address: str, issuer: str, world: World) -> StatusListToken:
    """Have the list, and verify that the issuer of the credential signed it."""
    received = world.resolver(address)
    if not isinstance(received, str):
        raise StatusError("The status list is not a signed token.", code="STATUS_LIST_TYPE")
    token = read_token(received.strip().encode("utf-8"), limits=world.limits)
    key = issuer_key(token.key_id, issuer, world)
    if key.controller != issuer:
        raise StatusError("The status list was made by somebody else than the issuer.")
    require_usable_at(key, world.now)
    verify_token(token, key.key)
    status_list = StatusListToken.read(token, world.limits)
    if status_list.issuer not in (None, issuer):
        raise StatusError("The status list names another issuer than the credential.")
    return status_list


def _read(
    token: StatusListToken, address: str, index: int, issuer: str, world: World
) -> Iterator[Remark]:
    if token.subject != address:
        raise StatusError("The status list is not the one that the credential names.")
    tolerance = timedelta(seconds=world.limits.clock_tolerance_seconds)
    if token.issued_at - world.now > tolerance:
        raise StatusError("The status list is dated later than now.", code="STATUS_LIST_IN_FUTURE")
    status = token.status_list.status(index)
    # A revocation is for good, so that an old list is as true about it as a new one.
    if status != INVALID:
        _require_current(token, issuer, world)
    yield _meaning(status)
    yield from _age(token, world, tolerance)


def _require_current(token: StatusListToken, issuer: str, world: World) -> None:
    """Refuse a list that has ended, or that is older than one that was seen before."""
    tolerance = timedelta(seconds=world.limits.clock_tolerance_seconds)
    if token.expires is not None and world.now - token.expires > tolerance:
        raise StatusError(
            "The status list has ended. Ask for the newest.", code="STATUS_LIST_OUTDATED"
        )
    digest = f"sha256:{hashlib.sha256(token.status_list.entries).hexdigest()}"
    seen = SeenList(None, token.issued_at, digest)
    require_newest(seen, issuer, token.subject, world)


def _meaning(status: int) -> Remark:
    if status == VALID:
        return passed("The issuer has not withdrawn the credential.")
    if status == INVALID:
        text = "The issuer has revoked the credential."
        return Remark(Outcome.FAILED, "REVOKED", text, PLACE)
    if status == SUSPENDED:
        text = "The issuer has suspended the credential for now."
        return Remark(Outcome.FAILED, "SUSPENDED", text, PLACE)
    text = f"The issuer has given the credential the status {status}, whose meaning is not known."
    return Remark(Outcome.INDETERMINATE, "UNKNOWN_STATUS", text, PLACE)


def _age(token: StatusListToken, world: World, tolerance: timedelta) -> Iterator[Remark]:
    """Mention a list that is older than its time to live.

    That time counts from when the list was had (section 8.3 step 4d), which is not known here.
    """
    lives = token.time_to_live
    if lives is not None and world.now - token.issued_at - lives > tolerance:
        text = (
            f"The status list is of {format_timestamp(token.issued_at)}, which is longer ago than "
            "its issuer lets it live; the status is as of then."
        )
        yield Remark(Outcome.WARNING, "STATUS_LIST_STALE", text, PLACE)
