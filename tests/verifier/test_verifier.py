"""Each obligation of the verifier, and the laws that no change may break."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.data_model.presentation import CREDENTIAL_MEMBERS
from credentials.errors import VerificationError
from credentials.json_types import walk
from credentials.limits import Limits
from credentials.strict_json import serialize_json
from keys.did import did_key
from tallystick.explaining import explain
from tests.factories import (
    ISSUER,
    LEARNER,
    LIST_URL,
    NOW,
    SIGNER,
    STRANGER,
    SUITES,
    check,
    codes,
    method_of,
    sign,
    status_entry,
    status_list,
    unsigned,
    unsigned_record,
    world,
)
from tests.soak import IS_SOAK, repetitions
from verifier.checks.recipient import check_recipient
from verifier.report import (
    CHECK_IDS,
    Outcome,
    Verdict,
    VerifiedCredential,
    VerifiedPresentation,
    verdict_of,
)
from verifier.trust import TrustList
from verifier.verifier import Verifier

SIGNED = {suite: sign(unsigned(), suite=suite) for suite in SUITES}

SHARE = 1 if IS_SOAK else 3
"""Of what is put into each place, every so many is tried: all places, and all that is put there."""


def at(document: Any, pointer: str) -> tuple[Any, Any]:
    """Return the container and the key of the value at a pointer."""
    value, steps = document, pointer.split("/")[1:]
    for step in steps[:-1]:
        value = value[int(step)] if isinstance(value, list) else value[_plain(step)]
    last = steps[-1]
    return value, int(last) if isinstance(value, list) else _plain(last)


def _plain(step: str) -> str:
    return step.replace("~1", "/").replace("~0", "~")


@pytest.mark.parametrize("suite", SUITES)
def test_accepts_what_was_signed(suite: str) -> None:
    report = check(SIGNED[suite])
    assert report.verdict is Verdict.VALID
    assert bool(report)
    assert [one.id for one in report.checks] == list(CHECK_IDS)
    assert codes(report, "warning") == set()


@pytest.mark.parametrize("suite", SUITES)
def test_every_changed_leaf_is_refused(suite: str) -> None:
    """Tamper every leaf: change it, delete it, give it a sibling."""
    document = SIGNED[suite]
    accepted = []
    for pointer, value in walk(document):
        if not pointer or isinstance(value, dict | list):
            continue
        for change in (_altered, _deleted, _with_sibling):
            copy = deepcopy(document)
            change(*at(copy, pointer))
            if check(copy).verdict is Verdict.VALID:
                accepted.append((pointer, change.__name__))
    assert accepted == []


def _altered(container: Any, key: Any) -> None:
    value = container[key]
    container[key] = value + 1 if isinstance(value, int) else value[:-1] + chr(ord(value[-1]) ^ 1)


def _deleted(container: Any, key: Any) -> None:
    del container[key]


def _with_sibling(container: Any, key: Any) -> None:
    if isinstance(container, list):
        container.append(container[key] + "x" if isinstance(container[key], str) else 5)
    else:
        container[f"{key}2"] = container[key]


@pytest.mark.parametrize("suite", SUITES)
def test_no_flipped_bit_changes_the_meaning_unnoticed(suite: str) -> None:
    """After a bit flip the verdict is a refusal, or the document still means the same."""
    data = serialize_json(SIGNED[suite])
    original = json.loads(data)
    chance = random.Random(7)
    for position in chance.sample(range(len(data) * 8), repetitions(100, soak=400)):
        flipped = bytearray(data)
        flipped[position // 8] ^= 1 << position % 8
        if check(bytes(flipped)).verdict is Verdict.VALID:
            assert json.loads(flipped) == original


@pytest.mark.parametrize("suite", SUITES)
def test_cut_doubled_and_swapped_bytes_are_refused(suite: str) -> None:
    data = serialize_json(SIGNED[suite])
    original = json.loads(data)
    chance = random.Random(11)
    for _ in range(repetitions(75, soak=300)):
        start = chance.randrange(len(data) - 8)
        end = start + chance.randrange(1, 8)
        for mutated in (
            data[:start] + data[end:],
            data[:end] + data[start:end] + data[end:],
            data[:start] + data[start:end][::-1] + data[end:],
        ):
            if check(mutated).verdict is Verdict.VALID:
                assert json.loads(mutated) == original


@settings(max_examples=30)
@given(st.randoms(use_true_random=False))
def test_the_order_of_members_does_not_matter(chance: random.Random) -> None:
    def shuffled(value: Any) -> Any:
        if isinstance(value, dict):
            names = list(value)
            chance.shuffle(names)
            return {name: shuffled(value[name]) for name in names}
        return [shuffled(item) for item in value] if isinstance(value, list) else value

    for document in SIGNED.values():
        assert check(shuffled(document)).verdict is Verdict.VALID


@pytest.mark.parametrize("suite", SUITES)
def test_empty_collections_are_refused_everywhere(suite: str) -> None:
    places = [pointer for pointer, _value in walk(SIGNED[suite]) if pointer]
    tried = list(product(places, ([], {}, None, "")))
    for pointer, empty in tried[::SHARE]:
        copy = deepcopy(SIGNED[suite])
        container, key = at(copy, pointer)
        container[key] = empty
        assert check(copy).verdict is not Verdict.VALID, (pointer, empty)


def test_a_proof_does_not_fit_another_credential() -> None:
    documents = [
        sign(unsigned(id=f"urn:uuid:8d7a3c52-6f4f-4b3e-9f38-{number:012d}"), suite=suite)
        for number in range(6)
        for suite in SUITES
    ]
    for one, other in product(documents, repeat=2):
        if one["id"] != other["id"]:
            grafted = {**one, "proof": other["proof"]}
            assert check(grafted).verdict is Verdict.INVALID


@pytest.mark.parametrize(
    ("offset", "verdict", "code"),
    [
        (timedelta(seconds=-61), Verdict.INVALID, "NOT_YET_VALID"),
        (timedelta(seconds=-60), Verdict.VALID, ""),
        (timedelta(0), Verdict.VALID, ""),
        (timedelta(days=1), Verdict.VALID, ""),
        (timedelta(days=30), Verdict.VALID, ""),
        (timedelta(days=30, seconds=60), Verdict.VALID, ""),
        (timedelta(days=30, seconds=61), Verdict.INVALID, "EXPIRED"),
        (timedelta(days=9000), Verdict.INVALID, "EXPIRED"),
    ],
)
def test_the_clock_is_swept_across_both_ends(
    offset: timedelta, verdict: Verdict, code: str
) -> None:
    begins = datetime(2026, 1, 15, 9, tzinfo=UTC)
    document = sign(
        unsigned(validFrom="2026-01-15T10:00:00+01:00", validUntil="2026-02-14T09:00:00.000Z")
    )
    report = check(document, now=begins + offset)
    assert report.verdict is verdict
    assert codes(report) == ({code} if code else set())


FIRST = datetime(1, 1, 1, tzinfo=UTC)
LAST = datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)


@pytest.mark.parametrize(
    ("members", "now", "expected"),
    [
        ({}, FIRST, {"NOT_YET_VALID"}),
        ({}, LAST, {"EXPIRED"}),
        ({"validUntil": "9999-12-31T23:59:59Z"}, NOW, set()),
        ({"validUntil": "9999-12-31T23:59:59Z"}, LAST, set()),
        ({"validUntil": "0001-01-01T00:00:00Z"}, NOW, {"EXPIRED", "VALIDITY_PERIOD_REVERSED"}),
        ({"validFrom": "0001-01-01T00:00:00Z"}, NOW, set()),
        ({"validFrom": "0001-01-01T00:00:00Z"}, FIRST, set()),
        (
            {"validFrom": "9999-12-31T23:59:59Z"},
            NOW,
            {"NOT_YET_VALID", "VALIDITY_PERIOD_REVERSED"},
        ),
    ],
)
def test_the_ends_of_the_calendar_are_instants_like_others(
    members: dict[str, Any], now: datetime, expected: set[str]
) -> None:
    assert codes(check(sign(unsigned(**members)), now=now)) == expected


@pytest.mark.parametrize("now", [FIRST, NOW, LAST])
@pytest.mark.parametrize("expires", [FIRST, LAST.replace(microsecond=0)])
def test_a_proof_may_expire_at_the_ends_of_the_calendar(now: datetime, expires: datetime) -> None:
    report = check(sign(unsigned(), expires=expires, created=expires), now=now)
    has_expired = now - expires >= timedelta(seconds=60)
    assert ("PROOF_EXPIRED" in codes(report)) is has_expired


@pytest.mark.parametrize("number", [10**400, -(10**400), 10**308, 10**309, 2**53])
def test_an_integer_of_any_size_ends_in_a_refusal(number: int) -> None:
    document = SIGNED["eddsa-rdfc-2022"]
    for pointer, _value in walk(document):
        if pointer:
            copy = deepcopy(document)
            container, key = at(copy, pointer)
            container[key] = number
            assert "NUMBER_NOT_EXACT" in codes(check(copy)), pointer


@pytest.mark.parametrize(
    ("offset", "is_valid"),
    [(timedelta(seconds=-1), True), (timedelta(seconds=59), True), (timedelta(seconds=60), False)],
)
def test_a_proof_can_expire(offset: timedelta, is_valid: bool) -> None:
    expires = datetime(2026, 6, 1, tzinfo=UTC)
    report = check(sign(unsigned(), expires=expires), now=expires + offset)
    assert bool(report) is is_valid
    assert codes(report) == (set() if is_valid else {"PROOF_EXPIRED"})


def test_a_proof_within_the_tolerance_of_clocks_is_not_of_the_future() -> None:
    report = check(sign(unsigned(), created=NOW + timedelta(seconds=60)))
    assert codes(report, "warning") == set()


def test_a_proof_from_the_future_is_mentioned() -> None:
    report = check(sign(unsigned(), created=NOW + timedelta(seconds=61)))
    assert codes(report, "warning") == {"PROOF_CREATED_IN_FUTURE"}


@pytest.mark.parametrize("suite", SUITES)
def test_a_strangers_good_signature_is_not_the_issuers(suite: str) -> None:
    report = check(sign(unsigned(), signer=STRANGER, suite=suite))
    assert report.check("proof").outcome is Outcome.PASSED
    assert codes(report) == {"ISSUER_MISMATCH"}


def test_an_issuer_who_cannot_be_asked_is_undecided_at_the_place_of_the_key() -> None:
    site = "https://uni.example/issuer"
    document = unsigned(issuer={"id": site, "type": ["Profile"]})
    report = check(sign(document, verification_method=f"{site}#key-1"))
    told = [(one.code, one.pointer) for one in report.check("issuer").remarks]
    assert told == [("ISSUER_UNCONFIRMED", "/proof/verificationMethod")]
    assert report.verdict is Verdict.INDETERMINATE


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, ""),
        ({"expires": "2026-11-24T00:00:00Z"}, ""),
        ({"expires": "2026-11-23T00:00:00Z"}, "KEY_EXPIRED"),
        ({"revoked": "2026-11-01T00:00:00Z"}, "KEY_REVOKED"),
    ],
)
def test_a_key_of_a_web_site_signs_only_while_it_is_neither_expired_nor_revoked(
    changes: dict[str, str], code: str
) -> None:
    site, method = "https://uni.example/issuer", "https://uni.example/issuer#key-1"
    key = {
        "id": method,
        "type": "Multikey",
        "controller": site,
        "publicKeyMultibase": SIGNER.verification_key.to_multikey(),
    }
    controller = {
        "id": site,
        "verificationMethod": [{**key, **changes}],
        "assertionMethod": [method],
    }
    document = unsigned(issuer={"id": site, "type": ["Profile"]})
    report = check(sign(document, verification_method=method), {site: controller})
    assert codes(report) == ({code} if code else set())
    assert report.check("issuer").decisive.pointer == ("/proof/verificationMethod" if code else "")


def test_a_proof_for_another_purpose_is_refused() -> None:
    report = check(sign(unsigned(), proof_purpose="authentication"))
    assert codes(report) == {"PROOF_PURPOSE_MISMATCH"}


def test_every_proof_of_a_set_must_hold() -> None:
    both = sign(sign(unsigned()), suite="eddsa-jcs-2022")
    assert check(both).verdict is Verdict.VALID
    broken = deepcopy(both)
    broken["proof"][0]["proofValue"] = both["proof"][1]["proofValue"]
    assert "SIGNATURE_INVALID" in codes(check(broken))
    unknown = deepcopy(both)
    unknown["proof"][1] = {**both["proof"][1], "cryptosuite": "bbs-2023"}
    assert codes(check(unknown)) == {"UNSUPPORTED_PROOF"}
    assert check(unknown).verdict is Verdict.INDETERMINATE
    reordered = {**both, "proof": both["proof"][::-1]}
    assert check(reordered).verdict is Verdict.VALID


def test_a_chain_holds_only_whole() -> None:
    first = sign(unsigned(), proof_id="urn:uuid:1")
    chain = sign(first, proof_id="urn:uuid:2", previous_proof=["urn:uuid:1"])
    assert check(chain).verdict is Verdict.VALID
    cut = {**chain, "proof": chain["proof"][1]}
    assert codes(check(cut)) == {"PREVIOUS_PROOF_MISSING"}
    for previous in (["urn:uuid:2"], "urn:uuid:3", ["urn:uuid:1", "urn:uuid:2"]):
        changed = deepcopy(chain)
        changed["proof"][1]["previousProof"] = previous
        assert check(changed).verdict is Verdict.INVALID
    circle = deepcopy(chain)
    circle["proof"][0]["previousProof"] = "urn:uuid:2"
    assert codes(check(circle)) == {"PROOF_CYCLE"}


def test_a_suite_of_others_is_undecided_and_an_invented_one_is_refused() -> None:
    for changes, verdict, code in (
        ({"cryptosuite": "bbs-2023"}, Verdict.INDETERMINATE, "UNSUPPORTED_PROOF"),
        ({"type": "RsaSignature2018"}, Verdict.INDETERMINATE, "UNSUPPORTED_PROOF"),
        ({"cryptosuite": "eddsa-rdf-2022"}, Verdict.INVALID, "UNKNOWN_CRYPTOSUITE"),
        ({"type": "MyProof"}, Verdict.INVALID, "UNKNOWN_PROOF_TYPE"),
    ):
        document = deepcopy(SIGNED["eddsa-jcs-2022"])
        document["proof"].update(changes)
        report = check(document)
        assert code in codes(report)
        if code == "UNSUPPORTED_PROOF" and "type" not in changes:
            assert report.verdict is verdict


def test_contexts_appended_after_a_jcs_signature_are_refused() -> None:
    document = deepcopy(SIGNED["eddsa-jcs-2022"])
    document["@context"].append("https://w3id.org/security/data-integrity/v2")
    remark = check(document).check("proof").decisive
    assert (remark.code, remark.pointer) == ("PROOF_CONTEXT_MISMATCH", "/@context")


# Limits over the whole ----------------------------------------------------------------------


def test_the_proofs_of_everything_inside_are_counted_together() -> None:
    other = endorsement(id="urn:uuid:8d7a3c52-6f4f-4b3e-9f38-0b3c4f7b2a98")
    document = endorsed(endorsement(), other)
    enough, few = Limits(proofs_altogether=3), Limits(proofs_altogether=2)
    assert codes(check(document, limits=enough), "warning") == set()
    assert codes(check(document, limits=few), "warning") == {"ENDORSEMENT_UNDECIDED"}
    record = learner_record(
        SIGNED["eddsa-rdfc-2022"],
        sign(unsigned(id="urn:uuid:8d7a3c52-6f4f-4b3e-9f38-0b3c4f7b2a11")),
    )
    assert check(record, limits=enough).verdict is Verdict.VALID
    assert codes(check(record, limits=few)) == {"COMPONENT_UNDECIDED"}
    none = check(document, limits=Limits(proofs_altogether=0))
    assert codes(none) == {"TOO_MANY_PROOFS_IN_ALL"}
    assert none.verdict is Verdict.INDETERMINATE


@pytest.mark.parametrize("suite", SUITES)
def test_what_proofs_canonicalize_is_counted_together(suite: str) -> None:
    document = SIGNED[suite]
    values = sum(1 for _value in walk(unsigned()))
    enough, few = Limits(canonicalized_values=values + 20), Limits(canonicalized_values=20)
    assert check(document, limits=enough).verdict is Verdict.VALID
    report = check(document, limits=few)
    assert codes(report) == {"TOO_MUCH_WORK"}
    assert report.verdict is Verdict.INDETERMINATE
    web = sign(unsigned(issuer=WEB_ISSUER), suite=suite, verification_method=WEB_METHOD)
    assert "TOO_MUCH_WORK" in codes(check(web, limits=few))


def test_each_verification_has_an_account_of_its_own() -> None:
    verifier = Verifier(world(limits=Limits(proofs_altogether=1)))
    data = serialize_json(SIGNED["eddsa-rdfc-2022"])
    assert [verifier.check(data).verdict for _ in range(3)] == [Verdict.VALID] * 3


WEB_ISSUER = {"id": "did:web:uni.example", "type": ["Profile"]}
WEB_METHOD = f"did:web:uni.example#{SIGNER.verification_key.to_multikey()}"


# Recipient, endorsement, trust, value -------------------------------------------------------


def test_the_recipient_is_compared_in_every_form() -> None:
    hashed = "sha256$b5809d8a92f8858436d7e6b87c12ebc0ae1eac4baecc2c0b913aee2c922ef399"
    identity = {
        "type": "IdentityObject",
        "hashed": True,
        "identityHash": hashed,
        "identityType": "emailAddress",
        "salt": "Kosher",
    }
    subject = {**unsigned()["credentialSubject"], "identifier": [identity]}
    document = sign(unsigned(credentialSubject=subject))
    for expected in (LEARNER, "a@example.com", "A@Example.com"):
        assert check(document, expected_recipient=expected).verdict is Verdict.VALID
    for other in ("b@example.com", hashed, ISSUER, ""):
        assert codes(check(document, expected_recipient=other)) == {"RECIPIENT_MISMATCH"}
    plain = {**identity, "hashed": False, "identityHash": "c@example.com"}
    subject = {**subject, "identifier": plain}
    shown = sign(unsigned(credentialSubject=subject))
    assert check(shown, expected_recipient="c@example.com").verdict is Verdict.VALID


@pytest.mark.parametrize(
    ("identity", "expected", "matches"),
    [
        ({"hashed": False, "identityHash": "c@example.com"}, "c@example.com", True),
        ({"hashed": False, "identityHash": "c@example.com"}, "C@example.com", False),
        ({"hashed": True, "identityHash": "c@example.com"}, "c@example.com", False),
        ({"identityHash": "c@example.com"}, "c@example.com", False),
        ({"hashed": True, "identityHash": 5}, "5", False),
        ({"hashed": True, "identityHash": "md5$5d41402abc4b2a76b9719d911017c592"}, "hello", True),
        ({"hashed": True, "identityHash": "MD5$5d41402abc4b2a76b9719d911017c592"}, "hello", False),
        ({"hashed": True, "identityHash": "md5$5D41402ABC4B2A76B9719D911017C592"}, "hello", True),
        ({"hashed": False, "identityHash": "a$b"}, "a$b", True),
        ({"hashed": False, "identityHash": "md5$a$b"}, "md5$a$b", False),
        ({"hashed": True, "identityHash": "md5$" + "0" * 32, "salt": "x"}, "hello", False),
    ],
)
def test_an_identity_is_matched_by_its_own_rules(
    identity: dict[str, Any], expected: str, matches: bool
) -> None:
    document = {"credentialSubject": [5, {"identifier": [identity]}]}
    (remark,) = check_recipient(document, world(expected_recipient=expected))
    assert (remark.outcome is Outcome.PASSED) is matches
    assert remark.pointer == ("" if matches else "/credentialSubject")


def endorsement(**changes: Any) -> dict[str, Any]:
    document = {
        "@context": unsigned()["@context"],
        "id": "urn:uuid:8d7a3c52-6f4f-4b3e-9f38-0b3c4f7b2a99",
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "name": "Endorsement",
        "issuer": {"id": did_key(STRANGER.verification_key), "type": ["Profile"]},
        "validFrom": "2026-01-15T09:00:00Z",
        "credentialSubject": {
            "id": unsigned()["credentialSubject"]["achievement"]["id"],
            "type": ["EndorsementSubject"],
            "endorsementComment": "Good.",
        },
        **changes,
    }
    return sign(document, signer=STRANGER)


def endorsed(*endorsements: Any) -> dict[str, Any]:
    return sign(unsigned(endorsement=list(endorsements)))


def test_a_good_endorsement_passes_and_a_bad_one_is_told() -> None:
    assert codes(check(endorsed(endorsement())), "warning", "failed") == set()
    tampered = {**endorsement(), "name": "Better"}
    for bad, code in (
        (tampered, "ENDORSEMENT_INVALID"),
        (endorsement(validUntil="2026-02-01T00:00:00Z"), "ENDORSEMENT_INVALID"),
        (
            endorsement(credentialSubject={"id": "urn:x:y", "type": ["EndorsementSubject"]}),
            "ENDORSEMENT_OF_OTHER",
        ),
        (
            endorsement(credentialStatus={"id": "urn:x:y", "type": "BitstringStatusList"}),
            "ENDORSEMENT_UNDECIDED",
        ),
    ):
        report = check(endorsed(bad))
        assert report.check("endorsement").decisive.code == code
        assert report.check("endorsement").outcome is Outcome.WARNING


def test_an_endorsement_that_was_changed_breaks_the_credential_around_it() -> None:
    document = endorsed(endorsement())
    document["endorsement"][0]["name"] = "Better"
    assert "SIGNATURE_INVALID" in codes(check(document))


def test_an_unknown_issuer_is_a_warning_and_a_known_one_is_named() -> None:
    mine = TrustList.from_json({"list": {"name": "mine"}, "issuers": [{"id": ISSUER, "name": "P"}]})
    known = check(SIGNED["eddsa-rdfc-2022"], trust=mine)
    assert known.check("trust").outcome is Outcome.PASSED
    assert "mine" in known.check("trust").decisive.detail
    unknown = check(SIGNED["eddsa-rdfc-2022"], trust=TrustList({}))
    assert unknown.verdict is Verdict.VALID
    assert unknown.check("trust").decisive.code == "ISSUER_NOT_LISTED"


def test_the_value_is_told_with_unit_and_level() -> None:
    report = check(SIGNED["eddsa-rdfc-2022"])
    value = {
        "framework": "New Zealand Qualifications and Credentials Framework",
        "level": "5",
        "level_uri": "urn:mcframework:nz-nzqcf:level:5",
        "unit": "NZQCF",
        "amount": "20",
        "basis": "earned",
        "available": "20",
        "source_pointer": "/credentialSubject/achievement",
    }
    assert report.value == {**value, "stated": [value]}


def test_an_impossible_value_is_refused_although_it_is_signed() -> None:
    document = unsigned()
    document["credentialSubject"]["creditsEarned"] = 21
    assert codes(check(sign(document))) >= {"EARNED_OVER_AVAILABLE"}


def test_linked_resources_are_compared_with_pinned_digests() -> None:
    v2 = "https://www.w3.org/ns/credentials/v2"
    good = {"id": v2, "digestMultibase": "uWZVc7WaX1h4D8rJVb-vlMIqxaEKEb1tYbX8fet7JJzQ"}
    bad = {**good, "digestMultibase": "u" + "A" * 43}
    assert check(sign(unsigned(relatedResource=[good]))).verdict is Verdict.VALID
    assert codes(check(sign(unsigned(relatedResource=[bad])))) == {
        "RELATED_RESOURCE_DIGEST_MISMATCH"
    }


# Presentations ------------------------------------------------------------------------------


def presentation(*credentials: Any, holder: Any = LEARNER, **options: Any) -> dict[str, Any]:
    document: dict[str, Any] = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiablePresentation"],
    }
    if holder is not None:
        document["holder"] = holder
    if credentials:
        document["verifiableCredential"] = list(credentials)
    chosen = {"proof_purpose": "authentication", "challenge": "c-1", "domain": "shop.example"}
    return sign(document, signer=STRANGER, **{**chosen, **options})


ASKED = {"expected_challenge": "c-1", "expected_domain": "shop.example"}


@pytest.mark.parametrize("count", [0, 1, 2])
@pytest.mark.parametrize("holder", [LEARNER, {"id": LEARNER}, None])
def test_accepts_a_presentation_that_answers(count: int, holder: Any) -> None:
    credentials = [SIGNED[suite] for suite in SUITES][:count]
    report = check(presentation(*credentials, holder=holder), **ASKED)
    assert report.verdict is Verdict.VALID, codes(report)
    assert len(report.credentials) == count


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (presentation(challenge="c-2"), "INVALID_CHALLENGE_ERROR"),
        (presentation(challenge=None), "INVALID_CHALLENGE_ERROR"),
        (presentation(domain="evil.example"), "INVALID_DOMAIN_ERROR"),
        (presentation(domain=None), "INVALID_DOMAIN_ERROR"),
        (presentation(proof_purpose="assertionMethod"), "PROOF_PURPOSE_MISMATCH"),
        (presentation(holder=ISSUER), "HOLDER_MISMATCH"),
        (presentation({**SIGNED["eddsa-rdfc-2022"], "name": "changed"}), "SIGNATURE_INVALID"),
        (presentation(sign(unsigned(), signer=STRANGER)), "ISSUER_MISMATCH"),
        (presentation(sign(unsigned(validUntil="2026-02-01T00:00:00Z"))), "EXPIRED"),
    ],
)
def test_refuses_a_presentation_that_does_not(document: dict[str, Any], code: str) -> None:
    report = check(document, **ASKED)
    assert report.verdict is Verdict.INVALID
    assert code in codes(report)


def test_a_presented_credential_that_is_changed_afterwards_is_refused() -> None:
    document = presentation(SIGNED["eddsa-rdfc-2022"])
    document["verifiableCredential"][0]["name"] = "changed"
    assert check(document, **ASKED).verdict is Verdict.INVALID


def test_a_presentation_without_challenge_could_be_a_copy() -> None:
    report = check(presentation(SIGNED["eddsa-rdfc-2022"]))
    assert "CHALLENGE_NOT_CHECKED" in codes(report, "warning")


def test_of_several_who_signed_a_presentation_none_is_its_holder() -> None:
    document = {
        "@context": unsigned()["@context"][:1],
        "type": ["VerifiablePresentation"],
        "verifiableCredential": [SIGNED["eddsa-rdfc-2022"]],
    }
    alone = sign(document, signer=STRANGER, proof_purpose="authentication")
    assert check(alone).credential["holder"] == did_key(STRANGER.verification_key)
    together = sign(alone, signer=SIGNER, proof_purpose="authentication")
    report = check(together)
    assert report.credential["holder"] is None
    assert codes(report) == {"HOLDER_MISMATCH"}


def test_presenting_somebody_elses_credential_is_told() -> None:
    subject = {**unsigned()["credentialSubject"], "id": ISSUER}
    report = check(presentation(sign(unsigned(credentialSubject=subject))), **ASKED)
    assert "HOLDER_NOT_SUBJECT" in codes(report, "warning")


def test_a_credential_does_not_answer_a_challenge_that_it_was_not_made_for() -> None:
    report = check(SIGNED["eddsa-rdfc-2022"], **ASKED)
    assert codes(report) == {"INVALID_CHALLENGE_ERROR", "INVALID_DOMAIN_ERROR"}


@pytest.mark.parametrize("place", ["root", "inside"])
def test_envelopes_of_other_forms_are_left_undecided(place: str) -> None:
    envelope = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": "EnvelopedVerifiableCredential",
        "id": "data:application/vc+cose,0oRYVqQB",
    }
    document = envelope if place == "root" else presentation(envelope)
    report = check(document, **(ASKED if place == "inside" else {}))
    assert report.verdict is Verdict.INDETERMINATE
    assert codes(report) == {"UNSUPPORTED_ENVELOPE"}


def forged_presentation(**changes: Any) -> dict[str, Any]:
    """A document that reads as the issuer's credential and is signed as its holder's."""
    document = unsigned(
        type=["VerifiablePresentation", "VerifiableCredential", "OpenBadgeCredential"],
        holder=LEARNER,
        **changes,
    )
    return sign(document, signer=STRANGER, proof_purpose="authentication")


def test_a_presentation_that_is_a_credential_too_is_refused() -> None:
    """Its holder signed it, so it must not count as said by the issuer that it names."""
    document = forged_presentation()
    assert {"PRESENTATION_AND_CREDENTIAL", "CREDENTIAL_MEMBER"} <= codes(check(document))
    with pytest.raises(VerificationError):
        Verifier(world()).verify(serialize_json(document))
    for types in (["OpenBadgeCredential"], ["ClrCredential"], ["x:AnyCredential"]):
        told = check(presentation_of({"type": ["VerifiablePresentation", *types]}))
        assert "PRESENTATION_AND_CREDENTIAL" in codes(told), types
    # An embedded credential is never examined as a presentation, and must not be one either.
    inside = sign(unsigned(type=[*unsigned()["type"], "VerifiablePresentation"]))
    assert "PRESENTATION_AND_CREDENTIAL" in codes(check(presentation(inside), **ASKED))


def presentation_of(changes: dict[str, Any]) -> dict[str, Any]:
    document = {
        "@context": unsigned()["@context"],
        "type": ["VerifiablePresentation"],
        "holder": LEARNER,
        "verifiableCredential": [SIGNED["eddsa-rdfc-2022"]],
        **changes,
    }
    return sign_unchecked(document)


def sign_unchecked(document: dict[str, Any]) -> dict[str, Any]:
    """Put a well-formed proof on a document without computing it."""
    return {**document, "proof": SIGNED["eddsa-rdfc-2022"]["proof"]}


@pytest.mark.parametrize("member", sorted(CREDENTIAL_MEMBERS))
def test_a_presentation_says_nothing_that_only_a_credential_may_say(member: str) -> None:
    value = unsigned().get(member, "2026-01-01T00:00:00Z")
    report = check(presentation_of({member: value}))
    assert "CREDENTIAL_MEMBER" in codes(report)
    assert f"/{member}" in [one.pointer for one in report.check("schema").remarks]


def test_verify_hands_out_credentials_only_and_names_who_signed() -> None:
    data = serialize_json(presentation(SIGNED["eddsa-rdfc-2022"]))
    asked = Verifier(world(**ASKED))
    with pytest.raises(VerificationError) as caught:
        asked.verify(data)
    assert caught.value.code == "NOT_A_CREDENTIAL"
    verified = asked.verify_presentation(data)
    assert isinstance(verified, VerifiedPresentation)
    assert verified.holder == LEARNER
    assert "proof" not in verified.document
    assert verified.verification_methods == (method_of(STRANGER),)
    assert verified.report.verdict is Verdict.VALID
    (credential,) = verified.credentials
    assert (credential.issuer, credential.document) == (ISSUER, unsigned())
    assert credential.verification_methods == (method_of(SIGNER),)
    assert credential.report.credential["name"] == "Pipe welding"


def test_verify_presentation_hands_out_nothing_else_than_a_valid_presentation() -> None:
    for document, code in (
        (SIGNED["eddsa-rdfc-2022"], "NOT_A_PRESENTATION"),
        (presentation(), "NO_CREDENTIAL_PRESENTED"),
        (presentation(sign(unsigned(), signer=STRANGER)), "ISSUER_MISMATCH"),
    ):
        with pytest.raises(VerificationError) as caught:
            Verifier(world()).verify_presentation(serialize_json(document))
        assert caught.value.code == code


def test_presenting_nothing_shows_nothing_about_an_expected_person() -> None:
    report = check(presentation(), **ASKED, expected_recipient=LEARNER)
    assert report.verdict is Verdict.INVALID
    assert codes(report) == {"NO_CREDENTIAL_PRESENTED"}
    told = check(presentation(), **ASKED)
    assert "NO_CREDENTIAL_PRESENTED" in codes(told, "warning")
    assert explain(told).startswith("NO CREDENTIAL WAS PRESENTED.")


# The whole ----------------------------------------------------------------------------------


def test_the_verdict_is_valid_only_if_every_part_allows_it() -> None:
    """All 729 combinations of six parts with three outcomes each."""
    outcomes = (Outcome.PASSED, Outcome.FAILED, Outcome.INDETERMINATE)
    for parts in product(outcomes, repeat=6):
        verdict = verdict_of(parts)
        if Outcome.FAILED in parts:
            assert verdict is Verdict.INVALID
        elif Outcome.INDETERMINATE in parts:
            assert verdict is Verdict.INDETERMINATE
        else:
            assert verdict is Verdict.VALID


def test_no_parts_and_only_skipped_parts_are_not_valid() -> None:
    assert verdict_of([]) is Verdict.INVALID
    assert verdict_of([Outcome.SKIPPED]) is Verdict.INDETERMINATE
    assert verdict_of([Outcome.SKIPPED, Outcome.WARNING, Outcome.PASSED]) is Verdict.VALID


def test_verify_returns_what_the_proofs_cover_or_raises() -> None:
    document = SIGNED["eddsa-rdfc-2022"]
    verified = Verifier(world()).verify(serialize_json(document))
    assert isinstance(verified, VerifiedCredential)
    assert verified.document == unsigned()
    assert verified.issuer == ISSUER
    assert verified.verification_methods == (method_of(SIGNER),)
    with pytest.raises(VerificationError) as caught:
        Verifier(world()).verify(serialize_json({**document, "name": "changed"}))
    assert caught.value.code == "SIGNATURE_INVALID"
    assert caught.value.pointer == "/proof/proofValue"
    assert "changed after signing" in str(caught.value)
    assert verified.report.verdict is Verdict.VALID
    for data in (b"", b"[]", b"{}", b"\xff"):
        with pytest.raises(VerificationError):
            Verifier(world()).verify(data)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\xff\xd8\xff\xe0....", "UNSUPPORTED_JPEG"),
        (b"PK\x03\x04", "UNSUPPORTED_ZIP"),
    ],
)
def test_known_forms_that_are_not_opened_are_named(data: bytes, code: str) -> None:
    report = check(data)
    assert report.verdict is Verdict.INDETERMINATE
    assert codes(report) == {code}


@settings(max_examples=repetitions(30, soak=150))
@given(st.binary(max_size=300))
def test_any_bytes_end_in_a_report(data: bytes) -> None:
    report = check(data)
    assert report.verdict is not Verdict.VALID
    assert len(json.dumps(report.to_json())) > 100


ANY_VALUE: list[Any] = [
    None,
    True,
    5,
    -1,
    1.5,
    "",
    "x",
    [],
    {},
    ["x"],
    [[]],
    {"id": 5},
    {"@value": 1},
]


@pytest.mark.parametrize("suite", SUITES)
def test_any_json_in_any_place_ends_in_a_refusal(suite: str) -> None:
    document = SIGNED[suite]
    places = [(pointer, value) for pointer, value in walk(document) if pointer]
    for (pointer, value), other in list(product(places, ANY_VALUE))[::SHARE]:
        copy = deepcopy(document)
        container, key = at(copy, pointer)
        container[key] = other
        if other != value and [other] != value and other != [value]:
            assert check(copy).verdict is not Verdict.VALID, (pointer, other)


def test_verifying_leaves_what_it_was_given_alone() -> None:
    documents = {LIST_URL: status_list()}
    before = deepcopy(documents)
    check(sign(unsigned(credentialStatus=status_entry("5"))), documents)
    assert documents == before


def _put(name: str, value: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda document: {**document, name: value}


@pytest.mark.parametrize(
    "hide",
    [
        lambda d: {
            "https://www.w3.org/2018/credentials#validUntil" if n == "validUntil" else n: v
            for n, v in d.items()
        },
        lambda d: {
            **{n: v for n, v in d.items() if n != "validUntil"},
            "validuntil": d["validUntil"],
        },
        lambda d: {**d, "validUntil": [d["validUntil"]]},
        lambda d: {**d, "validUntil": {"@value": d["validUntil"], "@type": "xsd:dateTime"}},
        lambda d: {
            **{n: v for n, v in d.items() if n != "validUntil"},
            "@nest": {"validUntil": d["validUntil"]},
        },
    ],
)
@pytest.mark.parametrize("suite", SUITES)
def test_an_expiry_cannot_be_hidden(
    suite: str, hide: Callable[[dict[str, Any]], dict[str, Any]]
) -> None:
    expired = sign(unsigned(validUntil="2026-02-01T00:00:00Z"), suite=suite)
    assert check(hide(expired)).verdict is Verdict.INVALID


def split(document: dict[str, Any], *members: str, types: list[str]) -> dict[str, Any]:
    """Move members of the credential to the endorsement's subject, which has the same id."""
    moved = deepcopy(document)
    subject = moved["endorsement"][0]["credentialSubject"]
    subject["type"] += types
    for member in members:
        subject[member] = moved.pop(member)
    return moved


