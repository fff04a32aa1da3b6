"""ecdsa-sd-2023 under attack, and for any choice of what to disclose."""

from __future__ import annotations

import time
from copy import deepcopy
from typing import Any

import cbor2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.errors import CredentialError, InvalidProofError
from credentials.json_types import JsonObject, walk
from credentials.limits import DEFAULT_LIMITS
from credentials.linked_data.selection import POINTERS, PointerError, parse_pointer, select
from credentials.proofs.cryptosuite import without_proof
from credentials.proofs.sd_deriving import derive
from credentials.proofs.sd_proof_values import BASE_HEADER, DERIVED_HEADER
from issuer.proofs import always_shown
from keys.multibase import decode_base64url, encode_base64url
from keys.signer import SECRET_BYTES, PrivateKeySigner
from keys.verification_key import KeyType
from tests.factories import ENVIRONMENT
from tests.selective import (
    HOLDER_CHOOSES,
    OTHER_PROOF_KEY,
    SD_STRANGER,
    base,
    components,
    derived,
    full_base,
    sd_unsigned,
    verify,
    with_components,
    with_text,
    with_value,
)

SUBJECT = "/credentialSubject"
BASE_SIGNATURE, PUBLIC_KEY, SIGNATURES, LABELS, INDEXES = range(5)
"""Places of the components of a derived proof value."""


def refusal(document: JsonObject, **options: Any) -> str:
    with pytest.raises(InvalidProofError) as caught:
        verify(document, **options)
    return caught.value.code


def changed(place: int, value: Any) -> str:
    """Tell how a derived proof is refused once one of its components is another."""
    document = derived()
    parts = components(document)
    parts[place] = value(parts[place]) if callable(value) else value
    return refusal(with_components(document, parts))


# Any choice ----------------------------------------------------------------------------------

ALL_POINTERS = sorted(pointer for pointer, _value in walk(sd_unsigned()))
BASE = base()


@settings(max_examples=25)
@given(st.lists(st.sampled_from(ALL_POINTERS), max_size=4, unique=True))
def test_any_choice_of_parts_verifies_and_shows_nothing_else(pointers: list[str]) -> None:
    document = derive(BASE, pointers, ENVIRONMENT)
    verify(document)
    whole = {(pointer.rpartition("/")[2], repr(v)) for pointer, v in walk(without_proof(BASE))}
    shown = without_proof(document)
    leaves = ((p.rpartition("/")[2], v) for p, v in walk(shown) if not isinstance(v, dict | list))
    names = {name for name, _value in whole}
    assert all(name in names or name.isdigit() for name, _value in leaves)
    assert shown == select(without_proof(BASE), [*HOLDER_CHOOSES, *pointers])


@settings(max_examples=25)
@given(st.data())
def test_any_changed_leaf_of_what_is_disclosed_is_refused(data: st.DataObject) -> None:
    document = derived([data.draw(st.sampled_from(ALL_POINTERS))], BASE)
    leaves = [p for p, v in walk(without_proof(document)) if isinstance(v, str | int)]
    chosen = data.draw(st.sampled_from(leaves))
    tampered = deepcopy(document)
    parent: Any = tampered
    *steps, last = parse_pointer(chosen)
    for step in steps:
        parent = parent[int(step) if isinstance(parent, list) else step]
    name: Any = int(last) if isinstance(parent, list) else last
    parent[name] = parent[name] + 1 if isinstance(parent[name], int) else f"{parent[name]}x"
    with pytest.raises(CredentialError):
        verify(tampered)


@pytest.mark.parametrize("drop", ["/issuer/name", "/validFrom", "/credentialSubject/achievement"])
def test_a_part_taken_out_of_a_derived_document_is_missed(drop: str) -> None:
    document = derived()
    parent: Any = document
    *steps, last = parse_pointer(drop)
    for step in steps:
        parent = parent[step]
    del parent[last]
    assert refusal(document) == "DISCLOSURE_MISMATCH"


