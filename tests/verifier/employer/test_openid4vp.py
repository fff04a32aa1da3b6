"""Asking wallets by OpenID4VP 1.0: what is asked, and which answers count."""

from __future__ import annotations

import html
import json
import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient

import schemas
from credentials.jose.compact import read_token, verify_token
from credentials.json_types import JsonObject
from credentials.sd_jwt.open_badge import VCT
from keys.did import did_key
from tallystick.files import CommandError
from tallystick.wallet_requests import client_by, client_with
from tests.factories import LEARNER, SIGNER, STRANGER, method_of, sign, unsigned
from tests.services import Clock, presentation, problem
from tests.verifier.employer.test_requests import ask, page_of
from tests.verifier.employer.wallets import (
    JWT,
    Asked,
    answer,
    claims_of,
    fetched,
    parameters_of,
    signing_client,
    verifier_client,
)
from tests.verifier.pages.samples import OUTSIDER, RECEIPT_SIGNER, receipt_key, samples
from tests.verifier.pages.test_page import answers_in
from tests.verifier.sd_jwts import badge_claims, issued, presented
from tests.verifier.tokens import badge_token, credential_token, enveloped
from verifier.answers import Answer
from verifier.employer.openid4vp import VerifierClient
from verifier.employer.openid4vp.client import RequestSigningError
from verifier.employer.openid4vp.pages import ANSWER_BYTES
from verifier.employer.openid4vp.query import CREDENTIAL, OPEN_BADGE, query_for

KEY = receipt_key().record
SIGNS = signing_client()
SIGNED = pytest.mark.parametrize("signs", [False, True], ids=["by address", "by key"])


@pytest.fixture
def client() -> FlaskClient:
    return verifier_client()


def link_of(client: FlaskClient, result: str) -> str:
    found = re.search(r'<a class="wallet" href="([^"]+)"', page_of(client, result))
    assert found is not None
    return html.unescape(found[1])


def asked_by(client: FlaskClient, **fields: str) -> tuple[str, Asked]:
    """Make a request, and have the wallet fetch it."""
    result, _address = ask(client, **fields)
    return result, fetched(client, link_of(client, result))


def still_open(client: FlaskClient, result: str) -> bool:
    return "Nobody has answered yet" in page_of(client, result)


@SIGNED
@pytest.mark.parametrize("form", ["proof", "token", "sd-jwt"])
def test_a_wallet_answers_in_each_form_and_the_employer_sees_it(signs: bool, form: str) -> None:
    client = verifier_client(asked=SIGNS if signs else None)
    result, asked = asked_by(client, type="OpenBadgeCredential")
    made = {"proof": asked.proof, "token": asked.token, "sd-jwt": asked.sd_jwt}
    response = answer(client, asked, {form: [made[form]()]})
    assert response.status_code == 200, response.get_json()
    text = page_of(client, result)
    assert answers_in(text) == ["valid"]
    assert LEARNER in text
    assert "It is of another type." not in text


def test_without_a_key_the_client_is_the_address_of_answers(client: FlaskClient) -> None:
    _result, asked = asked_by(client)
    response_uri = asked.claims["response_uri"]
    assert asked.client_id == f"redirect_uri:{response_uri}"
    assert response_uri.startswith("http://localhost/present/")
    assert asked.claims["response_mode"] == "direct_post"
    assert "redirect_uri" not in asked.claims


def test_with_a_key_the_request_is_signed_by_the_client() -> None:
    client = verifier_client(asked=SIGNS)
    result, _address = ask(client)
    link = parameters_of(link_of(client, result))
    data = client.get(urlsplit(link["request_uri"]).path).get_data()
    token = read_token(data)
    verify_token(token, RECEIPT_SIGNER.verification_key)
    assert token.header["typ"] == "oauth-authz-req+jwt"
    assert token.key_id == KEY.verification_method
    assert token.claims()["client_id"] == f"decentralized_identifier:{KEY.controller}"
    assert token.claims()["client_id"] == link["client_id"]
    assert token.claims()["aud"] == "https://self-issued.me/v2"


