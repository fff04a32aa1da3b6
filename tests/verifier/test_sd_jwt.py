"""SD-JWT VCs: what is told of them, and what is never taken for valid."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from credentials.errors import VerificationError
from credentials.json_types import JsonObject
from credentials.limits import Limits
from credentials.sd_jwt.disclosures import Disclosure
from credentials.sd_jwt.open_badge import LEARNER, VCT
from credentials.sd_jwt.serialization import SdJwt
from credentials.strict_json import serialize_json
from keys.did import did_key
from keys.signer import PrivateKeySigner
from keys.verification_key import KeyType
from tests.credentials.baking.images import itxt, png
from tests.factories import (
    ISSUER,
    LIST_URL,
    NOW,
    SIGNER,
    STRANGER,
    check,
    codes,
    method_of,
    sign,
    unsigned,
    world,
)
from tests.factories import LEARNER as LEARNER_ID
from tests.verifier.sd_jwts import (
    AUDIENCE,
    NONCE,
    SHOW_ID,
    STATUS,
    badge_claims,
    issued,
    presented,
    report_on,
    signed_payload,
    without_disclosures,
)
from verifier.report import CHECK_IDS, Outcome, Verdict
from verifier.trust import TrustList
from verifier.verifier import Verifier

ASKED = {"expected_challenge": NONCE, "expected_domain": AUDIENCE}
OTHER_TYPE: JsonObject = {"vct": "https://other.example/type", "iss": ISSUER, "family_name": "Ng"}


def assert_refused(sd_jwt: SdJwt | str, code: str, **changes: Any) -> None:
    report = report_on(sd_jwt, **changes)
    assert report.verdict is Verdict.INVALID
    assert code in codes(report, "failed")


def test_a_badge_with_everything_shown_is_valid_and_tells_level_and_credits() -> None:
    report = report_on(issued())
    assert report.verdict is Verdict.VALID, codes(report)
    assert [one.id for one in report.checks] == list(CHECK_IDS)
    assert report.check("schema").decisive.code == "DERIVED_FROM_OPEN_BADGE"
    assert "not an Open Badges 3.0 credential" in report.check("schema").decisive.detail
    assert report.credential["type"] == [VCT]
    assert report.credential["version"] == "SD-JWT VC"
    assert (report.credential["name"], report.credential["issuer"]) == ("Pipe welding", ISSUER)
    assert report.credential["subject"] == LEARNER_ID
    (value,) = report.value["stated"]
    assert (value["amount"], value["unit"], value["level"]) == ("20", "NZQCF", "5")
    assert value["basis"] == "earned"


def test_level_and_credits_are_told_whatever_the_learner_keeps_back() -> None:
    whole, nothing = report_on(issued()), report_on(without_disclosures(issued()))
    assert nothing.verdict is Verdict.VALID, codes(nothing)
    assert nothing.value == whole.value
    assert "subject" not in nothing.credential
    assert nothing.credential["valid_until"] == whole.credential["valid_until"]


def test_the_value_is_the_one_that_the_badge_itself_states() -> None:
    assert report_on(issued()).value == check(sign(unsigned())).value


def test_a_presentation_answers_nonce_and_audience() -> None:
    report = report_on(presented(issued(), SHOW_ID), **ASKED)
    assert report.verdict is Verdict.VALID, codes(report)
    assert codes(report, "warning") == {"ISSUER_NOT_LISTED"} - {"ISSUER_NOT_LISTED"}
    told = [one.detail for one in report.check("recipient").remarks]
    assert any("is the one whom it is about" in one for one in told)


def test_key_binding_works_when_the_learner_is_kept_back() -> None:
    report = report_on(presented(issued()), **ASKED)
    assert report.verdict is Verdict.VALID, codes(report)
    assert report.check("recipient").outcome is Outcome.PASSED


def test_other_keys_issue_and_present_as_well() -> None:
    for key_type, size in ((KeyType.P256, 32), (KeyType.P384, 48)):
        key = PrivateKeySigner(key_type, bytes(range(1, size + 1)))
        claims = badge_claims(iss=did_key(key.verification_key))
        claims["cnf"] = {"jwk": key.verification_key.to_jwk()}
        sd_jwt = issued(claims, signer=key)
        report = report_on(presented(sd_jwt, signer=key), **ASKED)
        assert report.verdict is Verdict.VALID, codes(report)


def test_the_json_serialization_is_read_as_well() -> None:
    for sd_jwt in (issued(), presented(issued(), SHOW_ID)):
        report = check(serialize_json(sd_jwt.to_json()))
        assert report.verdict is Verdict.VALID, codes(report)
    changed = {**issued().to_json(), "signature": "AAAA"}
    assert check(serialize_json(changed)).verdict is Verdict.INVALID
    unprotected = {**issued().to_json(), "header": {"disclosures": [], "kid": "x"}}
    assert codes(check(serialize_json(unprotected))) == {"SD_JWT_MALFORMED"}


def test_every_signature_of_a_json_serialization_must_hold() -> None:
    one, payload, signature = issued().issuer_jwt.split(".")
    broken = ("A" if signature[0] != "A" else "B") + signature[1:]
    several = replace(issued(), further_jwts=(f"{one}.{payload}.{broken}",))
    report = check(serialize_json(several.to_json()))
    assert codes(report, "failed") == {"SIGNATURE_INVALID"}
    same = replace(issued(), further_jwts=(issued().issuer_jwt,))
    assert check(serialize_json(same.to_json())).verdict is Verdict.VALID


def test_a_type_of_others_is_verified_and_its_value_is_not_known() -> None:
    report = report_on(issued(OTHER_TYPE | {"exp": 2084000400}, [("family_name",)]))
    assert report.verdict is Verdict.VALID, codes(report)
    assert report.value == {}
    assert report.check("value").decisive.code == "TYPE_NOT_KNOWN"
    assert report.credential["type"] == ["https://other.example/type"]


def test_the_white_space_around_a_file_belongs_to_the_file() -> None:
    report = check(f"\n {issued().to_compact()}\n".encode())
    assert report.verdict is Verdict.VALID


def test_an_sd_jwt_is_not_taken_for_the_badge_it_was_derived_from() -> None:
    """Otherwise one badge in two forms, or with two sets of disclosures, would count twice."""
    with pytest.raises(VerificationError) as caught:
        Verifier(world()).verify(issued().to_compact().encode())
    assert caught.value.code == "SHOWN_IN_PARTS"
    with pytest.raises(VerificationError) as caught:
        Verifier(world()).verify(issued(badge_claims(exp=1_790_000_000)).to_compact().encode())
    assert caught.value.code == "EXPIRED"


# The issuer's signature and key


def test_a_changed_payload_or_signature_is_refused() -> None:
    header, payload, signature = issued().issuer_jwt.split(".")
    other = signed_payload({**badge_claims(), "credits": {"unit": "NZQCF", "amount": "200"}})
    for jwt in (f"{header}.{other.split('.')[1]}.{signature}", f"{header}.{payload}.{signature}A"):
        assert report_on(replace(issued(), issuer_jwt=jwt)).verdict is Verdict.INVALID


def test_a_key_of_somebody_else_signs_for_nobody_but_them() -> None:
    assert_refused(issued(signer=STRANGER), "ISSUER_MISMATCH")
    assert_refused(issued(signer=STRANGER, header={"kid": method_of(SIGNER)}), "SIGNATURE_INVALID")


def test_a_key_binding_key_is_no_issuers_key() -> None:
    """The holder signs claims of their own under the issuer's name."""
    assert_refused(issued(signer=STRANGER, header={"kid": None}), "SIGNATURE_INVALID")


