"""What the service does for the check on a device: a page, and the documents that it needs."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from keys.errors import UnresolvableError
from service.pages.languages import LANGUAGES
from tests.factories import LIST_URL, NOW, status_list, world
from tests.verifier.pages.samples import over, page_service
from verifier.pages.device import CHECKS
from verifier.report import CHECK_IDS
from verifier.sources import Lookups, Origin, Retrieved

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


class Found:
    """Documents of the network."""

    def retrieve(self, url: str) -> Retrieved:
        if url not in PUBLISHED:
            raise UnresolvableError(f"{url} does not answer.")
        return Retrieved(PUBLISHED[url], Origin.LIVE, NOW)

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


def test_the_checks_are_the_verifiers() -> None:
    assert {name for name, _question in CHECKS} <= set(CHECK_IDS)


@pytest.mark.parametrize("url", [LIST_URL, CONTROLLER])
def test_what_a_verification_looks_for_is_handed_on(client: FlaskClient, url: str) -> None:
    answer = client.post("/published", data={"url": url})
    assert answer.status_code == 200
    assert json.loads(answer.data) == {"document": PUBLISHED[url]}


@pytest.mark.parametrize("url", [*sorted(PUBLISHED.keys() - {LIST_URL, CONTROLLER}), "", "x"])
def test_nothing_else_is_handed_on(client: FlaskClient, url: str) -> None:
    answer = client.post("/published", data={"url": url})
    assert (answer.status_code, json.loads(answer.data)) == (404, {})


def test_a_page_of_another_site_asks_for_nothing(client: FlaskClient) -> None:
    foreign = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    assert client.post("/published", data={"url": LIST_URL}, headers=foreign).status_code == 403


def test_a_service_that_fetches_nothing_does_not_offer_it() -> None:
    client = page_service().test_client()
    assert 'name="lookup"' not in client.get("/device").get_data(as_text=True)
    assert client.post("/published", data={"url": LIST_URL}).status_code == 404
