"""Attacks of docs/attack-cases.md that no other test shows, and the honesty of that table."""

from __future__ import annotations

import re
import time
from copy import deepcopy
from itertools import chain
from typing import Any

import pytest

from credentials.json_types import JsonObject
from credentials.strict_json import serialize_json
from keys.did import MappingResolver
from keys.multibase import decode_base58btc, encode_base58btc
from keys.verification_key import KeyType
from tests.factories import (
    ISSUER,
    LIST_URL,
    SIGNER,
    STRANGER,
    check,
    codes,
    method_of,
    sign,
    status_entry,
    status_list,
    unsigned,
    world,
)
from tests.project import ROOT, skip_away_from_sources
from tests.verifier.tokens import (
    P256,
    badge_token,
    credential_token,
    enveloped,
    presentation_token,
    token,
    with_header,
)
from verifier.report import Verdict
from verifier.verifier import Verifier

STATUS_IRI = "https://www.w3.org/2018/credentials#credentialStatus"
VALID_UNTIL_IRI = "https://www.w3.org/2018/credentials#validUntil"
TABLE = ROOT / "docs" / "attack-cases.md"


class Asked(MappingResolver):
    """A resolver that has nothing and remembers what it was asked for."""

    def __init__(self) -> None:
        super().__init__({})
        self.urls: list[str] = []

    def __call__(self, url: str) -> Any:
        self.urls.append(url)
        return super().__call__(url)


def renamed(document: JsonObject, name: str, other: str) -> JsonObject:
    return {other if key == name else key: value for key, value in document.items()}


def with_context(document: JsonObject, context: Any) -> JsonObject:
    return {**document, "@context": [*document["@context"], context]}


def hidden(document: JsonObject, member: str, iri: str) -> dict[str, JsonObject]:
    """Write a signed document so that a member keeps its meaning in RDF and loses its name."""
    value = document[member]
    rest = {name: item for name, item in document.items() if name != member}
    return {
        "taken out": rest,
        "its IRI": renamed(document, member, iri),
        "an alias": with_context(renamed(document, member, "other"), {"other": iri}),
        "a prefix": with_context(
            renamed(document, member, f"p:{member}"), {"p": iri.removesuffix(member)}
        ),
        "a nest": with_context({**rest, "n": {member: value}}, {"n": "@nest"}),
        "@nest": {**rest, "@nest": {member: value}},
        "@graph": {"@context": document["@context"], "@graph": [rest, {member: value}]},
        "@included": {**rest, "@included": [{"id": document["id"], member: value}]},
        "a set": {**document, member: {"@set": [value]}},
        "no meaning": with_context(document, {member: None}),
    }


HOW = tuple(hidden({"@context": [], "id": "", "x": ""}, "x", "x"))


@pytest.mark.parametrize("suite", ["eddsa-rdfc-2022", "eddsa-jcs-2022"])
@pytest.mark.parametrize("how", HOW)
def test_a_revocation_cannot_be_hidden(how: str, suite: str) -> None:
    document = sign(unsigned(credentialStatus=status_entry()), suite=suite)
    lists = {LIST_URL: status_list(5)}
    assert codes(check(document, lists)) == {"REVOKED"}
    changed = hidden(document, "credentialStatus", STATUS_IRI)[how]
    assert check(changed, lists).verdict is Verdict.INVALID


@pytest.mark.parametrize("suite", ["eddsa-rdfc-2022", "eddsa-jcs-2022"])
@pytest.mark.parametrize("how", HOW)
def test_an_end_cannot_be_hidden(how: str, suite: str) -> None:
    document = sign(unsigned(validUntil="2026-02-01T00:00:00Z"), suite=suite)
    assert codes(check(document)) == {"EXPIRED"}
    changed = hidden(document, "validUntil", VALID_UNTIL_IRI)[how]
    assert check(changed).verdict is Verdict.INVALID


@pytest.mark.parametrize(
    "context",
    [
        "https://evil.example/context",
        "https://www.w3.org/ns/credentials/v2/",
        "http://www.w3.org/ns/credentials/v2",
        "https://www.w3.org/ns/credentials/V2",
        None,
        {"name": "https://schema.org/description"},
        {"@import": "https://evil.example/context"},
        {"@propagate": False, "name": "urn:x:y"},
        {"@protected": True, "credentialSubject": "urn:x:y"},
        {"@vocab": "urn:x:"},
        ["https://www.w3.org/ns/credentials/v2"],
    ],
)
def test_a_context_of_ones_own_is_refused_and_nobody_is_asked_for_it(context: Any) -> None:
    resolver = Asked()
    report = check(with_context(sign(unsigned()), context), resolver=resolver)
    assert report.verdict is Verdict.INVALID
    assert resolver.urls == []
    assert any(code.startswith("CONTEXT_") for code in codes(report))


