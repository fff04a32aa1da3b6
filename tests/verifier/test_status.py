"""Check "status": what a status list says, and what is concluded where it says nothing."""

from __future__ import annotations

import gzip
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.status.bitstring import encode_list
from credentials.strict_json import serialize_json
from keys.did import did_key
from keys.multibase import encode_base64url
from tests.factories import (
    LIST_URL,
    STRANGER,
    check,
    codes,
    sign,
    status_entry,
    status_list,
    unsigned,
    world,
)
from verifier.checks.status import check_status
from verifier.examination import examine_alone
from verifier.report import Outcome, Remark, Verdict, VerificationReport
from verifier.verifier import Verifier

ANOTHER_URL = "https://issuer.example/status/2"


def with_status(*entries: Any) -> dict[str, Any]:
    return sign(unsigned(credentialStatus=entries[0] if len(entries) == 1 else list(entries)))


def badly_signed(*entries: Any) -> dict[str, Any]:
    """Put some proof on a credential whose status could not be signed as it is."""
    return {**unsigned(credentialStatus=list(entries)), "proof": sign(unsigned())["proof"]}


def told(report: VerificationReport) -> Remark:
    return report.check("status").decisive


def test_a_clear_bit_passes_and_a_set_bit_fails() -> None:
    document = with_status(status_entry("5"))
    assert check(document, {LIST_URL: status_list()}).verdict is Verdict.VALID
    assert check(document, {LIST_URL: status_list(4, 6, 2)}).verdict is Verdict.VALID
    assert codes(check(document, {LIST_URL: status_list(5)})) == {"REVOKED"}


def test_bits_are_counted_from_the_left() -> None:
    first = with_status(status_entry("0"))
    last = with_status(status_entry("131071"))
    bits = b"\x80" + bytes(16_382) + b"\x01"
    for document in (first, last):
        assert codes(check(document, {LIST_URL: status_list(bits=bits)})) == {"REVOKED"}


def test_suspension_is_told_from_revocation() -> None:
    document = with_status(status_entry("5", "suspension"))
    content = {"statusPurpose": "suspension"}
    assert codes(check(document, {LIST_URL: status_list(5, content=content)})) == {"SUSPENDED"}
    assert check(document, {LIST_URL: status_list(content=content)}).verdict is Verdict.VALID


def test_a_list_for_another_purpose_decides_nothing_even_if_the_bit_is_set() -> None:
    document = with_status(status_entry("5", "suspension"))
    assert codes(check(document, {LIST_URL: status_list(5)})) == {"STATUS_VERIFICATION_ERROR"}
    none = status_list(5, content={"statusPurpose": []})
    assert codes(check(document, {LIST_URL: none})) == {"STATUS_VERIFICATION_ERROR"}


def test_one_list_may_serve_several_purposes() -> None:
    served = {
        LIST_URL: status_list(6, content={"statusPurpose": ["revocation", "suspension", "fun"]})
    }
    revocable, suspended = status_entry("5"), status_entry("6", "suspension")
    both = unsigned(type=["VerifiableCredential"], credentialStatus=[revocable, suspended])
    report = check(sign(both), served)
    assert codes(report) == {"SUSPENDED"}
    assert told(report).pointer == "/credentialStatus/1"
    assert check(with_status(revocable), served).verdict is Verdict.VALID


def test_a_purpose_that_is_not_understood_leaves_the_credential_undecided() -> None:
    document = with_status(status_entry("5", "fun"))
    report = check(document, {LIST_URL: status_list(content={"statusPurpose": "fun"})})
    assert codes(report) == {"UNKNOWN_STATUS_PURPOSE"}
    assert report.verdict is Verdict.INDETERMINATE


def test_a_newer_credential_is_offered_without_refusing_this_one() -> None:
    document = with_status(status_entry("5", "refresh"))
    report = check(document, {LIST_URL: status_list(5, content={"statusPurpose": "refresh"})})
    assert report.verdict is Verdict.VALID
    assert told(report).code == "REFRESH_AVAILABLE"