def test_what_is_disclosed_does_not_depend_on_the_order_of_members_and_of_sets() -> None:
    document = derived()

    def reversed_members(value: Any) -> Any:
        if isinstance(value, list):
            return [reversed_members(item) for item in value]
        if isinstance(value, dict):
            return {name: reversed_members(value[name]) for name in reversed(value)}
        return value

    verify(reversed_members(document))
    tags = derived(["/credentialSubject/achievement/tag"])
    tags["credentialSubject"]["achievement"]["tag"].reverse()
    verify(tags)


def test_contexts_and_types_are_disclosed_whole_even_where_a_pointer_names_one() -> None:
    types = ("/type/0", "/type", "/issuer/type/0", "/credentialSubject/achievement/type/0")
    for pointer in (*types, "/@context", "/@context/1"):
        document = derived([pointer], BASE)
        assert (document["@context"], document["type"]) == (BASE["@context"], BASE["type"])
        verify(document)


def test_several_items_of_an_array_keep_their_order() -> None:
    tag = f"{SUBJECT}/achievement/tag"
    document = derived([f"{tag}/2", f"{tag}/0"])
    assert document["credentialSubject"]["achievement"]["tag"] == ["welding", "pipes"]
    verify(document)


def test_lists_are_disclosed_as_a_whole_and_not_in_parts() -> None:
    whole = sd_unsigned()
    description = whole["credentialSubject"]["achievement"]["resultDescription"][0]
    description["allowedValue"] = ["0", "10", "20"]
    signed, place = base(whole), f"{SUBJECT}/achievement/resultDescription/0"
    verify(derived([place], signed))
    with pytest.raises(CredentialError) as caught:
        derived([f"{place}/allowedValue/1"], signed)
    assert caught.value.code == "NOT_SELECTABLE"


def test_parts_that_look_alike_are_told_apart() -> None:
    """Two objects of which only the types are disclosed cannot be told apart, and need not be."""
    whole = sd_unsigned()
    first = whole["credentialSubject"]["achievement"]["alignment"][0]
    other = {**first, "targetCode": "6", "targetName": "NZQCF level 6"}
    whole["credentialSubject"]["achievement"]["alignment"] = [first, other]
    place = f"{SUBJECT}/achievement/alignment"
    signed = base(whole, [*HOLDER_CHOOSES, f"{place}/1/type"])
    for pointers in ([f"{place}/0/type"], [f"{place}/0/type", f"{place}/1/targetCode"], [place]):
        verify(derived(pointers, signed))


# Pointers ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pointer", "code"),
    [
        ("/nothing", "POINTER_NO_MATCH"),
        ("/credentialSubject/achievement/tag/3", "POINTER_NO_MATCH"),
        ("/credentialSubject/achievement/tag/-", "POINTER_NO_MATCH"),
        ("/credentialSubject/achievement/tag/01", "POINTER_NO_MATCH"),
        ("/credentialSubject/achievement/tag/-1", "POINTER_NO_MATCH"),
        ("/credentialSubject/achievement/tag/99999999999999999999", "POINTER_NO_MATCH"),
        ("/name/0", "POINTER_NO_MATCH"),
        ("/name/length", "POINTER_NO_MATCH"),
        ("/", "POINTER_NO_MATCH"),
        ("/issuer/", "POINTER_NO_MATCH"),
        ("/proof", "POINTER_NO_MATCH"),
        ("issuer", "POINTER_MALFORMED"),
        ("#/issuer", "POINTER_MALFORMED"),
        ("/iss~2uer", "POINTER_MALFORMED"),
        ("/issuer~", "POINTER_MALFORMED"),
    ],
)
def test_a_pointer_that_matches_nothing_is_an_error_at_both_ends(pointer: str, code: str) -> None:
    for attempt in (lambda: base(pointers=["/issuer", pointer]), lambda: derived([pointer], BASE)):
        with pytest.raises(PointerError) as caught:
            attempt()
        assert (caught.value.code, caught.value.pointer) == (code, pointer)


