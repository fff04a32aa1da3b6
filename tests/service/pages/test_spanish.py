"""Spanish texts: one form of address, the marks of the language, and words that mean one thing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files

import pytest

from service.pages.languages import BY_TAG, CATALOGUES, read_catalogue
from tests.project import listed_packages

SPANISH = BY_TAG["es"]
ROOMS = [name for name in listed_packages() if (files(name) / CATALOGUES / "es.po").is_file()]

OTHER_WORDS = {
    "reclam": "recoger: reclamar is to complain",
    "apela": "recurso, recurrir",
    "clave de acceso": "llave de acceso: a clave is a password to many",
    "garantía de calidad": "aseguramiento de la calidad",
    "coste": "costo",
    "usted mism": "por su cuenta",
    "recibo ": "constancia: a recibo is for money",
}
"""Beginnings of words that the list in docs/translations.md has other words for, and these."""


def texts() -> Iterator[tuple[str, str]]:
    for room in ROOMS:
        for message in read_catalogue(room, SPANISH):
            said = message.string or ()
            for text in (said,) if isinstance(said, str) else said:
                if message.id:
                    yield room.partition(".")[0], text


TEXTS = sorted(set(texts()))


def test_the_catalogues_are_read() -> None:
    assert len(ROOMS) > 10
    assert len(TEXTS) > 2000


@pytest.mark.parametrize(("opening", "closing"), ["¿?", "¡!", "«»"])
def test_marks_that_open_are_closed(opening: str, closing: str) -> None:
    uneven = [
        text
        for _room, text in TEXTS
        if text.count(opening) != text.replace("«?»", "«»").count(closing)
    ]
    assert not uneven


def test_quotation_marks_and_the_ellipsis_are_those_of_spanish() -> None:
    odd = re.compile(r"[“”\"]|\.\.\.| …$")
    assert not [text for _room, text in TEXTS if odd.search(text)]


@pytest.mark.parametrize("other", OTHER_WORDS)
def test_one_thing_has_one_word(other: str) -> None:
    found = [text for _room, text in TEXTS if other in text.lower()]
    assert not found, OTHER_WORDS[other]


def test_a_credential_deleted_from_a_wallet_is_not_called_withdrawn() -> None:
    said = [text for room, text in TEXTS if room == "wallet" and "retir" in text.lower()]
    assert not said


def test_every_reader_is_addressed_as_usted() -> None:
    familiar = re.compile(r"\b(tú|tu|tus|te|contigo|vos|vosotros|vuestr\w+|os)\b", re.IGNORECASE)
    assert not [text for _room, text in TEXTS if familiar.search(text)]