@pytest.mark.parametrize(
    ("method", "code"),
    [
        (f"{ISSUER}#{method_of(STRANGER).partition('#')[2]}", "INVALID_VERIFICATION_METHOD"),
        (f"{ISSUER}#", "INVALID_VERIFICATION_METHOD_URL"),
        (ISSUER, "INVALID_VERIFICATION_METHOD_URL"),
        (f"{ISSUER}#0", "INVALID_VERIFICATION_METHOD"),
        (method_of(STRANGER), "ISSUER_MISMATCH"),
    ],
)
def test_a_did_key_has_one_key_under_one_name(method: str, code: str) -> None:
    assert code in codes(check(sign(unsigned(), verification_method=method)))


@pytest.mark.parametrize("proof", [[], None, "", "proof", 0, {}, [[]], [None]])
def test_no_proof_is_not_every_proof_good(proof: Any) -> None:
    for document in ({**unsigned(), "proof": proof}, unsigned()):
        report = check(document)
        assert report.verdict is Verdict.INVALID
        assert report.check("proof").outcome.value == "failed"


@pytest.mark.parametrize(
    "changes",
    [
        {"cryptosuite": "eddsa-jcs-2022"},
        {"cryptosuite": "ecdsa-rdfc-2019"},
        {"cryptosuite": ["eddsa-rdfc-2022"]},
        {"type": ["DataIntegrityProof"]},
        {"type": "Ed25519Signature2020"},
        {"cryptosuite": None},
    ],
)
def test_a_proof_is_not_taken_for_one_of_another_suite(changes: JsonObject) -> None:
    document = sign(unsigned())
    document["proof"].update(changes)
    assert check(document).verdict is Verdict.INVALID


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ({"jku": "https://evil.example/keys"}, "TOKEN_HEADER_NOT_ALLOWED"),
        ({"x5u": "https://evil.example/chain"}, "TOKEN_HEADER_NOT_ALLOWED"),
        ({"x5c": ["MIIB"]}, "TOKEN_HEADER_NOT_ALLOWED"),
        ({"jwk": STRANGER.verification_key.to_jwk(), "kid": None}, "INVALID_VERIFICATION_METHOD"),
        ({"kid": "https://evil.example/key.json"}, "INVALID_VERIFICATION_METHOD"),
        ({"kid": "../../etc/passwd"}, "INVALID_VERIFICATION_METHOD"),
    ],
)
def test_a_token_leads_nobody_to_an_address_that_it_names(header: JsonObject, code: str) -> None:
    resolver = Asked()
    for signer in (SIGNER, STRANGER):
        report = check(badge_token(signer=signer, **header), resolver=resolver)
        assert report.verdict is Verdict.INVALID
        assert code in codes(report)
    assert resolver.urls == []


TYPES = (
    "vc+jwt",
    "vp+jwt",
    "at+jwt",
    "openid4vci-proof+jwt",
    "kb+jwt",
    "dc+sd-jwt",
    "secevent+jwt",
)


@pytest.mark.parametrize("stated", TYPES)
@pytest.mark.parametrize("own", ["vc+jwt", "vp+jwt"])
def test_a_token_of_one_type_is_none_of_another(own: str, stated: str) -> None:
    presented = enveloped(credential_token())
    is_credential = own == "vc+jwt"
    report = check(
        credential_token(typ=stated) if is_credential else presentation_token(presented, typ=stated)
    )
    assert (report.verdict is Verdict.VALID) is (own == stated)
    assert codes(report) == (set() if own == stated else {"TOKEN_TYPE_MISMATCH"})


def test_what_was_signed_for_another_protocol_is_no_credential() -> None:
    claims = {"iss": ISSUER, "aud": "https://uni.example", "iat": 1_700_000_000, "nonce": "x"}
    for stated in (*TYPES, "JWT", None):
        assert check(token(claims, typ=stated)).verdict is Verdict.INVALID, stated
    assert check(with_header(credential_token(), alg="none")).verdict is Verdict.INVALID


