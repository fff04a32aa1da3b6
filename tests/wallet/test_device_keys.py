"""Keys that browsers keep: made known by proof, signing what is shown, and nothing else."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from keys.multibase import base64url, bytes_of_base64url
from keys.verification_key import GROUP_ORDER, KeyType
from tests.factories import sign, unsigned
from tests.issuer.wallets.offices import BASE, new_wallet_office
from tests.issuer.wallets.offices import WalletOffice as Institution
from tests.wallet.devices import Device, SignPage
from tests.wallet.test_claiming import LINK, Issuer
from tests.wallet.test_requests import opened, vpr
from tests.wallet.verifiers import Canned, Employer, WayTo
from tests.wallet.wallets import Visitor, WalletOffice
from verifier.verifier import Verifier
from wallet.errors import WalletError
from wallet.pages.kept_in_browser import COOKIE
from wallet.store.device_keys import MOST_DEVICE_KEYS
from wallet.store.steps import MOST_STEPS, STEP_BYTES, STEP_LIFE

HOST = "badges.poly.example"
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
BOTH = pytest.mark.parametrize("kind", [KeyType.ED25519, KeyType.P256])


@pytest.fixture
def poly(tmp_path: Path) -> Iterator[Institution]:
    made = new_wallet_office(tmp_path)
    yield made
    made.store.engine.dispose()


@pytest.fixture
def employer() -> Employer:
    return Employer.new()


def bound_badge(did: str, number: int = 1) -> dict[str, Any]:
    """Sign a credential about a key."""
    document = unsigned(id=f"urn:uuid:00000000-0000-4000-8000-{number:012}")
    document["credentialSubject"]["id"] = did
    return sign(document)


def to_answer(learner: Visitor, device: Device, employer: Employer) -> SignPage:
    """Begin to show a credential that is bound to a device's key."""
    (identifier,) = learner.add(bound_badge(device.did))
    page = opened(learner, employer.ask())
    return SignPage.of(learner.post(f"{page}/answer", credential=identifier))


@BOTH
def test_a_key_becomes_known_by_signing_once(office: WalletOffice, kind: KeyType) -> None:
    learner, device = office.learner(), Device.new(kind)
    device.register(learner)
    page = learner.get("/mine/keys")
    assert device.did in page
    assert "Telephone" in page
    assert "Your wallet got to know the key of: Telephone" in learner.get("/mine")


@BOTH
@pytest.mark.parametrize("pin", ["", "123456"])
def test_what_is_claimed_is_bound_to_the_key_of_the_device_if_that_is_chosen(
    office: WalletOffice, poly: Institution, kind: KeyType, pin: str
) -> None:
    office.now, office.way = poly.bench.clock(), WayTo({HOST: poly.client})
    learner, device = office.learner(), Device.new(kind)
    key = device.register(learner)
    link = BASE + (poly.claim(pin=pin) if pin else poly.claim())
    page = SignPage.of(learner.post("/add/link", link=link, pin=pin, key=key))
    assert page.mode == ("text" if pin else "hashes")
    assert learner.held() == []
    assert device.answer(learner, page).status_code == 303
    (identifier,) = learner.held()
    text = learner.get(f"/credentials/{identifier}")
    assert device.did in text
    assert "the key of Telephone" in text


def test_an_offer_is_not_used_up_by_a_learner_who_does_not_sign(
    office: WalletOffice, poly: Institution
) -> None:
    office.now, office.way = poly.bench.clock(), WayTo({HOST: poly.client})
    learner, device = office.learner(), Device.new()
    key, offer = device.register(learner), poly.protocols(poly.claim())["oid4vci-1.0"]
    page = SignPage.of(learner.post("/add/link", link=offer, key=key))
    assert learner.post("/add/link", link=offer).status_code == 303
    assert len(learner.held()) == 1
    assert device.answer(learner, page).status_code == 422


def test_the_wallets_own_key_can_sign_instead_and_the_credential_is_then_its(
    office: WalletOffice, poly: Institution
) -> None:
    office.now, office.way = poly.bench.clock(), WayTo({HOST: poly.client})
    learner, device = office.learner(), Device.new()
    key = device.register(learner)
    page = SignPage.of(learner.post("/add/link", link=BASE + poly.claim(), key=key))
    assert learner.post(page.action, own="yes").status_code == 303
    (identifier,) = learner.held()
    assert "the key of this wallet" in learner.get(f"/credentials/{identifier}")