def test_escaped_names_are_found() -> None:
    assert parse_pointer("/a~1b/m~0n/~01") == ("a/b", "m~n", "~1")
    assert select({"a/b": {"m~n": 1, "o": 2}}, ["/a~1b/m~0n"]) == {"a/b": {"m~n": 1}}


def test_too_many_pointers_are_refused() -> None:
    with pytest.raises(PointerError) as caught:
        derived(["/issuer"] * (POINTERS + 1), BASE)
    assert caught.value.code == "TOO_MANY_POINTERS"


def test_a_credential_inside_is_disclosed_as_a_whole_or_not_at_all() -> None:
    inner = {"@context": ["x"], "type": ["VerifiableCredential"], "name": "x"}
    whole = {"endorsement": [inner, inner], "type": ["VerifiableCredential"]}
    assert select(whole, ["/endorsement/1"])["endorsement"] == [inner]
    with pytest.raises(PointerError) as caught:
        select(whole, ["/endorsement/0/name"])
    assert caught.value.code == "POINTER_INTO_CREDENTIAL"


# Base proofs ---------------------------------------------------------------------------------


def test_a_base_proof_is_refused_by_verifiers_and_named() -> None:
    assert refusal(BASE) == "BASE_PROOF"


def test_a_base_proof_under_the_header_of_a_derived_one_is_malformed() -> None:
    assert refusal(with_components(BASE, components(BASE))) == "PROOF_VALUE_MALFORMED"
    other = with_components(derived(), components(derived()), BASE_HEADER)
    assert refusal(other) == "BASE_PROOF"
    with pytest.raises(InvalidProofError):
        derive(other, [], ENVIRONMENT)


def test_a_changed_document_is_noticed_by_its_holder() -> None:
    for path in (("name",), ("credentialSubject", "creditsEarned")):
        document = deepcopy(BASE)
        parent = document if len(path) == 1 else document[path[0]]
        parent[path[-1]] = 7
        with pytest.raises(CredentialError):
            derive(document, ["/" + "/".join(path)], ENVIRONMENT)
    longer = deepcopy(BASE)
    longer["credentialSubject"]["achievement"]["tag"].append("more")
    with pytest.raises(CredentialError) as caught:
        derive(longer, [], ENVIRONMENT)
    assert caught.value.code == "BASE_PROOF_MISMATCH"


def test_nothing_is_derived_without_exactly_one_base_proof() -> None:
    twice = {**BASE, "proof": [BASE["proof"], BASE["proof"]]}
    for document in (sd_unsigned(), derived(of=BASE), twice, {**BASE, "proof": []}):
        with pytest.raises(CredentialError) as caught:
            derive(document, ["/issuer"], ENVIRONMENT)
        assert caught.value.code == "NO_BASE_PROOF"
    nothing = base(pointers=[])
    with pytest.raises(CredentialError) as caught:
        derive(nothing, [], ENVIRONMENT)
    assert caught.value.code == "NOTHING_DISCLOSED"


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (0, b"x" * 63),
        (1, b"\x80\x24" + b"\x02" * 32),
        (1, b"\xed\x01" + b"\x02" * 33),
        (2, b"x" * 31),
        (2, "x" * 32),
        (3, [b"x" * 65]),
        (3, b""),
        (4, [1]),
        (4, "/issuer"),
    ],
)
def test_components_of_a_base_proof_have_their_form(place: int, value: Any) -> None:
    parts = components(BASE)
    parts[place] = value
    with pytest.raises(InvalidProofError) as caught:
        derive(with_components(BASE, parts, BASE_HEADER), [], ENVIRONMENT)
    assert caught.value.code == "PROOF_VALUE_MALFORMED"


def test_other_mandatory_pointers_than_the_signed_ones_do_not_verify() -> None:
    """A holder who rewrites the pointers can hide nothing: the signatures are of other parts."""
    parts = components(full_base())
    for pointers in (["/issuer"], ["/issuer", "/name"], []):
        document = with_components(full_base(), [*parts[:4], pointers], BASE_HEADER)
        with pytest.raises(CredentialError):
            verify(derive(document, ["/name"], ENVIRONMENT))


