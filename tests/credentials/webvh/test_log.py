"""The history of a did:webvh: whose it is, who continued it, and what breaks it."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.jcs import canonicalize
from credentials.json_types import JsonObject, JsonValue
from credentials.webvh.address import log_url, owner_of, witness_url
from credentials.webvh.log import current_document
from keys.errors import ControllerDocumentError, KeyMaterialError, UnresolvableError
from tests.credentials.webvh.logs import (
    FIRST,
    OTHER_WITNESS,
    SECOND,
    THIEF,
    WITNESS,
    Log,
    announced,
    document,
    hashed,
    multikey,
    signed,
    witnesses,
)
from tests.factories import NOW

SCID = "QmW9K6bJYn5LhixSSi7UKD3W7uNGeQtKKuZ9NzqYtUcK69"


def read(log: Log, *approvals: JsonObject, entries: JsonValue = None, did: str = "") -> JsonObject:
    given = log.entries if entries is None else entries
    return current_document(did or log.did, given, lambda: list(approvals), NOW)


def refused(log: Log, *approvals: JsonObject, **how: Any) -> KeyMaterialError:
    with pytest.raises(KeyMaterialError) as caught:
        read(log, *approvals, **how)
    return caught.value


def test_the_document_at_the_end_of_the_log_is_the_one_that_holds() -> None:
    log = Log()
    assert read(log) == document(log.did)
    newer = document(log.did, alsoKnownAs=["did:web:uni.example"])
    assert read(log.add(state=newer).add(state=newer)) == newer


def test_a_log_is_continued_by_the_keys_that_stood_in_it_before() -> None:
    rotated = Log().add({"updateKeys": [multikey(SECOND)]}).add(signer=SECOND)
    assert read(rotated)["id"] == rotated.did
    for log in (
        Log().add(signer=THIEF),
        Log().add({"updateKeys": [multikey(THIEF)]}, signer=THIEF),
        Log().add({"updateKeys": [multikey(SECOND)]}).add(signer=FIRST),
        Log().add({"updateKeys": []}).add(),
    ):
        assert refused(log).code == "INVALID_DID_LOG"


def test_announced_keys_continue_the_log_and_no_others() -> None:
    """Whoever has stolen the present key cannot go on with it."""
    log = Log(nextKeyHashes=[announced(SECOND)])
    step = {"updateKeys": [multikey(SECOND)], "nextKeyHashes": [announced(FIRST)]}
    assert read(deepcopy(log).add(step, signer=SECOND))["id"] == log.did
    stolen = {"updateKeys": [multikey(THIEF)], "nextKeyHashes": [announced(THIEF)]}
    for parameters, signer in (
        (stolen, FIRST),
        (stolen, THIEF),
        (step, FIRST),
        ({"updateKeys": [multikey(SECOND)]}, SECOND),
        ({"nextKeyHashes": []}, FIRST),
        ({}, FIRST),
    ):
        assert "Entry 2" in str(refused(deepcopy(log).add(parameters, signer=signer)))
    ended = {"updateKeys": [multikey(SECOND)], "nextKeyHashes": []}
    assert read(log.add(ended, signer=SECOND).add(signer=SECOND))["id"] == log.did


def change(path: str, value: Any) -> Callable[[JsonObject], None]:
    def apply(entry: JsonObject) -> None:
        *parents, last = path.split("/")
        for name in parents:
            entry = entry[int(name)] if isinstance(entry, list) else entry[name]
        entry[last] = value

    return apply


@pytest.mark.parametrize("index", [0, 1, 2])
@pytest.mark.parametrize(
    "alter",
    [
        change("state/alsoKnownAs", ["did:web:evil.example"]),
        change("versionTime", "2026-01-01T12:00:00Z"),
        change("parameters/ttl", 5),
        change("versionId", f"2-{SCID}"),
        change("proof/0/proofValue", "z" + "1" * 64),
        change("proof/0/created", "2020-01-01T00:00:00Z"),
        change("proof/0/proofPurpose", "authentication"),
        change("proof/0/cryptosuite", "eddsa-rdfc-2022"),
        change("proof/0/type", "Ed25519Signature2020"),
        change("proof/0/verificationMethod", f"did:key:{multikey(THIEF)}#{multikey(FIRST)}"),
        change("proof/0/verificationMethod", f"did:web:{multikey(FIRST)}#{multikey(FIRST)}"),
        change("proof/0/verificationMethod", 5),
        change("proof", []),
        change("proof", None),
        change("proof", ["text"]),
        change("more", 1),
        change("state", []),
    ],
)
def test_nothing_in_a_log_can_be_changed(alter: Callable[[JsonObject], None], index: int) -> None:
    log = Log().add().add()
    alter(log.entries[index])
    assert refused(log).code == "INVALID_DID_LOG"


@pytest.mark.parametrize("name", ["versionId", "versionTime", "parameters", "state", "proof"])
def test_nothing_can_be_left_out_of_an_entry(name: str) -> None:
    log = Log().add()
    del log.entries[1][name]
    assert refused(log).code == "INVALID_DID_LOG"


def test_no_entry_can_be_taken_out_doubled_or_moved() -> None:
    log = Log().add().add()
    one, two, three = log.entries
    orders = ([two, three], [one, three], [one, one, two], [one, three, two], [one, two, two], [])
    for entries in orders:
        assert refused(log, entries=entries).code == "INVALID_DID_LOG"
    assert read(log, entries=[one, two])["id"] == log.did, "an older end cannot be told from here"


def test_a_second_proof_has_to_hold_as_well() -> None:
    log = Log()
    entry = log.entries[0]
    entry["proof"].append(dict(entry["proof"][0]))
    assert read(log)["id"] == log.did
    entry["proof"].append({**entry["proof"][0], "proofValue": "z" + "1" * 64})
    assert refused(log).code == "INVALID_DID_LOG"


def test_a_log_of_another_identifier_proves_nothing() -> None:
    log, other = Log(), Log(place="evil.example")
    assert refused(log, entries=other.entries).code == "INVALID_DID_LOG"
    elsewhere = log.did.replace("uni.example", "evil.example")
    assert refused(log, did=elsewhere).code == "INVALID_DID_LOG"


def test_times_go_forward_and_end_before_now() -> None:
    for time in ("2026-01-01T00:00:00Z", "2025-12-31T00:00:00Z"):
        assert refused(Log().add(versionTime=time)).code == "INVALID_DID_LOG"
    for time in ("2026-01-02", "2026-01-02T00:00:00+01:00", 5, None):
        assert refused(Log().add(versionTime=time)).code == "INVALID_DID_LOG"
    later = refused(Log().add(versionTime="2026-11-23T00:01:01Z"))
    assert isinstance(later, UnresolvableError)
    assert read(Log().add(versionTime="2026-11-23T00:00:30Z"))


def test_an_identifier_moves_only_if_it_may_and_says_from_where() -> None:
    portable = Log(portable=True)
    moved = f"did:webvh:{portable.scid}:new.example"
    state = document(moved, alsoKnownAs=[portable.did])
    portable.add(state=state)
    assert read(portable, did=moved) == state
    told = refused(portable)
    assert (told.code, isinstance(told, UnresolvableError)) == ("DID_MOVED", True)
    for log, changed in (
        (Log(), lambda one: document(f"did:webvh:{one.scid}:new.example", alsoKnownAs=[one.did])),
        (Log(portable=True), lambda one: document(f"did:webvh:{one.scid}:new.example")),
        (Log(portable=True), lambda _one: document(f"did:webvh:{SCID}:new.example")),
        (Log(portable=True), lambda _one: document("did:web:new.example")),
    ):
        assert refused(log.add(state=changed(log))).code == "INVALID_DID_LOG"


def test_an_identifier_that_was_given_up_vouches_for_nothing_and_stays_so() -> None:
    log = Log().add({"deactivated": True, "updateKeys": []})
    assert refused(log).code == "DID_DEACTIVATED"
    assert refused(Log().add({"deactivated": True}).add()).code == "INVALID_DID_LOG"


@pytest.mark.parametrize(
    "parameters",
    [
        {"method": None},
        {"updateKeys": None},
        {"updateKeys": []},
        {"updateKeys": multikey(FIRST)},
        {"updateKeys": [5]},
        {"unknown": 1},
        {"portable": "yes"},
        {"deactivated": 1},
        {"ttl": -1},
        {"ttl": True},
        {"nextKeyHashes": "x"},
        {"watchers": [5]},
        {"witness": []},
        {"witness": witnesses(WITNESS, threshold=0)},
        {"witness": witnesses(WITNESS, threshold=2)},
        {"witness": witnesses(WITNESS, WITNESS, threshold=1)},
        {"witness": witnesses(threshold=1)},
        {"witness": {"threshold": True, "witnesses": [{"id": "did:key:z6Mk"}]}},
        {"witness": {"threshold": 1, "witnesses": [{"id": "did:web:uni.example"}]}},
        {"witness": {"threshold": 1, "witnesses": [{"id": multikey(WITNESS)}]}},
        {"witness": {"threshold": 1}},
        {"witness": {"witnesses": [{"id": "did:key:z6Mk"}]}},
    ],
)
def test_parameters_that_the_method_does_not_allow_are_refused(parameters: JsonObject) -> None:
    assert refused(Log(**parameters)).code == "INVALID_DID_LOG"


@pytest.mark.parametrize("parameters", [{"scid": SCID}, {"portable": True}, {"updateKeys": None}])
def test_later_entries_cannot_begin_anew(parameters: JsonObject) -> None:
    assert refused(Log().add(parameters)).code == "INVALID_DID_LOG"


@pytest.mark.parametrize("method", ["did:webvh:0.5", "did:webvh:2.0", "did:tdw:0.4"])
def test_another_version_of_the_method_is_undecided(method: str) -> None:
    for log in (Log(method=method), Log().add({"method": method})):
        told = refused(log)
        assert isinstance(told, UnresolvableError)
        assert told.code == "UNSUPPORTED_DID_METHOD"


def test_enough_witnesses_have_to_approve_each_entry() -> None:
    log = Log(witness=witnesses(WITNESS, OTHER_WITNESS, threshold=2)).add()
    both = log.approved(2, WITNESS, OTHER_WITNESS)
    assert read(log, both)["id"] == log.did, "who approves an entry approves those before it"
    for approvals in (
        (),
        (log.approved(1, WITNESS, OTHER_WITNESS),),
        (log.approved(2, WITNESS),),
        (log.approved(2, WITNESS, WITNESS),),
        (log.approved(2, WITNESS, THIEF),),
        (log.approved(1, OTHER_WITNESS), log.approved(2, WITNESS)),
    ):
        assert "witnesses" in str(refused(log, *approvals))
    foreign = Log(place="evil.example").approved(1, WITNESS, OTHER_WITNESS)
    assert refused(log, foreign).code == "INVALID_DID_LOG"
    unpublished = {"versionId": f"3-{SCID}", "proof": [{"junk": 1}]}
    assert read(log, both, unpublished)["id"] == log.did
    damaged = deepcopy(both)
    damaged["proof"][0]["created"] = "2020-01-01T00:00:00Z"
    assert refused(log, both, damaged).code == "INVALID_DID_LOG"


def test_witnesses_are_dismissed_only_with_their_own_approval() -> None:
    dismissed = Log(witness=witnesses(WITNESS, threshold=1)).add({"witness": {}})
    assert refused(dismissed, dismissed.approved(1, WITNESS)).code == "INVALID_DID_LOG"
    assert read(dismissed, dismissed.approved(2, WITNESS))["id"] == dismissed.did
    later = dismissed.add()
    assert read(later, later.approved(2, WITNESS))["id"] == later.did
    called = Log().add({"witness": witnesses(WITNESS, threshold=1)})
    assert refused(called).code == "INVALID_DID_LOG"
    assert read(called, called.approved(2, WITNESS))["id"] == called.did


def test_nobody_is_asked_about_witnesses_that_are_not_needed() -> None:
    def ask() -> JsonValue:
        raise AssertionError

    log = Log()
    assert current_document(log.did, log.entries, ask, NOW)["id"] == log.did


@pytest.mark.parametrize(
    ("place", "url"),
    [
        ("uni.example", "https://uni.example/.well-known/did.jsonl"),
        ("uni.example:dids:issuer", "https://uni.example/dids/issuer/did.jsonl"),
        ("uni.example%3A3000:dids", "https://uni.example:3000/dids/did.jsonl"),
    ],
)
def test_the_log_stands_where_the_document_of_a_did_web_would(place: str, url: str) -> None:
    did = f"did:webvh:{SCID}:{place}"
    assert log_url(did) == url
    assert witness_url(did) == url.replace("did.jsonl", "did-witness.json")
    assert owner_of("did:webvh:" + SCID + ":uni.example:u:bob") == "uni.example/u/bob"


@pytest.mark.parametrize(
    "did",
    [
        f"did:webvh:{SCID}",
        f"did:webvh:{SCID}:",
        f"did:webvh:{SCID[:-1]}:uni.example",
        f"did:webvh:{SCID[:-1]}0:uni.example",
        f"did:WEBVH:{SCID}:uni.example",
        f"did:webvh:{SCID}:127.0.0.1",
        f"did:webvh:{SCID}:127%2E0%2E0%2E1",
        f"did:webvh:{SCID}:127.0.0.1%3a443",
        f"did:webvh:{SCID}:localhost",
        f"did:webvh:{SCID}:uni.example:..:..:x",
        f"did:webvh:{SCID}:uni.example:%2e%2e",
        f"did:webvh:{SCID}:uni.example#x",
        f"did:webvh:{SCID}:uni.example?x",
        f"did:webvh:{SCID}:uni.example/x",
        f"did:webvh:{SCID}:user@uni.example",
        "did:webvh:uni.example",
    ],
)
def test_places_that_lead_elsewhere_are_refused(did: str) -> None:
    with pytest.raises(ControllerDocumentError):
        log_url(did)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


PLAIN, WITNESSED = Log(), Log(witness=witnesses(WITNESS, threshold=1))


@given(JSON, st.sampled_from(["versionId", "versionTime", "parameters", "state", "proof", ""]))
def test_any_json_in_a_log_ends_in_a_refusal(value: JsonValue, name: str) -> None:
    log = PLAIN
    entries = [{**log.entries[0], name: value}] if name else value
    with pytest.raises(KeyMaterialError):
        read(log, entries=entries if entries is not None else {})


@given(JSON)
def test_any_proofs_of_witnesses_end_in_a_refusal(value: JsonValue) -> None:
    log = WITNESSED
    with pytest.raises(KeyMaterialError):
        current_document(log.did, log.entries, lambda: value, NOW)
    item = {"versionId": log.entries[0]["versionId"], "proof": value}
    with pytest.raises(KeyMaterialError):
        read(log, item)


def test_a_log_that_is_too_long_is_refused() -> None:
    log = Log()
    assert refused(log, entries=log.entries * 513).code == "INVALID_DID_LOG"


def test_the_moment_of_judging_may_be_long_ago() -> None:
    log = Log()
    with pytest.raises(UnresolvableError):
        current_document(log.did, log.entries, list, datetime(2020, 1, 1, tzinfo=UTC))


def test_a_proof_for_another_purpose_or_content_is_refused() -> None:
    log = Log()
    entry = log.entries[0]
    content = {name: value for name, value in entry.items() if name != "proof"}
    entry["proof"] = signed(content, FIRST, proof_purpose="authentication")["proof"]
    assert refused(log).code == "INVALID_DID_LOG"


def test_no_second_first_entry_has_the_same_identifier() -> None:
    """Else an issuer could show two histories: the placeholder hashes like what replaces it."""
    log = Log()
    for more in ({"{SCID}": "x", log.scid: "y"}, {"note": "{SCID}"}):
        draft = {
            "versionId": "{SCID}",
            "versionTime": "2026-01-01T00:00:00Z",
            "parameters": log.entries[0]["parameters"] | {"scid": "{SCID}"},
            "state": document("did:webvh:{SCID}:uni.example:welding", **more),
        }
        collapsed = json.loads(json.dumps(draft).replace(log.scid, "{SCID}"))
        scid = hashed(canonicalize(collapsed))
        told = document(f"did:webvh:{scid}:uni.example:welding", **more)
        told = {scid if name == log.scid else name: value for name, value in told.items()}
        parameters = {**draft["parameters"], "scid": scid}
        content = {**draft, "versionId": scid, "parameters": parameters, "state": told}
        content["versionId"] = f"1-{hashed(canonicalize(content))}"
        entry = signed(content, FIRST)
        did = f"did:webvh:{scid}:uni.example:welding"
        assert "the identifier is not made from it" in str(refused(log, entries=[entry], did=did))