def test_a_credential_without_an_issuer_is_refused() -> None:
    assert_refused(issued(badge_claims(iss=None)), "ISSUER_MISSING")


def test_certificates_are_not_read_and_decide_nothing() -> None:
    header = {"x5c": ["MIIB"], "kid": None}
    claims = {**OTHER_TYPE, "iss": "https://uni.example"}
    without = {name: value for name, value in claims.items() if name != "iss"}
    for some in (claims, without):
        report = report_on(issued(some, [], header=header))
        assert report.verdict is Verdict.INDETERMINATE
        assert "UNSUPPORTED_X5C" in codes(report)


def test_an_unsigned_token_is_refused() -> None:
    _header, payload, _signature = issued().issuer_jwt.split(".")
    none = "eyJhbGciOiJub25lIiwidHlwIjoiZGMrc2Qtand0In0"
    assert codes(report_on(f"{none}.{payload}.~")) & {"TOKEN_UNSIGNED", "TOKEN_MALFORMED"}
    assert_refused(f"{none}.{payload}.AA~", "TOKEN_UNSIGNED")


def issuer_documents(key: Any = SIGNER) -> dict[str, Any]:
    jwk = {**key.verification_key.to_jwk(), "kid": "k1"}
    return {
        "https://uni.example/.well-known/jwt-vc-issuer/faculty": {
            "issuer": "https://uni.example/faculty",
            "jwks": {"keys": [jwk]},
        }
    }