# Entries of several bits ---------------------------------------------------------------------

REVIEW = {"statusPurpose": "message"}
WORDS = ["pending review", "accepted", "rejected", "undefined"]


def messages(*words: str) -> list[dict[str, str]]:
    return [{"status": f"0x{value:x}", "message": word} for value, word in enumerate(words)]


def wide(index: str = "9", size: Any = 2, table: Any = None, purpose: str = "message") -> Any:
    table = messages(*WORDS) if table is None else table
    return {**status_entry(index, purpose), "statusSize": size, "statusMessage": table}


@pytest.mark.parametrize("value", range(4))
def test_the_message_of_a_value_is_told(value: int) -> None:
    bits = bytearray(32_768)
    bits[2] = value << 4  # index 9 of two bits each: the third and fourth bit of byte 2
    served = {LIST_URL: status_list(bits=bytes(bits), content=REVIEW)}
    report = check(with_status(wide("9")), served)
    assert report.verdict is Verdict.VALID
    assert f"“{WORDS[value]}” (0x{value})" in told(report).detail
    assert told(report).code == ("STATUS_MESSAGE" if value else "OK")


def test_any_value_but_zero_revokes_whatever_its_word_is() -> None:
    bits = bytes(2) + b"\x20" + bytes(32_765)
    entry = wide(purpose="revocation")
    report = check(with_status(entry), {LIST_URL: status_list(bits=bits)})
    assert codes(report) == {"REVOKED"}
    assert "rejected" in told(report).detail


def test_an_entry_of_one_bit_may_have_messages_and_need_not() -> None:
    served = {LIST_URL: status_list(5, content=REVIEW)}
    plain = check(with_status(status_entry("5", "message")), served)
    assert (plain.verdict, told(plain).code) == (Verdict.VALID, "STATUS_MESSAGE")
    worded = {**status_entry("5", "message"), "statusMessage": messages("open", "closed")}
    assert "“closed” (0x1)" in told(check(with_status(worded), served)).detail


def test_messages_may_stand_in_any_order_and_their_numbers_in_either_case() -> None:
    table = [{"status": f"0x{value:X}", "message": f"word {value}"} for value in range(15, -1, -1)]
    bits = bytes(4) + b"\x0b" + bytes(65_531)
    report = check(
        with_status(wide("9", 4, table)), {LIST_URL: status_list(bits=bits, content=REVIEW)}
    )
    assert "“word 11” (0xb)" in told(report).detail


def test_a_long_message_is_told_in_part() -> None:
    table = messages("fine", "x" * 1_000)
    entry = {**status_entry("5", "message"), "statusMessage": table}
    detail = told(check(with_status(entry), {LIST_URL: status_list(5, content=REVIEW)})).detail
    assert "xxx…”" in detail
    assert len(detail) < 400


@pytest.mark.parametrize(
    "changes",
    [
        {"statusSize": 0},
        {"statusSize": -1},
        {"statusSize": True},
        {"statusSize": "2"},
        {"statusSize": [2]},
        {"statusSize": 17},
        {"statusSize": 10**15},
        {"statusMessage": None},
        {"statusMessage": []},
        {"statusMessage": messages(*WORDS[:3])},
        {"statusMessage": [*messages(*WORDS), {"status": "0x4", "message": "more"}]},
        {"statusMessage": [*messages(*WORDS[:3]), {"status": "0x2", "message": "twice"}]},
        {"statusMessage": [*messages(*WORDS[:3]), {"status": "0x03", "message": 5}]},
        {"statusMessage": [*messages(*WORDS[:3]), {"status": "3", "message": "no prefix"}]},
        {"statusMessage": [*messages(*WORDS[:3]), {"status": "0x4", "message": "too large"}]},
        {"statusMessage": [*messages(*WORDS[:3]), {"status": 3, "message": "number"}]},
        {"statusMessage": [*messages(*WORDS[:3]), "0x3"]},
        {"statusMessage": {"status": "0x0", "message": "alone"}},
        {"statusSize": 1},
        {"statusSize": 3},
    ],
)
def test_sizes_and_messages_that_do_not_fit_are_malformed(changes: dict[str, Any]) -> None:
    entry = {name: value for name, value in {**wide(), **changes}.items() if value is not None}
    report = check(badly_signed(entry), {LIST_URL: status_list(bits=bytes(32_768), content=REVIEW)})
    assert told(report).code == "MALFORMED_VALUE_ERROR"
    assert "STATUS_MALFORMED" in {one.code for one in report.check("schema").remarks}


