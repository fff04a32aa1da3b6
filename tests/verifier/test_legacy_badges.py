"""Open Badges 2.0: verified at their hosts, shown as legacy, and every forgery refused."""

from __future__ import annotations

import hmac
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.baking.images import unbake
from credentials.errors import VerificationError
from credentials.json_types import places
from credentials.limits import Limits
from keys.errors import UnresolvableError
from keys.multibase import base64url
from tests.credentials.baking.images import itxt, plain_text, png
from tests.factories import check, codes, sign, unsigned, world
from tests.soak import repetitions
from tests.verifier.legacy_badges import (
    ASSERTION,
    BADGE,
    CONTEXT,
    EVIL,
    HOST,
    ISSUER,
    KEY,
    LIST,
    SIGNED_ID,
    Document,
    assertion,
    badge_class,
    endorsement,
    issuer,
    key_document,
    pem,
    published,
    revocation_list,
    served,
    signed_assertion,
    token,
)
from verifier.legacy.examination import LEGACY
from verifier.report import CHECK_IDS, Verdict, VerificationReport
from verifier.trust import TrustList
from verifier.verifier import Verifier

REASONS = {
    "simple-revoked.jwt": "REVOKED",
    "basic-assertion-expired.json": "EXPIRED",
    "basic-assertion-expired-before-issued.json": "LEGACY_EXPIRES_FIRST",
    "basic-assertion-in-future.json": "NOT_YET_VALID",
    "basic-assertion-invalid-context.json": "LEGACY_CONTEXT",
    "basic-assertion-invalid-type.json": "LEGACY_TYPE",
    "basic-assertion-with-allowed-origins-invalid-starts-with.json": "LEGACY_OUT_OF_SCOPE",
    "assertion-with-extension-node-invalid.json": "LEGACY_EXTENSION_MALFORMED",
    "rdf-validation/invalid-class.json": "LEGACY_TYPE",
    "rdf-validation/badge-class-invalid-issuer-type.json": "LEGACY_TYPE",
}
"""The reason for which a fixture must be refused."""

WARNINGS = {
    "warning-issuer-non-http.json": "LEGACY_ID_NOT_WEB",
    "warning-with-redirection.json": "LEGACY_ID_DIFFERS",
}
"""What must be said about the fixtures that are in order with a warning."""


def test_every_fixture_gets_its_verdict_for_the_right_reason(conformance: Path) -> None:
    folder = conformance / "ob20"
    expected = json.loads((folder / "expected.json").read_text())
    assets = served(folder, expected["url_map"])
    assert len(expected["fixtures"]) == expected["count"] == 20
    for name, fixture in expected["fixtures"].items():
        data = (folder / name).read_bytes()
        own = {}
        if not name.endswith(".jwt"):
            document = json.loads(unbake(data).data if name.endswith(".png") else data)
            own = {document["id"]: document}
        report = check(data, {**assets, **own})
        if fixture["verdict_1edtech_1_11_0"] == "invalid":
            assert report.verdict is Verdict.INVALID, name
            assert REASONS[name] in codes(report), (name, codes(report))
            continue
        assert report.verdict is Verdict.VALID, (name, codes(report))
        assert LEGACY in codes(report, "warning"), name
        assert report.credential["legacy"]["standard"] == "Open Badges 2.0"
        has_warning = fixture["verdict_1edtech_1_11_0"] == "warning"
        assert has_warning == (name in WARNINGS)
        assert {WARNINGS.get(name, LEGACY)} <= codes(report, "warning"), name
        # Without anybody to ask, nothing is known of them.
        assert check(data).verdict is Verdict.INDETERMINATE, name


def test_a_hosted_badge_is_shown_as_depending_on_its_host() -> None:
    report = check(assertion(), published())
    assert report.verdict is Verdict.VALID
    assert report.credential == {
        "id": ASSERTION,
        "type": ["Assertion"],
        "version": "Open Badges 2.0",
        "name": "Pipe welding",
        "achievement": BADGE,
        "issuer": ISSUER,
        "issuer_name": "Example Polytechnic",
        "valid_from": "2026-01-15T09:00:00Z",
        "legacy": {
            "standard": "Open Badges 2.0",
            "verification": "hosted",
            "depends_on_hosts": ["good.example"],
        },
    }
    warning = next(one for one in report.check("proof").remarks if one.code == LEGACY)
    assert "Nothing in it is signed" in warning.detail
    assert "good.example" in warning.detail
    assert [one.id for one in report.checks] == list(CHECK_IDS)
    assert "NOT_REACHED" not in {one.code for checked in report.checks for one in checked.remarks}