FACULTY = "https://uni.example/faculty"


def test_an_https_issuer_has_its_keys_in_its_metadata() -> None:
    sd_jwt = issued(badge_claims(iss=FACULTY), header={"kid": "k1"})
    report = report_on(sd_jwt, issuer_documents())
    assert report.verdict is Verdict.VALID, codes(report)
    assert report_on(sd_jwt).verdict is Verdict.INDETERMINATE
    assert codes(report_on(sd_jwt)) == {"KEY_UNRESOLVED", "ISSUER_UNCONFIRMED"}
    assert_refused(sd_jwt, "SIGNATURE_INVALID", documents=issuer_documents(STRANGER))
    other = issued(badge_claims(iss=FACULTY), header={"kid": "k2"})
    assert_refused(other, "INVALID_VERIFICATION_METHOD", documents=issuer_documents())


def test_metadata_of_another_issuer_or_without_keys_is_not_used() -> None:
    sd_jwt = issued(badge_claims(iss=FACULTY), header={"kid": "k1"})
    ((url, good),) = issuer_documents().items()
    for wrong in (
        {**good, "issuer": "https://uni.example"},
        {**good, "jwks_uri": "https://uni.example/keys"},
        {"issuer": FACULTY},
        {"issuer": FACULTY, "jwks": {"keys": "x"}},
        {"issuer": FACULTY, "jwks": []},
        {"issuer": FACULTY, "jwks_uri": "http://uni.example/keys"},
        {"issuer": FACULTY, "jwks": {"keys": good["jwks"]["keys"] * 2}},
        {"issuer": FACULTY, "jwks": {"keys": []}},
        [],
        "text",
    ):
        report = report_on(sd_jwt, {url: wrong})
        assert report.verdict is Verdict.INVALID
        assert codes(report, "failed") & {"INVALID_ISSUER_METADATA", "INVALID_VERIFICATION_METHOD"}


def test_keys_may_lie_at_an_address_that_the_metadata_names() -> None:
    ((url, good),) = issuer_documents().items()
    documents = {
        url: {"issuer": FACULTY, "jwks_uri": "https://keys.example/1"},
        "https://keys.example/1": good["jwks"],
    }
    sd_jwt = issued(badge_claims(iss=FACULTY), header={"kid": "k1"})
    assert report_on(sd_jwt, documents).verdict is Verdict.VALID
    sd_jwt = issued(badge_claims(iss=FACULTY), header={"kid": None})
    assert report_on(sd_jwt, documents).verdict is Verdict.VALID


@pytest.mark.parametrize("url", ["https://a@uni.example", "https://uni.example?x", "https://"])
def test_an_issuer_is_a_plain_url(url: str) -> None:
    assert_refused(issued(badge_claims(iss=url), header={"kid": "k1"}), "INVALID_ISSUER_URL")


def test_a_did_web_issuer_is_looked_up_and_a_revoked_key_is_refused() -> None:
    did = "did:web:uni.example"
    method = {
        "id": f"{did}#k",
        "type": "Multikey",
        "controller": did,
        "publicKeyMultibase": SIGNER.verification_key.to_multikey(),
    }
    document = {"id": did, "verificationMethod": [method], "assertionMethod": [method["id"]]}
    url = "https://uni.example/.well-known/did.json"
    sd_jwt = issued(badge_claims(iss=did), header={"kid": f"{did}#k"})
    assert report_on(sd_jwt, {url: document}).verdict is Verdict.VALID
    assert report_on(sd_jwt).verdict is Verdict.INDETERMINATE
    method["revoked"] = "2026-10-01T00:00:00Z"
    assert_refused(sd_jwt, "KEY_REVOKED", documents={url: document})
    earlier = datetime(2026, 9, 1, tzinfo=UTC)
    report = report_on(sd_jwt, {url: document}, known_since=earlier)
    assert report.verdict is Verdict.VALID
    assert "KEY_REVOKED_LATER" in codes(report, "warning")


