"""The words in which plans are told in other languages, for all rooms that show one.

The catalogues hold the texts of `stacking.texts`; `stacking.languages.texts_in` says them.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from babel.numbers import get_decimal_symbol

from service.pages.languages import LANGUAGES, Language, read_catalogue

PACKAGE = "service.plan_words"


@cache
def words_of_plans(language: Language) -> Callable[[str], str]:
    """Give what says a text about plans in a language; a text that it lacks stays English."""
    if language is LANGUAGES[0]:
        return str
    said = {str(one.id): str(one.string) for one in read_catalogue(PACKAGE, language) if one.string}
    return lambda text: said.get(text, text)


def decimal_mark(language: Language) -> str:
    """Tell by what a language parts whole numbers from decimals."""
    return get_decimal_symbol(language.locale)
