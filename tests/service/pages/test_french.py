"""French as Canada writes it: spaces, quotation marks and one word for one thing, everywhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, date, datetime
from email import message_from_bytes
from email.policy import default
from io import BytesIO
from typing import Any

import pytest
from babel.messages.catalog import Message
from openpyxl import load_workbook

from credentials.certificates.wording import FRENCH
from service.mail.letters import Letter, Mailbox, message_of
from service.pages.foreign import foreign
from service.pages.languages import BY_TAG, day_in_words, labelled, quoted, read_catalogue
from service.spreadsheets import xlsx_table
from tests.service.pages.sample import sample_application
from tests.service.pages.test_pages import ROOMS_WITH_WORDS

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ME = Mailbox("ana@example.com")

FAULTS = {
    "no no-break space before a colon": re.compile(r"(?<!\N{NO-BREAK SPACE}):(?=\s|$)"),
    "a space before ; ? or !": re.compile(r"(?<!«)\s[;?!]"),
    "no no-break space within quotation marks": re.compile(
        r"«(?!\N{NO-BREAK SPACE})|(?<!\N{NO-BREAK SPACE})»"
    ),
    "quotation marks of another language": re.compile(r"[“”\"]"),
    "a typewriter's apostrophe": re.compile(r"\w'\w"),
    "a space before an ellipsis": re.compile(r"\s…"),
    "a number that may be broken": re.compile(r"\d \d{3}\b"),
    "a word that docs/translations.md does not have": re.compile(
        r"[Mm]icroattestation|[Mm]icrotitre|[Ii]nsigne|[Rr]éussites?\b|[Gg]uichet|[Rr]ecours\b"
        r"|[Gg]raine\b|adresses? courriel|adresse web",
    ),
}
"""What docs/translations.md rules out, and how it is found."""


def texts_of(message: Message) -> Iterator[str]:
    """Give all forms of a text; quotations may be of words in another language."""
    yield from (message.string,) if isinstance(message.string, str) else message.string


@pytest.mark.parametrize("package", ROOMS_WITH_WORDS)
def test_french_is_written_as_in_canada(package: str) -> None:
    said = read_catalogue(package, BY_TAG["fr-CA"])
    found = [
        (fault, text)
        for message in said
        if message.id
        for text in texts_of(message)
        for fault, pattern in FAULTS.items()
        if pattern.search(text)
    ]
    assert found == []


def test_a_french_certificate_is_written_as_in_canada() -> None:
    texts = [str(getattr(FRENCH, one.name)) for one in fields(FRENCH)]
    assert [text for text in texts for one in FAULTS.values() if one.search(text)] == []


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("en", "Issuer: “Example”"),
        ("fr-CA", "Issuer\N{NO-BREAK SPACE}: «\N{NO-BREAK SPACE}Example\N{NO-BREAK SPACE}»"),
        ("es", "Issuer: «Example»"),
    ],
)
def test_a_label_and_a_quotation_have_the_signs_of_the_language(tag: str, expected: str) -> None:
    with sample_application().test_request_context(f"/?lang={tag}"):
        assert labelled("Issuer", quoted("Example")) == expected


def test_the_space_before_a_french_colon_is_shown_on_pages_and_paper() -> None:
    text = "Émetteur\N{NO-BREAK SPACE}: Example"
    assert foreign(text) == text


def test_a_french_letter_has_a_space_before_the_colon_of_its_link() -> None:
    letter = Letter("Titre", ["Bonjour."], "fr-CA", link="https://x.example/", link_label="Ouvrir")
    data = message_of(letter, sender=ME, recipient=ME, at=NOW, message_id="1@x.example")
    message: Any = message_from_bytes(data, policy=default)
    text = message.get_body(("plain",)).get_content()
    assert "Ouvrir\N{NO-BREAK SPACE}:" in text.splitlines()


def test_the_space_before_a_french_colon_stays_in_a_workbook() -> None:
    workbook = BytesIO(xlsx_table(["Émetteur\N{NO-BREAK SPACE}: Example"], ()))
    sheet = load_workbook(workbook).active
    assert sheet is not None
    assert sheet["A1"].value == "Émetteur\N{NO-BREAK SPACE}: Example"


@pytest.mark.parametrize(
    ("tag", "day", "expected"),
    [
        ("fr-CA", date(2026, 1, 1), "1er janvier 2026"),
        ("fr-CA", date(2026, 1, 11), "11 janvier 2026"),
        ("es", date(2026, 1, 1), "1 de enero de 2026"),
    ],
)
def test_the_first_of_a_month_is_an_ordinal_in_french_alone(
    tag: str, day: date, expected: str
) -> None:
    with sample_application().test_request_context(f"/?lang={tag}"):
        assert day_in_words(day) == expected