@BOTH
def test_a_presentation_is_signed_by_the_key_that_its_credential_is_bound_to(
    office: WalletOffice, employer: Employer, kind: KeyType
) -> None:
    office.way = WayTo({"localhost": employer.client})
    learner, device = office.learner(), Device.new(kind)
    device.register(learner)
    page = to_answer(learner, device, employer)
    assert "Nobody has answered yet" in employer.page()
    assert f"<{device.did}>" in page.texts[1]
    assert device.answer(learner, page).status_code == 303
    assert device.did in employer.page()
    assert "HOLDER_NOT_SUBJECT" not in employer.page()


def test_without_the_device_it_is_shown_and_not_proved(
    office: WalletOffice, employer: Employer
) -> None:
    office.way = WayTo({"localhost": employer.client})
    learner, device = office.learner(), Device.new()
    device.register(learner)
    page = to_answer(learner, device, employer)
    assert learner.post(page.action, own="yes").status_code == 303
    assert "Pipe welding" in employer.page()


@BOTH
def test_a_presentation_by_hand_verifies_and_is_by_the_device(
    office: WalletOffice, kind: KeyType
) -> None:
    learner, device = office.learner(), Device.new(kind)
    device.register(learner)
    (identifier,) = learner.add(bound_badge(device.did))
    asked = {"challenge": "c-1", "domain": "employer.example", "credential": identifier}
    answer = device.answer(learner, SignPage.of(learner.post("/present", **asked)))
    made = answer.get_json()
    assert made["holder"] == device.did
    world = replace(office._world(), expected_challenge="c-1", expected_domain="employer.example")
    found = Verifier(world).verify_presentation(answer.data)
    assert found.holder == device.did


def test_of_several_keys_the_one_signs_that_proves_most_and_the_page_says_what_is_only_shown(
    office: WalletOffice,
) -> None:
    learner, device = office.learner(), Device.new()
    device.register(learner)
    held = learner.add(
        bound_badge(device.did, 1), bound_badge(device.did, 2), bound_badge("did:example:x", 3)
    )
    asked = {"challenge": "c-1", "domain": "employer.example", "credential": held}
    text = learner.post("/present", **asked).text
    proved, _mark, shown = text.partition("What is only shown with it")
    assert proved.count("<dd>Pipe welding</dd>") == 2
    assert shown.count("<dd>Pipe welding</dd>") == 1


def test_a_verifier_that_takes_no_such_key_gets_it_without_that_proof(
    office: WalletOffice,
) -> None:
    own_only = {
        "type": "DIDAuthentication",
        "acceptedCryptosuites": [{"cryptosuite": "eddsa-rdfc-2022"}],
    }
    asked = vpr(query=[*vpr()["verifiablePresentationRequest"]["query"], own_only])
    office.way = Canned(asked, asked)
    learner, device = office.learner(), Device.new(KeyType.P256)
    device.register(learner)
    (identifier,) = learner.add(bound_badge(device.did))
    page = opened(learner, "https://employer.example/present/1")
    assert learner.post(f"{page}/answer", credential=identifier).status_code == 303


def test_an_issuer_that_takes_no_such_key_says_so_before_anything_is_used_up(
    office: WalletOffice,
) -> None:
    office.way = Issuer()
    learner, device = office.learner(), Device.new(KeyType.P256)
    answer = learner.post("/add/link", link=LINK, key=device.register(learner))
    assert answer.status_code == 422
    assert "does not take the kind of key" in answer.text


def of_p256_only() -> Issuer:
    """Make an issuer that takes keys of P-256 alone."""
    issuer = Issuer()
    place = "https://i.example/.well-known/openid-credential-issuer/a"
    proofs = {"jwt": {"proof_signing_alg_values_supported": ["ES256"]}}
    described = {"c": {"proof_types_supported": proofs}}
    issuer.documents[place]["credential_configurations_supported"] = described
    return issuer


def test_an_issuer_that_does_not_take_the_wallets_own_key_uses_nothing_up(
    office: WalletOffice,
) -> None:
    issuer = of_p256_only()
    # A code that is handed in would be answered by nothing that can be read.
    del issuer.documents["https://i.example/token"]
    office.way = issuer
    learner, device = office.learner(), Device.new(KeyType.P256)
    answer = learner.post("/add/link", link=LINK)
    assert answer.status_code == 422
    assert "choose the key of a device" in answer.text
    page = learner.post("/add/link", link=LINK, key=device.register(learner))
    assert "Or with your wallet" not in page.text
    assert learner.post(SignPage.of(page).action, own="yes").status_code == 409


