"""What a holder hides makes no credential look better than it is."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from credentials.json_types import JsonObject
from credentials.proofs.sd_deriving import derive
from credentials.status.bitstring import encode_list
from credentials.strict_json import serialize_json
from credentials.verified import VerifiedCredential
from issuer.proofs import UNSEEN, always_shown
from keys.did import did_key
from tests.factories import (
    ENVIRONMENT,
    LEARNER,
    LIST_URL,
    STRANGER,
    check,
    codes,
    sign,
    status_entry,
    unsigned,
    unsigned_record,
    world,
)
from tests.project import ROOT, skip_away_from_sources
from tests.selective import (
    HOLDER_CHOOSES,
    SD_ISSUER,
    SD_SIGNER,
    SD_STRANGER,
    base,
    derived,
    full_base,
    sd_unsigned,
)
from verifier.report import Verdict
from verifier.verifier import Verifier

SUBJECT = "/credentialSubject"
FRAME = [*HOLDER_CHOOSES, "/validUntil", "/credentialStatus", SUBJECT]
"""Pointers of everything that a reader needs, but who the learner is."""

PAST = "2026-02-01T00:00:00Z"


def served(*revoked: int) -> dict[str, Any]:
    """Serve the status list of the issuer, with some entries set."""
    bits = bytearray(16_384)
    for index in revoked:
        bits[index // 8] |= 128 >> index % 8
    document = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": LIST_URL,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": SD_ISSUER,
        "validFrom": "2024-01-01T00:00:00Z",
        "credentialSubject": {
            "id": f"{LIST_URL}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": encode_list(bytes(bits)),
        },
    }
    return {LIST_URL: sign(document, signer=SD_SIGNER, suite="ecdsa-rdfc-2019")}


def with_status(**changes: Any) -> JsonObject:
    return sd_unsigned(credentialStatus=status_entry(), **changes)


def test_a_derived_credential_of_a_careful_issuer_is_valid_and_said_to_be_derived() -> None:
    document = derive(full_base(with_status()), [], ENVIRONMENT)
    report = check(document, served())
    assert report.verdict is Verdict.VALID
    assert codes(report, "warning") == {"SELECTIVELY_DISCLOSED"}
    assert report.value["amount"] == "20"
    assert report.value["unit"] == "NZQCF"


def test_revoked_stays_revoked_whatever_is_disclosed() -> None:
    signed = full_base(with_status())
    for pointers in ([], [""], ["/name"]):
        report = check(derive(signed, pointers, ENVIRONMENT), served(5))
        assert report.verdict is Verdict.INVALID
        assert "REVOKED" in codes(report)


def test_expired_stays_expired_whatever_is_disclosed() -> None:
    signed = full_base(with_status(validUntil=PAST))
    for pointers in ([], [""]):
        report = check(derive(signed, pointers, ENVIRONMENT), served())
        assert codes(report) == {"EXPIRED"}


@pytest.mark.parametrize(
    ("hidden", "check_id", "code"),
    [
        ("/validFrom", "validity", "START_UNDISCLOSED"),
        ("/validUntil", "validity", "END_UNDISCLOSED"),
        ("/credentialStatus", "status", "STATUS_UNDISCLOSED"),
    ],
)
def test_what_is_hidden_is_unknown_and_not_absent(hidden: str, check_id: str, code: str) -> None:
    """An end that has passed, a beginning that has not come, a status that is set."""
    changes = {
        "/validUntil": {"validUntil": PAST},
        "/validFrom": {"validFrom": "2036-01-01T00:00:00Z"},
    }
    document = with_status(**changes.get(hidden, {}))
    pointers = [pointer for pointer in FRAME if pointer != hidden]
    report = check(
        derived(pointers, base(document, pointers)), served(5 if check_id == "status" else 6)
    )
    assert report.verdict is not Verdict.VALID
    assert code in codes(report)
    assert report.check(check_id).decisive.code in (code, "STATUS_UNDISCLOSED")


def test_a_caller_may_take_what_is_undisclosed_as_absent() -> None:
    pointers = [*HOLDER_CHOOSES, SUBJECT]
    document = derived([], base(sd_unsigned(), pointers))
    assert check(document).verdict is Verdict.INDETERMINATE
    report = check(document, accepts_undisclosed=True)
    assert report.verdict is Verdict.VALID
    wanted = {"SELECTIVELY_DISCLOSED", "END_UNDISCLOSED", "STATUS_UNDISCLOSED"}
    assert codes(report, "warning") == wanted


def test_a_proof_that_ends_is_an_end() -> None:
    document, pointers = with_status(validUntil=None), FRAME[:2] + FRAME[3:]
    report = check(derived([], base(document, pointers)), served())
    assert codes(report) == {"END_UNDISCLOSED"}
    ending = base(document, pointers, expires=datetime(2030, 1, 1, tzinfo=UTC))
    assert check(derived([], ending), served()).verdict is Verdict.VALID


def test_of_several_entries_of_status_none_is_left_to_the_holder() -> None:
    """Shown is the entry that is clear; the one that is set was left out."""
    document = sd_unsigned(credentialStatus=[status_entry("5"), status_entry("6")])
    signed = base(document, [*HOLDER_CHOOSES, "/validUntil", SUBJECT])
    document = derived(["/credentialStatus/0"], signed)
    # Written as one object, it is an Open Badge, and the same statements.
    document["credentialStatus"] = document["credentialStatus"][0]
    for accepts in (False, True):
        report = check(document, served(6), accepts_undisclosed=accepts)
        assert report.verdict is Verdict.INDETERMINATE
        assert codes(report) == {"STATUS_LEFT_TO_HOLDER"}


@pytest.mark.parametrize("mandatory", [(), ("/credentialStatus/statusPurpose",)])
def test_a_status_of_which_the_holder_shows_parts_is_undecided(mandatory: tuple[str, ...]) -> None:
    """Hidden could be its size, without which another bit is read."""
    document = sd_unsigned(credentialStatus=status_entry())
    signed = base(document, [*HOLDER_CHOOSES, "/validUntil", SUBJECT, *mandatory])
    parts = [f"/credentialStatus/{name}" for name in status_entry() if name not in ("id", "type")]
    report = check(derived(parts, signed), served())
    assert codes(report) == {"STATUS_LEFT_TO_HOLDER"}


@pytest.mark.parametrize(
    "hidden",
    ["result", "achievement/resultDescription", "achievement/alignment", "creditsEarned"],
)
def test_a_value_that_a_holder_could_trim_is_undecided(hidden: str) -> None:
    """Hidden results could say that nothing was earned; hidden levels, that it was a lower one."""
    document = with_status()
    chosen = [*HOLDER_CHOOSES, "/validUntil", "/credentialStatus"]
    shown = [
        f"{SUBJECT}/{name}"
        for name in (
            "result",
            "creditsEarned",
            "achievement/name",
            "achievement/description",
            "achievement/criteria",
            "achievement/achievementType",
            "achievement/resultDescription",
            "achievement/alignment",
            "achievement/creditsAvailable",
        )
        if name != hidden
    ]
    report = check(derived(shown, base(document, chosen)), served())
    assert report.verdict is not Verdict.VALID
    assert report.value == {} or "VALUE_LEFT_TO_HOLDER" in codes(report)


def test_results_that_say_otherwise_cannot_be_hidden_from_what_this_project_issues() -> None:
    document = with_status()
    document["credentialSubject"]["result"][0]["status"] = "Failed"
    shown = derive(full_base(document), [], ENVIRONMENT)
    assert shown["credentialSubject"]["result"][0]["status"] == "Failed"
    [result] = shown["credentialSubject"]["result"]
    del result["status"]
    assert check(shown, served()).verdict is Verdict.INVALID


def test_what_an_award_was_made_of_is_not_left_to_the_holder() -> None:
    """Hidden parts of an award would be counted beside it."""
    parts = [{"id": f"urn:x:{number}", "type": ["Evidence"]} for number in range(2)]
    signed = base(with_status(evidence=parts), FRAME)
    report = check(derived(["/evidence/0"], signed), served())
    assert codes(report) == {"VALUE_LEFT_TO_HOLDER"}


@pytest.mark.parametrize("issuer", [None, {"id": "did:example:other", "type": ["Profile"]}])
def test_an_issuer_is_neither_hidden_nor_exchanged(issuer: Any) -> None:
    document = derive(
        base(with_status(), ["/validFrom", "/validUntil", "/credentialStatus", SUBJECT]),
        [],
        ENVIRONMENT,
    )
    assert "issuer" not in document
    assert check(document, served()).verdict is Verdict.INVALID
    if issuer is not None:
        assert check({**document, "issuer": issuer}, served()).verdict is Verdict.INVALID


def test_a_strangers_credential_in_the_name_of_another_is_refused() -> None:
    document = derive(base(with_status(), FRAME, signer=SD_STRANGER), [], ENVIRONMENT)
    assert did_key(SD_STRANGER.verification_key) != SD_ISSUER
    assert "ISSUER_MISMATCH" in codes(check(document, served()))


def test_a_base_proof_is_refused_with_a_code_of_its_own() -> None:
    report = check(full_base(with_status()), served())
    assert codes(report) == {"BASE_PROOF"}
    assert report.verdict is Verdict.INVALID


def test_a_base_proof_in_a_set_is_refused_too() -> None:
    signed = full_base(with_status())
    both = sign(signed, signer=SD_SIGNER, suite="ecdsa-rdfc-2019")
    assert codes(check(both, served())) == {"BASE_PROOF"}


def test_what_is_verified_is_what_was_disclosed_and_no_more() -> None:
    document = with_status()
    document["credentialSubject"]["narrative"] = "Private words."
    signed = full_base(document)
    verified = verify(derive(signed, [], ENVIRONMENT))
    assert "Private words." not in str(verified.document)
    assert "proof" not in verified.document
    told = verify(derive(signed, [f"{SUBJECT}/narrative"], ENVIRONMENT))
    assert told.document["credentialSubject"]["narrative"] == "Private words."
    assert verified.issuer == SD_ISSUER


def test_different_parts_of_one_credential_count_as_one() -> None:
    """Otherwise its credit would count anew with every choice of what to disclose."""
    document = with_status()
    document["credentialSubject"]["narrative"] = "Private words."
    signed = full_base(document)
    few, all_of_it = (verify(derive(signed, chosen, ENVIRONMENT)) for chosen in ([], [""]))
    assert few.document != all_of_it.document
    assert few.digest == all_of_it.digest
    other = full_base(with_status(id="urn:uuid:8d7a3c52-6f4f-4b3e-9f38-0b3c4f7b2a99"))
    assert verify(derive(other, [], ENVIRONMENT)).digest != few.digest


def verify(document: JsonObject) -> VerifiedCredential:
    return Verifier(world(served())).verify(serialize_json(document))


def test_a_derived_credential_is_verified_inside_a_presentation() -> None:
    presentation = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiablePresentation"],
        "holder": LEARNER,
        "verifiableCredential": [derive(full_base(with_status()), [], ENVIRONMENT)],
    }
    signed = sign(presentation, signer=STRANGER, proof_purpose="authentication", challenge="c")
    report = check(signed, served(), expected_challenge="c")
    assert report.verdict is Verdict.VALID
    assert "SELECTIVELY_DISCLOSED" in codes(report, "warning")
    revoked = check(signed, served(5), expected_challenge="c")
    assert revoked.verdict is Verdict.INVALID


def test_a_presentation_that_can_be_cut_down_is_undecided() -> None:
    presentation = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiablePresentation"],
        "holder": SD_ISSUER,
        "verifiableCredential": [derive(full_base(with_status()), [], ENVIRONMENT)],
    }
    signed = base(presentation, ["/holder"], proof_purpose="authentication", challenge="c")
    whole = derive(signed, ["/verifiableCredential"], ENVIRONMENT)
    report = check(whole, served(), expected_challenge="c")
    assert codes(report) == {"PRESENTED_IN_PARTS"}


def test_what_is_inside_a_derived_credential_is_verified_as_ever() -> None:
    """Endorsements and components come along as they are, and hold by themselves."""
    document = with_status()
    achievement = document["credentialSubject"]["achievement"]
    achievement["endorsement"] = [sign(endorsement(number), signer=STRANGER) for number in "12"]
    shown = derive(full_base(document), [], ENVIRONMENT)
    assert check(shown, served()).verdict is Verdict.VALID
    component = sign(unsigned())
    own = {"id": SD_ISSUER, "type": ["Profile"]}
    whole = unsigned_record(component, issuer=own, validUntil="2036-01-15T09:00:00Z")
    record = full_base(whole | {"credentialStatus": status_entry()})
    shown = derive(record, [], ENVIRONMENT)
    assert check(shown, served()).verdict is Verdict.VALID
    [inside] = shown["credentialSubject"]["verifiableCredential"]
    inside["proof"]["proofValue"] = sign(unsigned(name="x"))["proof"]["proofValue"]
    assert check(shown, served()).verdict is Verdict.INVALID


def endorsement(number: str) -> JsonObject:
    return {
        "@context": unsigned()["@context"],
        "id": f"urn:uuid:1111111{number}-1111-4111-8111-111111111111",
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "issuer": {"id": LEARNER, "type": ["Profile"]},
        "validFrom": "2026-01-15T09:00:00Z",
        "name": "Endorsement",
        "credentialSubject": {
            "id": unsigned()["credentialSubject"]["achievement"]["id"],
            "type": ["EndorsementSubject"],
        },
    }


def test_the_rule_of_this_project_names_everything_but_who_the_learner_is() -> None:
    document = with_status(evidence=[{"id": "urn:x:e", "type": ["Evidence"]}])
    document["credentialSubject"] |= {"narrative": "x", "identifier": [], "term": "x"}
    pointers = always_shown(["/name", "/credentialSubject/term"])(document)
    assert {"/issuer", "/validFrom", "/validUntil", "/credentialStatus", "/evidence"} <= set(
        pointers
    )
    assert {f"{SUBJECT}/achievement", f"{SUBJECT}/result"} <= set(pointers)
    assert f"{SUBJECT}/narrative" not in pointers
    assert f"{SUBJECT}/identifier" not in pointers
    assert pointers[-1] == f"{SUBJECT}/term"
    assert len(set(pointers)) == len(pointers)
    del document["credentialSubject"]["id"]
    assert f"{SUBJECT}/identifier" in always_shown()(document)


def test_every_code_that_the_guide_names_exists() -> None:
    skip_away_from_sources()
    text = (ROOT / "docs/selective-disclosure.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([A-Z]+_[A-Z_]+)`", text))
    rooms = ("credentials", "issuer", "verifier")
    source = "".join(
        path.read_text(encoding="utf-8") for room in rooms for path in (ROOT / room).rglob("*.py")
    )
    computed = {f"UNDISCLOSED_{member.upper()}" for member in UNSEEN}
    assert len(named) >= 10
    assert {code for code in named - computed if f'"{code}"' not in source} == set()
    assert computed <= named
