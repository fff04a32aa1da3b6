"""Exchanges of the VC-API: a wallet proves a key and gets the badge, once and for that key."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from issuer.issuing.checking import check_store
from issuer.issuing.withdrawing import Change, Withdrawing
from issuer.store.wallet_offers import OFFER_LIFE
from issuer.wallets.interactions import message_link, request_link
from keys.did import did_key
from tests.factories import LEARNER, SIGNER, check
from tests.issuer.wallets.offices import (
    BASE,
    WalletOffice,
    new_wallet_office,
    path_of,
    presentation,
)
from tests.services import problem
from verifier.report import Verdict


@pytest.fixture
def office(tmp_path: Path) -> Iterator[WalletOffice]:
    made = new_wallet_office(tmp_path)
    yield made
    made.store.engine.dispose()


def asked(office: WalletOffice, exchange: str) -> Any:
    answer = office.post(exchange, {})
    assert answer.status_code == 200, answer.text
    return answer.get_json()["verifiablePresentationRequest"]


def answered(office: WalletOffice, exchange: str, **options: Any) -> Any:
    """Do the whole round."""
    request = asked(office, exchange)
    vp = presentation(request["challenge"], request["domain"], **options)
    return office.post(exchange, {"verifiablePresentation": vp})


def exchange_of(office: WalletOffice, path: str) -> str:
    return path_of(office.protocols(path)["vcapi"])


def test_one_link_is_a_page_for_people_and_names_protocols_to_wallets(
    office: WalletOffice,
) -> None:
    path = office.claim()
    for accept in ("text/html,*/*;q=0.8", "*/*", "image/png", "application/json;q=0.1, text/html"):
        answer = office.client.get(f"{path}?iuv=1", headers={"Accept": accept})
        assert "text/html" in answer.content_type
    found = office.protocols(path)
    assert list(found) == ["OID4VCI", "oid4vci-1.0", "vcapi"] or set(found) == {
        "vcapi",
        "oid4vci-1.0",
        "OID4VCI",
    }
    link = f"{BASE}/claim/{path.rpartition('/')[2]}?iuv=1"
    assert len(link) <= 400
    exchange = path_of(found["vcapi"])
    told = office.client.get(f"{exchange}/protocols")
    assert told.get_json()["protocols"]["vcapi"] == found["vcapi"]
    assert told.headers["Cache-Control"] == "no-store"


def test_a_key_is_proved_and_the_badge_is_bound_to_it(office: WalletOffice) -> None:
    original = office.issue()
    exchange = exchange_of(office, office.claim(original))
    request = asked(office, exchange)
    assert request["query"][0]["type"] == "DIDAuthentication"
    vp = presentation(request["challenge"], request["domain"])
    answer = office.post(exchange, {"verifiablePresentation": vp, "referenceId": "r1"})
    assert answer.status_code == 200, answer.text
    assert answer.get_json()["referenceId"] == "r1"
    (badge,) = answer.get_json()["verifiablePresentation"]["verifiableCredential"]
    assert badge["credentialSubject"]["id"] == LEARNER
    assert badge["id"] != original
    assert check(badge, now=office.bench.clock()).verdict is not Verdict.INVALID
    copy = office.store.credentials.get(office.bench.tenant.id, badge["id"])
    first = office.store.credentials.get(office.bench.tenant.id, original)
    assert (copy.copy_of, copy.learner_id) == (original, first.learner_id)
    (claim,) = office.store.deliveries.of_credential(office.bench.tenant.id, original)
    assert claim.state == "claimed"
    assert check_store(office.store.engine, trusted=lambda _key: True).issued == 2


def test_a_wallet_that_asks_again_gets_the_same_and_another_one_nothing(
    office: WalletOffice,
) -> None:
    path = office.claim()
    exchange = exchange_of(office, path)
    first = answered(office, exchange).get_json()
    assert answered(office, exchange).get_json() == first
    other = answered(office, exchange, signer=SIGNER, holder=did_key(SIGNER.verification_key))
    problem(other, 409, "OFFER_TAKEN")
    problem(office.post(f"{exchange}/bare", {}), 409, "OFFER_TAKEN")
    # A new offer of the same claim may go to another wallet, and to the first one once more.
    assert answered(office, exchange_of(office, path)).get_json() == first
    second = answered(
        office, exchange_of(office, path), signer=SIGNER, holder=did_key(SIGNER.verification_key)
    )
    (badge,) = second.get_json()["verifiablePresentation"]["verifiableCredential"]
    assert badge["credentialSubject"]["id"] == did_key(SIGNER.verification_key)


def test_a_presentation_proves_a_key_once_and_only_here(office: WalletOffice) -> None:
    exchange, other = (exchange_of(office, office.claim()) for _ in range(2))
    request = asked(office, exchange)
    vp = presentation(request["challenge"], request["domain"])
    problem(office.post(other, {"verifiablePresentation": vp}), 400, "CHALLENGE_UNKNOWN")
    assert office.post(exchange, {"verifiablePresentation": vp}).status_code == 200
    problem(office.post(exchange, {"verifiablePresentation": vp}), 400, "CHALLENGE_USED")
    foreign = presentation("guessed", request["domain"])
    problem(office.post(exchange, {"verifiablePresentation": foreign}), 400, "CHALLENGE_UNKNOWN")
    nonce = office.nonce()
    crossed = presentation(nonce, request["domain"])
    problem(office.post(exchange, {"verifiablePresentation": crossed}), 400, "CHALLENGE_UNKNOWN")


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"domain": "https://evil.example"}, "INVALID_DOMAIN_ERROR"),
        ({"proof_purpose": "assertionMethod"}, "PROOF_PURPOSE_MISMATCH"),
        ({"holder": did_key(SIGNER.verification_key)}, "HOLDER_MISMATCH"),
    ],
)
def test_a_presentation_for_others_proves_nothing(
    office: WalletOffice, options: dict[str, Any], code: str
) -> None:
    exchange = exchange_of(office, office.claim())
    request = asked(office, exchange)
    domain = options.pop("domain", request["domain"])
    vp = presentation(request["challenge"], domain, **options)
    problem(office.post(exchange, {"verifiablePresentation": vp}), 400, code)
    # What proved nothing used nothing up.
    good = presentation(request["challenge"], request["domain"])
    assert office.post(exchange, {"verifiablePresentation": good}).status_code == 200


def test_a_changed_presentation_and_one_with_credentials_are_refused(
    office: WalletOffice,
) -> None:
    exchange = exchange_of(office, office.claim())
    request = asked(office, exchange)
    vp = presentation(request["challenge"], request["domain"])
    broken = {**vp, "proof": {**vp["proof"], "proofValue": vp["proof"]["proofValue"][:-1] + "1"}}
    answer = office.post(exchange, {"verifiablePresentation": broken})
    assert problem(answer, 400)["pointer"].startswith("/verifiablePresentation")
    shown = {**vp, "verifiableCredential": [{}]}
    problem(office.post(exchange, {"verifiablePresentation": shown}), 400, "NOT_A_KEY_PROOF")
    for nonsense in ([], "x", 5, {"proof": []}, {"proof": {"challenge": 5}}):
        problem(office.post(exchange, {"verifiablePresentation": nonsense}), 400)


def test_the_bare_exchange_gives_the_badge_as_it_was_issued(office: WalletOffice) -> None:
    original = office.issue()
    exchange = exchange_of(office, office.claim(original))
    for _ in range(2):
        answer = office.post(f"{exchange}/bare", {}).get_json()
        (badge,) = answer["verifiablePresentation"]["verifiableCredential"]
        assert badge["id"] == original
    assert office.store.credentials.count(office.bench.tenant.id) == 1


def test_a_badge_that_is_bound_already_stays_with_its_holder(office: WalletOffice) -> None:
    original = office.issue(subject=LEARNER)
    path = office.claim(original)
    (badge,) = answered(office, exchange_of(office, path)).get_json()["verifiablePresentation"][
        "verifiableCredential"
    ]
    assert badge["id"] == original
    stranger = answered(
        office, exchange_of(office, path), signer=SIGNER, holder=did_key(SIGNER.verification_key)
    )
    problem(stranger, 409, "HOLDER_OTHER")


def test_the_older_link_is_answered_with_the_badge_alone(office: WalletOffice) -> None:
    path = office.claim()
    secret = exchange_of(office, path).rpartition("/")[2]
    offer = office.store.wallet_offers.open(secret, office.bench.clock())
    link = urlsplit(request_link(office.desk, office.bench.tenant, offer, secret))
    assert (link.scheme, link.netloc) == ("dccrequest", "request")
    stated = {name: values[0] for name, values in parse_qs(link.query).items()}
    assert stated["auth_type"] == "bearer"
    at = path_of(stated["vc_request_url"])
    vp = presentation(stated["challenge"])
    badge = office.post(at, vp).get_json()
    assert badge["credentialSubject"]["id"] == LEARNER
    problem(office.post(at, vp), 400, "CHALLENGE_USED")
    message = parse_qs(urlsplit(message_link(office.desk, office.bench.tenant, secret)).query)
    assert "/bare" in message["request"][0]


def test_offers_end_with_their_time_their_claim_and_their_credential(
    office: WalletOffice,
) -> None:
    path = office.claim(original := office.issue())
    exchange = exchange_of(office, path)
    office.bench.clock.pass_by(seconds=OFFER_LIFE.total_seconds())
    problem(office.post(exchange, {}), 404, "NOT_FOUND")
    exchange = exchange_of(office, path)
    withdrawing = Withdrawing(office.bench.shop)
    withdrawing.ask(office.bench.act, [original], Change("revoke", "An error."))
    problem(answered(office, exchange), 409, "NOT_IN_FORCE")
    (claim,) = office.store.deliveries.of_credential(office.bench.tenant.id, original)
    office.store.deliveries.move(office.bench.act, claim.id, "ended")
    problem(office.post(exchange, {}), 404, "NOT_FOUND")


def test_a_claim_with_a_pin_has_no_exchange(office: WalletOffice) -> None:
    path = office.claim(pin="123456")
    found = office.protocols(path)
    assert set(found) == {"oid4vci-1.0", "OID4VCI"}
    secret = found["OID4VCI"].rpartition("%2F")[2]
    for at in ("", "/bare", "/protocols"):
        method = office.client.get if at == "/protocols" else office.client.post
        answer = method(f"/wallets/exchanges/{secret}{at}", json={})  # type: ignore[operator]
        problem(answer, 404, "NOT_FOUND")
    problem(office.post(f"/wallets/requests/{secret}", {}), 404, "NOT_FOUND")


def test_withdrawing_and_erasing_reach_the_copies(office: WalletOffice) -> None:
    original = office.issue()
    (badge,) = answered(office, exchange_of(office, office.claim(original))).get_json()[
        "verifiablePresentation"
    ]["verifiableCredential"]
    known = office.store.credentials
    Withdrawing(office.bench.shop).ask(office.bench.act, [original], Change("revoke", "An error."))
    assert known.get(office.bench.tenant.id, badge["id"]).status == "revoked"
    known.erase(office.bench.act, original)
    copy = known.get(office.bench.tenant.id, badge["id"])
    assert (copy.data, copy.request) == (None, {})
    assert check_store(office.store.engine, trusted=lambda _key: True).issued == 2