def test_an_issuer_that_asks_for_no_key_is_shown_none(office: WalletOffice) -> None:
    issuer = Issuer()
    place = "https://i.example/.well-known/openid-credential-issuer/a"
    issuer.documents[place]["credential_configurations_supported"]["c"] = {}
    office.way = issuer
    learner, device = office.learner(), Device.new()
    answer = learner.post("/add/link", link=LINK, key=device.register(learner))
    assert answer.status_code == 303
    assert len(learner.held()) == 1


def test_a_retired_key_signs_nothing_and_stays_in_the_list(office: WalletOffice) -> None:
    learner, device = office.learner(), Device.new()
    key = device.register(learner)
    (identifier,) = learner.add(bound_badge(device.did))
    assert learner.post(f"/mine/keys/{key}/retire").status_code == 303
    assert "data-retired" in learner.get("/mine/keys")
    assert "the retired key of Telephone" in learner.get(f"/credentials/{identifier}")
    assert learner.post("/add/link", link="https://a.example/", key=key).status_code in (404, 422)
    asked = {"challenge": "c-1", "domain": "employer.example", "credential": identifier}
    made = learner.post("/present", **asked).get_json()
    assert made["holder"] != device.did


# Attacks.


def test_a_key_is_not_made_known_by_somebody_who_has_only_its_public_half(
    office: WalletOffice,
) -> None:
    learner, device, thief = office.learner(), Device.new(), Device.new()
    page = device.begin(learner)
    answer = learner.post(page.action, signature=thief.signature(page))
    assert answer.status_code == 409
    assert device.did not in learner.get("/mine/keys")


def test_the_key_cannot_be_swapped_between_preparing_and_posting(office: WalletOffice) -> None:
    learner, device, other = office.learner(), Device.new(), Device.new()
    page = device.begin(learner)
    posted = {"public_key": json.dumps(other.jwk), "did": other.did, "name": "Swapped"}
    learner.post(page.action, signature=other.signature(page), **posted)
    assert other.did not in learner.get("/mine/keys")
    # A key that is retired while its page stands open is swapped for none.
    key = device.register(learner)
    (identifier,) = learner.add(bound_badge(device.did))
    asked = {"challenge": "c-1", "domain": "employer.example", "credential": identifier}
    page = SignPage.of(learner.post("/present", **asked))
    learner.post(f"/mine/keys/{key}/retire")
    answer = device.answer(learner, page)
    assert answer.status_code == 409
    assert "retired meanwhile" in answer.text


def test_another_learners_page_and_key_are_not_found(office: WalletOffice) -> None:
    first, second = office.learner(), office.learner("other@example.org")
    device = Device.new()
    page = device.begin(first)
    assert second.post(page.action, signature=device.signature(page)).status_code == 409
    assert device.did not in second.get("/mine/keys")
    # Nor is it used up by that.
    assert device.answer(first, page).status_code == 303
    key = first.get("/mine/keys").partition("/mine/keys/key_")[2][:32]
    assert second.post(f"/mine/keys/key_{key}/retire").status_code == 404
    assert second.post("/add/link", link="https://a.example/", key=f"key_{key}").status_code in (
        404,
        422,
    )


def test_a_signature_for_another_challenge_is_refused(office: WalletOffice) -> None:
    learner, device = office.learner(), Device.new()
    device.register(learner)
    (identifier,) = learner.add(bound_badge(device.did))
    pages = [
        SignPage.of(
            learner.post(
                "/present", challenge=challenge, domain="employer.example", credential=identifier
            )
        )
        for challenge in ("c-1", "c-2")
    ]
    answer = learner.post(pages[0].action, signature=device.signature(pages[1]))
    assert answer.status_code == 409
    assert "Nothing was shown to anybody" in answer.text


def test_a_signature_is_taken_once(office: WalletOffice, employer: Employer) -> None:
    office.way = WayTo({"localhost": employer.client})
    learner, device = office.learner(), Device.new()
    device.register(learner)
    page = to_answer(learner, device, employer)
    assert device.answer(learner, page).status_code == 303
    visited = len(office.way.visited)
    again = device.answer(learner, page)
    assert again.status_code == 409
    assert "done already" in again.text
    assert len(office.way.visited) == visited