def test_a_signed_badge_is_shown_as_depending_on_its_hosts_too() -> None:
    report = check(token(signed_assertion()), published())
    assert report.verdict is Verdict.VALID
    assert report.credential["legacy"]["verification"] == "signed"
    assert LEGACY in codes(report, "warning")
    assert check(token(signed_assertion(), typ="JWT", kid="x") + b"\n", published())


@pytest.mark.parametrize("data", [assertion(), token(signed_assertion())])
def test_no_legacy_badge_is_handed_out_as_a_verified_credential(data: Any) -> None:
    data = data if isinstance(data, bytes) else json.dumps(data).encode()
    with pytest.raises(VerificationError) as caught:
        Verifier(world(published())).verify(data)
    assert caught.value.code == LEGACY
    with pytest.raises(VerificationError) as caught:
        Verifier(world()).verify(data)
    assert caught.value.code == "LEGACY_UNREACHABLE"


def test_what_hosts_depend_on_is_asked_through_the_resolver_only_and_once() -> None:
    asked: list[str] = []
    documents = published(assertion(endorsement=[BADGE]))

    def resolver(url: str) -> Any:
        asked.append(url)
        return documents[url]

    check(assertion(endorsement=[BADGE]), resolver=resolver)
    assert asked == [ASSERTION, BADGE, ISSUER]


def hosted(document: Document, *others: Document, **options: Any) -> VerificationReport:
    """Check a badge that stands at its own address, with other documents at theirs."""
    return check(document, published(document, *others), **options)


def test_a_swapped_recipient_is_found_out() -> None:
    stolen = assertion(recipient={"type": "email", "hashed": False, "identity": "thief@x.example"})
    assert codes(check(stolen, published())) == {"LEGACY_CHANGED"}


@pytest.mark.parametrize(
    "changes",
    [
        {"issuedOn": "2020-01-01T00:00:00Z"},
        {"expires": "2099-01-01T00:00:00Z"},
        {"badge": f"{HOST}/classes/medicine"},
        {"verification": {"type": "HostedBadge", "allowedOrigins": "evil.example"}},
        {"type": ["Assertion", "ext:Other"]},
    ],
)
def test_a_file_that_says_something_else_than_its_host_is_refused(changes: Document) -> None:
    report = check(assertion(**changes), published())
    assert codes(report) == {"LEGACY_CHANGED"}


def test_other_differences_are_told_and_what_the_host_says_counts() -> None:
    report = check(assertion(narrative="I am a surgeon."), published())
    assert report.verdict is Verdict.VALID
    assert "LEGACY_DIFFERS" in codes(report, "warning")


def test_another_badge_at_the_address_is_refused() -> None:
    for other in (f"{HOST}/badges/2", f"{EVIL}/badges/1", "urn:x:y", None):
        documents = published() | {ASSERTION: assertion(id=other)}
        assert codes(check(assertion(), documents)) == {"LEGACY_ID_MISMATCH"}


def test_an_address_that_cannot_be_asked_decides_nothing() -> None:
    for address in (ASSERTION, BADGE, ISSUER):
        documents = published()
        del documents[address]
        report = check(assertion(), documents)
        assert report.verdict is Verdict.INDETERMINATE
        assert codes(report) == {"LEGACY_UNREACHABLE"}
    report = check(assertion(id="urn:uuid:1"), published())
    assert codes(report) == {"LEGACY_NOT_ON_THE_WEB"}


@pytest.mark.parametrize("answer", ["", [], 5, None, {}, {"id": ASSERTION}, {"x": ["\x00"]}])
def test_an_address_that_gives_something_else_is_refused(answer: Any) -> None:
    report = check(assertion(), published() | {ASSERTION: answer})
    assert report.verdict is Verdict.INVALID