@pytest.mark.parametrize(
    "types", [["VerifiableCredential"], ["VerifiableCredential", "AchievementCredential"]]
)
def test_an_expiry_cannot_be_moved_to_another_description_of_the_credential(
    types: list[str],
) -> None:
    """In RDF the subject of an endorsement of the credential is the credential itself."""
    about = {"id": unsigned()["id"], "type": ["EndorsementSubject"]}
    expired = sign(
        unsigned(
            validUntil="2026-02-01T00:00:00Z", endorsement=[endorsement(credentialSubject=about)]
        )
    )
    assert codes(check(expired)) == {"EXPIRED"}
    moved = split(expired, "validUntil", types=types)
    assert check(moved).verdict is Verdict.INVALID
    assert "NODE_SPLIT" in codes(check(moved))


def test_a_level_cannot_be_moved_to_the_criteria_with_the_achievements_id() -> None:
    """`alignment` is defined for every class, so it needs no type at its new place."""
    document = unsigned()
    achievement = document["credentialSubject"]["achievement"]
    achievement["criteria"]["id"] = achievement["id"]
    signed = sign(document)
    assert check(signed).verdict is Verdict.VALID
    moved = deepcopy(signed)
    achievement = moved["credentialSubject"]["achievement"]
    achievement["criteria"]["alignment"] = achievement.pop("alignment")
    assert "NODE_SPLIT" in codes(check(moved))