@pytest.mark.parametrize("kind", ["nothing", "proof", "document", "swapped"])
def test_a_signature_over_other_bytes_is_refused(office: WalletOffice, kind: str) -> None:
    learner, device = office.learner(), Device.new(KeyType.ED25519)
    device.register(learner)
    (identifier,) = learner.add(bound_badge(device.did))
    asked = {"challenge": "c-1", "domain": "employer.example", "credential": identifier}
    page = SignPage.of(learner.post("/present", **asked))
    proof, document = page.texts
    other = {
        "nothing": ("", ""),
        "proof": (proof.replace("employer.example", "evil.example"), document),
        "document": (proof, document.replace("Pipe welding", "Brain surgery")),
        "swapped": (document, proof),
    }[kind]
    answer = learner.post(page.action, signature=device.signature(replace(page, texts=other)))
    assert answer.status_code == 409


def test_what_was_signed_to_make_a_key_known_proves_nothing_to_an_issuer(
    office: WalletOffice,
) -> None:
    learner, device = office.learner(), Device.new()
    header, payload = device.begin(learner).texts[0].split(".")
    assert json.loads(bytes_of_base64url(header))["typ"] == "tallystick-device-key+jwt"
    assert json.loads(bytes_of_base64url(payload))["aud"] == "http://localhost/mine/keys"


def malleable(raw: bytes, kind: KeyType) -> list[str]:
    """Write a good signature in ways that are not its only one, or not of its form."""
    r, s = raw[:32], raw[32:]
    order, byte_order = (GROUP_ORDER, "little") if kind is KeyType.ED25519 else (P256_ORDER, "big")
    beyond = int.from_bytes(s, byte_order) + order  # type: ignore[arg-type]
    size = 33 if beyond >= 2**256 else 32
    good = base64url(raw)
    return [
        base64url(r + beyond.to_bytes(size, byte_order)),  # type: ignore[arg-type]
        base64url(bytes(32) + s),
        base64url(r + bytes(32)),
        base64url(raw + b"\0"),
        base64url(raw[:-1]),
        good + "==",
        f" {good}x",
        base64.b64encode(b"\xff" + raw[1:]).decode(),
        f"z{good}",
        "",
        "A" * 500,
    ]


@BOTH
def test_a_signature_that_is_not_in_its_only_form_is_refused(
    office: WalletOffice, kind: KeyType
) -> None:
    learner, device = office.learner(), Device.new(kind)
    count = len(malleable(bytes(64), kind))
    for number in range(count):
        page = device.begin(learner)
        raw = device.signer.sign(page.message)
        answer = learner.post(page.action, signature=malleable(raw, kind)[number])
        assert answer.status_code == 409, number
    assert device.did not in learner.get("/mine/keys")


@pytest.mark.parametrize(
    "key",
    [
        "",
        "x",
        "[]",
        "{}",
        '{"kty":"OKP","crv":"Ed25519","x":"AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}',
        '{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}',
        '{"kty":"EC","crv":"P-256"}',
        json.dumps({**Device.new().jwk, "d": "AAAA"}),
        json.dumps(Device.new(KeyType.P384).jwk),
        "{" * 600,
    ],
)
def test_a_key_that_is_none_is_refused(office: WalletOffice, key: str) -> None:
    answer = office.learner().post("/mine/keys", name="x", public_key=key)
    assert answer.status_code == 422
    assert "made no key that is of use here" in answer.text


def test_a_page_holds_for_ten_minutes_and_few_are_kept(office: WalletOffice) -> None:
    learner, device = office.learner(), Device.new()
    old = device.begin(learner)
    office.now += STEP_LIFE
    assert device.answer(learner, old).status_code == 409
    first = device.begin(learner)
    office.now += timedelta(seconds=1)
    for _number in range(MOST_STEPS):
        last = device.begin(learner)
    assert device.answer(learner, first).status_code == 409
    assert device.answer(learner, last).status_code == 303


def test_what_is_too_large_to_be_kept_is_refused(office: WalletOffice) -> None:
    learner, device = office.learner(), Device.new()
    with pytest.raises(WalletError) as refused:
        office.store.steps.begin("x", "sign", lambda _about: bytes(STEP_BYTES + 1), office.now)
    assert refused.value.code == "STEP_TOO_LARGE"
    assert device.register(learner)


def test_keys_are_made_and_retired_only_by_who_signed_in_just_now(office: WalletOffice) -> None:
    learner, device = office.learner(), Device.new()
    key = device.register(learner)
    office.now += timedelta(minutes=16)
    made = learner.post("/mine/keys", name="x", public_key=json.dumps(Device.new().jwk))
    assert made.status_code == 422
    assert learner.post(f"/mine/keys/{key}/retire").status_code == 422
    assert "data-retired" not in learner.get("/mine/keys")