def test_a_holder_is_told_of_what_the_issuer_did_not_sign() -> None:
    changed = {**BASE, "name": "Something else"}
    with pytest.raises(InvalidProofError, match="signature") as raised:
        derive(changed, ["/name"], ENVIRONMENT)
    assert raised.value.code == "SIGNATURE_INVALID"


def test_what_was_verified_before_is_not_verified_anew_and_verifiers_still_do() -> None:
    assert derive(BASE, ["/name"], ENVIRONMENT, is_verified=True) == derived(["/name"], BASE)
    changed = {**BASE, "name": "Something else"}
    document = derive(changed, ["/name"], ENVIRONMENT, is_verified=True)
    assert refusal(document) == "SIGNATURE_INVALID"


# Forging -------------------------------------------------------------------------------------


def test_another_issuers_key_does_not_verify() -> None:
    assert refusal(derived(of=BASE), signer=SD_STRANGER) == "SIGNATURE_INVALID"


@pytest.mark.parametrize("key_type", [KeyType.ED25519, KeyType.P384])
def test_only_keys_of_p_256_are_used(key_type: KeyType) -> None:
    signer = PrivateKeySigner(key_type, bytes(range(SECRET_BYTES[key_type])))
    assert refusal(derived(of=BASE), signer=signer) == "KEY_TYPE_MISMATCH"


def test_statements_signed_with_a_key_of_the_holders_own_are_refused() -> None:
    mine = OTHER_PROOF_KEY.verification_key.public_bytes

    def signatures(given: list[bytes]) -> list[bytes]:
        return [OTHER_PROOF_KEY.sign(one) for one in given]

    assert changed(PUBLIC_KEY, b"\x80\x24" + mine) == "SIGNATURE_INVALID"
    assert changed(SIGNATURES, signatures) == "SIGNATURE_INVALID"


def test_a_forged_statement_under_a_key_of_the_holders_own_is_refused() -> None:
    """Same mandatory part, same secrets; the holder changes the rest, and signs it alone."""
    genuine = components(derived(["/name"], BASE))
    forged = derived(["/name"], base(sd_unsigned(name="Doctor"), proof_key=OTHER_PROOF_KEY))
    parts = components(forged)
    assert parts[INDEXES] == genuine[INDEXES]
    assert parts[LABELS] == genuine[LABELS]
    parts[BASE_SIGNATURE] = genuine[BASE_SIGNATURE]
    assert refusal(with_components(forged, parts)) == "SIGNATURE_INVALID"


def test_statements_of_two_credentials_are_not_mixed() -> None:
    """Even where key, secrets and everything else are the same, a statement belongs to one."""
    other = sd_unsigned(id="urn:uuid:8d7a3c52-6f4f-4b3e-9f38-0b3c4f7b2a99")
    pointers = ["/name"]
    document, foreign = derived(pointers, BASE), derived(pointers, base(other))
    for place in (BASE_SIGNATURE, SIGNATURES):
        parts = components(document)
        parts[place] = components(foreign)[place]
        assert refusal(with_components(document, parts)) == "SIGNATURE_INVALID"
    assert refusal({**document, "proof": foreign["proof"]}) == "SIGNATURE_INVALID"


def test_labels_of_another_hmac_key_are_refused() -> None:
    foreign = components(derived(of=base(hmac_key=b"k" * 32)))[LABELS]
    assert changed(LABELS, foreign) == "SIGNATURE_INVALID"


def test_other_proof_options_are_refused() -> None:
    for member, value in (
        ("created", "2026-01-15T09:00:01Z"),
        ("proofPurpose", "authentication"),
        ("expires", "2036-01-01T00:00:00Z"),
        ("domain", "https://x.example"),
    ):
        document = derived(of=BASE)
        document["proof"][member] = value
        assert refusal(document) == "SIGNATURE_INVALID"