def test_a_level_cannot_be_moved_to_another_description_of_the_achievement() -> None:
    document = endorsed(endorsement())
    assert check(document).verdict is Verdict.VALID
    moved = deepcopy(document)
    subject = moved["endorsement"][0]["credentialSubject"]
    subject["type"].append("Achievement")
    subject["alignment"] = moved["credentialSubject"]["achievement"].pop("alignment")
    assert "NODE_SPLIT" in codes(check(moved))


def test_issuer_and_creator_may_be_the_same_and_described_differently() -> None:
    document = unsigned()
    document["credentialSubject"]["achievement"]["creator"] = {
        "id": ISSUER,
        "type": ["Profile"],
        "url": "https://poly.example",
    }
    assert check(sign(document)).verdict is Verdict.VALID


def about_itself(**members: Any) -> dict[str, Any]:
    """An endorsement of the credential that it stands in."""
    subject = {"id": unsigned()["id"], "type": ["EndorsementSubject"], **members}
    return endorsement(credentialSubject=subject)


def refused_as_split(document: dict[str, Any]) -> bool:
    return "NODE_SPLIT" in codes(check(document))


@pytest.mark.parametrize("members", [("name",), ("description",), ("name", "description")])
def test_what_a_credential_says_of_itself_cannot_be_moved_into_an_endorsement_of_it(
    members: tuple[str, ...],
) -> None:
    texts = {"name": "Attempted, NOT passed", "description": "No credits were awarded."}
    for endorsing in (about_itself(), about_itself(endorsementComment="Good.")):
        signed = sign(unsigned(**texts, endorsement=[endorsing]))
        assert check(signed).verdict is Verdict.VALID
        assert refused_as_split(split(signed, *members, types=[]))


