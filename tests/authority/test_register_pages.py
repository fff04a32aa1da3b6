"""A register as people and programs read it: nothing is said that its rows do not say."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from authority.catalogue import Catalogue, Question, Standing, standing_of
from authority.errors import NotListedError
from authority.newest import always
from authority.pages import SITE, START, new_register_pages
from authority.paging import PAGE_ITEMS
from frameworks.register import Register, read_register
from service.pages import PagesSettings, add_pages
from service.web import WebSettings, new_application
from tallystick.bundled_register import reference
from tallystick.command import tallystick
from tallystick.files import CommandError
from tallystick.register_service import catalogue_of, register_application
from tests.frameworks.register_files import SOUND

NOW = datetime(2026, 11, 23, tzinfo=UTC)
TODAY = NOW.date()


@pytest.fixture(scope="module")
def sound() -> Register:
    return read_register(SOUND)


@pytest.fixture(scope="module")
def known() -> Register:
    return reference()


def client_of(catalogue: Catalogue) -> FlaskClient:
    application = new_application(WebSettings("Register", "Test."))
    pages = new_register_pages(always(catalogue), lambda: NOW)
    add_pages(application, PagesSettings(site=SITE, home=START), pages)
    return application.test_client()


def many(register: Register, count: int) -> Register:
    """Make a register with many listings, of different titles."""
    (row, *_others) = register.tables.listings
    rows = tuple(
        row._replace(id=f"l-{number:05}", title=f"Course {number:05}") for number in range(count)
    )
    return Register(register.description, register.tables._replace(listings=rows))


def test_every_word_has_to_be_there_in_whatever_order(sound: Register) -> None:
    catalogue = Catalogue(sound)
    (row, *_others) = catalogue.search(Question()).items
    words = " ".join(reversed(row.title.upper().split()))
    assert row in catalogue.search(Question(words)).items
    assert catalogue.search(Question(f"{words} nonsense")).count == 0
    assert row in catalogue.search(Question(row.achievement)).items


def test_framework_and_level_narrow_a_search(sound: Register) -> None:
    catalogue = Catalogue(sound)
    (row, *_others) = catalogue.search(Question()).items
    assert row in catalogue.search(Question(framework=row.framework, level=row.level)).items
    assert catalogue.search(Question(framework=row.framework, level="none such")).count == 0
    assert catalogue.search(Question(framework="none such")).count == 0


def test_long_answers_come_in_pages_without_gap_or_double(sound: Register) -> None:
    catalogue = Catalogue(many(sound, 2 * PAGE_ITEMS + 3))
    seen: list[str] = []
    first: int | None = 0
    while first is not None:
        page = catalogue.search(Question(first=first))
        seen += [row.id for row in page.items]
        first = page.following
    assert seen == sorted(set(seen))
    assert len(seen) == page.count == 2 * PAGE_ITEMS + 3
    assert catalogue.search(Question(first=10**6)).items == ()


@pytest.mark.parametrize(
    ("changes", "day", "expected"),
    [
        ({}, TODAY, Standing.IN_FORCE),
        ({"withdrawn_on": TODAY}, TODAY, Standing.WITHDRAWN),
        ({"withdrawn_on": date(2026, 11, 24)}, TODAY, Standing.IN_FORCE),
    ],
)
def test_what_was_withdrawn_is_so_from_that_day_on(
    sound: Register, changes: dict[str, object], day: date, expected: Standing
) -> None:
    row = sound.tables.listings[0]._replace(**changes)  # type: ignore[arg-type]
    provenance = row.provenance._replace(first_day=None, last_day=None, status="verified")
    assert standing_of(row._replace(provenance=provenance), day) is expected


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (TODAY, TODAY, Standing.IN_FORCE),
        (date(2026, 11, 24), None, Standing.NOT_YET),
        (None, date(2026, 11, 22), Standing.ENDED),
    ],
)
def test_a_row_holds_from_its_first_to_its_last_day(
    sound: Register, first: date | None, last: date | None, expected: Standing
) -> None:
    row = sound.tables.listings[0]
    provenance = row.provenance._replace(first_day=first, last_day=last, status="verified")
    assert standing_of(row._replace(provenance=provenance, withdrawn_on=None), TODAY) is expected
    withheld = provenance._replace(first_day=None, last_day=None, status="withheld")
    held = row._replace(provenance=withheld, withdrawn_on=None)
    assert standing_of(held, TODAY) is Standing.WITHHELD


def test_a_page_and_its_json_say_the_same(sound: Register) -> None:
    client = client_of(Catalogue(sound))
    row = sound.tables.listings[0]
    page = client.get(f"/listings/{row.id}", headers={"Accept": "text/html"}).text
    told = json.loads(client.get(f"/listings/{row.id}.json").data)
    assert told["title"] == row.title
    assert told["credits"] == str(row.credits)
    assert told["register"]["edition"] == sound.description.number
    for text in (row.title, row.level, str(row.credits), row.achievement, *row.providers):
        assert text in page


def test_what_is_not_listed_is_not_found(sound: Register) -> None:
    client = client_of(Catalogue(sound))
    for path in (
        "/listings/none",
        "/listings/none.json",
        "/frameworks/none",
        "/frameworks/nz?beside=none",
        "/edition.json",
    ):
        assert client.get(path, headers={"Accept": "text/html"}).status_code == 404, path
    with pytest.raises(NotListedError):
        Catalogue(sound).listing("none")


def test_levels_are_compared_by_published_maps_and_else_left_open(known: Register) -> None:
    catalogue = Catalogue(known)
    readings = {
        one.level.code: one.reading for one in catalogue.compared("nz-nzqcf", "eu-eqf", TODAY)
    }
    assert readings["5"].levels == ("5",)
    page = client_of(catalogue).get("/frameworks/nz-nzqcf?beside=eu-eqf").text
    assert "European Qualifications Framework" in page
    alone = client_of(catalogue).get("/frameworks/nz-nzqcf?beside=nz-nzqcf").text
    assert "left open" not in alone


def test_every_framework_of_the_reference_has_a_page_in_every_language(known: Register) -> None:
    client = client_of(Catalogue(known))
    for identifier in Catalogue(known).frameworks:
        assert client.get(f"/frameworks/{identifier}?beside=eu-eqf").status_code == 200
    for language in ("en", "fr-CA", "es"):
        for path in ("/", "/frameworks", "/accredited"):
            assert client.get(f"{path}?lang={language}").status_code == 200


def test_a_page_may_be_kept_and_is_not_sent_again_while_it_is_the_same(sound: Register) -> None:
    client = client_of(Catalogue(sound))
    first = client.get("/frameworks")
    assert first.headers["Cache-Control"] == "public, max-age=300"
    again = client.get("/frameworks", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    # Whoever chooses a language gets a cookie with the answer, which nobody else may get.
    assert "ETag" not in client.get("/frameworks?lang=es").headers


def test_a_register_says_on_every_page_what_stands_behind_it(sound: Register) -> None:
    for catalogue, words in (
        (Catalogue(sound), "is not official"),
        (Catalogue(sound, edition=b"{}"), "was not checked"),
        (Catalogue(sound, "did:web:nz.example", b"{}", "sha256:0"), "stands behind every row"),
    ):
        assert words in client_of(catalogue).get("/").text


@pytest.mark.parametrize(
    "words", ["<script>alert(1)</script>", "'\"><img src=x>", "%00", "a" * 999]
)
def test_what_somebody_looks_for_never_becomes_markup(sound: Register, words: str) -> None:
    page = client_of(Catalogue(sound)).get("/", query_string={"words": words, "first": "-1"})
    assert page.status_code == 200
    assert "<script>alert" not in page.text
    assert "<img src=x" not in page.text


def test_a_first_page_is_small_also_of_twenty_thousand_listings(sound: Register) -> None:
    client = client_of(Catalogue(many(sound, 20_000)))
    assert len(client.get("/?words=course").data) < 100_000


def test_a_folder_and_the_reference_are_published_as_not_official(tmp_path: Path) -> None:
    assert not catalogue_of("reference", ()).is_official
    client = register_application(always(catalogue_of("reference", ()))).test_client()
    assert "proves nothing" in client.get("/").text


def test_an_edition_is_published_byte_for_byte_and_only_if_it_is_believed(tmp_path: Path) -> None:
    file = tmp_path / "edition.json"
    file.write_text('{"type": "nothing"}')
    trust = tmp_path / "trust.json"
    trust.write_text("{}")
    run = CliRunner().invoke(
        tallystick, ["register", "serve", str(file), "--trust", str(trust), "--port", "0"]
    )
    assert run.exit_code != 0
    with pytest.raises(CommandError, match="--base"):
        register_application(always(catalogue_of("reference", ())), "register.example")
