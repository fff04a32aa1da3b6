"""Forms: reading fields, and what is wrong with them, for the page and its summary of errors."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request

FIELD_CHARACTERS = 10_000
"""Longest text of a field that is read, unless its reader says otherwise."""


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field, in the language of the page; `field` is its name."""

    field: str
    message: str


def form_text(name: str, most: int = FIELD_CHARACTERS) -> str:
    """Read a text of the form, without white space around it; what is too long is cut off.

    The field itself says how long it may be, so that nobody loses a text without a word.
    """
    return request.form.get(name, "")[:most].strip()