def test_whether_the_issuer_is_known_is_told() -> None:
    trust = TrustList.from_json({"name": "Mine", "issuers": [{"id": ISSUER, "name": "Poly"}]})
    assert report_on(issued(), trust=trust).check("trust").outcome is Outcome.PASSED


# Disclosures


def test_a_disclosure_that_the_issuer_did_not_sign_is_refused() -> None:
    sd_jwt = issued()
    added = Disclosure.make("AAAAAAAAAAAAAAAAAAAAAA", "role", "Director").encoded
    more = replace(sd_jwt, disclosures=(*sd_jwt.disclosures, added))
    assert_refused(more, "DISCLOSURE_NOT_SIGNED")
    assert_refused(replace(sd_jwt, disclosures=(added,)), "DISCLOSURE_NOT_SIGNED")


def test_a_disclosure_of_another_credential_is_refused() -> None:
    other = issued(badge_claims(learner={"id": "did:example:other"}))
    mixed = replace(issued(), disclosures=other.disclosures)
    assert_refused(mixed, "DISCLOSURE_NOT_SIGNED")


def raw(payload: JsonObject, *disclosures: Disclosure) -> SdJwt:
    return SdJwt(signed_payload(payload), tuple(one.encoded for one in disclosures))


@pytest.mark.parametrize("name", ["iss", "exp", "vct", "status", "cnf", "nbf"])
def test_a_disclosure_overrides_no_claim_that_decides(name: str) -> None:
    one = Disclosure.make("AAAAAAAAAAAAAAAAAAAAAA", name, 99_999_999_999)
    claims = badge_claims(status=STATUS)
    assert_refused(raw({**claims, "_sd": [one.digest()]}, one), "CLAIM_REPEATED")


@pytest.mark.parametrize(
    "name", ["iss", "exp", "nbf", "vct", "cnf", "status", "vct#integrity", "aka_vcts"]
)
def test_a_claim_that_decides_must_not_be_disclosed(name: str) -> None:
    values = {"iss": ISSUER, "exp": 2084000400, "nbf": 1, "vct": "urn:x", "status": STATUS}
    values |= {"cnf": {"jwk": {}}, "vct#integrity": "x", "aka_vcts": ["y"]}
    claims = {**OTHER_TYPE, name: values[name]}
    one = Disclosure.make("AAAAAAAAAAAAAAAAAAAAAA", name, claims.pop(name))
    report = report_on(raw({**claims, "_sd": [one.digest()]}, one))
    assert report.verdict is not Verdict.VALID
    if name != "iss":
        assert "CLAIM_NOT_DISCLOSABLE" in codes(report, "failed")


def test_the_issuer_counts_only_where_it_was_signed_in_the_open() -> None:
    claims = {name: value for name, value in OTHER_TYPE.items() if name != "iss"}
    one = Disclosure.make("AAAAAAAAAAAAAAAAAAAAAA", "iss", ISSUER)
    assert_refused(raw({**claims, "_sd": [one.digest()]}, one), "ISSUER_MISSING")


@pytest.mark.parametrize("name", ["status", "cnf"])
@pytest.mark.parametrize("shows", [True, False])
def test_nothing_inside_a_claim_that_decides_can_be_kept_back(name: str, shows: bool) -> None:
    """A holder who could keep back the inside of `status` would never be revoked."""
    one = Disclosure.make("AAAAAAAAAAAAAAAAAAAAAA", "status_list", {"idx": 5, "uri": LIST_URL})
    claims = {**OTHER_TYPE, name: {"_sd": [one.digest()], "other": "x"}}
    sd_jwt = raw(claims, one) if shows else raw(claims)
    assert_refused(sd_jwt, "CLAIM_NOT_DISCLOSABLE")


@pytest.mark.parametrize("shows", [True, False])
def test_an_ended_badge_does_not_become_valid_by_hiding_its_end(shows: bool) -> None:
    """In our own type nothing at the top can be kept back, not even by a careless issuer."""
    claims = badge_claims(exp=1_700_000_000)
    sd_jwt = issued(claims, [("exp",)])
    shown = sd_jwt if shows else without_disclosures(sd_jwt)
    assert_refused(shown, "CLAIM_NOT_DISCLOSABLE")


def test_an_end_that_could_be_hidden_in_a_type_of_others_is_mentioned() -> None:
    report = report_on(without_disclosures(issued(OTHER_TYPE, [("family_name",)])))
    assert "END_UNDISCLOSED" in codes(report, "warning")
    ending = {**OTHER_TYPE, "exp": 2084000400}
    report = report_on(without_disclosures(issued(ending, [("family_name",)])))
    assert "END_UNDISCLOSED" not in codes(report, "warning")