def test_a_signed_request_repeats_the_nonce_of_the_wallet() -> None:
    client = verifier_client(asked=SIGNS)
    result, _address = ask(client)
    link = parameters_of(link_of(client, result))
    assert link["request_uri_method"] == "post"
    address = urlsplit(link["request_uri"]).path
    response = client.post(address, data={"wallet_nonce": "qPmxiNFC", "wallet_metadata": "{}"})
    assert (response.status_code, response.content_type) == (200, JWT)
    assert claims_of(response.get_data(as_text=True))["wallet_nonce"] == "qPmxiNFC"
    assert "wallet_nonce" not in claims_of(client.get(address).get_data(as_text=True))
    problem(client.post(address, data={"wallet_nonce": "n" * 513}), 400, "WALLET_NONCE_TOO_LONG")
    problem(client.post(address, data={"wallet_nonce": ["a", "b"]}), 400, "PARAMETER_REPEATED")


def test_nothing_that_the_employer_says_of_themselves_is_in_the_request(
    client: FlaskClient,
) -> None:
    result, asked = asked_by(client, issuer="Somebody", level="5")
    text = json.dumps(asked.claims)
    for said in ("Wellington", "welder", "Somebody", "level"):
        assert said not in text
    assert asked.nonce not in page_of(client, result)


def test_the_link_on_the_same_device_has_everything_if_nobody_signs(client: FlaskClient) -> None:
    result, address = ask(client)
    told = client.get(f"{address}/protocols").get_json()["protocols"]
    assert set(told) == {"vcapi", "oid4vp-1.0"}
    whole = parameters_of(told["oid4vp-1.0"])
    claims = fetched(client, link_of(client, result)).claims
    as_texts = {
        name: json.loads(one) if one.startswith("{") else one for name, one in whole.items()
    }
    assert as_texts == {name: one for name, one in claims.items() if name in whole}
    assert {"nonce", "state", "dcql_query", "client_metadata", "response_uri"} <= whole.keys()
    assert html.escape(told["oid4vp-1.0"]) in page_of(client, address)


def test_the_interaction_url_leads_to_both_protocols() -> None:
    client = verifier_client(asked=SIGNS)
    result, address = ask(client)
    told = client.get(f"{address}?iuv=1", headers={"Accept": "application/json"}).get_json()
    link = link_of(client, result)
    assert told["protocols"] == {"vcapi": f"http://localhost{address}", "oid4vp-1.0": link}


@SIGNED
def test_the_code_for_wallets_is_short(signs: bool) -> None:
    client = verifier_client(asked=SIGNS if signs else None)
    result, _address = ask(client)
    response = client.get(f"{result}/wallet.svg")
    assert response.content_type == "image/svg+xml"
    assert len(link_of(client, result)) < 400


def test_where_nobody_can_sign_just_now_there_is_no_link_and_the_rest_goes_on() -> None:
    def unreachable() -> str:
        raise RequestSigningError("The signer does not answer.")

    away = VerifierClient(unreachable, lambda _claims: unreachable())
    client = verifier_client(asked=away)
    result, address = ask(client)
    assert "openid4vp:" not in page_of(client, result) + page_of(client, address)
    assert set(client.get(f"{address}/protocols").get_json()["protocols"]) == {"vcapi"}
    assert client.get(f"{result}/wallet.svg").status_code == 503
    problem(client.get(f"{address}/wallet"), 503)


@pytest.mark.parametrize(
    ("name", "types", "vct"),
    [
        ("", [CREDENTIAL], VCT),
        ("VerifiableCredential", [CREDENTIAL], VCT),
        ("OpenBadgeCredential", [CREDENTIAL, OPEN_BADGE], VCT),
        ("AchievementCredential", [CREDENTIAL, OPEN_BADGE], VCT),
        (
            "https://a.example/Type",
            [CREDENTIAL, "https://a.example/Type"],
            "https://a.example/Type",
        ),
        ("Diploma", [CREDENTIAL, "Diploma"], None),
        ("@id", [CREDENTIAL], VCT),
    ],
)
def test_types_are_asked_for_in_full(name: str, types: list[str], vct: str | None) -> None:
    asked = query_for(name, schemas.load_context).to_json()
    by_format = {one["format"]: one for one in asked["credentials"]}
    for form in ("ldp_vc", "jwt_vc_json"):
        assert by_format[form]["meta"] == {"type_values": [types]}
    if vct is None:
        assert "dc+sd-jwt" not in by_format
    else:
        assert by_format["dc+sd-jwt"]["meta"] == {"vct_values": [vct]}
    (choice,) = asked["credential_sets"]
    assert choice["options"] == [[one["id"]] for one in asked["credentials"]]
    assert all(one["require_cryptographic_holder_binding"] for one in asked["credentials"])