def test_a_control_character_is_found_behind_any_number_of_nulls() -> None:
    """Rules that these badges need not keep were counted among the findings that are reported."""
    nulls = {f"x{number}": None for number in range(30)}
    report = hosted(assertion() | nulls | {"narrative": "\x07"})
    assert codes(report) >= {"CONTROL_CHARACTER", "LEGACY_DOCUMENT_MALFORMED"}
    assert hosted(assertion() | nulls).verdict is Verdict.VALID


def test_a_badge_hosted_by_somebody_else_is_not_the_issuers() -> None:
    forged = assertion(id=f"{EVIL}/1")
    assert codes(hosted(forged)) == {"LEGACY_OUT_OF_SCOPE"}


def test_a_badge_class_of_another_origin_lends_no_issuer() -> None:
    theirs = badge_class(id=f"{EVIL}/class")
    forged = assertion(id=f"{EVIL}/1", badge=theirs["id"])
    assert codes(hosted(forged, theirs)) == {"LEGACY_OUT_OF_SCOPE"}
    real = assertion(badge=theirs["id"])
    assert "LEGACY_BADGE_ELSEWHERE" in codes(hosted(real, theirs), "warning")


def test_an_embedded_badge_class_says_nothing_about_the_one_at_its_address() -> None:
    swapped = badge_class(issuer=f"{EVIL}/issuer", name="Surgery")
    report = hosted(assertion(badge=swapped))
    assert report.verdict is Verdict.VALID
    assert (report.credential["name"], report.credential["issuer"]) == ("Pipe welding", ISSUER)


def test_a_swapped_issuer_is_not_the_one_at_the_address() -> None:
    pretended = issuer(verification={"allowedOrigins": ["evil.example"]})
    theirs = badge_class(id=f"{EVIL}/class", issuer=pretended)
    forged = assertion(id=f"{EVIL}/1", badge=theirs["id"])
    assert codes(hosted(forged, theirs)) == {"LEGACY_OUT_OF_SCOPE"}


def test_a_profile_elsewhere_that_names_the_issuers_id_lends_no_scope() -> None:
    pretended = issuer(verification={"allowedOrigins": ["evil.example"]})
    theirs = badge_class(id=f"{EVIL}/class", issuer=f"{EVIL}/issuer")
    forged = assertion(id=f"{EVIL}/1", badge=theirs["id"])
    documents = published(forged, theirs) | {f"{EVIL}/issuer": pretended}
    assert codes(check(forged, documents)) == {"LEGACY_OUT_OF_SCOPE"}


def test_ids_that_lead_on_and_on_are_not_followed() -> None:
    documents = published()
    documents[f"{HOST}/a"] = issuer(id=f"{HOST}/b")
    documents[f"{HOST}/b"] = issuer(id=f"{HOST}/c")
    documents[f"{HOST}/c"] = issuer(id=f"{HOST}/c")
    documents[BADGE] = badge_class(issuer=f"{HOST}/a")
    assert codes(check(assertion(), documents)) == {"LEGACY_ID_MISMATCH"}


def test_an_id_that_leads_elsewhere_is_followed_once_and_told() -> None:
    documents = published() | {BADGE: badge_class(issuer=f"{HOST}/alias")}
    documents[f"{HOST}/alias"] = issuer()
    report = check(assertion(), documents)
    assert report.verdict is Verdict.VALID
    assert "LEGACY_ID_DIFFERS" in codes(report, "warning")
    documents[f"{HOST}/alias"] = issuer(verification={"startsWith": f"{HOST}/only/"})
    assert codes(check(assertion(), documents)) == {"LEGACY_OUT_OF_SCOPE"}


