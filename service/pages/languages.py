"""The languages of the pages: which one a reader gets, and the words in it.

Texts are English in the code; what they are in another language stands in catalogues in the form
of gettext (PO), one folder for each room.  An entry that a machine wrote is marked "fuzzy" there,
which is gettext's own word for "somebody has to look at this": it is shown, and the page says that
its translation is a draft.
"""

from __future__ import annotations

import gettext as standard
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import Any, cast

from babel.dates import format_date, format_datetime
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from flask import Request, current_app, g, request
from werkzeug.exceptions import HTTPException

from credentials.timestamps import parse_timestamp

PARAMETER = "lang"
"""Name of the query parameter or form field that chooses a language."""

COOKIE = "language"
COOKIE_SECONDS = 31_536_000
CATALOGUES = "catalogues"
"""Folder of a package where its catalogues are."""

EXTENSION = "tallystick-catalogues"


@dataclass(frozen=True, slots=True)
class Language:
    """A language of the pages: tag (BCP 47), name of its catalogue and its own name for itself."""

    tag: str
    locale: str
    name: str


LANGUAGES = (
    Language("en", "en_NZ", "English"),
    Language("fr-CA", "fr_CA", "Français"),
    Language("es", "es", "Español"),
)
"""All languages, the one of the code first."""

BY_TAG = {language.tag: language for language in LANGUAGES}


class Words(standard.NullTranslations):
    """The texts of one language, from the catalogues of all rooms whose pages are served."""

    def __init__(self, catalogues: Iterable[Catalog]) -> None:
        """Take the catalogues; the first one that knows a text decides."""
        super().__init__()
        self.is_draft = False
        self._texts: dict[str, tuple[str, ...]] = {}
        self._plural: Callable[[int], int] = lambda number: int(number != 1)
        for catalogue in catalogues:
            self._plural = standard.c2py(catalogue.plural_expr)
            for message in catalogue:
                self._add(message)

    def gettext(self, message: str) -> str:
        """Say a text in this language."""
        return self._texts.get(message, (message,))[0]

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Say a text that depends on a number."""
        forms = self._texts.get(msgid1)
        if forms is None:
            return msgid1 if n == 1 else msgid2
        return forms[min(self._plural(n), len(forms) - 1)]

    def _add(self, message: Any) -> None:
        identifier, text = message.id, message.string
        forms = tuple(text) if isinstance(text, tuple | list) else (text,)
        if identifier and all(forms):
            first = identifier if isinstance(identifier, str) else identifier[0]
            self._texts.setdefault(first, forms)
            self.is_draft = self.is_draft or message.fuzzy


def words_of(packages: Iterable[str]) -> dict[str, Words]:
    """Read the words of every language from the catalogues of packages."""
    rooms = tuple(packages)
    return {language.tag: _words(language, rooms) for language in LANGUAGES}


@cache
def _words(language: Language, packages: tuple[str, ...]) -> Words:
    if language is LANGUAGES[0]:
        return Words(())
    return Words(read_catalogue(package, language) for package in packages)


def read_catalogue(package: str, language: Language) -> Catalog:
    """Read what the texts of a package are in one language, drafts included."""
    path = files(package) / CATALOGUES / f"{language.locale}.po"
    with path.open("rb") as file:
        return read_po(file, locale=language.locale)


def current_language() -> Language:
    """Tell the language of the page that is being made."""
    if "language" not in g:
        g.language = chosen_language(request)
    return cast("Language", g.language)


def chosen_language(asked: Request) -> Language:
    """Choose: what was asked for just now, what was chosen before, what the browser prefers."""
    for tag in (asked_tag(asked), asked.cookies.get(COOKIE)):
        if tag in BY_TAG:
            return BY_TAG[tag]
    return BY_TAG[preferred_tag(asked)]


def asked_tag(asked: Request) -> str | None:
    """Read which language a request names: in its form, or else in its address.

    A page says in its form which language it is in; a button beside it, which comes later, may say
    another.  A form that cannot be read, for example because it is too large, names none.
    """
    try:
        named = asked.form.getlist(PARAMETER) if asked.method == "POST" else []
    except HTTPException:
        named = []
    return named[-1] if named else asked.args.get(PARAMETER)


def preferred_tag(asked: Request) -> str:
    """Find the first language that the browser names and we have; English if there is none."""
    for wanted, quality in asked.accept_languages:
        for tag in BY_TAG:
            if quality > 0 and wanted.lower().split("-")[0] == tag.lower().split("-")[0]:
                return tag
    return LANGUAGES[0].tag


def current_words() -> Words:
    """Return the words of the page's language."""
    known: dict[str, Words] = current_app.extensions[EXTENSION]
    return known[current_language().tag]


def gettext(message: str, /, **values: object) -> str:
    """Say a text in the language of the page; `values` fill its %(name)s."""
    text = current_words().gettext(message)
    return text % values if values else text


def ngettext(one: str, many: str, number: int, /, **values: object) -> str:
    """Say a text that depends on a number, which fills its %(num)s."""
    return current_words().ngettext(one, many, number) % {"num": number, **values}


def labelled(label: str, value: object) -> str:
    """Write a label and what it says, with the colon of the page's language."""
    return gettext("%(label)s: %(value)s", label=label, value=value)


def quoted(text: object) -> str:
    """Write a text in the quotation marks of the page's language."""
    return gettext("“%(text)s”", text=text)


def N_(message: str) -> str:  # noqa: N802 - the name is gettext's own
    """Mark a text of a table, to be said later with `gettext`."""
    return message


def day_in_words(value: date) -> str:
    """Write a day so that nobody takes the month for the day."""
    locale = current_language().locale
    written = format_date(value, "long", locale=locale)
    # The first of a month is an ordinal in French, which the patterns of CLDR do not say.
    is_first = value.day == 1 and locale.startswith("fr")
    return written.replace("1", "1er", 1) if is_first else written


def moment_in_words(value: datetime) -> str:
    """Write a moment, in UTC, to the minute."""
    locale = current_language().locale
    day = day_in_words(value.astimezone(UTC).date())
    clock = format_datetime(value.astimezone(UTC), "HH:mm", locale=locale)
    return f"{day}, {clock} UTC"


def moment_text(text: str) -> str:
    """Write a moment as databases keep it (RFC 3339) as `moment_in_words` does."""
    return moment_in_words(parse_timestamp(text))


def amount_in_words(text: str) -> str:
    """Write an exact amount ("20", "15/2"); what is no short decimal is marked as rounded."""
    exact = Fraction(text)
    shown = round(Decimal(exact.numerator) / Decimal(exact.denominator), 2)
    written = format_decimal(shown, locale=current_language().locale)
    return written if Fraction(shown) == exact else f"≈ {written}"