def test_other_contexts_are_refused() -> None:
    document = derived(of=BASE)
    document["@context"] = [*document["@context"], "https://w3id.org/security/data-integrity/v2"]
    verify(document)  # The context changes no statement, and so nothing that was signed.
    document["@context"] = document["@context"][:1]
    with pytest.raises(CredentialError):
        verify(document)


# Labels, indexes and numbers ------------------------------------------------------------------


def test_a_node_split_in_two_is_refused() -> None:
    """Two objects with one label would be one for the issuer and two for the reader."""
    document = derived(of=BASE)
    [level] = document["credentialSubject"]["achievement"]["alignment"]
    parts = [{"type": level["type"], name: level[name]} for name in level if name != "type"]
    document["credentialSubject"]["achievement"]["alignment"] = parts
    value = components(document)
    [[number, label]] = value[LABELS].items()
    assert number == 0
    value[LABELS] = dict.fromkeys(range(len(parts)), label)
    assert refusal(with_components(document, value)) == "PROOF_VALUE_MALFORMED"
    value[LABELS] = {index: bytes([index]) * 32 for index in range(len(parts))}
    assert refusal(with_components(document, value)) == "DISCLOSURE_MISMATCH"


@pytest.mark.parametrize(
    ("labels", "code"),
    [
        ({}, "DISCLOSURE_MISMATCH"),
        (lambda given: {**given, 1: b"x" * 32}, "DISCLOSURE_MISMATCH"),
        (lambda given: {1: given[0]}, "DISCLOSURE_MISMATCH"),
        (lambda given: {0: b"x" * 32}, "SIGNATURE_INVALID"),
        (lambda given: {**given, 1: given[0]}, "PROOF_VALUE_MALFORMED"),
        ({0: b"x" * 31}, "PROOF_VALUE_MALFORMED"),
        ({-1: b"x" * 32}, "PROOF_VALUE_MALFORMED"),
        ({"0": b"x" * 32}, "PROOF_VALUE_MALFORMED"),
        ({True: b"x" * 32}, "PROOF_VALUE_MALFORMED"),
        ({0: "x" * 32}, "PROOF_VALUE_MALFORMED"),
        ({2**64: b"x" * 32}, "PROOF_VALUE_MALFORMED"),
        ([[0, b"x" * 32]], "PROOF_VALUE_MALFORMED"),
    ],
)
def test_labels_are_those_of_the_document(labels: Any, code: str) -> None:
    assert changed(LABELS, labels) == code


@pytest.mark.parametrize(
    ("indexes", "code"),
    [
        (lambda given: given[::-1], "PROOF_VALUE_MALFORMED"),
        (lambda given: [*given, given[-1]], "PROOF_VALUE_MALFORMED"),
        (lambda given: [*given, 10_000], "DISCLOSURE_MISMATCH"),
        (lambda given: given[1:], "DISCLOSURE_MISMATCH"),
        ([], "DISCLOSURE_MISMATCH"),
        ([-1], "PROOF_VALUE_MALFORMED"),
        ([False], "PROOF_VALUE_MALFORMED"),
        ([0.0], "PROOF_VALUE_MALFORMED"),
        (["0"], "PROOF_VALUE_MALFORMED"),
        ([2**70], "PROOF_VALUE_MALFORMED"),
        ({}, "PROOF_VALUE_MALFORMED"),
    ],
)
def test_indexes_ascend_within_the_document(indexes: Any, code: str) -> None:
    assert changed(INDEXES, indexes) == code


def test_an_index_moved_between_the_groups_is_refused() -> None:
    """An optional statement that is passed off as mandatory, with one signature less."""
    document = derived(of=BASE)
    parts = components(document)
    total = len(parts[SIGNATURES]) + len(parts[INDEXES])
    extra = next(index for index in range(total) if index not in parts[INDEXES])
    parts[INDEXES] = sorted([*parts[INDEXES], extra])
    parts[SIGNATURES] = parts[SIGNATURES][1:]
    assert refusal(with_components(document, parts)) == "SIGNATURE_INVALID"


