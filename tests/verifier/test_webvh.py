"""Credentials of issuers whose identifier is a did:webvh."""

from __future__ import annotations

from typing import Any

from credentials.json_types import JsonObject, count_values
from credentials.limits import Limits
from credentials.webvh.address import log_url, witness_url
from credentials.webvh.log import signed_values
from tests.credentials.webvh.logs import FIRST, SIGNING, THIEF, WITNESS, Log, witnesses
from tests.factories import LIST_URL, check, codes, sign, unsigned
from tests.verifier.sd_jwts import STATUS, badge_claims, issued, status_token
from tests.verifier.tokens import credential_token


def badge(did: str, **options: Any) -> JsonObject:
    document = unsigned(issuer={"id": did, "type": ["Profile"]})
    return sign(document, signer=SIGNING, verification_method=f"{did}#key-1", **options)


def test_a_credential_rests_on_the_document_at_the_end_of_the_log() -> None:
    log = Log().add()
    report = check(badge(log.did), {log_url(log.did): log.entries})
    assert report.verdict.value == "valid", codes(report)
    assert report.credential["issuer_shown_as"] == "uni.example/welding"


def test_a_log_that_does_not_hold_is_a_failure_and_a_missing_one_is_not() -> None:
    log = Log().add(signer=THIEF)
    report = check(badge(log.did), {log_url(log.did): log.entries})
    assert report.verdict.value == "invalid"
    assert "INVALID_DID_LOG" in codes(report)
    assert check(badge(log.did)).verdict.value == "indeterminate"


def test_witnesses_are_looked_up_where_they_are_needed() -> None:
    log = Log(witness=witnesses(WITNESS, threshold=1))
    documents = {log_url(log.did): log.entries}
    assert check(badge(log.did), documents).verdict.value == "indeterminate"
    documents[witness_url(log.did)] = [log.approved(1, WITNESS)]
    assert check(badge(log.did), documents).verdict.value == "valid"
    documents[witness_url(log.did)] = [log.approved(1, FIRST)]
    assert check(badge(log.did), documents).verdict.value == "invalid"


def test_a_signed_token_rests_on_the_log_as_well() -> None:
    log = Log().add()
    document = unsigned(issuer={"id": log.did, "type": ["Profile"]})
    require_holds_by(log, credential_token(document, signer=SIGNING, kid=f"{log.did}#key-1"))


def test_an_sd_jwt_and_its_status_list_rest_on_the_log_as_well() -> None:
    log = Log().add()
    method = f"{log.did}#key-1"
    names = {"kid": method}
    claims = badge_claims(iss=log.did, status=STATUS)
    sd_jwt = issued(claims, signer=SIGNING, header=names).to_compact().encode()
    listed = status_token({5: 1}, signer=SIGNING, key_id=method)
    documents = {log_url(log.did): log.entries, LIST_URL: listed}
    assert codes(check(sd_jwt, documents)) == {"REVOKED"}
    plain = issued(badge_claims(iss=log.did), signer=SIGNING, header=names)
    require_holds_by(log, plain.to_compact().encode())


def require_holds_by(log: Log, token: bytes) -> None:
    """Require a token that is valid by this log, and by neither a thief's nor none at all."""
    report = check(token, {log_url(log.did): log.entries})
    assert report.verdict.value == "valid", codes(report)
    log.add(signer=THIEF)
    report = check(token, {log_url(log.did): log.entries})
    assert report.verdict.value == "invalid"
    assert "INVALID_DID_LOG" in codes(report)
    assert check(token).verdict.value == "indeterminate"


def test_histories_that_take_too_much_work_leave_it_undecided() -> None:
    """One credential can be signed for many identifiers, each with a long history."""
    log = Log()
    entries = log.add().entries
    entries[-1] = {**entries[-1], "proof": entries[-1]["proof"] * 16}
    needed = signed_values(entries)
    assert needed > 16 * 100
    documents, document = {log_url(log.did): entries}, badge(log.did)
    enough = Limits(history_values=needed)
    assert check(document, documents, limits=enough).verdict.value == "valid"
    report = check(document, documents, limits=Limits(history_values=needed - 1))
    assert report.verdict.value == "indeterminate"
    assert codes(report) == {"KEY_UNRESOLVED", "ISSUER_UNCONFIRMED"}


def test_the_proofs_of_witnesses_are_counted_as_well() -> None:
    log = Log(witness=witnesses(WITNESS, threshold=1))
    approvals = [log.approved(1, WITNESS)] * 2
    documents = {log_url(log.did): log.entries, witness_url(log.did): approvals}
    needed = signed_values(log.entries) + count_values(approvals)
    enough, short = Limits(history_values=needed), Limits(history_values=needed - 1)
    assert check(badge(log.did), documents, limits=enough).verdict.value == "valid"
    assert check(badge(log.did), documents, limits=short).verdict.value == "indeterminate"


def test_a_log_is_read_once_for_many_proofs() -> None:
    class Counting(list[Any]):
        reads = 0

        def __iter__(self) -> Any:
            Counting.reads += 1
            return super().__iter__()

    log = Log()
    entries = Counting(log.entries)
    document = badge(log.did)
    twice = {**document, "proof": [document["proof"], {**document["proof"]}]}
    check(twice, {log_url(log.did): entries})
    assert Counting.reads == 2, "to count its values, and to verify it"