def test_the_wallet_alone_learns_where_its_owner_goes_on(client: FlaskClient) -> None:
    result, asked = asked_by(client)
    response = answer(client, asked, {"proof": [asked.proof()]})
    assert response.headers["Cache-Control"] == "no-store"
    address = urlsplit(response.get_json()["redirect_uri"]).path
    assert "They have it now" in page_of(client, address)
    code = address.rpartition("/")[2]
    assert len(code) >= 32
    assert code not in page_of(client, result)
    assert client.get(address.replace(code, "A" * len(code))).status_code == 404
    other, again = asked_by(client)
    assert client.get(address.replace(*_paths(asked, again))).status_code == 404
    assert still_open(client, other)


def _paths(one: Asked, other: Asked) -> tuple[str, str]:
    uris = [urlsplit(each.claims["response_uri"]).path.split("/")[2] for each in (one, other)]
    return uris[0], uris[1]


def test_of_all_answers_the_first_counts_by_whatever_protocol(client: FlaskClient) -> None:
    result, address = ask(client)
    asked = fetched(client, link_of(client, result))
    sent = {"proof": [asked.proof()]}
    assert answer(client, asked, sent).status_code == 200
    problem(answer(client, asked, sent), 409, "REQUEST_ANSWERED")
    problem(client.get(f"{address}/wallet"), 409, "REQUEST_ANSWERED")
    challenge = client.get(f"{address}/request").get_json()["verifiablePresentationRequest"]
    vp = presentation(sign(unsigned()), challenge=challenge["challenge"], domain="localhost")
    problem(client.post(address, json={"verifiablePresentation": vp}), 409, "REQUEST_ANSWERED")
    assert len(answers_in(page_of(client, result))) == 1


@SIGNED
def test_an_answer_for_another_request_is_refused_whole(signs: bool) -> None:
    client = verifier_client(asked=SIGNS if signs else None)
    result, asked = asked_by(client)
    _other, elsewhere = asked_by(client)
    own = asked.proof()
    for vp_token in (
        {"proof": [elsewhere.proof()]},
        {"token": [elsewhere.token()]},
        {"sd-jwt": [elsewhere.sd_jwt()]},
        # One that answers does not save what is a replay beside it.
        {"proof": [own], "token": [elsewhere.token()]},
        {"sd-jwt": [asked.sd_jwt(nonce="n-0S6")], "proof": [own]},
    ):
        problem(answer(client, asked, vp_token), 400, "INVALID_CHALLENGE_ERROR")
    assert still_open(client, result)
    assert answer(client, asked, {"proof": [own]}).status_code == 200


@SIGNED
@pytest.mark.parametrize("form", ["proof", "token", "sd-jwt"])
def test_an_answer_for_another_verifier_is_refused(signs: bool, form: str) -> None:
    client = verifier_client(asked=SIGNS if signs else None)
    result, asked = asked_by(client)
    bare = asked.client_id.partition(":")[2]
    for client_id in (bare, "localhost", "x509_san_dns:localhost", f"{asked.client_id}/"):
        meant = asked.other(client_id=client_id)
        made = {"proof": meant.proof, "token": meant.token, "sd-jwt": meant.sd_jwt}
        problem(answer(client, asked, {form: [made[form]()]}), 400, "INVALID_DOMAIN_ERROR")
    assert still_open(client, result)