@pytest.mark.parametrize(
    ("signatures", "code"),
    [
        (lambda given: given[:-1], "DISCLOSURE_MISMATCH"),
        (lambda given: [*given, given[0]], "DISCLOSURE_MISMATCH"),
        ([], "DISCLOSURE_MISMATCH"),
        (lambda given: given[::-1], "SIGNATURE_INVALID"),
        (lambda given: [given[0]] * len(given), "SIGNATURE_INVALID"),
        (lambda given: [bytes(64)] * len(given), "SIGNATURE_INVALID"),
        (lambda given: [one[:-1] for one in given], "PROOF_VALUE_MALFORMED"),
        (lambda given: [str(one) for one in given], "PROOF_VALUE_MALFORMED"),
    ],
)
def test_there_is_one_signature_for_each_statement(signatures: Any, code: str) -> None:
    assert changed(SIGNATURES, signatures) == code


# Encodings -----------------------------------------------------------------------------------


def encodings(parts: list[Any]) -> dict[str, bytes]:
    """Write the same components in ways that deterministic CBOR does not allow."""
    good = cbor2.dumps(parts, canonical=True)
    items = [cbor2.dumps(part, canonical=True) for part in parts]
    labels, indexes = items[LABELS], items[INDEXES]
    number = indexes[-1:]
    return {
        "nothing": b"",
        "cut": good[:-1],
        "something behind it": good + b"\x00",
        "twice": good + good,
        "array of indefinite length": b"\x9f" + b"".join(items) + b"\xff",
        "length in two bytes": b"\x98\x05" + b"".join(items),
        "number in two bytes": good[:-1] + b"\x18" + number,
        "signature in pieces": b"\x85\x5f" + items[0] + b"\xff" + b"".join(items[1:]),
        "signature with a tag": b"\x85\xd8\x40" + good[1:],
        "tagged as a whole": b"\xd9\xd9\xf7" + good,
        "labels of indefinite length": b"\x85"
        + b"".join(items[:3])
        + b"\xbf"
        + labels[1:]
        + b"\xff"
        + indexes,
        "label twice": b"\x85" + b"".join(items[:3]) + b"\xa2" + labels[1:] * 2 + indexes,
        "four components": b"\x84" + b"".join(items[:4]),
        "six components": b"\x86" + b"".join(items) + b"\x00",
        "a map": b"\xa0",
        "a number as text": b"\x85" + b"".join(items[:4]) + b"\x61\x30",
        "undefined": b"\xf7",
        "endless nesting": b"\x81" * 5_000,
        "a shared reference to itself": b"\xd8\x1c\x81\xd8\x1d\x00",
        "a number too large for any computer": bytes.fromhex("c5821b7fffffffffffffff03"),
        "a pattern": b"\xd8\x23\x63(a*)*",
        "an array longer than memory": b"\x85\x9b" + b"\xff" * 8,
        "bytes longer than memory": b"\x85\x5b\x7f" + b"\xff" * 7,
        "a map longer than memory": b"\x85" + b"".join(items[:3]) + b"\xbb" + b"\xff" * 8,
    }


@pytest.mark.parametrize("name", sorted(encodings(components(derived(of=BASE)))))
def test_every_other_encoding_of_a_proof_value_is_refused(name: str) -> None:
    document = derived(of=BASE)
    payload = encodings(components(document))[name]
    assert refusal(with_value(document, payload)) == "PROOF_VALUE_MALFORMED"


DERIVED = derived(of=BASE)


@settings(max_examples=60)
@given(st.binary(max_size=60), st.sampled_from([DERIVED_HEADER, b""]))
def test_any_bytes_as_a_proof_value_end_in_a_refusal(payload: bytes, header: bytes) -> None:
    assert refusal(with_value(DERIVED, payload, header)) == "PROOF_VALUE_MALFORMED"


