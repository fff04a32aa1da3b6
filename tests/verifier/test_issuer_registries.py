"""Registries of issuers that others keep: who told it, when, and what is not believed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest

from credentials.errors import SchemaError
from credentials.jose.compact import sign_token
from credentials.json_types import JsonObject
from credentials.numeric_dates import numeric_date
from credentials.strict_json import serialize_json
from keys.errors import UnresolvableError
from keys.signer import PrivateKeySigner
from keys.verification_key import KeyType
from tests.factories import ISSUER, NOW, SIGNER, sign, unsigned, world
from verifier.checks.trust import check_trust
from verifier.report import Outcome, Remark
from verifier.sources import NOT_FOUND, Lookups, Origin, Retrieved
from verifier.trust import TrustList
from verifier.verifier import Verifier

FILE = "https://registry.example/registry.json"
ANCHOR = "https://registry.example"
FETCH = "https://registry.example/fetch"
ADDRESS = f"{FETCH}?sub={ISSUER.replace(':', '%3A')}"
AUTHORITY = PrivateKeySigner(KeyType.P256, bytes(range(1, 33)))
READ = NOW - timedelta(minutes=5)
DCC = {"type": "dcc", "name": "Community list", "url": FILE}
LISTED = {"registry": {ISSUER: {"name": "Poly", "url": "https://poly.example"}}}
WORDS = (
    "The issuer is known as Poly at https://poly.example, from {}, read at 2026-11-22T23:55:00Z."
)


def federation(**members: Any) -> JsonObject:
    keys = [{**AUTHORITY.verification_key.to_jwk(), "kid": "one"}]
    return {
        "type": "openid-federation",
        "name": "Members",
        "trustAnchor": ANCHOR,
        "fetchEndpoint": FETCH,
        "jwks": {"keys": keys},
        **members,
    }


def statement(
    signer: PrivateKeySigner = AUTHORITY, header: JsonObject | None = None, **claims: Any
) -> str:
    entity = {"organization_name": "Poly", "homepage_uri": "https://poly.example"}
    stated = {
        "iss": ANCHOR,
        "sub": ISSUER,
        "iat": numeric_date(NOW - timedelta(hours=1)),
        "exp": numeric_date(NOW + timedelta(hours=1)),
        "metadata": {"federation_entity": entity},
        **claims,
    }
    kept = {name: value for name, value in stated.items() if value is not None}
    members = {"typ": "entity-statement+jwt", "kid": "one", **(header or {})}
    return sign_token(members, serialize_json(kept), signer)


class Published:
    """Documents by URL, as they were read a while ago."""

    def __init__(self, documents: Mapping[str, Any]) -> None:
        self.documents = documents

    def retrieve(self, url: str) -> Retrieved:
        if url not in self.documents:
            raise UnresolvableError(f"{url} does not answer.")
        if self.documents[url] is None:
            raise UnresolvableError(f"There is nothing at {url}.", code=NOT_FOUND)
        return Retrieved(self.documents[url], Origin.LIVE, READ)

    def keep(self) -> None:
        """Nothing is kept."""


def checked(
    registries: list[JsonObject], documents: Mapping[str, Any], now: datetime = NOW
) -> tuple[Remark, ...]:
    trust = TrustList.from_json({"registries": registries})
    resolver = Lookups(lambda: Published(documents))
    return check_trust(unsigned(), world(trust=trust, resolver=resolver, now=now))


@pytest.mark.parametrize(
    ("registry", "documents"),
    [(DCC, {FILE: LISTED}), (federation(), {ADDRESS: statement()})],
    ids=["dcc", "federation"],
)
def test_a_listed_issuer_is_known_by_the_name_that_the_registry_gives(
    registry: JsonObject, documents: Mapping[str, Any]
) -> None:
    (remark,) = checked([registry], documents)
    assert (remark.outcome, remark.detail) == (Outcome.PASSED, WORDS.format(registry["name"]))


def test_the_first_registry_that_lists_the_issuer_decides() -> None:
    other = {"registry": {ISSUER: {"name": "Somebody else"}}}
    documents = {FILE: other, ADDRESS: statement()}
    (remark,) = checked([DCC, federation()], documents)
    assert "known as Somebody else, from Community list" in remark.detail
    (remark,) = checked([federation(), DCC], documents)
    assert remark.detail == WORDS.format("Members")


def test_the_readers_own_list_is_asked_first_and_nobody_else_then() -> None:
    trust = TrustList.from_json({"issuers": [ISSUER], "registries": [DCC, federation()]})
    resolver = Lookups(lambda: Published({}))
    (remark,) = check_trust(unsigned(), world(trust=trust, resolver=resolver))
    assert remark.outcome is Outcome.PASSED
    assert resolver.sources == ()


def test_an_unlisted_issuer_is_a_warning_and_no_failure() -> None:
    documents = {FILE: {"registry": {f"{ISSUER}x": {"name": "Other"}}}, ADDRESS: None}
    (remark,) = checked([DCC, federation()], documents)
    assert (remark.outcome, remark.code) == (Outcome.WARNING, "ISSUER_NOT_LISTED")


def test_a_registry_that_cannot_be_read_is_named_beside_the_warning() -> None:
    remarks = checked([DCC, federation()], {FILE: [1]})
    assert [one.code for one in remarks] == ["ISSUER_NOT_LISTED", *["REGISTRY_NOT_READ"] * 2]
    assert {one.outcome for one in remarks} == {Outcome.WARNING}
    assert "Community list could not be asked: It is not of the form" in remarks[1].detail


HOUR = timedelta(hours=1)
REFUSED: dict[str, Any] = {
    "another's signature": statement(SIGNER),
    "an unknown key": statement(header={"kid": "two"}),
    "no key": statement(header={"kid": ""}),
    "another type": statement(header={"typ": "JWT"}),
    "another authority": statement(iss="https://evil.example"),
    "no authority": statement(iss=None),
    "another issuer": statement(sub=f"{ISSUER}x"),
    "expired": statement(exp=numeric_date(NOW)),
    "without end": statement(exp=None),
    "not begun": statement(iat=numeric_date(NOW + HOUR)),
    "without beginning": statement(iat=None),
    "a document": {"iss": ANCHOR},
    "cut": statement()[:-4],
    "unsigned": statement().rpartition(".")[0] + ".",
    "with a key of its own": statement(header={"jwk": AUTHORITY.verification_key.to_jwk()}),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_statement_that_the_authority_did_not_make_of_this_issuer_now_is_not_used(
    case: str,
) -> None:
    remarks = checked([federation()], {ADDRESS: REFUSED[case]})
    assert [one.code for one in remarks] == ["ISSUER_NOT_LISTED", "REGISTRY_NOT_READ"]


def test_an_entry_without_words_still_says_who_lists_the_issuer() -> None:
    for claims in ({"metadata": None}, {"metadata": {"federation_entity": []}}):
        (remark,) = checked([federation()], {ADDRESS: statement(**claims)})
        assert remark.detail == ("The issuer is known, from Members, read at 2026-11-22T23:55:00Z.")


def test_a_stale_registry_makes_nothing_else_stale() -> None:
    class Stale(Published):
        def retrieve(self, url: str) -> Retrieved:
            return super().retrieve(url)._replace(origin=Origin.STALE)

    trust = TrustList.from_json({"registries": [DCC]})
    asking = world(trust=trust, resolver=Lookups(lambda: Stale({FILE: LISTED})))
    report = Verifier(asking).check(serialize_json(sign(unsigned())))
    assert report.check("trust").outcome is Outcome.PASSED
    assert report.check("issuer").outcome is Outcome.PASSED


@pytest.mark.parametrize(
    "registry",
    [
        {**DCC, "url": "http://registry.example/registry.json"},
        {**DCC, "more": 1},
        {"type": "dcc", "name": "no address"},
        {"type": "other", "name": "x", "url": FILE},
        federation(jwks={"keys": []}),
        federation(jwks={"keys": [{"kid": "one", "kty": "EC", "crv": "P-256", "x": "AA"}]}),
        federation(jwks={"keys": [{"kid": "one", "kty": "oct", "k": "AA"}]}),
        federation(fetchEndpoint=f"{FETCH}?sub=other&x="),
    ],
)
def test_a_registry_that_is_not_described_as_it_must_be_is_refused(registry: JsonObject) -> None:
    with pytest.raises(SchemaError) as caught:
        TrustList.from_json({"registries": [registry]})
    assert caught.value.code == "TRUST_FILE_MALFORMED"