@pytest.mark.parametrize(
    ("identifier", "verification", "is_inside"),
    [
        (f"{HOST}/badges/1", None, True),
        ("http://good.example/badges/1", None, True),
        ("https://GOOD.example/badges/1", None, True),
        ("https://good.example:8443/badges/1", None, False),
        ("https://good.example@evil.example/1", None, False),
        ("https://good.example.evil.example/1", None, False),
        ("https://sub.good.example/1", None, False),
        (f"{HOST}/badges/1", {"startsWith": f"{HOST}/badges/"}, True),
        (f"{HOST}/badges/1", {"startsWith": [f"{HOST}/x/", f"{HOST}/badges/"]}, True),
        (f"{HOST}/other/1", {"startsWith": f"{HOST}/badges/"}, False),
        (f"{HOST}/badges/../other/1", {"startsWith": f"{HOST}/badges/"}, False),
        (f"{HOST}/badges/%2e%2E/other", {"startsWith": f"{HOST}/badges/"}, False),
        ("https://good.example.evil.example/1", {"startsWith": HOST}, False),
        ("https://cloud.example/good/1", {"startsWith": "https://cloud.example/good/"}, True),
        ("https://cloud.example/1", {"allowedOrigins": "cloud.example"}, True),
        (f"{HOST}/badges/1", {"allowedOrigins": ["cloud.example"]}, False),
        (f"{HOST}/badges/1", {"allowedOrigins": ["good.example"]}, True),
        (
            "https://cloud.example/1",
            {"allowedOrigins": "cloud.example", "startsWith": f"{HOST}/"},
            False,
        ),
    ],
)
def test_badges_are_hosted_where_the_issuer_says(
    identifier: str, verification: Document | None, is_inside: bool
) -> None:
    report = hosted(assertion(id=identifier), issuer(verification=verification))
    assert (report.verdict is Verdict.VALID) is is_inside, codes(report)
    assert codes(report) == (set() if is_inside else {"LEGACY_OUT_OF_SCOPE"})


def test_a_token_by_the_key_of_another_issuer_is_refused() -> None:
    theirs = key_document(id=f"{EVIL}/key", owner=f"{EVIL}/issuer", publicKeyPem=pem(1))
    forged = signed_assertion(verification={"type": "signed", "creator": theirs["id"]})
    report = check(token(forged, number=1), published(theirs))
    assert codes(report) == {"LEGACY_KEY_NOT_LISTED"}
    assert codes(check(token(signed_assertion(), number=1), published())) == {"SIGNATURE_INVALID"}


def test_a_key_that_names_another_owner_is_refused() -> None:
    for owner in (f"{EVIL}/issuer", "urn:x:y"):
        report = check(token(signed_assertion()), published(key_document(owner=owner)))
        assert codes(report) == {"LEGACY_KEY_OWNER"}


def test_a_key_at_another_id_is_not_followed() -> None:
    documents = published() | {KEY: key_document(id=f"{EVIL}/key")}
    documents[f"{EVIL}/key"] = key_document(id=f"{EVIL}/key")
    assert codes(check(token(signed_assertion()), documents)) == {"LEGACY_ID_MISMATCH"}


def test_a_key_inside_the_profile_is_used() -> None:
    inside = issuer(publicKey=[key_document(id=f"{ISSUER}#key")])
    badge = signed_assertion(verification={"type": "signed", "creator": f"{ISSUER}#key"})
    assert check(token(badge), published(inside)).verdict is Verdict.VALID


def test_a_key_in_brackets_is_the_key() -> None:
    """A set of one text was taken for a text, and verifying ended in a crash."""
    report = check(token(signed_assertion()), published(key_document(publicKeyPem=[pem()])))
    assert report.verdict is Verdict.VALID
    other = published(key_document(publicKeyPem=[pem(1)]))
    assert codes(check(token(signed_assertion()), other)) == {"SIGNATURE_INVALID"}


@pytest.mark.parametrize("identifier", [ISSUER, ASSERTION, SIGNED_ID])
def test_an_issuer_inside_a_signed_badge_is_nobody(identifier: str) -> None:
    """Else anybody could sign with a key of their own, as whoever the badge's id belongs to."""
    key = {**key_document(publicKeyPem=pem(1)), "id": "_:key", "owner": identifier}
    profile = issuer(id="_:issuer", publicKey=[key])
    badge = badge_class(id="_:badge", issuer=profile)
    verification = {"type": "SignedBadge"}
    forged = signed_assertion(id=identifier, badge=badge, verification=verification)
    for documents in ({}, published()):
        report = check(token(forged, number=1), documents)
        assert report.verdict is Verdict.INDETERMINATE
        assert codes(report) == {"LEGACY_NOT_ON_THE_WEB"}
        assert "issuer" not in report.credential


def test_a_badge_class_inside_a_signed_badge_needs_no_address() -> None:
    inside = signed_assertion(badge=badge_class(id="_:badge"))
    report = check(token(inside), published())
    assert report.verdict is Verdict.VALID
    assert codes(report, "warning") == {"LEGACY_OPEN_BADGES_2"}
    assert "achievement" not in report.credential


