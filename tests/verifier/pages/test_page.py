"""The verifier's page: each answer in words, whatever is dropped on it."""

from __future__ import annotations

import csv
import html
import json
import re
from io import BytesIO, StringIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI

from credentials.baking.images import bake
from credentials.baking.vector import badge_svg
from credentials.strict_json import serialize_json
from service.pages.languages import LANGUAGES, words_of
from tests.credentials.baking.images import png
from tests.factories import LEARNER, check, sign, unsigned, world
from tests.services import presentation, problem
from tests.verifier.pages.samples import (
    TRUST,
    drop,
    over,
    page_service,
    registers,
    samples,
    the_page,
)
from verifier.answers import Answer, answer_of
from verifier.pages import LinkError
from verifier.pages.answer_texts import TEXTS
from verifier.pages.archives import ENTRIES, UNPACKED_BYTES
from verifier.pages.reason_texts import Explanation
from verifier.pages.reasons import BY_CHECK, BY_CHECK_REMARKED, BY_CHECK_UNDECIDED, BY_CODE
from verifier.report import CHECK_IDS, Outcome, Remark, VerificationReport, check_of
from verifier.verifier import Verifier

FIRST_PAGE_BYTES = 100_000


@pytest.fixture(scope="module")
def service() -> OpenAPI:
    return page_service()


@pytest.fixture
def client(service: OpenAPI) -> FlaskClient:
    return service.test_client()


def answers_in(text: str) -> list[str]:
    return re.findall(r'data-answer="([^"]+)"', text)


def codes_in(text: str) -> set[str]:
    return set(re.findall(r"<code>([A-Z][A-Z0-9_]+)</code>", text))


