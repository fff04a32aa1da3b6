"""The words in which a plan is told, in the language of the page: tables and picture alike."""

from __future__ import annotations

from dataclasses import replace

from service.pages import current_language
from service.plan_words import decimal_mark, words_of_plans
from stacking.account import Telling
from stacking.languages import texts_in


def in_this_language(telling: Telling) -> Telling:
    """Tell a plan in the language of the page."""
    language = current_language()
    texts = texts_in(language.tag, words_of_plans(language), decimal_mark(language))
    return replace(telling, texts=texts)