def test_without_a_creator_the_keys_of_the_profile_are_tried() -> None:
    other = key_document(id=f"{HOST}/another", publicKeyPem=pem(1))
    badge = signed_assertion(verification={"type": "SignedBadge"})
    both = published(issuer(publicKey=[other["id"], KEY]), other)
    assert check(token(badge), both).verdict is Verdict.VALID
    assert codes(check(token(badge), published(issuer(publicKey=None)))) == {"LEGACY_NO_KEY"}


def test_what_was_signed_cannot_be_changed_nor_given_without_its_signature() -> None:
    header, _payload, signature = token(signed_assertion()).split(b".")
    other = token(signed_assertion(issuedOn="2020-01-01T00:00:00Z")).split(b".")[1]
    report = check(b".".join((header, other, signature)), published())
    assert codes(report) == {"SIGNATURE_INVALID"}
    assert codes(check(signed_assertion(), published())) == {"LEGACY_VERIFICATION"}
    assert codes(check(token(assertion()), published())) == {"LEGACY_VERIFICATION"}


def test_a_token_signed_with_the_public_key_as_a_secret_is_refused() -> None:
    parts = (json.dumps({"alg": "HS256"}), json.dumps(signed_assertion()))
    message = ".".join(base64url(part.encode()) for part in parts).encode()
    secret = hmac.digest(pem().encode(), message, "sha256")
    report = check(message + b"." + base64url(secret).encode(), published())
    assert report.verdict is Verdict.INVALID
    assert LEGACY not in codes(report, "warning")


@pytest.mark.parametrize("header", [{"jwk": {"kty": "RSA"}}, {"jku": EVIL}, {"alg": "none"}])
def test_a_token_that_brings_its_own_key_is_refused(header: Document) -> None:
    report = check(token(signed_assertion(), **header), published())
    assert report.verdict is Verdict.INVALID


def test_a_legacy_badge_in_a_presentation_is_no_credential() -> None:
    shown = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiablePresentation"],
        "verifiableCredential": [assertion()],
    }
    assert check(shown, published()).verdict is Verdict.INVALID


@pytest.mark.parametrize(
    "text",
    ["", "x", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", "x" * 5_000],
)
def test_a_key_that_is_none_is_refused(text: str) -> None:
    report = check(token(signed_assertion()), published(key_document(publicKeyPem=text)))
    assert codes(report) == {"MALFORMED_KEY"}


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        (SIGNED_ID, "REVOKED"),
        ({"id": SIGNED_ID, "revocationReason": "A reason"}, "REVOKED"),
        ({"uid": "17"}, "REVOKED"),
        ({"id": "urn:uuid:other"}, None),
        ({"id": "urn:uuid:other", "uid": []}, None),
        ({"id": [], "uid": "17"}, "REVOKED"),
        ("17", "REVOKED"),
    ],
)
def test_the_issuers_list_of_revoked_badges_counts(entry: Any, code: str | None) -> None:
    documents = published(issuer(revocationList=LIST), revocation_list("x", entry))
    report = check(token(signed_assertion(uid="17")), documents)
    assert codes(report) == ({code} if code else set())


@pytest.mark.parametrize(
    "changes",
    [
        {"issuer": f"{EVIL}/issuer"},
        {"id": f"{EVIL}/list"},
        {"id": "urn:x:y"},
        {"type": "Assertion"},
        {"revokedAssertions": [5]},
        {"@context": "urn:x"},
    ],
)
def test_a_list_that_is_not_the_issuers_decides_nothing(changes: Document) -> None:
    lists = {LIST: revocation_list(**changes), f"{EVIL}/list": revocation_list(**changes)}
    documents = published(issuer(revocationList=LIST)) | lists
    assert check(token(signed_assertion()), documents).verdict is Verdict.INDETERMINATE


def test_a_list_that_cannot_be_had_decides_nothing() -> None:
    for badge in (token(signed_assertion()), assertion()):
        report = check(badge, published(issuer(revocationList=LIST)))
        assert codes(report) == {"LEGACY_UNREACHABLE"}


def test_a_hosted_badge_that_says_so_is_revoked() -> None:
    report = check(assertion(), published(assertion(revoked=True)))
    assert codes(report) == {"REVOKED"}


