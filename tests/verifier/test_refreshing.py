"""A newer edition of a credential: asked for once, by the caller's choice, and checked itself."""

from __future__ import annotations

from typing import Any

import pytest

from credentials.baking.images import bake
from credentials.json_types import JsonObject
from credentials.strict_json import serialize_json
from keys.did import MappingResolver, did_key
from tests.credentials.baking.images import png
from tests.factories import STRANGER, method_of, sign, unsigned, world
from tests.verifier.legacy_badges import ISSUER, assertion, published
from tests.verifier.tokens import badge_token, presentation_token
from verifier.refreshing import Refreshed, refresh
from verifier.report import Verdict
from verifier.verifier import Verifier

PLACE = "https://poly.example/refresh/1"
EXTENSIONS = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"
SERVICE = {"id": PLACE, "type": "1EdTechCredentialRefresh"}
OLD_END = "2026-02-01T00:00:00Z"


class Asked(MappingResolver):
    """Documents by URL, and what was asked for."""

    def __init__(self, documents: dict[str, Any]) -> None:
        super().__init__(documents)
        self.urls: list[str] = []

    def __call__(self, url: str) -> Any:
        self.urls.append(url)
        return super().__call__(url)


def badge(**changes: Any) -> JsonObject:
    contexts = [*unsigned()["@context"], EXTENSIONS]
    return unsigned(**{"@context": contexts, "refreshService": SERVICE, **changes})


def refreshed(document: JsonObject, newer: Any = None) -> tuple[Refreshed, list[str]]:
    resolver = Asked({} if newer is None else {PLACE: newer})
    one = world(resolver=resolver)
    data = serialize_json(document)
    report = Verifier(one).check(data)
    assert PLACE not in resolver.urls, "nobody is asked before the caller chooses"
    return refresh(data, report, one), resolver.urls


def test_an_expired_credential_is_replaced_by_its_newer_edition() -> None:
    newer = sign(badge(validFrom="2026-01-20T00:00:00Z"))
    found, asked = refreshed(sign(badge(validUntil=OLD_END)), newer)
    assert (found.code, found.replaces, asked) == ("REFRESHED", True, [PLACE])
    assert found.report is not None
    assert found.report.verdict is Verdict.VALID
    assert found.to_json()["report"]["verdict"] == "valid"


def test_the_newer_edition_is_judged_like_any_other() -> None:
    found, _asked = refreshed(sign(badge()), sign(badge(validUntil=OLD_END)))
    assert found.replaces
    assert found.report is not None
    assert found.report.verdict is Verdict.INVALID


def other_issuer() -> JsonObject:
    issuer = {"id": did_key(STRANGER.verification_key), "type": ["Profile"]}
    document = badge(issuer=issuer)
    return sign(document, signer=STRANGER, verification_method=method_of(STRANGER))


@pytest.mark.parametrize(
    ("newer", "code"),
    [
        (sign(badge(id="urn:uuid:8d7a3c52-6f4f-4b3e-9f38-0b3c4f7b2a11")), "REFRESHED_TO_ANOTHER"),
        (other_issuer(), "REFRESHED_TO_ANOTHER"),
        (sign(badge(validFrom="2026-01-14T09:00:00Z")), "REFRESHED_TO_OLDER"),
        ({**sign(badge()), "name": "changed"}, "REFRESHED_NOT_PROVEN"),
        (badge(), "REFRESHED_NOT_PROVEN"),
        (sign(badge(), signer=STRANGER), "REFRESHED_NOT_PROVEN"),
        ({}, "REFRESHED_TO_ANOTHER"),
        ("a.b.c", "REFRESH_NOT_UNDERSTOOD"),
        ({**sign(badge()), "validFrom": 5}, "REFRESHED_NOT_PROVEN"),
        (sign(badge(validFrom="soon")), "TIMESTAMP_MALFORMED"),
    ],
)
def test_what_is_no_newer_edition_takes_nobodys_place(newer: Any, code: str) -> None:
    found, _asked = refreshed(sign(badge()), newer)
    assert (found.code, found.replaces) == (code, False)


def test_the_first_credential_stands_when_nobody_answers() -> None:
    found, asked = refreshed(sign(badge()))
    assert (found.code, found.report, asked) == ("REFRESH_RETRIEVAL_ERROR", None, [PLACE])


@pytest.mark.parametrize(
    "document",
    [
        {**sign(badge()), "name": "changed"},
        badge(),
        sign(badge(), signer=STRANGER),
    ],
)
def test_nobody_is_asked_for_a_credential_that_is_not_proven(document: JsonObject) -> None:
    found, asked = refreshed(document, sign(badge()))
    assert (found.code, asked) == ("REFRESH_NOT_FOLLOWED", [])


def test_nobody_is_asked_where_nobody_has_signed_the_place() -> None:
    """The file of a hosted badge may differ from what its host says; a holder signs no service."""
    legacy = assertion(refreshService=SERVICE, validFrom="2026-01-15T09:00:00Z", issuer=ISSUER)
    presented = presentation_token(sign(badge()), claims={"refreshService": SERVICE})
    for data in (serialize_json(legacy), presented):
        resolver = Asked(published())
        one = world(resolver=resolver)
        found = refresh(data, Verifier(one).check(data), one)
        assert found.code == "REFRESH_NOT_FOLLOWED"
        assert PLACE not in resolver.urls


def test_a_credential_in_a_token_or_an_image_is_refreshed_as_well() -> None:
    newer = sign(badge(validFrom="2026-01-20T00:00:00Z"))
    token = badge_token(badge(validUntil=OLD_END))
    for data in (token, bake(token, png())):
        one = world({PLACE: newer})
        found = refresh(data, Verifier(one).check(data), one)
        assert (found.code, found.replaces) == ("REFRESHED", True)


@pytest.mark.parametrize(
    ("service", "code"),
    [
        (None, "NO_REFRESH_SERVICE"),
        ({**SERVICE, "type": "1EdTechCredentialStatus"}, "REFRESH_NOT_UNDERSTOOD"),
        ([SERVICE, {**SERVICE, "id": f"{PLACE}/2"}], "REFRESH_NOT_UNDERSTOOD"),
        ({"type": "1EdTechCredentialRefresh"}, "REFRESH_NOT_UNDERSTOOD"),
    ],
)
def test_nobody_is_asked_at_an_unclear_place(service: Any, code: str) -> None:
    document = sign(unsigned())
    if service is not None:
        document["refreshService"] = service
    # The proof does not cover what is put in here, so only reading it is tested.
    resolver = Asked({})
    one = world(resolver=resolver)
    report = Verifier(one).check(serialize_json(sign(unsigned())))
    found = refresh(serialize_json(document), report, one)
    assert (found.code, resolver.urls) == (code, [])


def test_the_service_of_the_newer_edition_is_not_followed() -> None:
    further = {"id": f"{PLACE}/2", "type": "1EdTechCredentialRefresh"}
    newer = sign(badge(refreshService=further))
    found, asked = refreshed(sign(badge()), newer)
    assert (found.code, asked) == ("REFRESHED", [PLACE])