def test_deep_and_many_disclosures_end_in_a_refusal() -> None:
    inner: Any = "end"
    chain: list[Disclosure] = []
    for _ in range(40):
        chain.append(Disclosure.make("AAAAAAAAAAAAAAAAAAAAAA", "a", inner))
        inner = {"_sd": [chain[-1].digest()]}
    assert_refused(raw({**OTHER_TYPE, "x": inner}, *chain), "TOO_DEEP")
    many = [Disclosure.make("A" * 22, f"c{n}", n) for n in range(10_000)]
    claims = {**OTHER_TYPE, "_sd": [one.digest() for one in many[:50]]}
    report = report_on(raw(claims, *many))
    assert codes(report) & {"TOO_MANY_DISCLOSURES", "TOO_LARGE"}
    limits = Limits(disclosures=3)
    few = raw({**OTHER_TYPE, "_sd": [one.digest() for one in many[:4]]}, *many[:4])
    assert "TOO_MANY_DISCLOSURES" in codes(report_on(few, limits=limits))


def test_tildes_are_counted() -> None:
    text = issued().to_compact()
    for changed in (f"{text}~", text.replace("~", "~~", 1), f"~{text}", text[:-1] + "~x~"):
        assert report_on(changed).verdict is not Verdict.VALID
    without_last = text.rstrip("~")
    assert report_on(without_last).verdict is not Verdict.VALID


# Type, claims, dates


@pytest.mark.parametrize("typ", [None, "jwt", "vc+jwt", "kb+jwt", "DC+SD-JWT", "statuslist+jwt"])
def test_a_token_of_another_type_is_no_credential(typ: str | None) -> None:
    assert_refused(issued(header={"typ": typ}), "SD_JWT_TYPE")


def test_the_old_type_is_read_and_mentioned() -> None:
    report = report_on(issued(header={"typ": "vc+sd-jwt"}))
    assert report.verdict is Verdict.VALID
    assert "SD_JWT_TYPE_LEGACY" in codes(report, "warning")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"vct": None}, "VCT_MISSING"),
        ({"vct": ""}, "VCT_MISSING"),
        ({"vct": 1}, "VCT_MISSING"),
        ({"aka_vcts": []}, "CLAIM_MALFORMED"),
        ({"aka_vcts": ["https://other.example/type"]}, "CLAIM_MALFORMED"),
        ({"aka_vcts": "x"}, "CLAIM_MALFORMED"),
        ({"exp": "2030-01-01"}, "CLAIM_MALFORMED"),
        ({"exp": True}, "CLAIM_MALFORMED"),
        ({"nbf": -1}, "CLAIM_MALFORMED"),
        ({"iat": [1]}, "CLAIM_MALFORMED"),
        ({"sub": 1}, "CLAIM_MALFORMED"),
        ({"cnf": "x"}, "CLAIM_MALFORMED"),
        ({"cnf": {}}, "CLAIM_MALFORMED"),
        ({"status": []}, "CLAIM_MALFORMED"),
        ({"vct#integrity": 1}, "CLAIM_MALFORMED"),
        ({"exp": 1_700_000_000}, "EXPIRED"),
        ({"nbf": 4_000_000_000}, "NOT_YET_VALID"),
    ],
)
def test_registered_claims_are_judged_in_every_type(changes: JsonObject, code: str) -> None:
    claims = {name: value for name, value in (OTHER_TYPE | changes).items() if value is not None}
    assert_refused(issued(claims, []), code)


def test_a_badge_that_has_ended_or_not_begun_is_refused() -> None:
    assert_refused(issued(badge_claims(exp=1_790_000_000)), "EXPIRED")
    assert_refused(issued(badge_claims(nbf=4_000_000_000)), "NOT_YET_VALID")


def test_claims_that_make_no_sound_badge_are_refused() -> None:
    claims = badge_claims()
    nameless = {**claims["achievement"]}
    del nameless["criteria"]
    assert_refused(issued({**claims, "achievement": nameless}), "SCHEMA_REQUIRED")
    assert_refused(issued({**claims, "credits": {"unit": "X", "amount": 1}}), "CLAIM_MALFORMED")
    odd = {**claims["achievement"], "tag": []}
    assert report_on(issued({**claims, "achievement": odd})).verdict is Verdict.INVALID