def test_entries_of_several_bits_need_a_longer_list() -> None:
    report = check(with_status(wide()), {LIST_URL: status_list(content=REVIEW)})
    assert codes(report) == {"STATUS_LIST_LENGTH_ERROR"}
    enough = {LIST_URL: status_list(bits=bytes(32_768), content=REVIEW)}
    assert check(with_status(wide("131071")), enough).verdict is Verdict.VALID
    assert codes(check(with_status(wide("131072")), enough)) == {"RANGE_ERROR"}


def test_an_entry_that_does_not_fit_into_the_last_bits_is_out_of_range() -> None:
    odd = {LIST_URL: status_list(bits=bytes(49_153), content=REVIEW)}
    table = messages(*(f"word {value}" for value in range(8)))
    assert check(with_status(wide("131073", 3, table)), odd).verdict is Verdict.VALID
    assert codes(check(with_status(wide("131074", 3, table)), odd)) == {"RANGE_ERROR"}


# Lists that say nothing ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("served", "code"),
    [
        (None, "STATUS_RETRIEVAL_ERROR"),
        ({}, "STATUS_VERIFICATION_ERROR"),
        ([], "STATUS_VERIFICATION_ERROR"),
        ("text", "STATUS_VERIFICATION_ERROR"),
        (status_list(signer=STRANGER), "STATUS_VERIFICATION_ERROR"),
        (status_list(issuer=did_key(STRANGER.verification_key)), "STATUS_VERIFICATION_ERROR"),
        (status_list(id=ANOTHER_URL), "STATUS_VERIFICATION_ERROR"),
        (status_list(validUntil="2026-01-01T00:00:00Z"), "STATUS_VERIFICATION_ERROR"),
        (status_list(validFrom="2027-01-01T00:00:00Z"), "STATUS_VERIFICATION_ERROR"),
        (status_list(type=["VerifiableCredential"]), "STATUS_VERIFICATION_ERROR"),
        (
            {**status_list(), "credentialSubject": status_list(5)["credentialSubject"]},
            "STATUS_VERIFICATION_ERROR",
        ),
        (status_list(credentialSubject={"id": "urn:x:y"}), "STATUS_VERIFICATION_ERROR"),
        (status_list(bits=bytes(16_383)), "STATUS_LIST_LENGTH_ERROR"),
        (status_list(bits=bytes(2_097_153)), "LIMIT_EXCEEDED"),
        (status_list(content={"encodedList": "uAAAA"}), "MALFORMED_VALUE_ERROR"),
        (status_list(credentialStatus=status_entry("1")), "STATUS_VERIFICATION_ERROR"),
    ],
)
def test_a_list_that_is_wrong_decides_nothing(served: object, code: str) -> None:
    document = with_status(status_entry("5"))
    report = check(document, {} if served is None else {LIST_URL: served})
    assert report.verdict is Verdict.INDETERMINATE
    assert codes(report) == {code}
    assert told(report).pointer.startswith("/credentialStatus")


def test_why_a_list_does_not_verify_is_told() -> None:
    ended = status_list(validUntil="2026-01-01T00:00:00Z")
    report = check(with_status(status_entry("5")), {LIST_URL: ended})
    assert "2026-01-01T00:00:00Z. [EXPIRED]" in told(report).detail


PACKED = gzip.compress(bytes(16_384), mtime=0)


