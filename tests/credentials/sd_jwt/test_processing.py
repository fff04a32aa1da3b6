"""Disclosures and digests: what is put together, and what is refused (RFC 9901 section 7.1)."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.errors import CredentialError, IndeterminateError, IssuanceError, PresentationError
from credentials.json_types import JsonObject
from credentials.limits import Limits
from credentials.sd_jwt.disclosures import DIGESTS, ELEMENT, HASH_ALGORITHM, HASHES, Disclosure
from credentials.sd_jwt.hiding import hide
from credentials.sd_jwt.presenting import select
from credentials.sd_jwt.processing import Steps, process, unsafe_process
from credentials.sd_jwt.serialization import SdJwt
from credentials.strict_json import serialize_json
from keys.multibase import base64url
from tests.credentials.sd_jwt.tokens import hiding, issue, issue_raw, opened

SALT = "AAAAAAAAAAAAAAAAAAAAAA"


def refused(*args: Any, **named: Any) -> str:
    """Open an SD-JWT that must be refused, and name the code."""
    with pytest.raises(CredentialError) as caught:
        opened(*args, **named)
    return caught.value.code


def made(name: str | None, value: Any, salt: str = SALT) -> Disclosure:
    return Disclosure.make(salt, name, value)


def raw(*parts: Any) -> str:
    return base64url(serialize_json(list(parts)))


def pointing(*digests: str, **claims: Any) -> JsonObject:
    return {DIGESTS: list(digests), **claims}


def test_the_examples_of_the_specification_have_the_digests_that_it_prints() -> None:
    text = "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0"
    disclosure = Disclosure.read(text)
    assert (disclosure.name, disclosure.value) == ("family_name", "Möbius")
    assert disclosure.digest() == "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0"
    element = Disclosure.read("WyJsa2x4RjVqTVlsR1RQVW92TU5JdkNBIiwgIkZSIl0")
    assert (element.name, element.value) == (None, "FR")
    assert element.digest() == "w0I8EKcdCtUPkGCNUrfwVp2xEgNjtoIDlOxc9-PlOhs"
    for spelling in (
        "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNXHUwMGY2Yml1cyJd",
        "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsImZhbWlseV9uYW1lIiwiTcO2Yml1cyJd",
        "WwoiXzI2YmM0TFQtYWM2cTJLSTZjQlc1ZXMiLAoiZmFtaWx5X25hbWUiLAoiTcO2Yml1cyIKXQ",
    ):
        assert Disclosure.read(spelling).value == "Möbius"


def test_a_disclosure_that_no_digest_refers_to_is_refused() -> None:
    assert refused(issue_raw({"a": 1}, made("b", 2))) == "DISCLOSURE_NOT_SIGNED"
    good = made("c", 3)
    assert refused(issue_raw(pointing(good.digest()), good, made("b", 2))) == (
        "DISCLOSURE_NOT_SIGNED"
    )


def test_a_disclosure_that_two_digests_refer_to_is_refused() -> None:
    one = made("a", 1)
    for payload in (
        pointing(one.digest(), one.digest()),
        {"x": pointing(one.digest()), "y": pointing(one.digest())},
        {"x": pointing(one.digest()), "y": [{ELEMENT: one.digest()}]},
    ):
        assert refused(issue_raw(payload, one)) == "DIGEST_REPEATED"


def test_a_digest_without_disclosure_that_stands_in_two_places_is_refused() -> None:
    decoy = made("a", 1).digest()
    assert refused(issue_raw({"x": pointing(decoy), "y": pointing(decoy)})) == "DIGEST_REPEATED"


def test_a_digest_that_a_disclosure_repeats_is_refused() -> None:
    inner = made("a", 1)
    outer = made("b", pointing(inner.digest()), "BBBBBBBBBBBBBBBBBBBBBB")
    payload = pointing(inner.digest(), outer.digest())
    assert refused(issue_raw(payload, inner, outer)) == "DIGEST_REPEATED"


def test_a_disclosure_that_is_sent_twice_is_refused() -> None:
    one = made("a", 1)
    assert refused(issue_raw(pointing(one.digest()), one, one)) == "DISCLOSURE_REPEATED"


def test_a_disclosed_claim_replaces_no_claim_in_cleartext() -> None:
    for name, claims in (("iss", {"iss": "did:example:a"}), ("exp", {"exp": 1})):
        one = made(name, "did:example:evil")
        code = refused(issue_raw(pointing(one.digest(), **claims), one))
        assert code == "CLAIM_REPEATED"


def test_two_disclosures_of_one_name_in_one_object_are_refused() -> None:
    one, other = made("a", 1), made("a", 2)
    assert refused(issue_raw(pointing(one.digest(), other.digest()), one, other)) == (
        "CLAIM_REPEATED"
    )


def test_disclosures_of_one_name_in_different_objects_are_different_claims() -> None:
    one, other = made("a", 1), made("a", 2)
    payload = {"x": pointing(one.digest()), "y": pointing(other.digest())}
    assert opened(issue_raw(payload, one, other)).claims == {"x": {"a": 1}, "y": {"a": 2}}


@pytest.mark.parametrize("name", [DIGESTS, ELEMENT, HASH_ALGORITHM])
def test_a_disclosure_of_a_reserved_name_is_refused(name: str) -> None:
    encoded = raw(SALT, name, ["x"])
    digest = made("a", 1).digest()
    assert refused(issue_raw(pointing(digest), encoded)) == "DISCLOSURE_NAME_RESERVED"
    with pytest.raises(CredentialError):
        made(name, 1)


def test_digests_that_refer_to_themselves_end_in_a_refusal() -> None:
    """No hash function allows these; the walk must end if one ever did."""
    circle = made("a", pointing("A"))
    pair = {"A": made("a", pointing("B")), "B": made("b", pointing("A"))}
    element = made(None, [{ELEMENT: "A"}])
    for payload, sent in (
        (pointing("A"), {"A": circle}),
        (pointing("A"), pair),
        ({"x": [{ELEMENT: "A"}]}, {"A": element}),
    ):
        with pytest.raises(CredentialError) as caught:
            unsafe_process(payload, sent)
        assert caught.value.code == "DIGEST_REPEATED"


def test_a_disclosure_of_the_other_kind_is_refused() -> None:
    member, element = made("a", 1), made(None, 1)
    assert refused(issue_raw(pointing(element.digest()), element)) == "DISCLOSURE_KIND"
    assert refused(issue_raw({"x": [{ELEMENT: member.digest()}]}, member)) == "DISCLOSURE_KIND"


@pytest.mark.parametrize(
    "payload",
    [
        {DIGESTS: "x"},
        {DIGESTS: [1]},
        {DIGESTS: {"a": "b"}},
        {DIGESTS: None},
        {"x": {DIGESTS: ["y", None]}},
        {ELEMENT: "x"},
        {"x": {ELEMENT: "y"}},
        {"x": [{ELEMENT: "y", "z": 1}]},
        {"x": [{ELEMENT: 1}]},
        {"x": [{ELEMENT: "y", DIGESTS: []}]},
        {"x": {HASH_ALGORITHM: "sha-256"}},
        {"x": [{HASH_ALGORITHM: "sha-256"}]},
    ],
)
def test_reserved_names_stand_for_digests_only(payload: JsonObject) -> None:
    assert refused(issue_raw(payload)) == "DIGESTS_MALFORMED"
    hidden = made("a", payload)
    if set(payload) != {HASH_ALGORITHM}:
        assert refused(issue_raw(pointing(hidden.digest()), hidden)) == "DIGESTS_MALFORMED"


@pytest.mark.parametrize(
    "encoded",
    [
        base64url(b"{}"),
        base64url(b'"text"'),
        base64url(b"[]"),
        raw(SALT),
        raw(SALT, "a", 1, 2),
        raw(1, "a", 1),
        raw(None, 1),
        raw(SALT, 1, 1),
        raw(SALT, None, 1),
        base64url(b'["s","a",{"x":1,"x":2}]'),
        base64url(b'["s","a",NaN]'),
        base64url(b'["s","a",1] '[:-1] + b"x"),
        base64url(b'["s","a","\\ud800"]'),
        base64url(b"\xef\xbb\xbf" + b'["s","a",1]'),
        base64url(b"\xff\xfe"),
        raw(SALT, "a", 1) + "=",
        raw(SALT, "a", 1) + "\n",
        " " + raw(SALT, "a", 1),
        raw(SALT, "a", "??>").replace("_", "/").replace("-", "+") + "A",
    ],
)
def test_a_disclosure_in_another_form_is_refused(encoded: str) -> None:
    from credentials.sd_jwt.disclosures import digest_of

    assert refused(issue_raw(pointing(digest_of(encoded)), encoded)) == "DISCLOSURE_MALFORMED"


def test_a_disclosure_has_one_spelling_in_base64url() -> None:
    """Two spellings of the same bytes have two digests; only the canonical one is read."""
    text = raw(SALT, "a", 1)
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    assert len(text) % 4 in (2, 3)
    twisted = text[:-1] + alphabet[alphabet.index(text[-1]) + 1]
    assert refused(issue_raw(pointing(made("a", 1).digest()), twisted)) == "DISCLOSURE_MALFORMED"


def test_no_hash_function_but_the_known_ones_is_used() -> None:
    for name in ("md5", "sha-1", "sha-256-32", "SHA-256", "sha256", "none", ""):
        with pytest.raises(IndeterminateError) as caught:
            opened(issue_raw({HASH_ALGORITHM: name}))
        assert caught.value.code == "UNSUPPORTED_HASH_ALGORITHM"
    for value in (None, 1, ["sha-256"], {}):
        assert refused(issue_raw({HASH_ALGORITHM: value})) == "HASH_ALGORITHM_MALFORMED"


def test_a_disclosure_counts_under_the_named_hash_function_only() -> None:
    one = made("a", 1)
    for algorithm in HASHES:
        others = [name for name in HASHES if name != algorithm]
        payload = {HASH_ALGORITHM: algorithm, **pointing(one.digest(algorithm))}
        assert opened(issue_raw(payload, one)).claims == {"a": 1}
        for other in others:
            wrong = {HASH_ALGORITHM: algorithm, **pointing(one.digest(other))}
            assert refused(issue_raw(wrong, one)) == "DISCLOSURE_NOT_SIGNED"


def test_ten_thousand_disclosures_are_refused_at_once() -> None:
    many = [made(f"claim{number}", number).encoded for number in range(10_000)]
    text = issue_raw({"a": 1}, *many).to_compact()
    began = time.process_time()
    with pytest.raises(CredentialError) as caught:
        SdJwt.from_compact(text)
    assert caught.value.code == "TOO_MANY_DISCLOSURES"
    with pytest.raises(CredentialError) as caught:
        process({"a": 1}, many)
    assert caught.value.code == "TOO_MANY_DISCLOSURES"
    assert time.process_time() - began < 0.5


def chain(length: int) -> tuple[JsonObject, list[Disclosure]]:
    """Build disclosures of which each is inside the next one."""
    made_so_far: list[Disclosure] = []
    value: Any = "end"
    for _ in range(length):
        made_so_far.append(made("a", value))
        value = pointing(made_so_far[-1].digest())
    return value, made_so_far


def test_disclosures_inside_one_another_are_opened_to_the_limit_and_no_further() -> None:
    limits = Limits(depth=8)
    payload, disclosures = chain(7)
    claims = opened(issue_raw(payload, *disclosures), limits).claims
    for _ in range(7):
        claims = claims["a"]
    assert claims == "end"
    payload, disclosures = chain(9)
    assert refused(issue_raw(payload, *disclosures), limits) == "TOO_DEEP"
    payload, disclosures = chain(256)
    assert refused(issue_raw(payload, *disclosures)) == "TOO_DEEP"


def test_values_are_counted_over_all_disclosures_together() -> None:
    limits = Limits(values=100)
    some = [made(f"c{number}", [0] * 30) for number in range(4)]
    payload = pointing(*(one.digest() for one in some))
    assert refused(issue_raw(payload, *some), limits) == "TOO_MANY_VALUES"
    assert opened(issue_raw(payload, *some[:2]), limits).claims.keys() == {"c0", "c1"}


def test_what_stays_hidden_is_told_by_its_place() -> None:
    claims = {"a": 1, "b": {"c": 2, "d": 3}, "e": [1, 2]}
    places: list[Steps] = [("a",), ("b", "c"), ("e", 0)]
    sd_jwt = issue(claims, places)
    whole = opened(sd_jwt)
    assert whole.hidden == frozenset()
    assert whole.disclosed.keys() == set(places)
    none = opened(select(sd_jwt, whole, []))
    assert none.claims == {"b": {"d": 3}, "e": [2]}
    assert none.hidden == {(), ("b",), ("e",)}


def test_a_place_inside_a_hidden_one_brings_that_one_with_it() -> None:
    sd_jwt = issue({"a": {"b": 1, "c": 2}}, [("a",), ("a", "b"), ("a", "c")])
    whole = opened(sd_jwt)
    shown = select(sd_jwt, whole, [("a", "c")])
    assert opened(shown).claims == {"a": {"c": 2}}
    assert len(shown.disclosures) == 2


def test_only_what_is_disclosable_can_be_chosen() -> None:
    sd_jwt = issue({"a": 1, "b": 2}, [("a",)])
    for place in (("b",), ("c",), ("a", "x"), ()):
        with pytest.raises(PresentationError) as caught:
            select(sd_jwt, opened(sd_jwt), [place])
        assert caught.value.code == "NOTHING_TO_DISCLOSE"


def test_an_issuer_hides_nothing_that_is_not_there() -> None:
    for place in (("b",), ("a", "x"), ("c", 2), ("c", "0"), ()):
        with pytest.raises(IssuanceError) as caught:
            hide({"a": 1, "c": [1, 2]}, [place], hiding())
        assert caught.value.code == "NOTHING_TO_HIDE"


@pytest.mark.parametrize("name", [DIGESTS, ELEMENT, HASH_ALGORITHM])
def test_an_issuer_signs_no_claim_of_a_reserved_name(name: str) -> None:
    for claims in ({name: 1}, {"a": [{"b": {name: 1}}]}):
        with pytest.raises(IssuanceError) as caught:
            hide(claims, [], hiding())
        assert caught.value.code == "CLAIM_NAME_RESERVED"


NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=6).filter(
    lambda name: name not in {DIGESTS, ELEMENT, HASH_ALGORITHM}
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | NAMES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=12,
)
CLAIMS = st.dictionaries(NAMES, VALUES, max_size=4)


def places_in(value: Any, steps: Steps = ()) -> list[Steps]:
    pairs = list(value.items()) if isinstance(value, dict) else []
    pairs = list(enumerate(value)) if isinstance(value, list) else pairs
    found = [(*steps, step) for step, _child in pairs]
    return found + [place for step, child in pairs for place in places_in(child, (*steps, step))]


@given(CLAIMS, st.data())
def test_whatever_is_hidden_comes_back_whole(claims: JsonObject, data: st.DataObject) -> None:
    everywhere = places_in(claims)
    places = data.draw(st.sets(st.sampled_from(everywhere))) if everywhere else set()
    payload, disclosures = hide(claims, places, hiding(decoys=1))
    encoded = data.draw(st.permutations([one.encoded for one in disclosures]))
    processed = process(payload, encoded)
    assert processed.claims == claims
    assert set(processed.disclosed) == places
    without = process(payload, [])
    assert without.disclosed == {}
    text = serialize_json(payload).decode()
    for one in disclosures:
        assert one.encoded not in text


@given(CLAIMS.filter(bool), st.data())
def test_no_changed_disclosure_is_accepted(claims: JsonObject, data: st.DataObject) -> None:
    place = data.draw(st.sampled_from(places_in(claims)))
    payload, (disclosure,) = hide(claims, [place], hiding())
    at = data.draw(st.integers(0, len(disclosure.encoded) - 1))
    other = data.draw(st.sampled_from("AZaz09-_").filter(lambda one: one != disclosure.encoded[at]))
    changed = disclosure.encoded[:at] + other + disclosure.encoded[at + 1 :]
    with pytest.raises(CredentialError):
        process(payload, [changed])