def words_in(text: str) -> str:
    """Read a page as its text, in one line."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", text)).split())


def archive(files: dict[str, bytes]) -> bytes:
    buffer = BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED) as made:
        for name, data in files.items():
            made.writestr(name, data)
    return buffer.getvalue()


@pytest.mark.parametrize("answer", Answer)
def test_each_answer_is_said_in_words_with_what_to_do_in_every_language(
    client: FlaskClient, answer: Answer
) -> None:
    words = words_of(["verifier.pages"])
    for language in LANGUAGES:
        text = drop(client, samples()[answer], lang=language.tag)
        assert answers_in(text) == [answer.value]
        said = words[language.tag].gettext
        title = re.search(r"<h1>(.*?)</h1>", text)
        assert title is not None
        assert html.unescape(title[1]) == said(TEXTS[answer].title)
        for one in (TEXTS[answer].meaning, TEXTS[answer].advice):
            assert " ".join(said(one).split()) in words_in(text)
        assert "Pipe welding" in text or "Master of welding" in text


def test_the_first_page_is_small_and_needs_nothing_else(client: FlaskClient) -> None:
    text = client.get("/").get_data(as_text=True)
    loaded = [client.get(address) for address in re.findall(r'(?:src|href)="(/assets[^"]+)"', text)]
    size = len(text.encode()) + sum(len(one.get_data()) for one in loaded)
    for one in loaded:
        one.close()
    assert len(loaded) == 4
    assert size <= FIRST_PAGE_BYTES
    assert 'method="post" enctype="multipart/form-data"' in text


def test_level_and_credits_are_told_in_the_readers_own_framework(client: FlaskClient) -> None:
    valid = samples()[Answer.VALID]
    undecided = words_in(drop(client, valid))
    assert "Level 5 New Zealand Qualifications and Credentials Framework" in undecided
    assert "20 NZQCF credits" in undecided
    assert "Choose your framework below" in undecided
    chosen = words_in(drop(client, valid, framework="ie-nfq"))
    assert "In your framework National Framework of Qualifications" in chosen
    assert "Level 6" in chosen
    assert "by a published comparison of levels ( nz-ie ). NZQA" in chosen
    assert "10 ECTS by comparing what counts as a full year of study" in chosen
    assert "≈ 6.67 … 8 ECTS by comparing the hours of learning behind one credit" in chosen
    assert "class D" in chosen
    kept = words_in(drop(client, valid))
    assert "Level 6" in kept
    foreign = words_in(drop(client, valid, framework="<b>"))
    assert "Choose your framework below" in foreign


def test_facts_say_what_is_proven_and_what_is_only_said(client: FlaskClient) -> None:
    known = words_in(drop(client, samples()[Answer.VALID]))
    assert "Example Polytechnic, Wellington as your list “Our partners” calls them" in known
    assert "what the issuer calls itself; anybody can write any name" in known
    assert "not compared with anybody" in known
    assert "15 January 2036, 09:00 UTC" in known
    forged = words_in(drop(client, samples()[Answer.NOT_VALID]))
    assert "as your list" not in forged
    assert "It is not proven that the issuer said any of this" in forged


def test_the_credential_is_compared_with_the_person_that_is_named(client: FlaskClient) -> None:
    valid = samples()[Answer.VALID]
    assert "the person you named" in words_in(drop(client, valid, recipient=LEARNER))
    other = drop(client, valid, recipient="mailto:somebody@example.com")
    assert answers_in(other) == ["not-valid"]
    assert "It is about somebody else than the person you named." in words_in(other)


def test_every_form_is_taken_and_all_come_to_the_same_answer(client: FlaskClient) -> None:
    valid = samples()[Answer.VALID]
    images = (bake(valid, badge_svg(valid)), bake(valid, png()))
    for sent in (valid, *images, archive({"folder/badge.json": valid})):
        assert answers_in(drop(client, sent)) == ["valid"]
    pasted = client.post("/", data={"text": valid.decode()})
    assert answers_in(pasted.get_data(as_text=True)) == ["valid"]


def test_a_page_carries_what_it_is_about_and_nothing_is_stored(client: FlaskClient) -> None:
    first = drop(client, samples()[Answer.REVOKED], recipient=LEARNER)
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', first))
    assert set(fields) == {"document", "name", "recipient", "lang"}
    again = client.post("/", data={**fields, "lang": "es"}).get_data(as_text=True)
    assert answers_in(again) == ["revoked"]
    assert "<h1>Revocada</h1>" in again
    report = client.post("/report", data=fields)
    assert report.headers["Content-Disposition"].startswith("attachment;")
    assert json.loads(report.get_data())["verdict"] == "invalid"
    assert client.post("/", data={"document": "%%%"}).status_code == 422


def test_several_files_are_answered_in_a_table(client: FlaskClient) -> None:
    files = {f"{answer}.json": data for answer, data in samples().items()}
    for text in (drop(client, archive(files)), drop(client, *files.values())):
        assert answers_in(text) == [answer.value for answer in samples()]
    carried = re.findall(r'name="(document|name)" value="([^"]*)"', text)
    fields: dict[str, list[str]] = {"document": [], "name": []}
    for name, value in carried:
        fields[name].append(value)
    picked = client.post("/", data={**fields, "only": "6"}).get_data(as_text=True)
    assert answers_in(picked) == ["revoked"]
    only_revoked = client.post("/", data={**fields, "show": "revoked"}).get_data(as_text=True)
    assert answers_in(only_revoked) == ["revoked"]
    assert 'name="only" value="6"' in only_revoked
    for odd in ("0", "-1", "99", "x", "٣", "1" * 5_000):
        assert client.post("/", data={**fields, "only": odd}).status_code in (200, 422)


def test_several_answers_are_had_as_a_table_without_formulas(client: FlaskClient) -> None:
    named = {"=1+1.json": sign(unsigned(name="@SUM(A1)")), "b.json": sign(unsigned())}
    sent = archive({name: serialize_json(document) for name, document in named.items()})
    data = {"file": (BytesIO(sent), "x.zip"), "framework": "ie-nfq"}
    response = client.post("/table", data=data)
    assert response.headers["Content-Disposition"] == 'attachment; filename="verification.csv"'
    first, second = csv.DictReader(StringIO(response.get_data().decode("utf-8-sig")))
    assert (first["file"], first["credential"]) == ("'=1+1.json", "'@SUM(A1)")
    assert second["answer"] == "valid"
    assert (second["level"], second["credits"], second["unit"]) == ("5", "20", "NZQCF")
    assert (second["own_level"], second["own_credits"]) == ("6", "10 ECTS; ≈ 6.67 … 8 ECTS")
    assert client.post("/table", data={}).status_code == 422


def test_what_takes_too_long_is_said_to_be_left(client: FlaskClient) -> None:
    times = iter([0.0, 1.0, 100.0, 100.0])
    slow = page_service(the_page(clock=lambda: next(times))).test_client()
    text = drop(slow, *list(samples().values())[:3])
    assert len(answers_in(text)) == 1
    assert "2 further files were not looked at" in text


def test_a_presentation_shows_each_credential_with_its_own_answer(client: FlaskClient) -> None:
    shown = presentation(sign(unsigned()), sign(unsigned(validUntil="2026-06-30T00:00:00Z")))
    text = drop(client, serialize_json(shown))
    assert answers_in(text) == ["expired", "valid", "expired"]
    assert "It was shown as an answer to somebody's question" in words_in(text)


def test_a_link_is_fetched_only_when_somebody_asks() -> None:
    asked: list[str] = []

    def fetch(link: str) -> bytes:
        asked.append(link)
        if link.endswith("gone"):
            raise LinkError("The server answered with the status 404.")
        return samples()[Answer.EXPIRED]

    client = page_service(the_page(fetch=fetch)).test_client()
    filled = client.get("/?link=https://x.example/badge").get_data(as_text=True)
    assert 'value="https://x.example/badge"' in filled
    assert asked == []
    for field in ("link", "text"):
        response = client.post("/", data={field: "https://x.example/badge"})
        assert answers_in(response.get_data(as_text=True)) == ["expired"]
    response = client.post("/", data={"link": "https://x.example/gone"})
    assert response.status_code == 422
    assert "The server answered with the status 404." in response.get_data(as_text=True)
    assert len(asked) == 3


def test_without_a_way_out_no_link_is_offered(client: FlaskClient) -> None:
    assert 'id="link"' not in client.get("/").get_data(as_text=True)
    response = client.post("/", data={"text": "https://x.example/badge"})
    assert response.status_code == 422
    assert "fetches nothing" in response.get_data(as_text=True)


HOSTILE_ARCHIVES = {
    "slip": archive({"../../etc/passwd": b"{}"}),
    "an absolute path": archive({"/etc/passwd": b"{}"}),
    "an archive inside": archive({"inner.zip": archive({"a": b"{}"})}),
    "a damaged one": archive({"a": b"{}" * 100})[:-30],
    "its beginning": b"PK\x03\x04",
    "nothing inside": archive({}) + b"",
    "only rubbish": archive({"__MACOSX/x": b"", ".DS_Store": b"", "folder/": b""}),
    "too many files": archive({f"{number}": b"" for number in range(ENTRIES + 1)}),
    "a bomb": archive({"bomb": bytes(UNPACKED_BYTES)}),
    "many bombs": archive({f"{number}": bytes(2_000_000) for number in range(12)}),
}


@pytest.mark.parametrize("name", HOSTILE_ARCHIVES)
def test_no_archive_breaks_the_page_or_leaves_memory(client: FlaskClient, name: str) -> None:
    sent = {"file": (BytesIO(HOSTILE_ARCHIVES[name]), "x.zip")}
    response = client.post("/", data=sent)
    text = response.get_data(as_text=True)
    if name in ("slip", "an absolute path", "an archive inside", "nothing inside"):
        assert answers_in(text)
        assert "valid" not in answers_in(text)
    else:
        assert response.status_code == 422
        assert "The archive cannot be read" in text
    assert "/etc/" not in text


ENDS = {"validFrom": "0001-01-01T00:00:00+14:00", "validUntil": "9999-12-31T23:59:59-12:00"}
GARBAGE = {
    "nothing": b"",
    "bytes": bytes(range(256)),
    "NUL": bytes(1_000),
    "JPEG": b"\xff\xd8\xff\xe0" + bytes(100),
    "PDF": b"%PDF-1.7\n1 0 obj",
    "GIF": b"GIF89a" + bytes(50),
    "PNG": b"\x89PNG\r\n\x1a\n" + bytes(50),
    "SVG": b"<svg><script>alert(1)</script></svg>",
    "HTML": b"<!DOCTYPE html><script>alert(1)</script>",
    "UTF-16": "{}".encode("utf-16"),
    "depth": b"[" * 100_000,
    "numbers": b"9" * 10_000,
    "a token": b"eyJhbGciOiJub25lIn0.e30.",
    "an SD-JWT": b"eyJhbGciOiJub25lIn0.e30.~x~",
    "shapes": serialize_json(
        {
            "type": [4, None, {"a": []}],
            "issuer": [[]],
            "credentialSubject": [4, {"achievement": [[], "x"], "result": "x", "identifier": 4}],
            "evidence": [None, 4, {"id": 4, "name": []}],
            "endorsement": [4, [], {"issuer": 4}],
            "endorsementJwt": ["x", 4],
            "validFrom": 4,
            "validUntil": "9999-12-31T23:59:59-14:00",
            "name": {"en": "x"},
        }
    ),
    "ends of the calendar": serialize_json(
        sign(
            unsigned(validFrom="0001-01-01T00:00:00+14:00", validUntil="9999-12-31T23:59:59-12:00")
        )
    ),
}


@pytest.mark.parametrize("name", GARBAGE)
def test_whatever_is_dropped_ends_in_an_answer(client: FlaskClient, name: str) -> None:
    for language in ("en", "es"):
        text = drop(client, GARBAGE[name], lang=language)
        assert len(answers_in(text)) == 1
        assert answers_in(text)[0] not in (Answer.VALID, Answer.EXPIRED) or name.startswith("ends")


def test_nothing_at_all_is_asked_for_at_the_field(client: FlaskClient) -> None:
    response = client.post("/", data={})
    assert response.status_code == 422
    assert '<a href="#file">Choose a file' in response.get_data(as_text=True)


def test_the_interface_for_programs_is_still_there(client: FlaskClient) -> None:
    assert client.get("/health/live").json == {"status": "live"}
    problem(client.post("/credentials/verify", data=b"{"), 415)
    problem(client.get("/nothing"), 404, "NOT_FOUND")


def outcomes_of(**changes: Outcome) -> VerificationReport:
    remarks = {one: Remark(changes.get(one, Outcome.PASSED), "ANY", "Said.") for one in CHECK_IDS}
    checks = tuple(check_of(name, [remark]) for name, remark in remarks.items())
    return VerificationReport(checks, Verifier(world()).check(b"{}").checked_at)


def test_nothing_is_called_valid_while_any_part_fails_or_is_open() -> None:
    for outcome in (Outcome.FAILED, Outcome.INDETERMINATE):
        for name in CHECK_IDS:
            answer = answer_of(outcomes_of(**{name: outcome}))
            expected = Answer.NOT_VALID if outcome is Outcome.FAILED else Answer.UNDECIDED
            assert answer is expected
    assert answer_of(outcomes_of()) is Answer.VALID
    assert answer_of(outcomes_of(trust=Outcome.WARNING)) is Answer.ISSUER_NOT_KNOWN
    assert answer_of(outcomes_of(trust=Outcome.SKIPPED)) is Answer.ISSUER_NOT_KNOWN


def test_a_fault_of_time_with_another_fault_is_not_valid() -> None:
    past = "2026-06-30T00:00:00Z"
    expired = sign(unsigned(validUntil=past))
    assert answer_of(check(expired, trust=TRUST)) is Answer.EXPIRED
    forged = {**expired, "name": "Master of welding"}
    assert answer_of(check(forged, trust=TRUST)) is Answer.NOT_VALID


def test_every_explanation_is_complete_and_every_check_has_one() -> None:
    tables = (BY_CHECK, BY_CHECK_UNDECIDED, BY_CHECK_REMARKED)
    assert all(set(table) == set(CHECK_IDS) for table in tables)
    for one in {one for table in (BY_CODE, *tables) for one in table.values()}:
        assert isinstance(one, Explanation)
        assert one.meaning.endswith(".")
        assert one.action.endswith(".")


def test_registers_are_those_of_the_samples() -> None:
    assert registers().sources
    assert over(world).get("/").status_code == 200


@pytest.mark.parametrize("text", ["é", "\ud800", "=", "a"])
def test_what_is_carried_along_and_damaged_counts_as_nothing(
    client: FlaskClient, text: str
) -> None:
    sent = {"document": text.encode("utf-8", "surrogatepass")}
    for path in ("/", "/report", "/pdf"):
        assert client.post(path, data=sent).status_code == 422, path
