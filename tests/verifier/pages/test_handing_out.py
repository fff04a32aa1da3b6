"""What a reader takes away: a signed receipt, the answer on paper; and the page about trust."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader

from credentials.digests import digest_multibase
from credentials.json_types import JsonObject
from credentials.strict_json import serialize_json
from keys.errors import SignerUnreachableError
from service.pages.languages import LANGUAGES, words_of
from tallystick.receipts import signing_with
from tests.factories import LEARNER, SUITES, check, sign, unsigned, world
from tests.services import presentation
from tests.verifier.pages.samples import (
    TRUST,
    TRUST_FILE,
    drop,
    page_service,
    receipt_key,
    samples,
    the_page,
)
from tests.verifier.pages.test_page import answers_in, words_in
from verifier.answers import Answer
from verifier.pages.answer_texts import TEXTS
from verifier.report import CHECK_IDS

LATER = datetime(2100, 1, 1, tzinfo=UTC)
"""Receipts are dated by the clock, and the credentials of tests by a day of their own."""


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    return page_service().test_client()


def sent(data: bytes, **fields: str) -> dict[str, Any]:
    return {"file": (BytesIO(data), "badge.json"), **fields}


def receipt_of(client: FlaskClient, data: bytes, **fields: str) -> JsonObject:
    response = client.post("/receipt", data=sent(data, **fields))
    assert response.status_code == 200
    assert response.headers["Content-Disposition"].startswith("attachment;")
    receipt: JsonObject = json.loads(response.get_data())
    return receipt


def holds(receipt: JsonObject) -> bool:
    return bool(check(receipt, now=LATER))


def later() -> FlaskClient:
    return page_service(the_page(world=lambda: world(now=LATER, trust=TRUST))).test_client()


def texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from texts_in(one)
    elif isinstance(value, str):
        yield value


@pytest.mark.parametrize("answer", Answer)
def test_a_receipt_of_each_answer_verifies_and_says_what_the_page_says(
    client: FlaskClient, answer: Answer
) -> None:
    data = samples()[answer]
    receipt = receipt_of(client, data)
    assert holds(receipt), "a receipt is valid itself, whatever it is about"
    subject = receipt["credentialSubject"]
    report = json.loads(client.post("/report", data=sent(data)).get_data())
    assert subject["documentDigest"] == digest_multibase(data)
    assert (subject["verdict"], subject["answer"]) == (report["verdict"], answer.value)
    assert [one["check"] for one in subject["results"]] == list(CHECK_IDS)
    found = [(one["outcome"], one["code"]) for one in subject["results"]]
    assert found == [(one["outcome"], one["code"]) for one in report["checks"]]
    assert subject["trustFiles"] == [
        {
            "type": ["TrustFile"],
            "name": "Our partners",
            "fileDigest": digest_multibase(serialize_json(TRUST_FILE)),
        }
    ]
    assert subject["registers"][0]["register"]


def test_a_receipt_says_nothing_that_the_document_says(client: FlaskClient) -> None:
    document = sign(unsigned(name="Ada Lovelace, born 1815", id="urn:uuid:very-secret"))
    receipt = receipt_of(client, serialize_json(document), recipient="ada@example.org")
    told = " ".join(texts_in(receipt))
    for secret in ("Ada", "ada@", "very-secret", LEARNER, "Pipe", "Example Polytechnic"):
        assert secret not in told


def test_equal_content_has_one_digest_in_receipts_and_other_content_another(
    client: FlaskClient,
) -> None:
    def digests(data: bytes) -> tuple[str, str]:
        subject = receipt_of(client, data)["credentialSubject"]
        return subject["documentDigest"], subject["contentDigest"]

    once, twice = (digests(serialize_json(sign(unsigned(), suite=suite))) for suite in SUITES[:2])
    assert once[0] != twice[0]
    assert once[1] == twice[1]
    assert digests(serialize_json(sign(unsigned(name="Other"))))[1] != once[1]


def test_what_cannot_be_read_has_a_receipt_too(client: FlaskClient) -> None:
    receipt = receipt_of(client, b"no credential at all")
    assert holds(receipt)
    assert "contentDigest" not in receipt["credentialSubject"]
    assert receipt["credentialSubject"]["answer"] == "not-valid"


def test_a_receipt_of_a_presentation_tells_of_each_credential(client: FlaskClient) -> None:
    shown = presentation(sign(unsigned()), sign(unsigned(validUntil="2026-06-30T00:00:00Z")))
    receipt = receipt_of(client, serialize_json(shown))
    assert holds(receipt)
    presented = receipt["credentialSubject"]["presented"]
    assert [(one["place"], one["answer"]) for one in presented] == [
        ("1", "valid"),
        ("2", "expired"),
    ]


def test_a_changed_receipt_is_refused() -> None:
    receipt = receipt_of(page_service().test_client(), samples()[Answer.REVOKED])
    receipt["credentialSubject"]["answer"] = "valid"
    assert not holds(receipt)


def test_a_receipt_that_is_dropped_is_told_from_a_credential(client: FlaskClient) -> None:
    receipt = serialize_json(receipt_of(client, samples()[Answer.REVOKED]))
    page = words_in(drop(later(), receipt))
    assert "This is not the credential itself" in page
    assert "Its answer about the file Revoked" in page


def test_without_a_key_there_are_no_receipts_and_the_paper_says_what_it_is() -> None:
    client = page_service(the_page(sign_receipt=None)).test_client()
    assert "/receipt" not in drop(client, samples()[Answer.VALID])
    assert client.post("/receipt", data=sent(samples()[Answer.VALID])).status_code == 404
    text = text_of(client.post("/pdf", data=sent(samples()[Answer.VALID])).get_data())
    assert "anybody could have written it" in text


def unreachable() -> Any:
    raise SignerUnreachableError("Nobody listens at the socket.")


@pytest.mark.parametrize("key", [unreachable, lambda: receipt_key("retired")])
def test_a_signer_that_does_not_sign_costs_the_receipt_and_not_the_answer(key: Any) -> None:
    client = page_service(the_page(sign_receipt=signing_with(key))).test_client()
    refused = client.post("/receipt", data=sent(samples()[Answer.VALID]))
    assert refused.status_code == 503
    assert "This cannot be done just now." in words_in(refused.get_data(as_text=True))
    paper = client.post("/pdf", data=sent(samples()[Answer.VALID]))
    assert "could not be signed just now" in text_of(paper.get_data())


def text_of(pdf: bytes) -> str:
    pages = PdfReader(BytesIO(pdf)).pages
    return " ".join(" ".join(page.extract_text().split()) for page in pages)


@pytest.mark.parametrize(("number", "answer"), list(enumerate(Answer)))
def test_the_paper_has_the_words_of_the_page_in_the_readers_language(
    client: FlaskClient, number: int, answer: Answer
) -> None:
    language = LANGUAGES[number % len(LANGUAGES)]
    fields = sent(samples()[answer], lang=language.tag, framework="ie-nfq")
    data = client.post("/pdf", data=fields).get_data()
    reader = PdfReader(BytesIO(data))
    assert reader.root_object["/Lang"] == language.tag
    assert reader.root_object["/MarkInfo"]["/Marked"]
    said, text = words_of(["verifier.pages"])[language.tag].gettext, text_of(data)
    for part in (TEXTS[answer].title, TEXTS[answer].meaning, TEXTS[answer].advice):
        assert " ".join(said(part).split()) in text
    assert "Pipe welding" in text or "Master of welding" in text
    assert "ECTS" in text


def test_the_receipt_is_attached_to_the_paper_and_verifies(client: FlaskClient) -> None:
    data = client.post("/pdf", data=sent(samples()[Answer.REVOKED])).get_data()
    attached = PdfReader(BytesIO(data)).attachments["receipt.json"][0]
    assert holds(json.loads(attached))
    text = drop(later(), data)
    assert answers_in(text) == ["issuer-not-known"]
    assert "This is not the credential itself" in words_in(text)


def test_letters_that_no_font_has_are_marked_on_paper(client: FlaskClient) -> None:
    document = serialize_json(sign(unsigned(name="溶接 \u202eWeld" + "ing" * 200)))
    text = text_of(client.post("/pdf", data=sent(document)).get_data())
    assert "Valid ?? \ufffdWelding" in text
    assert "stands for letters that cannot be printed here" in text


def test_the_page_about_trust_names_everybody_with_digest_and_time(client: FlaskClient) -> None:
    text = words_in(client.get("/trust").get_data(as_text=True))
    for expected in (
        *("Our partners", digest_multibase(serialize_json(TRUST_FILE)), "23 November 2026"),
        *("Example Polytechnic, Wellington", "A registry", "https://registry.example/r.json"),
        *("Qualifications authority", "did:web:accreditor.example", "Senate"),
        *("New Zealand Qualifications and Credentials Framework", "It only explains"),
    ):
        assert expected in text, expected


def test_the_page_about_trust_says_that_there_is_none() -> None:
    bare = the_page(grounds=the_page().grounds.__class__(), world=world)
    text = words_in(page_service(bare).test_client().get("/trust").get_data(as_text=True))
    assert "This service has no list." in text
    assert "This service has no register." in text