@pytest.mark.parametrize(
    "encoded",
    [
        encode_base64url(PACKED + PACKED),
        encode_base64url(PACKED + b"more"),
        encode_base64url(PACKED[:-4]),
        encode_list(bytes(16_384)) + "=",
        f" {encode_list(bytes(16_384))}",
        encode_list(bytes(16_384)).removeprefix("u"),
        encode_list(bytes(16_384)).replace("u", "m", 1),
        encode_list(bytes(16_384)).replace("u", "U", 1),
        "u",
        "",
        5,
        None,
    ],
)
def test_an_encoded_list_has_one_form(encoded: object) -> None:
    subject = {**status_list()["credentialSubject"], "encodedList": encoded}
    subject = {name: value for name, value in subject.items() if value is not None}
    report = check(
        with_status(status_entry("5")), {LIST_URL: status_list(credentialSubject=subject)}
    )
    assert codes(report) == {"MALFORMED_VALUE_ERROR"}
    assert report.verdict is Verdict.INDETERMINATE


def test_the_lists_of_two_credentials_cannot_be_swapped() -> None:
    one, other = status_list(), status_list(id=ANOTHER_URL)
    swapped = {LIST_URL: other, ANOTHER_URL: one}
    report = check(with_status(status_entry("5")), swapped)
    assert codes(report) == {"STATUS_VERIFICATION_ERROR"}
    assert "not the one" in told(report).detail


def test_a_set_bit_counts_even_in_a_list_of_another_name() -> None:
    """Whoever swaps the list can hide no revocation, and the issuer signed the one that is told."""
    document = with_status(status_entry("5"))
    assert codes(check(document, {LIST_URL: status_list(5, id=ANOTHER_URL)})) == {"REVOKED"}


def test_a_suspension_counts_only_in_the_list_that_is_named() -> None:
    document = with_status(status_entry("5", "suspension"))
    other = status_list(5, id=ANOTHER_URL, content={"statusPurpose": "suspension"})
    assert codes(check(document, {LIST_URL: other})) == {"STATUS_VERIFICATION_ERROR"}


def test_an_index_beyond_the_list_and_an_unknown_kind_decide_nothing() -> None:
    beyond = with_status(status_entry("131072"))
    assert codes(check(beyond, {LIST_URL: status_list()})) == {"RANGE_ERROR"}
    unknown = with_status({"id": "urn:x:y", "type": "BitstringStatusList"})
    assert "UNKNOWN_STATUS_TYPE" in codes(check(unknown))


def test_an_entry_of_two_kinds_is_of_no_kind() -> None:
    entry = {**status_entry("5"), "type": ["BitstringStatusListEntry", "StatusList2021Entry"]}
    report = check(badly_signed(entry), {LIST_URL: status_list()})
    assert told(report).code == "UNKNOWN_STATUS_TYPE"


@pytest.mark.parametrize(
    "index", ["-1", "05", "+5", "5.0", "0x5", " 5", "5 ", "1_0", "", -1, 5.0, True, ["5"], None, {}]
)
def test_an_index_that_is_no_plain_number_is_malformed(index: object) -> None:
    entry = {**status_entry(), "statusListIndex": index}
    report = check(badly_signed(entry), {LIST_URL: status_list()})
    assert told(report).code == "MALFORMED_VALUE_ERROR"
    assert "STATUS_MALFORMED" in {one.code for one in report.check("schema").remarks}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 9) | st.text(max_size=6) | st.just(LIST_URL),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=6,
)
MEMBERS = [
    *("id", "statusPurpose", "statusListIndex", "statusListCredential", "statusSize"),
    *("statusMessage", "encodedList", "revokedCredential", "credentialSubject", "issuer"),
]
KINDS = ["BitstringStatusListEntry", "StatusList2021Entry", "1EdTechRevocationList"]


@settings(max_examples=60)
@given(
    st.sampled_from(KINDS),
    st.dictionaries(st.sampled_from(MEMBERS), JSON),
    st.dictionaries(st.sampled_from(MEMBERS), JSON),
)
def test_no_entry_and_no_list_of_any_form_is_taken_for_a_status(
    kind: str, members: dict[str, Any], served: dict[str, Any]
) -> None:
    document = {**unsigned(), "credentialStatus": {**status_entry(), **members, "type": kind}}
    remarks = check_status(document, world({LIST_URL: served}), examine_alone)
    assert {remark.outcome for remark in remarks} == {Outcome.INDETERMINATE}


