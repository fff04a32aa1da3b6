"""Telling a sentence on a page: what is still English is marked as English."""

from __future__ import annotations

from functools import cache

from markupsafe import Markup

from service.pages.foreign import foreign
from service.pages.languages import LANGUAGES, Language, current_language, read_catalogue
from service.sentences.phrase_book import Part, PhraseBook

PACKAGE = "service.sentences"
ENGLISH = LANGUAGES[0]


@cache
def phrase_book(language: Language) -> PhraseBook:
    """Read the phrase book of a language, when it is first needed."""
    catalogue = read_catalogue(PACKAGE, language)
    return PhraseBook({str(one.id): str(one.string) for one in catalogue if one.id and one.string})


def parts_of(text: str) -> tuple[Part, ...]:
    """Tell a text of the core in the language of the page, piece by piece."""
    language = current_language()
    return (Part(text),) if language is ENGLISH else phrase_book(language).parts(text)


def in_words(text: object) -> Markup:
    """Tell a text of the core on a page; values in it are of others, and made harmless."""
    marked = Markup('<span lang="en">{}</span>')
    pieces = [
        marked.format(foreign(one.text)) if one.is_english else Markup.escape(foreign(one.text))
        for one in parts_of(str(text))
    ]
    return Markup(" ").join(pieces)


def in_plain_words(text: str) -> str:
    """Tell a text of the core where nothing can be marked: on paper, in a letter, in a table."""
    return " ".join(one.text for one in parts_of(text))
