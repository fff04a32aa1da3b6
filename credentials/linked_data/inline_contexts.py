"""Contexts that a document defines itself: they may add terms, and must not hide anything.

Whoever writes a document chooses its inline contexts.  An alias for `validUntil` in one would leave
the signature as it is and take the end of the credential away from everybody who looks for it.
"""

from __future__ import annotations

import re

from credentials.errors import ContextError, DataLossError, LimitExceededError
from credentials.json_types import (
    JsonObject,
    JsonValue,
    as_list,
    count_values,
    only,
    places,
    pointer_token,
)
from credentials.limits import Limits
from credentials.linked_data.compiled.term_definitions import KEYWORDS
from credentials.urls import is_url

LANGUAGE_TAG = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")
"""Form of a language tag (BCP 47 section 2.1, as JSON-LD processors check it)."""

KEYWORD_FORM = re.compile(r"@[A-Za-z]+")
"""Form of a keyword (JSON-LD 1.1 section 1.7), reserved for those to come."""

NO_VOCABULARY: JsonObject = {"@vocab": "https://www.w3.org/ns/credentials/undefined#"}
"""Set before a vocabulary is taken away: PyLD fails if there is none to take away."""


NAMED_CONTEXT_VALUES = 500
"""What a context counts that an own context names: as much as a large pinned one has."""


def has_inline_context(document: JsonObject) -> bool:
    """Tell whether a document brings a context of its own."""
    return any(isinstance(item, dict) for item in as_list(document.get("@context")))


def brings_own_contexts(document: JsonObject) -> bool:
    """Tell whether anything in a document brings a context of its own."""
    return any(
        place is not None and place[1] == "@context" and has_inline_context({"@context": value})
        for place, value in places(document)
    )


def require_bounded_contexts(document: JsonObject, limits: Limits) -> None:
    """Refuse a document whose contexts would take too much work, before any of them is processed.

    Each context is processed where it stands, and one that belongs to a type or a term wherever
    that is used: the work grows with the contexts times the values.

    Raises `DataLossError` (TOO_MANY_VALUES) and `LimitExceededError` (TOO_MANY_CONTEXTS,
    CONTEXT_TOO_LARGE).
    """
    count, named, own = 0, 0, 0
    for place, value in places(document):
        count += 1
        if count > limits.values:
            raise DataLossError("The document has too many values.", code="TOO_MANY_VALUES")
        if place is not None and place[1] == "@context":
            here = sum(isinstance(item, str) for item in as_list(value))
            named += limits.contexts + 1 if here > limits.contexts_in_one_place else here
            own += sum(_size(item) for item in as_list(value) if isinstance(item, dict))
    if named > limits.contexts:
        text = (
            f"The document names more than {limits.contexts} contexts, with all inside it, or "
            f"more than {limits.contexts_in_one_place} in one place."
        )
        raise LimitExceededError(text, code="TOO_MANY_CONTEXTS", pointer="/@context")
    if own * count > limits.own_context_work:
        text = "The contexts that the document defines itself are too large for their use."
        raise LimitExceededError(text, code="CONTEXT_TOO_LARGE", pointer="/@context")


def _size(context: JsonObject) -> int:
    """Count the values of an own context; each that it names counts as much as a large one has."""
    named = (
        isinstance(item, str)
        for place, value in places(context)
        if place is not None and place[1] == "@context"
        for item in as_list(value)
    )
    return count_values(context) + NAMED_CONTEXT_VALUES * sum(named)


def require_sound_contexts(document: JsonObject) -> None:
    """Refuse own contexts of which PyLD would leave something out, used or not.

    Obligations (JSON-LD 1.1 API sections 4.1.2 and 4.2.2), for contexts inside contexts, too:

    1. a vocabulary is an absolute IRI;
    2. a default language is well-formed (BCP 47 section 2.1);
    3. nothing looks like a keyword that is none: such a term, or a term for it, would be ignored.

    Raises `ContextError` (CONTEXT_ERROR, LANGUAGE_TAG).
    """
    for place, value in places(document):
        if place is None or place[1] != "@context":
            continue
        for context in as_list(value):
            if isinstance(context, dict):
                _require_sound(context)