def test_a_revocation_counts_even_if_its_index_is_a_number() -> None:
    """The specification wants a text, so the credential is refused whatever the bit says."""
    document = with_status(status_entry(5))
    assert codes(check(document, {LIST_URL: status_list(5)})) == {"REVOKED", "STATUS_MALFORMED"}
    assert codes(check(document, {LIST_URL: status_list()})) == {"STATUS_MALFORMED"}


def test_an_entry_with_the_id_of_its_list_is_noted() -> None:
    document = with_status({**status_entry("5"), "id": LIST_URL})
    report = check(document, {LIST_URL: status_list()})
    assert report.verdict is Verdict.VALID
    assert codes(report, "warning") == {"STATUS_ID_OF_LIST"}


# Work --------------------------------------------------------------------------------------


class CountingResolver:
    """Serves documents and counts how often each is asked for."""

    def __init__(self, documents: dict[str, Any]) -> None:
        self.documents = documents
        self.asked: list[str] = []

    def __call__(self, url: str) -> Any:
        self.asked.append(url)
        return self.documents[url]


def test_a_list_is_verified_once_however_often_it_is_named() -> None:
    entries = [status_entry(str(index)) for index in range(16)]
    document = sign(unsigned(type=["VerifiableCredential"], credentialStatus=entries))
    resolver = CountingResolver({LIST_URL: status_list()})
    assert check(document, resolver=resolver).verdict is Verdict.VALID
    assert resolver.asked == [LIST_URL]
    revoked = CountingResolver({LIST_URL: status_list(15)})
    assert codes(check(document, resolver=revoked)) == {"REVOKED"}
    broken = CountingResolver({LIST_URL: {}})
    assert codes(check(document, resolver=broken)) == {"STATUS_VERIFICATION_ERROR"}
    assert broken.asked == [LIST_URL]


def test_more_status_entries_than_are_looked_at_are_refused() -> None:
    entries = [status_entry(str(index)) for index in range(17)]
    document = badly_signed(*entries)
    resolver = CountingResolver({LIST_URL: status_list()})
    assert "TOO_MANY_STATUS_ENTRIES" in codes(check(document, resolver=resolver))
    assert resolver.asked == []


def test_a_list_that_names_itself_as_its_status_multiplies_nothing() -> None:
    own = status_list(credentialStatus=[status_entry(str(index)) for index in range(16)])
    resolver = CountingResolver({LIST_URL: own})
    report = check(with_status(status_entry("5")), resolver=resolver)
    assert codes(report) == {"STATUS_VERIFICATION_ERROR"}
    assert report.verdict is Verdict.INDETERMINATE
    assert len(resolver.asked) == 2


def test_each_verification_asks_for_its_lists_anew() -> None:
    resolver = CountingResolver({LIST_URL: status_list()})
    verifier = Verifier(world(resolver=resolver))
    data = serialize_json(with_status(status_entry("5")))
    assert verifier.check(data).verdict is Verdict.VALID
    resolver.documents[LIST_URL] = status_list(5)
    assert codes(verifier.check(data)) == {"REVOKED"}


@pytest.mark.parametrize(
    ("member", "is_revoked"),
    [
        ("type", True),
        ("statusPurpose", False),
        ("statusListIndex", False),
        ("statusListCredential", False),
    ],
)
def test_brackets_in_a_status_entry_do_not_hide_a_revocation(member: str, is_revoked: bool) -> None:
    """They change nothing in what was signed."""
    document = with_status(status_entry("5"))
    document["credentialStatus"][member] = [document["credentialStatus"][member]]
    report = check(document, {LIST_URL: status_list(5)})
    assert report.verdict is Verdict.INVALID
    assert ("REVOKED" in codes(report)) is is_revoked