@settings(max_examples=60)
@given(st.data())
def test_no_flipped_bit_of_a_proof_value_goes_unnoticed(data: st.DataObject) -> None:
    payload = bytearray(decode_base64url(DERIVED["proof"]["proofValue"]))
    place = data.draw(st.integers(0, len(payload) - 1))
    payload[place] ^= 1 << data.draw(st.integers(0, 7))
    codes = {"PROOF_VALUE_MALFORMED", "DISCLOSURE_MISMATCH", "SIGNATURE_INVALID", "BASE_PROOF"}
    assert refusal(with_text(DERIVED, encode_base64url(bytes(payload)))) in codes


def test_labels_in_another_order_are_refused() -> None:
    document = derived(["/credentialSubject"], BASE)
    parts = components(document)
    assert len(parts[LABELS]) >= 2
    parts[LABELS] = dict(reversed(parts[LABELS].items()))
    swapped = with_value(document, cbor2.dumps(parts))
    assert refusal(swapped) == "PROOF_VALUE_MALFORMED"


@pytest.mark.parametrize(
    "header", [b"", b"\xd9\x5d", b"\xd9\x5d\x02", b"\xd9\x5d\x03", b"\xd8\x5d\x01", b"\x00\x5d\x01"]
)
def test_other_headers_are_refused(header: bytes) -> None:
    document = derived(of=BASE)
    parts = components(document)
    assert refusal(with_components(document, parts, header)) == "PROOF_VALUE_MALFORMED"


def test_a_proof_value_is_base64url_in_its_only_spelling() -> None:
    document = derived(of=BASE)
    text = document["proof"]["proofValue"]
    others = (text[1:], text[:-1], f"z{text[1:]}", f"{text}=", f" {text}", f"{text}\n", "u", "")
    for other in (*others, text.replace("-", "+", 1), None, 7, [text]):
        assert refusal(with_text(document, other)) == "PROOF_VALUE_MALFORMED"


# Work ----------------------------------------------------------------------------------------


def test_a_huge_proof_value_is_refused_before_any_work() -> None:
    document = derived(of=BASE)
    parts = components(document)
    most = DEFAULT_LIMITS.selective_proof_value_characters
    parts[SIGNATURES] = [bytes(64)] * (most // 64)
    started = time.process_time()
    assert refusal(with_components(document, parts)) == "PROOF_VALUE_MALFORMED"
    parts[SIGNATURES] = [bytes(64)] * (most // 100)
    assert refusal(with_components(document, parts)) == "DISCLOSURE_MISMATCH"
    parts[LABELS], parts[INDEXES] = {}, list(range(20_000))
    parts[SIGNATURES] = []
    assert refusal(with_components(document, parts)) == "DISCLOSURE_MISMATCH"
    assert time.process_time() - started < 2


def test_large_documents_are_taken_apart_in_linear_time() -> None:
    """Four times as many statements may take some more than four times as long, not sixteen."""

    def seconds(count: int) -> float:
        document = sd_unsigned()
        tags = [f"tag {number}" for number in range(count)]
        document["credentialSubject"]["achievement"]["tag"] = tags
        signed = base(document, always_shown())
        started = time.process_time()
        verify(derived([""], signed))
        return time.process_time() - started

    few, many = seconds(100), seconds(400)
    assert many < 10 * few


def test_what_cannot_be_taken_apart_gets_no_base_proof() -> None:
    """An id of the kind that stands for blank nodes inside, and JSON that is a value."""
    document = sd_unsigned()
    document["credentialSubject"]["achievement"]["id"] = "urn:tallystick:part:100"
    with pytest.raises(CredentialError) as caught:
        base(document)
    assert caught.value.code == "NOT_SELECTABLE"
    kind = "JsonSchemaCredential"
    schema = {"id": "urn:x:s", "type": "JsonSchema", "jsonSchema": {"a": {"b": 1}}}
    document = sd_unsigned(credentialSubject=schema, type=["VerifiableCredential", kind])
    with pytest.raises(CredentialError) as caught:
        base(document)
    assert caught.value.code == "NOT_SELECTABLE"