def test_the_state_of_another_session_opens_nothing(client: FlaskClient) -> None:
    result, asked = asked_by(client)
    _other, elsewhere = asked_by(client)
    sent = {"proof": [asked.proof()]}
    for state in (elsewhere.claims["state"], "", None, "x", asked.nonce, "é"):
        problem(answer(client, asked, sent, state=state), 400, "STATE_MISMATCH")
    assert still_open(client, result)


def test_the_exchange_of_the_vc_api_takes_no_answer_to_a_wallet_and_the_other_way_round(
    client: FlaskClient,
) -> None:
    result, address = ask(client)
    asked = fetched(client, link_of(client, result))
    problem(client.post(address, json={"verifiablePresentation": asked.proof()}), 400)
    told = client.get(f"{address}/request").get_json()["verifiablePresentationRequest"]
    vp = presentation(sign(unsigned()), challenge=told["challenge"], domain=told["domain"])
    problem(answer(client, asked, {"proof": [vp]}), 400, "INVALID_CHALLENGE_ERROR")
    assert still_open(client, result)


def bound(asked: Asked, *credentials: Any, **options: Any) -> JsonObject:
    return presentation(*credentials, challenge=asked.nonce, domain=asked.client_id, **options)


def test_what_is_not_bound_to_its_holder_is_discarded(client: FlaskClient) -> None:
    result, asked = asked_by(client)
    somebody = {**unsigned()["credentialSubject"], "id": "did:example:somebody"}
    nobody = {name: one for name, one in somebody.items() if name != "id"}
    nobody["identifier"] = []
    others = sign(unsigned(credentialSubject=somebody))
    refused: dict[str, JsonObject] = {
        "HOLDER_NOT_SUBJECT": {"proof": [asked.proof(others)]},
        "NOT_A_PRESENTATION": {"proof": [sign(unsigned(), signer=SIGNER)]},
        "KEY_BINDING_MISSING": {"sd-jwt": [issued().to_compact()]},
        "CONFIRMATION_MISSING": {
            "sd-jwt": [presented(issued(badge_claims(cnf=None)), **_answered(asked)).to_compact()]
        },
        "NO_PROOF": {"proof": [{**asked.proof(), "proof": None}]},
    }
    unnamed = answer(
        client, asked, {"proof": [asked.proof(sign(unsigned(credentialSubject=nobody)))]}
    )
    assert unnamed.status_code == 400
    for code, vp_token in refused.items():
        response = answer(client, asked, vp_token)
        assert response.status_code == 400, code
    problem(answer(client, asked, refused["HOLDER_NOT_SUBJECT"]), 400, "HOLDER_NOT_SUBJECT")
    problem(answer(client, asked, refused["NOT_A_PRESENTATION"]), 400, "NOT_A_PRESENTATION")
    problem(answer(client, asked, refused["KEY_BINDING_MISSING"]), 400, "KEY_BINDING_MISSING")
    assert still_open(client, result)


def _answered(asked: Asked) -> dict[str, Any]:
    return {"nonce": asked.nonce, "audience": asked.client_id}


def test_an_answer_is_that_of_one_holder(client: FlaskClient) -> None:
    result, asked = asked_by(client)
    helper = did_key(SIGNER.verification_key)
    subject = {**unsigned()["credentialSubject"], "id": helper}
    document = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiablePresentation"],
        "holder": helper,
        "verifiableCredential": [sign(unsigned(name="Lent", credentialSubject=subject))],
    }
    lent = sign(
        document,
        signer=SIGNER,
        proof_purpose="authentication",
        challenge=asked.nonce,
        domain=asked.client_id,
    )
    assert answer(client, asked, {"sd-jwt": [asked.sd_jwt()], "proof": [lent]}).status_code == 200
    text = page_of(client, result)
    assert answers_in(text) == ["valid"]
    assert "Lent" not in text
    assert LEARNER in text


def test_a_holder_who_is_said_to_be_somebody_else_is_refused(client: FlaskClient) -> None:
    result, asked = asked_by(client)
    stolen = {**asked.proof(), "holder": "did:example:thief"}
    assert answer(client, asked, {"proof": [stolen]}).status_code == 400
    thief = asked.sd_jwt(signer=SIGNER)
    assert answer(client, asked, {"sd-jwt": [thief]}).status_code == 400
    assert still_open(client, result)