def test_the_name_of_a_device_is_shown_harmless(office: WalletOffice) -> None:
    learner, device = office.learner(), Device.new()
    hostile = "<b>%(x)s</b>"
    device.register(learner, hostile)
    (identifier,) = learner.add(bound_badge(device.did))
    for page in ("/mine/keys", "/mine", f"/credentials/{identifier}", "/add", "/share"):
        text = learner.get(page)
        assert hostile not in text
        assert page == "/add" or "&lt;b&gt;%(x)s&lt;/b&gt;" in text


def test_the_same_key_is_known_once_and_there_are_a_few_at_most(office: WalletOffice) -> None:
    learner, device = office.learner(), Device.new()
    device.register(learner)
    assert device.answer(learner, device.begin(learner)).status_code == 422
    for _number in range(MOST_DEVICE_KEYS - 1):
        Device.new().register(learner)
    more = learner.post("/mine/keys", name="x", public_key=json.dumps(Device.new().jwk))
    assert more.status_code == 422
    assert f"A wallet knows {MOST_DEVICE_KEYS} keys" in more.text


def test_a_key_of_somebody_else_becomes_nobodys_who_leads_its_browser_to_their_wallet(
    office: WalletOffice,
) -> None:
    device, owner = Device.new(), office.learner()
    device.register(owner)
    # A browser finds its keys by their public halves, whoever is signed in in it.
    attacker = office.learner("attacker@example.org")
    refused = device.answer(attacker, device.begin(attacker))
    assert refused.status_code == 422
    assert "one of another wallet" in refused.text
    attacker.add(bound_badge(device.did))
    assert (
        "data-sign"
        not in attacker.post(
            "/present", credential=attacker.held(), challenge="c", domain="d.example"
        ).text
    )
    assert device.did in owner.get("/mine/keys")


def test_signing_out_leaves_the_keys_in_the_browser_and_deleting_does_not(
    office: WalletOffice,
) -> None:
    without = office.learner("without@example.org")
    assert without.post("/sign-out").headers["Clear-Site-Data"] == '"storage"'
    learner, device = office.learner(), Device.new()
    device.register(learner)
    assert learner.client.get_cookie(COOKIE) is not None
    assert "Clear-Site-Data" not in learner.post("/sign-out").headers
    again = office.store.learners.new_link("aroha@example.org", office.now)
    learner.post(f"/open/{again}")
    deleted = learner.post("/mine/delete", email="aroha@example.org")
    assert deleted.headers["Clear-Site-Data"] == '"storage"'
    assert learner.client.get_cookie(COOKIE) is None


def test_deleting_a_wallet_leaves_the_keys_of_others_in_the_browser(office: WalletOffice) -> None:
    learner = office.learner()
    Device.new().register(learner)
    other = office.store.learners.new_link("other@example.org", office.now)
    learner.post(f"/open/{other}")
    deleted = learner.post("/mine/delete", email="other@example.org")
    assert "Clear-Site-Data" not in deleted.headers
    assert learner.client.get_cookie(COOKIE) is not None


def test_the_page_of_keys_says_without_script_what_is_possible(office: WalletOffice) -> None:
    learner = office.learner()
    page = learner.get("/mine/keys")
    assert "data-make-key hidden" in page
    assert "Your browser makes no keys here" in page


def test_a_step_is_sealed_and_taken_once_on_both_databases(database: Engine) -> None:
    office = WalletOffice.on(database)
    learner = office.learner()
    device = Device.new()
    device.register(learner)
    page = device.begin(learner)
    with database.connect() as connection:
        sealed = connection.exec_driver_sql("SELECT sealed FROM wallet_steps").scalar()
    assert b"tallystick-device-key" not in bytes(sealed)
    assert device.answer(learner, page).status_code == 422
    assert device.answer(learner, page).status_code == 409


def test_the_export_names_the_keys_and_says_where_their_private_halves_are(
    office: WalletOffice,
) -> None:
    learner, device = office.learner(), Device.new()
    device.register(learner)
    data = learner.client.get("/mine/everything.zip").data
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        account = json.loads(archive.read("wallet.json"))
    (one,) = account["deviceKeys"]
    assert (one["did"], one["name"], one["retired"]) == (device.did, "Telephone", None)
    assert "never left" in account["deviceKeysNotice"]