def test_a_date_of_signing_in_the_future_is_mentioned() -> None:
    report = report_on(issued(badge_claims(iat=4_000_000_000)))
    assert report.verdict is Verdict.VALID
    assert "PROOF_CREATED_IN_FUTURE" in codes(report, "warning")


def with_endorsement(endorsement: JsonObject) -> SdJwt:
    claims = badge_claims()
    return issued(
        {**claims, "achievement": {**claims["achievement"], "endorsement": [endorsement]}}
    )


def test_endorsements_inside_are_verified_by_themselves() -> None:
    endorsement: JsonObject = {
        "@context": unsigned()["@context"],
        "id": "urn:uuid:11111111-1111-4111-8111-111111111111",
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "issuer": {"id": LEARNER_ID, "type": ["Profile"]},
        "validFrom": "2026-01-15T09:00:00Z",
        "name": "Endorsement",
        "credentialSubject": {
            "id": unsigned()["credentialSubject"]["achievement"]["id"],
            "type": ["EndorsementSubject"],
        },
    }
    good = sign(endorsement, signer=STRANGER)
    report = report_on(with_endorsement(good))
    assert report.verdict is Verdict.VALID, codes(report)
    assert report.check("endorsement").outcome is Outcome.PASSED
    report = report_on(with_endorsement({**good, "name": "Another"}))
    assert "ENDORSEMENT_INVALID" in codes(report, "warning")


def test_a_forged_credential_inside_is_refused() -> None:
    forged = {**sign(unsigned()), "name": "Another"}
    claims = badge_claims(evidence=[{"id": "urn:x:1", "type": ["Evidence"], "x": forged}])
    assert_refused(issued(claims), "COMPONENT_INVALID")


# Recipient


def test_whom_it_is_about_can_be_asked_and_is_not_guessed() -> None:
    about = {"expected_recipient": LEARNER_ID}
    assert report_on(issued(), **about).verdict is Verdict.VALID
    hidden = report_on(without_disclosures(issued()), **about)
    assert hidden.verdict is Verdict.INDETERMINATE
    assert codes(hidden) == {"RECIPIENT_NOT_DISCLOSED"}
    assert_refused(issued(), "RECIPIENT_MISMATCH", expected_recipient="did:example:other")


# Key binding


def test_a_missing_key_binding_is_refused_if_one_is_asked_for() -> None:
    for asked in (ASKED, {"expected_challenge": NONCE}, {"expected_domain": AUDIENCE}):
        assert_refused(issued(), "KEY_BINDING_MISSING", **asked)
        unbound = issued(badge_claims(cnf=None))
        assert_refused(unbound, "KEY_BINDING_MISSING", **asked)


def test_a_key_binding_by_another_key_is_refused() -> None:
    for asked in ({}, ASKED):
        assert_refused(presented(issued(), signer=SIGNER), "KEY_BINDING_SIGNATURE", **asked)


def test_a_key_binding_for_other_disclosures_is_refused() -> None:
    shown = presented(issued(), SHOW_ID)
    for asked in ({}, ASKED):
        assert_refused(without_disclosures(shown), "KEY_BINDING_OF_OTHER", **asked)
        more = replace(shown, disclosures=issued().disclosures)
        less = replace(presented(issued()), disclosures=issued().disclosures)
        assert more.disclosures == shown.disclosures
        assert_refused(less, "KEY_BINDING_OF_OTHER", **asked)


def test_a_key_binding_of_another_credential_is_refused() -> None:
    other = presented(issued(badge_claims(name="Other")))
    moved = replace(without_disclosures(issued()), key_binding_jwt=other.key_binding_jwt)
    assert_refused(moved, "KEY_BINDING_OF_OTHER", **ASKED)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"nonce": "other"}, "INVALID_CHALLENGE_ERROR"),
        ({"audience": "https://elsewhere.example"}, "INVALID_DOMAIN_ERROR"),
        ({"at": NOW - timedelta(seconds=361)}, "KEY_BINDING_STALE"),
        ({"at": NOW + timedelta(seconds=61)}, "KEY_BINDING_IN_FUTURE"),
    ],
)
def test_a_key_binding_for_another_occasion_is_refused(changes: Any, code: str) -> None:
    assert_refused(presented(issued(), **changes), code, **ASKED)