@pytest.mark.parametrize("kind", [Answer.NOT_VALID, Answer.REVOKED, Answer.EXPIRED])
def test_what_does_not_verify_is_discarded_and_the_query_judged_anew(
    client: FlaskClient, kind: Answer
) -> None:
    result, asked = asked_by(client)
    bad = asked.proof(json.loads(samples()[kind]))
    assert answer(client, asked, {"proof": [bad]}).status_code == 400
    assert still_open(client, result)
    # What is left of an answer is enough, and only that is shown.
    assert answer(client, asked, {"proof": [bad], "sd-jwt": [asked.sd_jwt()]}).status_code == 200
    assert answers_in(page_of(client, result)) == ["valid"]


def test_what_cannot_be_decided_is_shown_as_such_if_it_is_authentic(client: FlaskClient) -> None:
    result, asked = asked_by(client)
    undecided = json.loads(samples()[Answer.UNDECIDED])
    assert answer(client, asked, {"proof": [asked.proof(undecided)]}).status_code == 200
    assert answers_in(page_of(client, result)) == [Answer.UNDECIDED.value]


def test_a_credential_whose_issuer_nobody_finds_is_discarded(client: FlaskClient) -> None:
    result, asked = asked_by(client)
    unknown = {"id": "did:web:nobody.example", "type": ["Profile"]}
    method = {"verification_method": "did:web:nobody.example#key"}
    credential = sign(unsigned(issuer=unknown), **method)
    problem(answer(client, asked, {"proof": [asked.proof(credential)]}), 400, "KEY_UNRESOLVED")
    assert still_open(client, result)


def test_only_a_credential_of_the_type_that_was_asked_for_counts(client: FlaskClient) -> None:
    result, asked = asked_by(client, type="https://a.example/Type")
    for vp_token in (
        {"proof": [asked.proof()]},
        {"token": [asked.token()]},
        {"sd-jwt": [asked.sd_jwt()]},
    ):
        problem(answer(client, asked, vp_token), 400, "NOT_AS_ASKED")
    assert still_open(client, result)


def test_issuer_and_level_are_no_part_of_the_query_and_told_with_the_answer(
    client: FlaskClient,
) -> None:
    result, asked = asked_by(client, level="6", issuer=OUTSIDER)
    assert answer(client, asked, {"sd-jwt": [asked.sd_jwt()]}).status_code == 200
    text = page_of(client, result)
    assert "It is of another level." in text
    assert "It is of another issuer." in text


def test_a_presentation_has_the_form_of_its_query(client: FlaskClient) -> None:
    result, asked = asked_by(client)
    wrong: tuple[tuple[str, Any], ...] = (
        ("proof", asked.token()),
        ("proof", enveloped(asked.token().encode(), "application/vp+jwt")),
        ("proof", asked.proof(enveloped(credential_token()))),
        ("token", asked.proof()),
        ("token", asked.sd_jwt()),
        ("token", asked.token(sign(unsigned()))),
        ("token", "text"),
        ("sd-jwt", asked.token()),
        ("sd-jwt", asked.proof()),
        ("sd-jwt", 7),
        ("sd-jwt", None),
    )
    for form, value in wrong:
        problem(answer(client, asked, {form: [value]}), 400, "PRESENTATION_OF_OTHER_FORM")
    two = asked.proof(sign(unsigned()), sign(unsigned(name="Another")))
    problem(answer(client, asked, {"proof": [two]}), 400, "NOT_ONE_CREDENTIAL")
    assert still_open(client, result)


def test_a_token_of_open_badges_in_an_older_presentation_is_taken(client: FlaskClient) -> None:
    result, asked = asked_by(client)
    vp = asked.token(enveloped(badge_token(), "application/jwt"))
    response = answer(client, asked, {"token": [vp]})
    assert response.status_code == 200, response.get_json()
    assert answers_in(page_of(client, result)) == ["valid"]