def _require_sound(context: JsonObject) -> None:
    vocabulary, language = context.get("@vocab"), context.get("@language")
    # 1.
    if isinstance(vocabulary, str) and not is_url(vocabulary):
        raise _unsound("The vocabulary of a context is not an absolute IRI.")
    # 2.
    if isinstance(language, str) and not LANGUAGE_TAG.fullmatch(language):
        text = "The default language of a context is not well-formed."
        raise ContextError(text, code="LANGUAGE_TAG", pointer="/@context")
    # 3.
    for name, definition in context.items():
        members = definition if isinstance(definition, dict) else {"@id": definition}
        for word in (name, members.get("@id"), members.get("@reverse")):
            if isinstance(word, str) and KEYWORD_FORM.fullmatch(word) and word not in KEYWORDS:
                raise _unsound("A context uses a word that looks like a keyword and is none.")


def _unsound(text: str) -> ContextError:
    return ContextError(text, code="CONTEXT_ERROR", pointer="/@context")


def named_contexts(document: JsonObject) -> list[JsonValue]:
    """List the contexts of a document that are named and not defined in it."""
    return [item for item in as_list(document.get("@context")) if isinstance(item, str)]


def with_usable_contexts(document: JsonObject) -> JsonObject:
    """Copy a document with its contexts written so that PyLD understands them, if they are not.

    `{"@vocab": null}` takes the vocabulary away (JSON-LD 1.1 section 4.1.2), also where none is.
    """
    contexts = as_list(document.get("@context"))
    if not any(_takes_vocabulary(item) for item in contexts):
        return document
    usable: list[JsonValue] = []
    for item in contexts:
        usable += [NO_VOCABULARY, item] if _takes_vocabulary(item) else [item]
    return {**document, "@context": usable}


def _takes_vocabulary(context: JsonValue) -> bool:
    while isinstance(context, dict) and isinstance(context.get("@context"), dict):
        context = context["@context"]
    return isinstance(context, dict) and "@vocab" in context and context["@vocab"] is None


def hidden_place(ours: JsonValue, plain: JsonValue, pointer: str) -> str | None:
    """Find the first place that readers of the named contexts would read otherwise, or None.

    `plain` is the same document written in the terms of its named contexts alone.  Whatever these
    have a term for must stand in `ours` under this term with this value; what has no term there
    (its name is a URL) is new, and no reader of the named contexts looks for it.
    """
    ours, plain = _text_of(only(ours)), _text_of(only(plain))
    if isinstance(ours, dict) and isinstance(plain, dict):
        return _hidden_member(ours, plain, pointer)
    if isinstance(ours, list) and isinstance(plain, list) and len(ours) == len(plain):
        for index, (mine, other) in enumerate(zip(ours, plain, strict=True)):
            place = hidden_place(mine, other, f"{pointer}/{index}")
            if place is not None:
                return place
        return None
    return None if type(ours) is type(plain) and ours == plain else pointer


def _hidden_member(ours: JsonObject, plain: JsonObject, pointer: str) -> str | None:
    for name, other in plain.items():
        place = f"{pointer}/{pointer_token(name)}"
        if name == "type":
            if not _names_of_types(other) <= set(map(str, as_list(ours.get(name)))):
                return place
        elif ":" not in name:
            hidden = place if name not in ours else hidden_place(ours[name], other, place)
            if hidden is not None:
                return hidden
    return None


def _names_of_types(value: JsonValue) -> set[str]:
    """List the types that the named contexts have a term for."""
    return {str(kind) for kind in as_list(value) if ":" not in str(kind)}


def _text_of(value: JsonValue) -> JsonValue:
    """Read a text with its language as the text: a default language in a context is no disguise."""
    is_text = isinstance(value, dict) and "@value" in value and "@type" not in value
    return value["@value"] if is_text else value