def test_the_class_of_a_credential_cannot_be_moved_into_an_endorsement_of_it() -> None:
    """Without it the rules of its class would not be applied."""
    signed = sign(unsigned(endorsement=[about_itself()]))
    moved = split(signed, types=["OpenBadgeCredential"])
    moved["type"].remove("OpenBadgeCredential")
    assert refused_as_split(moved)


def test_an_achievements_description_cannot_be_moved_into_an_endorsement_of_it() -> None:
    signed = endorsed(endorsement())
    achievement = signed["credentialSubject"]["achievement"]
    for member in ("name", "description"):
        moved = deepcopy(signed)
        subject = moved["endorsement"][0]["credentialSubject"]
        subject[member] = moved["credentialSubject"]["achievement"].pop(member)
        assert refused_as_split(moved)
    repeated = endorsement(
        credentialSubject={**endorsement()["credentialSubject"], "name": achievement["name"]}
    )
    both = endorsed(repeated)
    assert check(both).verdict is Verdict.VALID, "what is repeated word for word hides nothing"
    cut = deepcopy(both)
    cut["credentialSubject"]["achievement"].pop("name")
    assert refused_as_split(cut)


def test_criteria_cannot_be_moved_into_the_achievement_with_their_id() -> None:
    document = unsigned()
    achievement = document["credentialSubject"]["achievement"]
    achievement["criteria"]["id"] = achievement["id"]
    moved = sign(document)
    achievement = moved["credentialSubject"]["achievement"]
    achievement["narrative"] = achievement["criteria"].pop("narrative")
    assert not check(moved)