def test_a_hosted_badge_that_its_address_has_taken_away_is_revoked() -> None:
    def resolver(url: str) -> Any:
        if url == ASSERTION:
            raise UnresolvableError("The server answered with the status 410.", code="GONE")
        return published()[url]

    assert codes(check(assertion(), resolver=resolver)) == {"REVOKED"}


def test_a_badge_class_that_was_taken_away_says_nothing_about_the_badge() -> None:
    def resolver(url: str) -> Any:
        if url == BADGE:
            raise UnresolvableError("The server answered with the status 410.", code="GONE")
        return published()[url]

    assert codes(check(assertion(), resolver=resolver)) == {"LEGACY_GONE"}


@pytest.mark.parametrize("expected", ["a@example.com", "A@Example.com"])
def test_the_recipient_is_compared_by_hash(expected: str) -> None:
    report = check(assertion(), published(), expected_recipient=expected)
    assert report.verdict is Verdict.VALID
    other = check(assertion(), published(), expected_recipient="b@example.com")
    assert codes(other) == {"RECIPIENT_MISMATCH"}


def test_a_plain_recipient_is_compared_and_never_shown() -> None:
    plain = assertion(recipient={"type": "email", "hashed": False, "identity": "a@example.com"})
    report = hosted(plain, expected_recipient="a@example.com")
    assert report.verdict is Verdict.VALID
    assert "a@example.com" not in json.dumps(report.to_json())


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"issuedOn": "2099-01-01T00:00:00Z"}, "NOT_YET_VALID"),
        ({"expires": "2026-02-01T00:00:00+0000"}, "EXPIRED"),
        ({"expires": "2025-02-01T00:00Z"}, "LEGACY_EXPIRES_FIRST"),
        ({"issuedOn": "yesterday"}, "LEGACY_VALUE"),
        ({"issuedOn": 1_400_000_000}, "LEGACY_VALUE"),
        ({"issuedOn": None}, "LEGACY_REQUIRED"),
        ({"recipient": None}, "LEGACY_REQUIRED"),
        ({"recipient": "a@example.com"}, "LEGACY_VALUE"),
        ({"recipient": {"type": "email", "hashed": True, "identity": "x"}}, "LEGACY_VALUE"),
        ({"badge": []}, "LEGACY_VALUE"),
        ({"badge": [BADGE, BADGE + "2"]}, "LEGACY_VALUE"),
        ({"badge": {"id": BADGE, "type": "Criteria"}}, "LEGACY_TYPE"),
        ({"evidence": {"id": 5}}, "LEGACY_VALUE"),
        ({"revoked": "yes"}, "LEGACY_VALUE"),
        ({"type": "Endorsement"}, "LEGACY_TYPE"),
        ({"type": ["Assertion", "Nonsense"]}, "LEGACY_TYPE_UNKNOWN"),
        ({"type": ["Assertion", 5]}, "LEGACY_TYPE_UNKNOWN"),
        ({"@context": ["https://w3id.org/openbadges/v3"]}, "LEGACY_CONTEXT"),
        (
            {"@context": {"obi": "https://w3id.org/openbadges#", "Assertion": "urn:x"}},
            "LEGACY_CONTEXT",
        ),
        ({"extensions:x": {"type": "Extension"}}, "LEGACY_EXTENSION_MALFORMED"),
        (
            {"extensions:x": {"type": ["Extension", "extensions:ApplyLink"], "url": "x"}},
            "LEGACY_EXTENSION_MALFORMED",
        ),
    ],
)
def test_what_is_wrong_with_a_badge_is_named(changes: Document, code: str) -> None:
    report = hosted(assertion(**changes))
    assert report.verdict is Verdict.INVALID
    assert code in codes(report)


