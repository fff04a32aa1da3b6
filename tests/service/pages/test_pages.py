"""What every page has: headers, languages, escaping, bounded forms from our own pages only."""

from __future__ import annotations

import logging
import re
from io import BytesIO
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from flask.testing import FlaskClient

from service.pages.answers import ERRORS, POLICY
from service.pages.languages import LANGUAGES, read_catalogue
from service.pages.rooms import FORM_BYTES
from tests.project import ROOT, listed_packages, skip_away_from_sources
from tests.service.pages.sample import UPLOAD_BYTES, sample_application
from tests.services import problem

HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
HOSTILE = '"><script>alert(1)</script><b id=x>'
SENT = {"name": "Ana"}


@pytest.fixture
def client() -> FlaskClient:
    return sample_application().test_client()


def text_of(response: Any) -> str:
    return str(response.get_data(as_text=True))


def test_a_page_has_a_strict_policy_and_no_script_or_style_in_it(client: FlaskClient) -> None:
    response = client.get("/")
    assert response.headers["Content-Security-Policy"] == POLICY
    assert "unsafe" not in POLICY
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cache-Control"] == "no-store"
    text = text_of(response)
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=\")", text)
    assert {address.partition("?")[0] for address in re.findall(r'(?:src|href)="(/[^"]*)"', text)}
    assert not re.search(r'(?:src|href)="(?![/#?])', text)


def test_what_a_page_loads_is_there_and_may_be_kept(client: FlaskClient) -> None:
    found = set(re.findall(r'(?:src|href)="(/assets/[^"]+)"', text_of(client.get("/"))))
    assert {address.partition("?")[0] for address in found} == {
        "/assets/pages.css",
        "/assets/pages.js",
        "/assets/tally.svg",
    }
    for address in found:
        with client.get(address) as response:
            assert response.status_code == 200
            assert "max-age=31536000" in response.headers["Cache-Control"]
            assert response.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert client.get("/assets/../answers.py").status_code == 404


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("", "en"),
        ("fr", "fr-CA"),
        ("fr-FR,en;q=0.5", "fr-CA"),
        ("es-MX;q=0.9, fr;q=0.1", "es"),
        ("mi, de", "en"),
        ("fr;q=0, es", "es"),
        ("\x00;;q=,", "en"),
    ],
)
def test_a_reader_gets_the_language_of_the_browser(
    client: FlaskClient, asked: str, given: str
) -> None:
    response = client.get("/", headers={"Accept-Language": asked})
    assert f'<html lang="{given}">' in text_of(response)
    assert response.headers["Content-Language"] == given


def test_a_language_is_chosen_for_the_same_page_and_kept(client: FlaskClient) -> None:
    first = text_of(client.get("/?page=2"))
    assert re.findall(r'href="(\?[^"]*lang[^"]*)"', first) == [
        f"?page=2&amp;lang={one.tag}" for one in LANGUAGES
    ]
    chosen = client.get("/?page=2&lang=es")
    cookie = chosen.headers["Set-Cookie"]
    assert "language=es" in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert '<html lang="es">' in text_of(client.get("/"))
    assert '<html lang="es">' in text_of(client.get("/?lang=klingon"))


def test_a_page_after_a_form_is_had_in_another_language_by_the_form(client: FlaskClient) -> None:
    response = client.post("/carried", data={"text": HOSTILE, "lang": "fr-CA"})
    text = text_of(response)
    assert '<html lang="fr-CA">' in text
    assert '<input type="hidden" name="text" value="&#34;&gt;&lt;script&gt;' in text
    assert text.count('<button type="submit" form="carried"') == len(LANGUAGES)


def test_drafts_of_a_machine_are_said_to_be_drafts(client: FlaskClient) -> None:
    assert 'class="draft"' not in text_of(client.get("/?lang=en"))
    assert 'class="draft"' in text_of(client.get("/?lang=fr-CA"))


def test_what_somebody_enters_is_shown_as_text(client: FlaskClient) -> None:
    sent = client.post("/", data={"name": HOSTILE, "file": (BytesIO(b"{}"), "a/../<i>.json")})
    assert (sent.status_code, sent.headers["Location"]) == (303, "/")
    text = text_of(client.get("/"))
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "&lt;i&gt;.json" in text
    assert "<script>" not in text
    assert "sent 1 files" not in text_of(client.get("/"))