def creator(**members: Any) -> dict[str, Any]:
    document = unsigned()
    profile = {"id": ISSUER, "type": ["Profile"], **members}
    document["credentialSubject"]["achievement"]["creator"] = profile
    return document


def test_issuer_and_creator_cannot_exchange_their_names() -> None:
    """They are one node, so each name would be signed for both."""
    assert check(sign(creator(name="Example Polytechnic"))).verdict is Verdict.VALID
    assert refused_as_split({**creator(name="Faculty X"), "proof": {}})
    exchanged = sign(creator(name="Example Polytechnic"))
    exchanged["issuer"]["name"] = "Faculty X"
    assert refused_as_split(exchanged)


def test_whoever_issues_to_themselves_may_be_described_in_both_places() -> None:
    subject = {**unsigned()["credentialSubject"], "id": ISSUER}
    assert check(sign(unsigned(credentialSubject=subject))).verdict is Verdict.VALID


def test_a_refresh_service_may_have_the_credentials_id() -> None:
    service = {"id": unsigned()["id"], "type": "https://vocabulary.example/Refresh"}
    document = unsigned(refreshService=service)
    assert not refused_as_split({**document, "proof": {}})


def learner_record(*components: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return sign(unsigned_record(*components, **changes))


def test_a_learner_record_holds_with_its_components() -> None:
    other = sign(unsigned(id="urn:uuid:8d7a3c52-6f4f-4b3e-9f38-0b3c4f7b2a11"))
    assert check(learner_record(SIGNED["eddsa-rdfc-2022"], other)).verdict is Verdict.VALID
    expired = sign(unsigned(validUntil="2026-02-01T00:00:00Z"))
    assert codes(check(learner_record(other, expired))) == {"COMPONENT_INVALID"}
    stranger = sign(unsigned(), signer=STRANGER)
    assert codes(check(learner_record(stranger))) == {"COMPONENT_INVALID"}
    undecided = sign(unsigned(credentialStatus=status_entry("5")))
    assert codes(check(learner_record(undecided))) == {"COMPONENT_UNDECIDED"}


def test_a_member_moved_between_components_breaks_the_record() -> None:
    other = sign(unsigned(id="urn:uuid:8d7a3c52-6f4f-4b3e-9f38-0b3c4f7b2a11"))
    record = learner_record(SIGNED["eddsa-rdfc-2022"], other)
    first, second = record["credentialSubject"]["verifiableCredential"]
    first["credentialSubject"]["result"] += second["credentialSubject"].pop("result")
    assert "COMPONENT_INVALID" in codes(check(record))


def forged_component() -> dict[str, Any]:
    """A badge with a proof that was made for something else."""
    return {**unsigned(id="urn:x:forged"), "proof": endorsement()["proof"]}


def record_of(subject: Any, **changes: Any) -> dict[str, Any]:
    """A credential of no Open Badges class whose contexts know learner records."""
    plain = {"type": ["VerifiableCredential"], "credentialSubject": subject, **changes}
    return learner_record(**plain)


def clr_subject(component: Any, **members: Any) -> dict[str, Any]:
    return {"id": LEARNER, "type": ["ClrSubject"], "verifiableCredential": component, **members}


def issuer_with(component: Any) -> dict[str, Any]:
    return clr_subject([component], id=ISSUER, type=["Profile", "ClrSubject"])


def within_achievement(component: Any) -> dict[str, Any]:
    document = unsigned()
    document["@context"].append("https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json")
    achievement = document["credentialSubject"]["achievement"]
    achievement["type"].append("ClrSubject")
    achievement["verifiableCredential"] = [component]
    return sign(document)


PLACES_OF_COMPONENTS: list[tuple[str, Callable[[Any], dict[str, Any]]]] = [
    ("/credentialSubject/verifiableCredential/0", lambda c: record_of(clr_subject([c]))),
    ("/credentialSubject/verifiableCredential", lambda c: record_of(clr_subject(c))),
    ("/credentialSubject/0/verifiableCredential/0", lambda c: record_of([clr_subject([c])])),
    (
        "/credentialSubject/1/verifiableCredential/0",
        lambda c: record_of([{"id": "urn:x:y"}, clr_subject([c])]),
    ),
    ("/credentialSubject/achievement/verifiableCredential/0", within_achievement),
    (
        "/issuer/verifiableCredential/0",
        lambda c: learner_record(SIGNED["eddsa-rdfc-2022"], issuer=issuer_with(c)),
    ),
]


@pytest.mark.parametrize(("place", "embed"), PLACES_OF_COMPONENTS)
def test_a_credential_inside_another_is_verified_wherever_it_stands(
    place: str, embed: Callable[[Any], dict[str, Any]]
) -> None:
    expired = sign(unsigned(validUntil="2026-02-01T00:00:00Z"))
    for component, code in (
        (SIGNED["eddsa-rdfc-2022"], "COMPONENT_VALID"),
        (forged_component(), "COMPONENT_INVALID"),
        (expired, "COMPONENT_INVALID"),
        (sign(unsigned(credentialStatus=status_entry("5"))), "COMPONENT_UNDECIDED"),
    ):
        report = check(embed(component))
        told = {one.pointer: one.code for one in report.check("proof").remarks}
        assert told[place] == code
        assert (report.verdict is Verdict.VALID) is (code == "COMPONENT_VALID")


def test_brackets_around_the_subject_do_not_hide_a_component() -> None:
    """They change nothing in what was signed."""
    record = record_of(clr_subject([forged_component()]))
    record["credentialSubject"] = [record["credentialSubject"]]
    assert codes(check(record)) == {"COMPONENT_INVALID"}


def test_what_has_the_type_of_a_credential_is_one_wherever_it_stands() -> None:
    evidence = {"id": "urn:x:y", "type": ["VerifiableCredential", "Evidence"]}
    report = check(sign(unsigned(evidence=[evidence])))
    assert "COMPONENT_INVALID" in codes(report)


@pytest.mark.parametrize("component", ["urn:x:y", 5, {"id": "urn:x:y"}, {}])
def test_what_stands_in_place_of_a_credential_is_not_passed_over(component: Any) -> None:
    document = {**record_of(clr_subject([forged_component()]))}
    document["credentialSubject"]["verifiableCredential"] = [component]
    assert codes(check(document)) & {"COMPONENT_INVALID", "COMPONENT_NOT_CHECKED"}


def test_an_envelope_of_another_form_inside_a_record_is_left_undecided() -> None:
    envelope = {"type": "EnvelopedVerifiableCredential", "id": "data:application/vc+cose,0oRY"}
    envelope["@context"] = "https://www.w3.org/ns/credentials/v2"
    document = {**record_of(clr_subject([forged_component()]))}
    document["credentialSubject"]["verifiableCredential"] = [envelope]
    assert "COMPONENT_UNDECIDED" in codes(check(document))


def test_a_presentation_hides_no_credential_in_its_holder() -> None:
    document = presentation_of({"holder": {"id": LEARNER, "verifiableCredential": [5]}})
    assert "COMPONENT_NOT_CHECKED" in codes(check(document))


def test_endorsements_inside_components_and_endorsements_are_told() -> None:
    bad = {**endorsement(), "name": "Better"}
    record = learner_record(endorsed(bad))
    place = "/credentialSubject/verifiableCredential/0/endorsement/0"
    told = {one.pointer: one.code for one in check(record).check("endorsement").remarks}
    assert told == {place: "ENDORSEMENT_INVALID"}
    inner = endorsement(id="urn:x:2", endorsement=[endorsement(id="urn:x:3")])
    twice = endorsement(id="urn:x:1", endorsement=[inner])
    told = {one.pointer: one.code for one in check(endorsed(twice)).check("endorsement").remarks}
    assert told["/endorsement/0/endorsement/0/endorsement/0"] == "ENDORSEMENT_NOT_CHECKED"
    token = learner_record(sign(unsigned(endorsementJwt=["eyJ.eyJ.x"])))
    assert "ENDORSEMENT_INVALID" in codes(check(token), "warning")


def test_an_endorsement_that_is_no_credential_is_told_in_any_credential() -> None:
    """Without contexts and proof it is no credential, and must not pass for nothing at all."""
    bare = {name: value for name, value in endorsement().items() if name not in ("@context",)}
    bare.pop("proof")
    for achievement in ({"endorsement": [bare]}, {"creator": {"id": ISSUER, "endorsement": bare}}):
        subject = {"id": LEARNER, "type": ["AchievementSubject"]}
        told = {"id": "urn:x:a", "type": ["Achievement"], **achievement}
        document = unsigned(
            type=["VerifiableCredential"], credentialSubject={**subject, "achievement": told}
        )
        report = check(sign_unchecked(document))
        assert report.check("endorsement").decisive.code == "ENDORSEMENT_INVALID"
    named = check({**SIGNED["eddsa-rdfc-2022"], "endorsement": ["https://x.example/endorsement"]})
    assert named.check("endorsement").decisive.code == "ENDORSEMENT_NOT_CHECKED"


@pytest.mark.parametrize(
    "changes",
    [
        {"credentialSubject": [{"id": LEARNER}, {"id": "urn:x:y"}, [5], {"id": {}}]},
        {"id": {}},
        {"id": []},
        {"issuer": []},
        {"issuer": {"id": {}}},
        {"credentialSubject": {"id": [], "source": [], "achievement": {"creator": [{}]}}},
    ],
)
def test_an_endorsement_is_judged_beside_ids_of_any_form(changes: dict[str, Any]) -> None:
    about = endorsement(credentialSubject={"id": LEARNER, "type": ["EndorsementSubject"]})
    report = check(sign_unchecked({**unsigned(endorsement=[about]), **changes}))
    code = report.check("endorsement").decisive.code
    assert code in ("ENDORSEMENT_VALID", "ENDORSEMENT_OF_OTHER")


def test_an_endorsement_may_be_about_any_of_several_subjects() -> None:
    about = endorsement(credentialSubject={"id": LEARNER, "type": ["EndorsementSubject"]})
    subjects = [{"id": "urn:x:y"}, {"id": LEARNER}]
    report = check(record_of(subjects, endorsement=[about]))
    assert report.check("endorsement").outcome is Outcome.PASSED


def test_two_may_endorse_the_same_achievement_in_their_own_words() -> None:
    about = endorsement()["credentialSubject"]
    other = endorsement(
        id="urn:uuid:8d7a3c52-6f4f-4b3e-9f38-0b3c4f7b2a98",
        credentialSubject={**about, "endorsementComment": "Even better."},
    )
    report = check(endorsed(endorsement(), other))
    assert report.verdict is Verdict.VALID
    assert report.check("endorsement").outcome is Outcome.PASSED


def test_learner_record_endorsement_and_list_keep_the_world_they_need() -> None:
    """What a credential depends on is judged without the reader's own expectations."""
    expectations: dict[str, Any] = {
        "trust": TrustList({}),
        "expected_recipient": LEARNER,
    }
    document = sign(unsigned(credentialStatus=status_entry("5"), endorsement=[endorsement()]))
    report = check(document, {LIST_URL: status_list()}, **expectations)
    assert report.verdict is Verdict.VALID
    assert codes(report, "warning") == {"ISSUER_NOT_LISTED"}
