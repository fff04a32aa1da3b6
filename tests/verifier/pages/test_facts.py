"""From where each fact is: lists, registries, lookups; and what became of recommendations."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from credentials.strict_json import serialize_json
from keys.did import MappingResolver, NoNetworkResolver
from tests.factories import LIST_URL, STRANGER, sign, status_entry, status_list, unsigned, world
from tests.verifier.pages.samples import OUTSIDER, drop, over, samples
from tests.verifier.pages.test_page import words_in
from tests.verifier.test_issuer_registries import DCC, FILE, LISTED, READ
from tests.verifier.test_verifier import endorsed, endorsement
from verifier.answers import Answer
from verifier.pages.facts import ORIGINS
from verifier.sources import Lookups, Origin, Retrieved
from verifier.trust import TrustList

DOCUMENTS = {FILE: LISTED, LIST_URL: status_list(5)}


class Found:
    """What can be looked up, each had in one way."""

    def __init__(self, origin: Origin) -> None:
        self.origin = origin

    def retrieve(self, url: str) -> Retrieved:
        return Retrieved(MappingResolver(DOCUMENTS)(url), self.origin, READ)

    def keep(self) -> None:
        """Nothing is kept."""


def asked(origin: Origin) -> FlaskClient:
    trust = TrustList.from_json({"registries": [DCC]})
    resolver = Lookups(lambda: Found(origin))
    return over(lambda: world(resolver=resolver, trust=trust))


def listed() -> bytes:
    return serialize_json(sign(unsigned(credentialStatus=status_entry("6"))))


def test_which_registry_told_who_the_issuer_is_stands_beside_the_issuer() -> None:
    text = words_in(drop(asked(Origin.LIVE), listed()))
    told = "Poly (https://poly.example) as the registry “Community list” calls them; read: "
    assert f"{told}22 November 2026, 23:55 UTC" in text


@pytest.mark.parametrize("origin", [one for one in Origin if one is not Origin.NONE])
def test_every_lookup_says_what_it_is_and_how_it_was_had(origin: Origin) -> None:
    text = words_in(drop(asked(origin), listed()))
    for url, kind in ((FILE, "registry of issuers"), (LIST_URL, "list of withdrawn credentials")):
        assert f"{url} {kind} {ORIGINS[origin]}: 22 November 2026, 23:55 UTC" in text


def test_every_way_to_have_a_document_has_its_words() -> None:
    """What came from a bundle had none, and ended the page."""
    assert ORIGINS.keys() == set(Origin)


def test_a_service_that_looks_nothing_up_does_not_say_that_nothing_was_needed() -> None:
    client = over(lambda: world(resolver=NoNetworkResolver()))
    text = words_in(drop(client, samples()[Answer.UNDECIDED]))
    assert "This service looks nothing up elsewhere" in text
    assert "Nothing had to be looked up elsewhere" not in text


def test_each_recommendation_has_its_own_verdict() -> None:
    changed = {**endorsement(id="urn:uuid:8d7a3c52-6f4f-4b3e-9f38-0b3c4f7b2a96"), "name": "Changed"}
    outsider = {"id": OUTSIDER, "type": ["Profile"], "name": "Somebody"}
    undecided = endorsement(id="urn:uuid:8d7a3c52-6f4f-4b3e-9f38-0b3c4f7b2a97")
    undecided = sign(
        {**{k: v for k, v in undecided.items() if k != "proof"}, "issuer": outsider}
        | {"credentialStatus": {**status_entry(), "statusListCredential": f"{LIST_URL}/none"}},
        signer=STRANGER,
    )
    document: Any = endorsed(endorsement(), changed, undecided)
    text = words_in(drop(over(world), serialize_json(document)))
    part = text.partition("Recommendations ")[2]
    for verdict in ("valid by itself :", "does not hold :", "could not be decided :"):
        assert verdict in text, part