@pytest.mark.parametrize(
    "changes",
    [
        {"expires": None, "evidence": [], "narrative": None},
        {"@context": [CONTEXT, "https://x.example/context"]},
        {"@context": {"obi": "https://w3id.org/openbadges#", "Assertion": "obi:Assertion"}},
        {"type": ["Assertion", "https://x.example/Other"]},
        {"evidence": [{"id": "_:b1", "narrative": "Rocked"}, "https://x.example/work"]},
        {"extensions:x": {"type": ["Extension", "x:Unknown"]}},
        {"extensions:x": {"type": ["Extension", "extensions:ApplyLink"], "url": HOST}},
        {"recipient": [assertion()["recipient"]]},
    ],
)
def test_what_issuers_write_is_tolerated(changes: Document) -> None:
    document = assertion() | changes
    assert hosted(document).verdict is Verdict.VALID, codes(hosted(document))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": None}, "LEGACY_REQUIRED"),
        ({"criteria": {"type": "Criteria"}}, "LEGACY_CRITERIA_EMPTY"),
        ({"type": "Assertion"}, "LEGACY_TYPE"),
        ({"issuer": "mailto:a@example.com"}, "LEGACY_NOT_ON_THE_WEB"),
        ({"@context": "https://x.example"}, "LEGACY_CONTEXT"),
    ],
)
def test_a_badge_class_must_be_as_it_must_be(changes: Document, code: str) -> None:
    report = check(assertion(), published() | {BADGE: badge_class(**changes)})
    assert code in codes(report)


def test_a_description_is_no_award() -> None:
    for document in (badge_class(), issuer()):
        report = check(document, published())
        assert report.verdict is Verdict.VALID
        assert "LEGACY_NOT_AN_AWARD" in codes(report, "warning")
    forged = badge_class(id=f"{EVIL}/class")
    assert "LEGACY_BADGE_ELSEWHERE" in codes(hosted(forged), "warning")


def test_only_an_award_is_signed() -> None:
    report = check(token(badge_class()), published())
    assert codes(report) == {"LEGACY_TYPE"}


def test_a_known_issuer_is_known_only_if_the_badge_is_theirs() -> None:
    trust = TrustList.from_json(
        {"name": "list", "issuers": [{"id": ISSUER, "name": "Example Polytechnic"}]}
    )
    good = check(assertion(), published(), trust=trust)
    assert good.check("trust").outcome.value == "passed"
    forged = hosted(assertion(id=f"{EVIL}/1"), trust=trust)
    assert forged.check("trust").outcome.value == "warning"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, "ENDORSEMENT_VALID"),
        ({"claim": {"id": "https://other.example/x"}}, "ENDORSEMENT_INVALID"),
        ({"issuer": ISSUER}, "ENDORSEMENT_INVALID"),
        ({"issuedOn": "2099-01-01T00:00Z"}, "ENDORSEMENT_INVALID"),
        ({"verification": {"type": "signed"}}, "ENDORSEMENT_UNDECIDED"),
        ({"type": "Assertion"}, "ENDORSEMENT_INVALID"),
        ({"id": "https://other.example/other"}, "ENDORSEMENT_UNDECIDED"),
    ],
)
def test_endorsements_are_told_and_decide_nothing(changes: Document, code: str) -> None:
    other = issuer(id="https://other.example/issuer")
    badge = assertion(endorsement=["https://other.example/endorsement"])
    documents = published(badge, other)
    documents["https://other.example/endorsement"] = endorsement(**changes)
    report = check(badge, documents)
    assert report.verdict is Verdict.VALID
    assert {one.code for one in report.check("endorsement").remarks} == {code}


def test_only_some_endorsements_are_looked_at() -> None:
    """One that is named a thousand times would be judged a thousand times."""
    place = "https://other.example/endorsement"
    badge = assertion(endorsement=[place] * 65)
    documents = published(badge, issuer(id="https://other.example/issuer"), endorsement())
    remarks = check(badge, documents).check("endorsement").remarks
    assert [one.code for one in remarks].count("ENDORSEMENT_VALID") == 64
    assert {one.code for one in remarks} == {"ENDORSEMENT_VALID", "TOO_MANY_ENDORSEMENTS"}


def test_a_badge_that_asks_for_endless_look_ups_is_not_followed() -> None:
    many = [f"https://other.example/{number}" for number in range(100)]
    asked = []

    def resolver(url: str) -> Any:
        asked.append(url)
        if url in published(assertion(endorsement=many)):
            return published(assertion(endorsement=many))[url]
        raise UnresolvableError("no")

    report = check(assertion(endorsement=many), resolver=resolver, limits=Limits(legacy_lookups=10))
    assert report.verdict is Verdict.VALID
    assert codes(report, "warning") >= {"ENDORSEMENT_UNDECIDED"}
    assert len(asked) <= 10


