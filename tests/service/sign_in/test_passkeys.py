"""Passkeys: what is accepted of an authenticator, and each of the things that are not."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.sign_in import passkeys
from service.sign_in.errors import SignInError
from service.sign_in.passkeys import NewPasskey, PasskeyUser, RelyingParty
from tests.service.sign_in.authenticator import ORIGIN, PRESENT, VERIFIED, Authenticator

PARTY = RelyingParty.at(ORIGIN, "Tallystick")
USER = PasskeyUser("user_1", "ana@example.com", "Ana")


def options(challenge: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(passkeys.registration_options(PARTY, USER, [], challenge))
    return found


def asked(challenge: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(passkeys.sign_in_options(PARTY, challenge))
    return found


def made(authenticator: Authenticator) -> NewPasskey:
    challenge = passkeys.new_challenge()
    return passkeys.registered(PARTY, challenge, authenticator.make(options(challenge)))


KEEPER = Authenticator()
KEPT = made(KEEPER)


@pytest.mark.parametrize(
    ("address", "rp_id", "origin"),
    [
        ("https://badges.poly.example", "badges.poly.example", "https://badges.poly.example"),
        ("https://Badges.Poly.example:8443", "badges.poly.example", "https://badges.poly.example:8443"),
        ("http://localhost:8080", "localhost", "http://localhost:8080"),
    ],
)  # fmt: skip
def test_who_asks_is_known_by_the_public_address(address: str, rp_id: str, origin: str) -> None:
    party = RelyingParty.at(address, "Tallystick")
    assert (party.id, party.origin) == (rp_id, origin)


def test_browsers_are_asked_for_a_passkey_that_is_found_alone_and_proves_who_is_there() -> None:
    wanted = options(passkeys.new_challenge())
    assert wanted["authenticatorSelection"]["residentKey"] == "required"
    assert wanted["authenticatorSelection"]["userVerification"] == "required"
    assert wanted["attestation"] == "none"
    assert asked(passkeys.new_challenge())["userVerification"] == "required"
    assert "Ana" not in wanted["user"]["id"]


def test_a_passkey_that_was_made_is_used() -> None:
    challenge = passkeys.new_challenge()
    answer = KEEPER.use(asked(challenge))
    assert passkeys.claimed(answer).credential_id == KEPT.credential_id
    assert passkeys.claimed(answer).user_id == USER.id
    assert passkeys.authenticated(PARTY, challenge, answer, KEPT.public_key) == KEEPER.sign_count


@pytest.mark.parametrize(
    "authenticator",
    [
        pytest.param(Authenticator(origin="https://evil.example"), id="wrong origin"),
        pytest.param(Authenticator(origin=f"{ORIGIN}:8443"), id="wrong port"),
        pytest.param(Authenticator(origin=ORIGIN.replace("https", "http")), id="no TLS"),
        pytest.param(Authenticator(rp_id="poly.example"), id="wrong relying party"),
        pytest.param(Authenticator(flags=PRESENT), id="user not verified"),
        pytest.param(Authenticator(flags=VERIFIED), id="nobody there"),
    ],
)
def test_no_passkey_is_made_at_or_for(authenticator: Authenticator) -> None:
    with pytest.raises(SignInError, match="not accepted"):
        made(authenticator)


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"origin": "https://evil.example"}, id="wrong origin"),
        pytest.param({"rp_id": "evil.example"}, id="wrong relying party"),
        pytest.param({"flags": PRESENT}, id="user not verified"),
        pytest.param({"flags": VERIFIED}, id="nobody there"),
    ],
)
def test_no_passkey_is_used_at_or_for(changed: dict[str, Any]) -> None:
    authenticator = Authenticator()
    kept = made(authenticator)
    for name, value in changed.items():
        setattr(authenticator, name, value)
    challenge = passkeys.new_challenge()
    with pytest.raises(SignInError, match="not accepted"):
        passkeys.authenticated(
            PARTY, challenge, authenticator.use(asked(challenge)), kept.public_key
        )


def test_an_answer_to_another_challenge_is_refused() -> None:
    answer = KEEPER.use(asked(passkeys.new_challenge()))
    with pytest.raises(SignInError) as refused:
        passkeys.authenticated(PARTY, passkeys.new_challenge(), answer, KEPT.public_key)
    assert refused.value.code == "PASSKEY_REFUSED"


def test_a_signature_by_another_key_is_refused() -> None:
    other = made(Authenticator())
    challenge = passkeys.new_challenge()
    answer = KEEPER.use(asked(challenge))
    with pytest.raises(SignInError):
        passkeys.authenticated(PARTY, challenge, answer, other.public_key)


def test_an_answer_for_one_purpose_does_not_serve_another() -> None:
    challenge = passkeys.new_challenge()
    authenticator = Authenticator()
    with pytest.raises(SignInError):
        passkeys.registered(PARTY, challenge, KEEPER.use(asked(challenge)))
    with pytest.raises(SignInError):
        passkeys.authenticated(
            PARTY, challenge, authenticator.make(options(challenge)), KEPT.public_key
        )


def test_a_passkey_of_another_installation_is_refused() -> None:
    elsewhere = replace(PARTY, id="other.example", origin="https://other.example")
    challenge = passkeys.new_challenge()
    answer = KEEPER.use(asked(challenge))
    with pytest.raises(SignInError):
        passkeys.authenticated(elsewhere, challenge, answer, KEPT.public_key)


CHALLENGE = "A" * 43
ANSWERS = (KEEPER.use(asked(CHALLENGE)), Authenticator().make(options(CHALLENGE)))
TEXTS = [
    (number, name, value)
    for number, answer in enumerate(ANSWERS)
    for name, value in json.loads(answer)["response"].items()
]


@given(
    st.sampled_from(TEXTS),
    st.integers(0, 400),
    st.one_of(st.text(max_size=8), st.none(), st.integers(), st.just([])),
)
def test_any_answer_ends_in_a_refusal_and_nothing_else(
    text: tuple[int, str, str], place: int, junk: Any
) -> None:
    number, name, value = text
    members = json.loads(ANSWERS[number])
    is_text = isinstance(junk, str)
    members["response"][name] = value[:place] + junk + value[place + 1 :] if is_text else junk
    answer = json.dumps(members)
    for read in (
        passkeys.claimed,
        lambda one: passkeys.registered(PARTY, CHALLENGE, one),
        lambda one: passkeys.authenticated(PARTY, CHALLENGE, one, KEPT.public_key),
    ):
        with suppress(SignInError):
            read(answer)


@pytest.mark.parametrize(
    "answer", ["", "{}", "[]", "null", "x" * 70_000, '{"id": 1}', '"text"', "{\ud800}"]
)
def test_what_is_no_answer_is_refused(answer: str) -> None:
    for read in (passkeys.claimed, lambda one: passkeys.registered(PARTY, "AAAA", one)):
        with pytest.raises(SignInError):
            read(answer)
