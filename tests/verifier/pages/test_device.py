"""What the service does for the check on a device: a page, and the documents that it needs."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from keys.errors import UnresolvableError
from service.pages.languages import LANGUAGES
from tests.factories import LIST_URL, NOW, status_list, world
from tests.verifier.legacy_badges import (
    CONTEXT,
    HOST,
    LIST,
    assertion,
    badge_class,
    endorsement,
    published,
    revocation_list,
)
from tests.verifier.pages.samples import over, page_service
from verifier.pages.device import CHECKS
from verifier.report import CHECK_IDS
from verifier.sources import GONE, Lookups, Origin, Retrieved

CONTROLLER = "https://poly.example/keys"
PUBLISHED: dict[str, Any] = {
    LIST_URL: status_list(),
    CONTROLLER: {"id": CONTROLLER, "verificationMethod": []},
    "https://poly.example/diary": {"id": "https://poly.example/diary", "secret": "text"},
    "https://poly.example/nameless": {"verificationMethod": []},
    "https://poly.example/list": [1],
    "https://poly.example/token": "a.b.c",
    "http://poly.example/keys": {"id": CONTROLLER, "verificationMethod": []},
}
UNSIGNED_LIST = "https://poly.example/revoked"
PUBLISHED |= {
    UNSIGNED_LIST: {"id": UNSIGNED_LIST, "revokedCredential": [{"id": "urn:x:1", "revoked": True}]},
    "https://poly.example/2021": {"type": ["VerifiableCredential", "StatusList2021Credential"]},
    "https://poly.example/other-list": {"id": UNSIGNED_LIST, "revokedCredential": []},
    "https://poly.example/rows": {"revokedCredential": [{"id": "urn:x:1"}, {"secret": "text"}]},
    "https://poly.example/more": {"revokedCredential": [], "secret": "text"},
}
LOOKED_FOR = (LIST_URL, CONTROLLER, UNSIGNED_LIST, "https://poly.example/2021")
OLDER = published(revocation_list())
"""What decides about a badge of Open Badges 2: award, class, issuer, key, and list."""

NOT_OLDER: dict[str, Any] = {
    f"{HOST}/{number}": document
    for number, document in enumerate(
        (
            endorsement(),
            assertion(type="Extension"),
            assertion(type=["Assertion", "VerifiableCredential"]),
            assertion(**{"@context": "https://w3id.org/openbadges/v1"}),
            assertion(**{"@context": "https://w3id.org/openbadges/v3"}),
            assertion(**{"@context": None}),
            assertion(**{"@context": [{"obi": "https://x.example/#"}]}),
            assertion(**{"@context": {"obi": CONTEXT}}),
            assertion(id=None),
            assertion(id="urn:uuid:1"),
            assertion(id=[f"{HOST}/x"]),
            assertion(type=None),
            assertion(narrative="\x07"),
            assertion(secrets=[0] * 5_000),
            badge_class(type={"type": "BadgeClass"}),
            [assertion()],
        )
    )
}
TAKEN_AWAY = f"{HOST}/taken-away"


class Found:
    """Documents of the network."""

    def retrieve(self, url: str) -> Retrieved:
        if url == TAKEN_AWAY:
            raise UnresolvableError("The server answered with the status 410.", code=GONE)
        found = PUBLISHED | OLDER | NOT_OLDER
        if url not in found:
            raise UnresolvableError(f"{url} does not answer.")
        return Retrieved(found[url], Origin.LIVE, NOW)

    def keep(self) -> None:
        """Nothing is kept."""


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    return over(lambda: world(resolver=Lookups(Found)))


@pytest.mark.parametrize("language", [one.tag for one in LANGUAGES])
def test_the_page_is_there_in_each_language(client: FlaskClient, language: str) -> None:
    answer = client.get("/device", headers={"Accept-Language": language})
    text = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert f'<html lang="{language}">' in text
    assert all(f'data-check="{name}"' in text for name, _question in CHECKS)
    assert 'name="lookup"' in text
    assert 'name="older" value="yes">' in text, "it is not ticked unless somebody does it"


def test_the_checks_are_the_verifiers() -> None:
    assert {name for name, _question in CHECKS} <= set(CHECK_IDS)


@pytest.mark.parametrize("url", LOOKED_FOR)
def test_what_a_verification_looks_for_is_handed_on(client: FlaskClient, url: str) -> None:
    answer = client.post("/published", data={"url": url})
    assert answer.status_code == 200
    assert json.loads(answer.data) == {"document": PUBLISHED[url]}


@pytest.mark.parametrize("url", sorted(OLDER))
def test_what_decides_about_an_older_badge_is_handed_on(client: FlaskClient, url: str) -> None:
    answer = client.post("/published", data={"url": url})
    assert answer.status_code == 200
    assert json.loads(answer.data) == {"document": OLDER[url]}
    assert LIST in OLDER


def test_what_was_taken_away_for_good_is_told(client: FlaskClient) -> None:
    answer = client.post("/published", data={"url": TAKEN_AWAY})
    assert (answer.status_code, json.loads(answer.data)) == (410, {})


@pytest.mark.parametrize("url", [*sorted(PUBLISHED.keys() - {*LOOKED_FOR}), *NOT_OLDER, "", "x"])
def test_nothing_else_is_handed_on(client: FlaskClient, url: str) -> None:
    answer = client.post("/published", data={"url": url})
    assert (answer.status_code, json.loads(answer.data)) == (404, {})


def test_a_page_of_another_site_asks_for_nothing(client: FlaskClient) -> None:
    foreign = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    assert client.post("/published", data={"url": LIST_URL}, headers=foreign).status_code == 403


def test_a_service_that_fetches_nothing_does_not_offer_it() -> None:
    client = page_service().test_client()
    assert 'name="older"' not in client.get("/device").get_data(as_text=True)
    assert 'name="lookup"' not in client.get("/device").get_data(as_text=True)
    assert client.post("/published", data={"url": LIST_URL}).status_code == 404


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda one: one.tag)
def test_the_words_for_codes_are_those_of_the_page_and_come_all_at_once(language: Any) -> None:
    client = over(world)
    assert "/device/words?lang=" in client.get("/device").text
    said = client.get(f"/device/words?lang={language.tag}").get_json()
    titles = {"en": "withdrawn", "fr-CA": "retiré", "es": "retir"}
    assert titles[language.tag] in said["codes"]["REVOKED"]
    assert set(said["checks"]) == {"failed", "indeterminate", "warning"}
    assert {check for check, _question in CHECKS} <= set(said["checks"]["failed"])