@pytest.mark.parametrize(
    "vp_token",
    [
        "",
        "{",
        "[]",
        "{}",
        "null",
        '"text"',
        '{"proof": []}',
        '{"proof": {}}',
        '{"proof": "text"}',
        '{"proof": [1, 2]}',
        '{"other": [{}]}',
        '{"proof": [{}], "proof": [{}]}',
        '{"proof": [NaN]}',
        '{"proof": ["\\ud800"]}',
    ],
)
def test_what_is_no_vp_token_is_refused(client: FlaskClient, vp_token: str) -> None:
    result, asked = asked_by(client)
    body = problem(answer(client, asked, vp_token), 400)
    assert body["error"] == "invalid_request"
    assert body["error_description"] == body["detail"]
    assert still_open(client, result)


def test_answers_that_are_too_large_or_too_deep_are_refused(client: FlaskClient) -> None:
    result, asked = asked_by(client)
    problem(answer(client, asked, "[" * 1_000 + "]" * 1_000), 400, "TOO_DEEP")
    problem(answer(client, asked, json.dumps({"proof": [[0] * 6_000]})), 400, "TOO_MANY_VALUES")
    problem(answer(client, asked, f'"{"a" * 1_200_000}"'), 400, "TOO_LARGE")
    problem(answer(client, asked, "a" * (ANSWER_BYTES + 1)), 413)
    assert still_open(client, result)


def test_an_answer_is_one_form_in_which_nothing_comes_twice(client: FlaskClient) -> None:
    result, asked = asked_by(client)
    address = urlsplit(asked.claims["response_uri"]).path
    vp_token, state = json.dumps({"proof": [asked.proof()]}), asked.claims["state"]
    problem(client.post(address, json={"vp_token": vp_token, "state": state}), 415)
    twice = {"vp_token": [vp_token, vp_token], "state": state}
    problem(client.post(address, data=twice), 400, "PARAMETER_REPEATED")
    problem(client.post(address, data={"response": "eyJ", "state": state}), 400, "VP_TOKEN_MISSING")
    problem(client.get(address), 405)
    elsewhere = {"Sec-Fetch-Site": "cross-site"}
    assert client.post(address, data=twice, headers=elsewhere).status_code == 403
    assert still_open(client, result)


def test_a_wallet_that_declines_uses_nothing_up(client: FlaskClient) -> None:
    result, asked = asked_by(client)
    response = answer(client, asked, None, vp_token=None, error="access_denied")
    assert (response.status_code, response.get_json()) == (200, {})
    problem(answer(client, asked, None, vp_token=None, error="x", state="y"), 400, "STATE_MISMATCH")
    assert still_open(client, result)


def test_a_request_for_wallets_ends() -> None:
    clock = Clock()
    client = verifier_client(clock=clock)
    _result, asked = asked_by(client, hours="1")
    clock.pass_by(hours=1)
    sent = {"proof": [asked.proof()]}
    problem(answer(client, asked, sent), 404)
    problem(
        client.get(urlsplit(asked.claims["response_uri"]).path.replace("response", "wallet")), 404
    )


def test_one_caller_does_not_have_requests_signed_all_day() -> None:
    client = verifier_client(asked=SIGNS)
    _result, address = ask(client)
    answers = {client.get(f"{address}/wallet").status_code for _number in range(30)}
    assert answers == {200, 429}


def test_a_key_that_was_ended_signs_nothing_more() -> None:
    state = ["active"]
    made = client_with(lambda: receipt_key(state[0]))
    assert made.owner() == KEY.controller
    assert made.sign({"nonce": "n"}).count(".") == 2
    state[0] = "retired"
    with pytest.raises(RequestSigningError, match="retired"):
        made.sign({"nonce": "n"})
    assert made.owner() == KEY.controller


def test_the_holder_of_an_sd_jwt_is_named_by_the_key(client: FlaskClient) -> None:
    result, asked = asked_by(client)
    claims = badge_claims(cnf={"kid": method_of(STRANGER)})
    named = presented(issued(claims), **_answered(asked)).to_compact()
    assert answer(client, asked, {"sd-jwt": [named]}).status_code == 200
    assert LEARNER in page_of(client, result)


def test_only_a_key_of_a_signer_signs_requests() -> None:
    with pytest.raises(CommandError, match="request_key must be a key of a signer"):
        client_by("file:office.key.json")