def negated(document: JsonObject) -> JsonObject:
    """Write the other signature that holds, as anybody can without the key: r and n - s."""
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    value = decode_base58btc(document["proof"]["proofValue"])
    other = value[:32] + (order - int.from_bytes(value[32:])).to_bytes(32)
    return {**document, "proof": {**document["proof"], "proofValue": encode_base58btc(other)}}


def test_the_other_signature_of_a_credential_makes_no_other_credential() -> None:
    assert P256.verification_key.key_type is KeyType.P256
    issuer = {"id": method_of(P256).partition("#")[0], "type": ["Profile"]}
    document = sign(unsigned(issuer=issuer), signer=P256, suite="ecdsa-rdfc-2019")
    other = negated(document)
    assert other != document
    verifier = Verifier(world())
    found = [verifier.verify(serialize_json(one)) for one in (document, other)]
    assert found[0].digest == found[1].digest


@pytest.mark.parametrize("depth", [25, 300, 100_000])
def test_what_is_nested_too_deep_is_refused_at_once(depth: int) -> None:
    for opening, closing in ((b'{"a":', b"}"), (b"[", b"]")):
        data = opening * depth + b"1" + closing * depth
        assert codes(check(data)) == {"TOO_DEEP"}


def test_what_is_too_much_is_refused_whole() -> None:
    proof = sign(unsigned())["proof"]
    assert "TOO_MANY_PROOFS" in codes(check({**unsigned(), "proof": [proof] * 9}))
    assert "TOO_MANY_PROOFS" in codes(check({**unsigned(), "proof": [proof] * 300}))
    assert codes(check(unsigned(tag=["x"] * 5_000))) == {"TOO_MANY_VALUES"}
    assert codes(check(b" " * 1_048_576 + b"1")) == {"TOO_LARGE"}


UNITS = ("a", "a.", "a-", "%41", "@", ":", "1", "T0", " ", "=", "data:", "z", "did:web:a:", "é")
PLACES = (
    ("id",),
    ("issuer", "id"),
    ("validFrom",),
    ("credentialSubject", "achievement", "id"),
    ("credentialSubject", "achievement", "alignment", 0, "targetUrl"),
    ("credentialSubject", "result", 0, "value"),
)


@pytest.mark.parametrize("place", PLACES)
def test_no_long_text_takes_much_time(place: tuple[Any, ...]) -> None:
    """A text of 100 KB that a pattern almost matches, in every place that a pattern reads."""
    for unit in UNITS:
        document: Any = deepcopy(unsigned())
        holder = document
        for step in place[:-1]:
            holder = holder[step]
        holder[place[-1]] = "https://a.example/" + unit * (100_000 // len(unit)) + "\n"
        started = time.process_time()
        check(document)
        assert time.process_time() - started < 1, (place, unit)


ROW = re.compile(
    r"\| (?P<number>[0-9]+) \| (?P<attack>[^|]+) \| (?P<answer>[^|]+) \| (?P<shown>[^|]+) \|"
)
NAMED = re.compile(r"`(tests/[a-z0-9_/]+\.py)::(test_[a-z0-9_]+)`")
NOT_THERE = "no such part yet"
CASES = 62
"""How many attacks the table has; its first sentence says so in words."""


def test_the_table_of_attacks_names_each_case_and_only_tests_that_exist() -> None:
    skip_away_from_sources()
    cases = list(map(ROW.fullmatch, TABLE.read_text(encoding="utf-8").splitlines()[8:]))
    assert [row and int(row["number"]) for row in cases] == list(range(1, CASES + 1))
    named = {(row["number"], row["shown"]): NAMED.findall(row["shown"]) for row in cases if row}
    assert [one for one, tests in named.items() if not tests and NOT_THERE not in one[1]] == []
    sources = {
        path: (ROOT / path).read_text(encoding="utf-8") for path, _name in chain(*named.values())
    }
    missing = [one for one in chain(*named.values()) if f"\ndef {one[1]}(" not in sources[one[0]]]
    assert missing == []


def test_the_table_of_attacks_names_only_codes_that_exist() -> None:
    skip_away_from_sources()
    named = set(re.findall(r"`([A-Z0-9]+_[A-Z0-9_]+)`", TABLE.read_text(encoding="utf-8")))
    rooms = ("credentials", "keys", "service", "verifier")
    files = (path for room in rooms for path in (ROOT / room).rglob("*.py"))
    source = "".join(path.read_text(encoding="utf-8") for path in files)
    assert len(named) > 40
    assert {code for code in named if f'"{code}"' not in source} == set()