def test_what_was_looked_up_without_encryption_is_told() -> None:
    open_to_all = badge_class(id="http://good.example/class")
    report = hosted(assertion(badge=open_to_all["id"]), open_to_all)
    assert report.verdict is Verdict.VALID
    assert "LEGACY_UNENCRYPTED" in codes(report, "warning")
    assert "LEGACY_UNENCRYPTED" not in codes(hosted(assertion()), "warning")


def test_a_badge_of_the_older_data_model_is_judged_like_any_other_and_told_as_legacy() -> None:
    older = unsigned(issuanceDate="2026-01-15T09:00:00Z", validFrom=None, validUntil=None)
    older["@context"] = ["https://www.w3.org/2018/credentials/v1", older["@context"][1]]
    older["@context"].append("https://w3id.org/security/data-integrity/v2")
    report = check(sign(older))
    assert report.verdict is Verdict.VALID, codes(report)
    assert "LEGACY_DATA_MODEL" in codes(report, "warning")
    assert "LEGACY_DATA_MODEL" not in codes(check(sign(unsigned())), "warning")
    assert codes(check(sign(older) | {"name": "Other"})) >= {"SIGNATURE_INVALID"}


def test_badges_of_the_first_generation_are_not_decided() -> None:
    first = {
        "uid": "17",
        "recipient": {"type": "email", "identity": "x", "hashed": False},
        "badge": BADGE,
        "verify": {"type": "hosted", "url": ASSERTION},
    }
    for document in (first, {**first, "@context": "https://w3id.org/openbadges/v1"}):
        report = check(document, published())
        assert report.verdict is Verdict.INDETERMINATE
        assert codes(report) == {"UNSUPPORTED_OPEN_BADGES_1"}


def test_an_address_in_an_image_is_looked_up_there_and_nowhere_else() -> None:
    image = png(plain_text(ASSERTION))
    assert check(image, published()).verdict is Verdict.VALID
    assert codes(check(image)) == {"LEGACY_UNREACHABLE"}
    other = published() | {ASSERTION: assertion(id=f"{HOST}/badges/2")}
    assert codes(check(image, other)) == {"LEGACY_ID_MISMATCH"}
    # Alone, or where Open Badges 3 has its credentials, an address is nothing.
    assert codes(check(ASSERTION.encode(), published())) == {"JSON_SYNTAX"}
    assert codes(check(png(itxt(ASSERTION)), published())) == {"JSON_SYNTAX"}


def test_a_baked_legacy_badge_is_verified_like_the_file_itself() -> None:
    text = json.dumps(assertion())
    for image in (png(plain_text(text)), png(itxt(text, b"openbadges", compressed=True))):
        assert check(image, published()).checks[1:] == check(assertion(), published()).checks[1:]
    signed = png(itxt(token(signed_assertion()), b"openbadges"))
    assert check(signed, published()).verdict is Verdict.VALID


def test_a_verifiable_credential_never_passes_as_a_legacy_badge() -> None:
    mixed = assertion(type=["Assertion", "VerifiableCredential"])
    report = hosted(mixed)
    assert report.verdict is Verdict.INVALID
    assert "NO_PROOF" in codes(report)


HOSTILE = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=8)
    | st.sampled_from(
        ["https://[::1", "https://a:99999/", ISSUER, ASSERTION, "_:b", "9999-12-31T23:59Z"]
    ),
    lambda inside: (
        st.lists(inside, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "type", "uid", "startsWith", "x:y"]), inside)
    ),
    max_leaves=4,
)


@settings(max_examples=repetitions(25, soak=80))
@given(st.data())
def test_a_hostile_value_in_any_place_ends_in_a_report(data: st.DataObject) -> None:
    documents = [
        assertion(uid="17", endorsement=["https://other.example/endorsement"]),
        badge_class(),
        issuer(revocationList=LIST, verification={"allowedOrigins": ["good.example"]}),
        revocation_list({"id": "urn:x:y"}),
        endorsement(),
    ]
    where = data.draw(st.sampled_from(documents))
    place, _value = data.draw(st.sampled_from(list(places(where))))
    served = {document["id"]: document for document in documents}
    if place is not None:
        parent, step = place
        holder: Any = next(value for other, value in places(where) if other == parent)
        holder[step] = data.draw(HOSTILE)
    assert json.dumps(check(documents[0], published() | served).to_json())
