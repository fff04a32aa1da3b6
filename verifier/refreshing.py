"""A newer edition of a credential, from the place that the credential names for it.

Nothing here happens by itself: the caller decides that a credential is refreshed, and it is asked
for once.  Sources: VC Data Model 2.0 section 5.4, Open Badges 3.0 sections 9.1 and 10.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from credentials.errors import CredentialError, VerificationError
from credentials.json_types import JsonObject, as_list, id_of, texts_among
from credentials.legacy.classes import is_legacy
from credentials.strict_json import serialize_json
from credentials.timestamps import parse_timestamp
from credentials.urls import is_url
from keys.errors import UnresolvableError
from verifier.checks.world import World, issuer_id
from verifier.images import open_image
from verifier.opening import receive
from verifier.report import Outcome, VerificationReport
from verifier.verifier import Verifier

REFRESH_TYPE = "1EdTechCredentialRefresh"
"""The type of service that is followed: one GET that answers with the credential."""


class Refreshed(NamedTuple):
    """What came of refreshing: where from, what to say, and the report on what was there."""

    url: str
    code: str
    detail: str
    report: VerificationReport | None = None

    @property
    def replaces(self) -> bool:
        """Tell whether the report stands in the place of the first one."""
        return self.code == "REFRESHED"

    def to_json(self) -> JsonObject:
        """Write it as a member of the first report."""
        members: JsonObject = {"url": self.url, "code": self.code, "detail": self.detail}
        return members | ({} if self.report is None else {"report": self.report.to_json()})


def refresh(data: bytes, report: VerificationReport, world: World) -> Refreshed:
    """Follow the refresh service of a verified credential, once.

    Obligations:

    1. signature and issuer of the credential hold, so that it is the issuer who names the place;
       of a badge of Open Badges 2 nobody has signed the file, so none is followed;
    2. it names exactly one service, of the type that is understood;
    3. what is there is verified as a credential by itself, and its own service is not followed;
    4. it is the same credential, by the same issuer, and not an older one; only then, and only if
       its signature and issuer hold, does it stand in the place of the first.
    """
    url = ""
    try:
        # 1.
        _require_proven(report)
        # 2.
        document = _credential_in(data, world)
        url = _service_of(document)
        # 3.
        newer = _json_object(world.for_one_verification().resolver(url))
        found = Verifier(world).check(serialize_json(newer))
        # 4.
        code, detail = _compared(document, newer, found)
    except UnresolvableError as error:
        return Refreshed(url, "REFRESH_RETRIEVAL_ERROR", f"It could not be refreshed. {error}")
    except CredentialError as error:
        return Refreshed(url, error.code, error.message)
    return Refreshed(url, code, detail, found)


def _require_proven(report: VerificationReport) -> None:
    if not _is_proven(report):
        raise VerificationError(
            "It was not refreshed: nobody is shown to have signed it, so the place that it names "
            "may be anybody's.",
            code="REFRESH_NOT_FOLLOWED",
        )


def _is_proven(report: VerificationReport) -> bool:
    held = (Outcome.PASSED, Outcome.WARNING)
    return all(report.check(name).outcome in held for name in ("proof", "issuer"))


def _credential_in(data: bytes, world: World) -> JsonObject:
    """Read the credential that was verified, out of its image or token if it came in one."""
    opened = open_image(data, limits=world.limits)
    received, _remarks = receive(opened.data or b"", world.for_one_verification())
    document = {} if received is None else received.document
    if is_legacy(document) or issuer_id(document) is None:
        text = "It was not refreshed: only credentials are, whose issuer has signed the place."
        raise VerificationError(text, code="REFRESH_NOT_FOLLOWED")
    return document


def _service_of(document: JsonObject) -> str:
    services = as_list(document.get("refreshService"))
    if not services:
        text = "It names no place where a newer edition could be."
        raise VerificationError(text, code="NO_REFRESH_SERVICE")
    known = [
        service
        for service in services
        if isinstance(service, dict) and REFRESH_TYPE in texts_among(as_list(service.get("type")))
    ]
    url = id_of(known[0]) if len(known) == 1 else None
    if url is None or not is_url(url):
        text = "It was not refreshed: the service that it names is of a kind not understood here."
        raise VerificationError(text, code="REFRESH_NOT_UNDERSTOOD")
    return url


def _json_object(document: object) -> JsonObject:
    if not isinstance(document, dict):
        text = "What is at the place for refreshing is not in JSON form."
        raise VerificationError(text, code="REFRESH_NOT_UNDERSTOOD")
    return document


def _compared(
    document: JsonObject, newer: JsonObject, found: VerificationReport
) -> tuple[str, str]:
    is_same = (
        document.get("id") is not None
        and newer.get("id") == document["id"]
        and issuer_id(newer) == issuer_id(document)
    )
    if not is_same:
        return "REFRESHED_TO_ANOTHER", "What is at the place for refreshing is another credential."
    if not _is_proven(found):
        return "REFRESHED_NOT_PROVEN", "What is at the place for refreshing is not proven."
    if _begin(newer) < _begin(document):
        return "REFRESHED_TO_OLDER", "What is at the place for refreshing is an older edition."
    return "REFRESHED", "This is the edition at the place that the issuer names for it."


def _begin(document: JsonObject) -> datetime:
    return parse_timestamp(document.get("validFrom", document.get("issuanceDate")))