@pytest.mark.parametrize("seconds", [-60, 0, 300, 360])
def test_a_key_binding_of_now_is_accepted(seconds: int) -> None:
    shown = presented(issued(), at=NOW - timedelta(seconds=seconds))
    assert report_on(shown, **ASKED).verdict is Verdict.VALID


def test_a_key_binding_nobody_asked_for_is_verified_and_may_be_a_copy() -> None:
    report = report_on(presented(issued(), at=NOW - timedelta(days=3)))
    assert report.verdict is Verdict.VALID
    expected = {"CHALLENGE_NOT_CHECKED", "AUDIENCE_NOT_CHECKED", "KEY_BINDING_STALE"}
    assert expected <= codes(report, "warning")


def test_a_key_binding_where_the_credential_binds_nobody_is_refused() -> None:
    shown = presented(issued(badge_claims(cnf=None)))
    for asked in ({}, ASKED):
        assert_refused(shown, "CONFIRMATION_MISSING", **asked)


def test_a_nonce_alone_leaves_the_audience_unchecked() -> None:
    report = report_on(presented(issued(), audience="x"), expected_challenge=NONCE)
    assert report.verdict is Verdict.VALID
    assert "AUDIENCE_NOT_CHECKED" in codes(report, "warning")


def test_a_holder_who_is_not_the_learner_is_mentioned() -> None:
    claims = badge_claims(learner={"id": "did:example:other"})
    report = report_on(presented(issued(claims), SHOW_ID), **ASKED)
    assert report.verdict is Verdict.VALID
    assert "HOLDER_NOT_SUBJECT" in codes(report, "warning")


def test_confirmation_methods_that_are_not_known_decide_nothing() -> None:
    claims = badge_claims(cnf={"x5t#S256": "x"})
    report = report_on(presented(issued(claims)), **ASKED)
    assert report.verdict is Verdict.INDETERMINATE
    assert "UNSUPPORTED_CONFIRMATION" in codes(report)


def test_a_confirmation_key_with_private_members_or_of_low_order_is_refused() -> None:
    jwk = STRANGER.verification_key.to_jwk()
    for wrong in ({**jwk, "d": "x"}, {**jwk, "x": "A" * 43}, {"kty": "oct", "k": "AA"}):
        assert_refused(
            presented(issued(badge_claims(cnf={"jwk": wrong}))), "CONFIRMATION_MALFORMED", **ASKED
        )


def test_a_holder_can_be_named_by_a_verification_method() -> None:
    claims = badge_claims(cnf={"kid": method_of(STRANGER)})
    assert report_on(presented(issued(claims)), **ASKED).verdict is Verdict.VALID
    claims = badge_claims(cnf={"kid": "did:web:learner.example#k"})
    report = report_on(presented(issued(claims)), **ASKED)
    assert report.verdict is Verdict.INDETERMINATE
    assert "HOLDER_KEY_UNRESOLVED" in codes(report)


def test_a_revoked_key_of_a_holder_presents_nothing() -> None:
    did = "did:web:learner.example"
    method = {
        "id": f"{did}#k",
        "type": "Multikey",
        "controller": did,
        "publicKeyMultibase": STRANGER.verification_key.to_multikey(),
    }
    document = {"id": did, "verificationMethod": [method], "authentication": [method["id"]]}
    documents = {"https://learner.example/.well-known/did.json": document}
    shown = presented(issued(badge_claims(cnf={"kid": f"{did}#k"})))
    assert report_on(shown, documents, **ASKED).verdict is Verdict.VALID
    method["revoked"] = "2026-10-01T00:00:00Z"
    assert_refused(shown, "KEY_REVOKED", documents=documents, **ASKED)


def test_only_what_is_inside_learner_can_be_hidden_from_the_reader() -> None:
    payload = badge_claims()
    assert payload[LEARNER].keys() == {"id"}
    report = report_on(issued(payload, [(LEARNER, "id"), ("name",)]))
    assert "CLAIM_NOT_DISCLOSABLE" in codes(report, "failed")


def test_an_sd_jwt_in_an_image_is_opened_and_not_taken_for_the_badge_either() -> None:
    picture = png(itxt(issued().to_compact()))
    assert check(picture).verdict is Verdict.VALID
    with pytest.raises(VerificationError) as caught:
        Verifier(world()).verify(picture)
    assert caught.value.code == "SHOWN_IN_PARTS"