def test_an_error_stands_in_the_summary_and_at_its_field(client: FlaskClient) -> None:
    text = text_of(client.post("/", data={"name": " "}))
    assert '<a href="#name">Enter a name, for example &lt;b&gt;Ana&lt;/b&gt;.</a>' in text
    field = re.search(r'<input type="text"[^>]*id="name"[^>]*>', text)
    assert field is not None
    assert 'aria-invalid="true"' in field[0]
    assert 'aria-describedby="name-hint name-error-1"' in field[0]
    assert 'id="name-error-1"' in text


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 303),
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Sec-Fetch-Site": "none"}, 303),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"}, 403),
        ({"Origin": "http://localhost"}, 303),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "http://localhost.evil.example"}, 403),
        ({"Origin": "http://localhost:81"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": ""}, 403),
    ],
)
def test_forms_are_taken_from_our_own_pages_only(
    client: FlaskClient, headers: dict[str, str], status: int
) -> None:
    assert client.post("/", data=SENT, headers=headers).status_code == status
    assert client.get("/", headers=headers).status_code == 200


def test_a_form_that_is_too_large_is_refused_with_a_page(client: FlaskClient) -> None:
    largest = UPLOAD_BYTES + FORM_BYTES
    for data in (
        {"name": "Ana", "file": (BytesIO(bytes(largest + 1)), "x")},
        {"name": "x" * (FORM_BYTES + 1), "file": (BytesIO(b""), "x")},
        {f"field{number}": "x" for number in range(1_000)} | {"file": (BytesIO(b""), "x")},
    ):
        response = client.post("/", data=data, headers={"Accept-Language": "fr"})
        assert response.status_code == 413
        assert "dépasse la taille" in text_of(response)


def test_errors_are_pages_for_readers_and_problem_documents_for_programs(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    hostile = {"PATH_INFO": "//evil.example/<script>"}
    page = client.get("/", headers=HTML, environ_overrides=hostile)
    assert (page.status_code, page.content_type) == (404, "text/html; charset=utf-8")
    assert "<h1>That did not work</h1>" in text_of(page)
    assert "evil" not in text_of(page)
    problem(client.get("/nothing"), 404, "NOT_FOUND")
    problem(client.get("/", headers={"Host": "evil.example", **HTML}), 400, "HOST_UNKNOWN")
    broken = client.get("/defect")
    assert broken.status_code == 500
    assert ERRORS[500].partition(".")[0] in text_of(broken)
    assert "script>" not in caplog.text


def test_a_sessions_cookie_only_goes_over_tls_where_there_is_any(client: FlaskClient) -> None:
    for address, is_secure in (("http://localhost", False), ("https://localhost", True)):
        cookie = client.post("/", data=SENT, base_url=address).headers["Set-Cookie"]
        assert ("Secure" in cookie) is is_secure
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie


ROOMS_WITH_WORDS = [
    name
    for name in listed_packages()
    if name.endswith(".pages") or ROOT.joinpath(*name.split("."), "catalogues").is_dir()
]


@pytest.mark.parametrize("package", ROOMS_WITH_WORDS)
@pytest.mark.parametrize("language", LANGUAGES[1:], ids=lambda one: one.tag)
def test_every_text_is_in_every_language_with_the_same_places_for_values(
    package: str, language: Any
) -> None:
    skip_away_from_sources()
    from tools import catalogues

    folder = catalogues.ROOT.joinpath(*package.split("."))
    said: Catalog = read_catalogue(package, language)
    assert {one.id for one in catalogues.extracted(folder)} == {one.id for one in said}
    assert catalogues.untranslated(said) == []
    wrong = [
        one.id
        for one in said
        if one.id
        for identifier in [one.id if isinstance(one.id, str) else one.id[1]]
        for text in [one.string if isinstance(one.string, str) else one.string[1]]
        if set(PLACES.findall(identifier)) != set(PLACES.findall(text))
    ]
    assert wrong == []


PLACES = re.compile(r"%\(\w+\)\w|%")
