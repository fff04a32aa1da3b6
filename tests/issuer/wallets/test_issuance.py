"""OpenID4VCI 1.0: metadata, codes, tokens, proofs of keys, credentials in three forms."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from credentials.jose.compact import sign_token
from credentials.strict_json import serialize_json
from issuer.issuing.exactly_once import ExactlyOnce
from issuer.store.claims import MOST_TRIES
from issuer.store.wallet_grants import HANDOVER_LIFE, TOKEN_LIFE
from issuer.store.wallet_offers import MOST_OPEN, OFFER_LIFE
from issuer.wallets.interactions import PRE_AUTHORIZED
from issuer.wallets.nonces import NONCE_LIFE
from keys.did import did_key
from keys.errors import KeyMaterialError
from keys.signer import PrivateKeySigner
from keys.verification_key import KeyType
from tests.factories import LEARNER, SIGNER, STRANGER, check, method_of
from tests.issuer.issuing.workshops import bench, workshop
from tests.issuer.wallets.offices import (
    BASE,
    ISSUER_ID,
    WalletOffice,
    new_wallet_office,
    presentation,
    wallet_office,
)
from verifier.report import Verdict

P256 = PrivateKeySigner(KeyType.P256, bytes(range(1, 33)))


@pytest.fixture
def office(tmp_path: Path) -> Iterator[WalletOffice]:
    made = new_wallet_office(tmp_path)
    yield made
    made.store.engine.dispose()


def error(answer: Any, code: str, status: int = 400) -> None:
    """Require an error of OAuth, which nobody keeps."""
    assert (answer.status_code, answer.get_json()["error"]) == (status, code), answer.text
    assert answer.get_json()["error_description"].isascii()
    assert answer.headers["Cache-Control"] == "no-store"


def test_metadata_stands_at_both_places_and_is_the_same(office: WalletOffice) -> None:
    places = ("/.well-known/{0}/openid/poly", "/openid/poly/.well-known/{0}")
    issuer, older = (office.client.get(one.format("openid-credential-issuer")) for one in places)
    assert issuer.get_json() == older.get_json()
    assert issuer.headers["Access-Control-Allow-Origin"] == "*"
    found = issuer.get_json()
    assert found["credential_issuer"] == ISSUER_ID
    for name, one in found["credential_configurations_supported"].items():
        assert one["scope"] == name
        assert one["credential_metadata"]["display"]
        assert set(one["proof_types_supported"]) == {"jwt", "di_vp"}
    servers = [
        office.client.get(place.format(name)).get_json()
        for place in places
        for name in ("oauth-authorization-server", "openid-configuration")
    ]
    assert all(one == servers[0] for one in servers)
    assert servers[0]["issuer"] == ISSUER_ID
    assert found["token_endpoint"] == servers[0]["token_endpoint"]
    for absent in ("/.well-known/openid-credential-issuer/openid/other", "/openid/x/nonce"):
        answer = office.client.get(absent) if "well" in absent else office.client.post(absent)
        assert answer.status_code == 404
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.is_json


def test_a_wallet_gets_the_badge_bound_to_its_key(office: WalletOffice) -> None:
    path = office.claim(original := office.issue())
    offer = office.offer(path)
    assert offer["credential_issuer"] == ISSUER_ID
    assert offer["credential_configuration_ids"] == ["open-badge"]
    answer = office.ask(office.access(path))
    assert answer.status_code == 200, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    (given,) = answer.get_json()["credentials"]
    badge = given["credential"]
    assert badge["credentialSubject"]["id"] == LEARNER
    assert check(badge, now=office.bench.clock()).verdict is not Verdict.INVALID
    assert office.store.credentials.get(office.bench.tenant.id, badge["id"]).copy_of == original
    told = {"notification_id": answer.get_json()["notification_id"]}
    assert "credential" not in answer.get_json()
    (claim,) = office.store.deliveries.of_credential(office.bench.tenant.id, original)
    assert claim.state == "claimed"
    assert told["notification_id"]


@pytest.mark.parametrize("signer", [STRANGER, P256])
def test_a_key_is_proved_by_itself_or_by_its_name(
    office: WalletOffice, signer: PrivateKeySigner
) -> None:
    jwk = signer.verification_key.to_jwk()
    header = {"typ": "openid4vci-proof+jwt", "jwk": jwk}
    proof = office.key_proof(signer=signer, header=header)
    badge = office.ask(office.access(office.claim()), proof).get_json()["credentials"][0]
    holder = badge["credential"]["credentialSubject"]["id"]
    encoded = holder.removeprefix("did:jwk:")
    assert json.loads(base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))) == jwk
    named = office.key_proof(signer=signer)
    again = office.ask(office.access(office.claim()), named).get_json()["credentials"][0]
    subject = again["credential"]["credentialSubject"]["id"]
    assert subject == did_key(signer.verification_key)


def test_a_key_is_proved_by_a_presentation(office: WalletOffice) -> None:
    nonce = office.nonce()
    proofs = {"di_vp": [presentation(nonce, ISSUER_ID)]}
    answer = office.ask(token := office.access(office.claim()), proofs=proofs)
    badge = answer.get_json()["credentials"][0]["credential"]
    assert badge["credentialSubject"]["id"] == LEARNER
    error(office.ask(token, proofs=proofs), "invalid_nonce")
    elsewhere = {"di_vp": [presentation(office.nonce(), "https://evil.example")]}
    error(office.ask(token, proofs=elsewhere), "invalid_proof")
    assertion = presentation(office.nonce(), ISSUER_ID, proof_purpose="assertionMethod")
    error(office.ask(token, proofs={"di_vp": [assertion]}), "invalid_proof")


def test_a_pin_is_asked_for_and_five_wrong_ones_end_the_offer(office: WalletOffice) -> None:
    path = office.claim(pin="123456")
    offer = office.offer(path)
    assert offer["grants"][PRE_AUTHORIZED]["tx_code"]["length"] == 6
    code = offer["grants"][PRE_AUTHORIZED]["pre-authorized_code"]
    error(office.token(code), "invalid_request")
    for _ in range(MOST_TRIES):
        error(office.token(code, tx_code="000000"), "invalid_grant")
    error(office.token(code, tx_code="123456"), "invalid_grant")
    assert office.client.get(path).status_code == 404, "the link has ended with it"
    path = office.claim(pin="123456")
    assert office.token(office.code(path), tx_code="123456", user_pin="1").status_code == 200
    error(office.token(office.code(office.claim()), tx_code="123456"), "invalid_request")


def test_a_code_is_redeemed_once_and_within_its_time(office: WalletOffice) -> None:
    path = office.claim()
    code = office.code(path)
    answer = office.token(code).get_json()
    assert (answer["token_type"], answer["scope"]) == ("bearer", "open-badge")
    error(office.token(code), "invalid_grant")
    error(office.token("guessed"), "invalid_grant")
    code = office.code(path)
    office.bench.clock.pass_by(seconds=OFFER_LIFE.total_seconds())
    error(office.token(code), "invalid_grant")
    error(office.client.post("/openid/poly/token", data={"a": "b"}), "unsupported_grant_type")
    error(office.client.post("/openid/poly/token", json={}), "invalid_request")
    twice = office.client.post("/openid/poly/token", data={"grant_type": ["a", "b"]})
    error(twice, "invalid_request")


def test_only_so_many_offers_of_a_claim_are_open(office: WalletOffice) -> None:
    path = office.claim()
    codes = []
    for _ in range(MOST_OPEN + 1):
        codes.append(office.code(path))
        office.bench.clock.pass_by(seconds=1)
    error(office.token(codes[0]), "invalid_grant")
    assert office.token(codes[1]).status_code == 200


def test_a_token_is_for_one_institution_and_ends(office: WalletOffice) -> None:
    token = office.access(office.claim())
    other = office.store.tenants.add(
        office.bench.act, name="other", title="Other", issuer="did:key:other", key_uri="file:none"
    )
    assert other.name == "other"
    body = {"credential_configuration_id": "open-badge", "proofs": {"jwt": [office.key_proof()]}}
    error(office.post("/openid/other/credential", body, token), "invalid_token", 401)
    code = office.code(office.claim())
    foreign = office.client.post(
        "/openid/other/token", data={"grant_type": PRE_AUTHORIZED, "pre-authorized_code": code}
    )
    error(foreign, "invalid_grant")
    answer = office.post("/openid/poly/credential", body)
    error(answer, "invalid_request", 401)
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    error(office.post("/openid/poly/credential", body, "guessed"), "invalid_token", 401)
    office.bench.clock.pass_by(seconds=TOKEN_LIFE.total_seconds())
    error(office.ask(token), "invalid_token", 401)


def test_a_token_opens_what_was_offered_and_nothing_else(office: WalletOffice) -> None:
    token = office.access(office.claim())
    sd_jwt = office.ask(token, credential_configuration_id="open-badge-sd-jwt")
    error(sd_jwt, "credential_request_denied")
    error(
        office.ask(token, credential_configuration_id="others"), "unknown_credential_configuration"
    )
    error(office.ask(token, credential_configuration_id=None), "invalid_credential_request")
    error(office.ask(token, credential_identifier="open-badge"), "invalid_credential_request")
    by_name = office.ask(token, credential_configuration_id=None, credential_identifier="x")
    error(by_name, "unknown_credential_identifier")
    error(office.ask(token, credential_response_encryption={}), "invalid_encryption_parameters")
    for data in (b"[]", b"{", b"\xff"):
        answer = office.client.post(
            "/openid/poly/credential",
            data=data,
            content_type="application/json",
            headers={"Authorization": f"Bearer {token}"},
        )
        error(answer, "invalid_credential_request")
    assert office.ask(token).status_code == 200


def test_details_are_answered_with_an_identifier_that_is_then_asked_for(
    office: WalletOffice,
) -> None:
    path = office.claim()
    asked = {"type": "openid_credential", "credential_configuration_id": "open-badge"}
    for wrong in (
        "{",
        "[]",
        json.dumps([asked, asked]),
        json.dumps([{**asked, "credential_configuration_id": "open-badge-jwt"}]),
    ):
        answer = office.token(office.code(path), authorization_details=wrong)
        error(answer, "invalid_authorization_details")
    code = office.code(path)
    answer = office.token(code, authorization_details=json.dumps([asked])).get_json()
    (detail,) = answer["authorization_details"]
    (identifier,) = detail["credential_identifiers"]
    token = answer["access_token"]
    error(office.ask(token), "unknown_credential_identifier")
    given = office.ask(token, credential_configuration_id=None, credential_identifier=identifier)
    assert given.status_code == 200


def proofs_refused(office: WalletOffice) -> Iterator[tuple[str, str, str]]:
    """Yield hostile proofs of a key: what is wrong, the proof, the code."""
    typ, kid = "openid4vci-proof+jwt", method_of(STRANGER)
    jwk = STRANGER.verification_key.to_jwk()
    now = int(office.bench.clock().timestamp())

    def proof(header: dict[str, Any] | None = None, **claims: Any) -> str:
        return office.key_proof(header=header, **claims)

    yield "other audience", proof(aud="https://evil.example"), "invalid_proof"
    yield "several audiences", proof(aud=[ISSUER_ID, "https://evil.example"]), "invalid_proof"
    yield "no audience", proof(aud=None), "invalid_proof"
    yield "old", proof(iat=now - 301), "invalid_proof"
    yield "from the future", proof(iat=now + 61), "invalid_proof"
    yield "no time", proof(iat=None), "invalid_proof"
    yield "time as text", proof(iat="now"), "invalid_proof"
    yield "ended", proof(exp=now - 1), "invalid_proof"
    yield "issuer without a client", proof(iss="wallet.example"), "invalid_proof"
    yield "no nonce", proof(nonce=None), "invalid_nonce"
    yield "foreign nonce", proof(nonce="guessed"), "invalid_nonce"
    yield "both kid and jwk", proof({"typ": typ, "kid": kid, "jwk": jwk}), "invalid_proof"
    yield "neither", proof({"typ": typ}), "invalid_proof"
    yield "other type", proof({"typ": "JWT", "kid": kid}), "invalid_proof"
    yield "no type", proof({"kid": kid}), "invalid_proof"
    yield "foreign key", proof({"typ": typ, "kid": method_of(SIGNER)}), "invalid_proof"
    yield "key elsewhere", proof({"typ": typ, "kid": "did:web:evil.example#1"}), "invalid_proof"
    yield "no key", proof({"typ": typ, "jwk": "key"}), "invalid_proof"
    yield "private key", proof({"typ": typ, "jwk": {**jwk, "d": "AA"}}), "invalid_proof"
    yield "certificate", proof({"typ": typ, "kid": kid, "x5c": ["AA"]}), "invalid_proof"
    yield "extension", proof({"typ": typ, "kid": kid, "crit": ["x"]}), "invalid_proof"
    good = office.key_proof()
    for algorithm in ("none", "None", "HS256", "RS256", ""):
        header = serialize_json({"alg": algorithm, "typ": typ, "kid": kid})
        encoded = base64.urlsafe_b64encode(header).rstrip(b"=").decode()
        _old, payload, signature = good.split(".")
        yield f"alg {algorithm}", f"{encoded}.{payload}.{signature}", "invalid_proof"
    yield "no signature", f"{good.rpartition('.')[0]}.", "invalid_proof"
    yield "no token", "é", "invalid_proof"
    yield "no object", sign_token({"typ": typ, "kid": kid}, b"[]", STRANGER), "invalid_proof"


def test_a_proof_that_proves_nothing_is_refused(office: WalletOffice) -> None:
    token = office.access(office.claim())
    for what, proof, code in proofs_refused(office):
        answer = office.ask(token, proof)
        assert (answer.status_code, answer.get_json()["error"]) == (400, code), what
    assert office.ask(token).status_code == 200
    assert office.store.credentials.count(office.bench.tenant.id) == 2


def test_a_nonce_is_answered_once_within_its_time_and_by_a_good_proof(
    office: WalletOffice,
) -> None:
    token, nonce = office.access(office.claim()), office.nonce()
    error(office.ask(token, office.key_proof(nonce=nonce, aud="x")), "invalid_proof")
    proof = office.key_proof(nonce=nonce)
    assert office.ask(token, proof).status_code == 200
    error(office.ask(token, proof), "invalid_nonce")
    error(office.ask(office.access(office.claim()), proof), "invalid_nonce")
    late = office.nonce()
    office.bench.clock.pass_by(seconds=NONCE_LIFE.total_seconds())
    error(office.ask(office.access(office.claim()), office.key_proof(nonce=late)), "invalid_nonce")


def test_proofs_are_one_and_of_one_type(office: WalletOffice) -> None:
    token = office.access(office.claim())
    one = office.key_proof()
    for proofs in (
        None,
        [],
        {},
        {"jwt": []},
        {"jwt": [one, one]},
        {"jwt": one},
        {"jwt": [one], "di_vp": [{}]},
        {"attestation": [one]},
        {"jwt": [None]},
    ):
        error(office.ask(token, proofs=proofs), "invalid_proof")
    error(office.ask(token, proofs={"di_vp": ["x"]}), "invalid_nonce")


def test_a_token_hands_over_to_one_key(office: WalletOffice) -> None:
    token = office.access(office.claim())
    first = office.ask(token).get_json()["credentials"]
    assert office.ask(token).get_json()["credentials"] == first
    error(office.ask(token, office.key_proof(signer=SIGNER)), "credential_request_denied")


def test_requests_of_drafts_are_understood_unless_that_is_switched_off(
    office: WalletOffice, tmp_path: Path
) -> None:
    token = office.access(office.claim())
    draft = {"proofs": None, "proof": {"proof_type": "jwt", "jwt": office.key_proof()}}
    answer = office.ask(token, **draft).get_json()
    assert answer["credential"] == answer["credentials"][0]["credential"]
    by_format = {**draft, "credential_configuration_id": None, "format": "ldp_vc"}
    by_format["proof"] = {"proof_type": "jwt", "jwt": office.key_proof()}
    assert office.ask(token, **by_format).status_code == 200
    strict = wallet_office(office.bench, accepts_drafts=False)
    error(strict.ask(token, **draft), "invalid_proof")
    error(strict.ask(token, **by_format), "invalid_credential_request")


def test_lenient_proofs_are_a_switch_for_tests(office: WalletOffice) -> None:
    path = office.claim()
    header = {"kid": method_of(STRANGER)}
    loose = office.key_proof(header=header, iat=None, iss=LEARNER)
    error(office.ask(office.access(path), loose), "invalid_proof")
    lenient = wallet_office(office.bench, lenient_key_proofs=True)
    assert lenient.ask(lenient.access(path), loose).status_code == 200


def test_a_wallet_tells_what_became_of_a_credential(office: WalletOffice) -> None:
    token = office.access(office.claim())
    given = office.ask(token).get_json()["notification_id"]
    at = "/openid/poly/notification"
    told = {"notification_id": given, "event": "credential_accepted"}
    for _ in range(2):
        answer = office.post(at, told, token)
        assert (answer.status_code, answer.data) == (204, b"")
    error(office.post(at, {**told, "event": "other"}, token), "invalid_notification_request")
    error(office.post(at, {**told, "notification_id": "x"}, token), "invalid_notification_id")
    other = office.access(office.claim())
    error(office.post(at, told, other), "invalid_notification_id")
    office.bench.clock.pass_by(seconds=HANDOVER_LIFE.total_seconds())
    error(office.post(at, told, token), "invalid_token", 401)


class Asleep:
    """A signer whose key cannot be reached for a while."""

    verification_key = SIGNER.verification_key

    def __init__(self) -> None:
        self.is_awake = True

    def sign(self, message: bytes) -> bytes:
        if not self.is_awake:
            raise KeyMaterialError("The signer does not answer.")
        return SIGNER.sign(message)


def test_what_cannot_be_signed_now_is_had_later(office: WalletOffice) -> None:
    signer = Asleep()
    shop = workshop(office.store.engine, clock=office.bench.clock, signer=signer)  # type: ignore[arg-type]
    slow = wallet_office(
        type(office.bench)(
            shop, office.bench.tenant, office.bench.achievement_id, office.bench.clock
        )
    )
    token = slow.access(slow.claim())
    signer.is_awake = False
    answer = slow.ask(token)
    assert answer.status_code == 202, answer.text
    waiting = {"transaction_id": answer.get_json()["transaction_id"]}
    again = slow.post("/openid/poly/deferred", waiting, token)
    assert (again.status_code, again.get_json()["interval"]) == (202, 5)
    assert again.get_json()["transaction_id"] == waiting["transaction_id"]
    signer.is_awake = True
    slow.bench.clock.pass_by(seconds=31)
    assert ExactlyOnce(shop).complete_left_behind() == 1
    given = slow.post("/openid/poly/deferred", waiting, token)
    assert given.get_json()["credentials"][0]["credential"]["credentialSubject"]["id"] == LEARNER
    error(slow.post("/openid/poly/deferred", waiting, token), "invalid_transaction_id")
    error(slow.post("/openid/poly/deferred", {}, token), "invalid_transaction_id")


def test_both_databases_hand_over_in_the_same_way(database: Any) -> None:
    made = wallet_office(bench(database))
    token = made.access(made.claim(pin="123456"), tx_code="123456")
    proof = made.key_proof()
    assert made.ask(token, proof).status_code == 200
    error(made.ask(token, proof), "invalid_nonce")
    assert BASE in made.protocols(made.claim())["vcapi"]
