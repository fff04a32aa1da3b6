"""The log of an office: whatever is noted there is told in words."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from authority.desk.shown import HAPPENED as AT_THE_AUTHORITY
from recognition.desk.shown import HAPPENED as AT_THE_REGISTRAR
from service.people.words import HAPPENED as TO_PEOPLE

ROOT = Path(__file__).parents[3]
KIND = re.compile(r"[a-z-]+\.[a-z-]+")
NOTES = {"note", "_note", "record", "_record", "change", "_keep_examination", "_set"}
"""By what the code notes something: each takes the kind as a text."""


def noted_in(folder: str) -> Iterator[str]:
    """Find the kinds that the modules of a folder note, or choose between as `kind`."""
    for path in (ROOT / folder).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                yield from _kinds(node.args if _name(node.func) in NOTES else [])
            elif isinstance(node, ast.Assign) and _name(node.targets[0]) == "kind":
                yield from _kinds(ast.walk(node.value))


def _name(node: ast.expr) -> str | None:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", None)


def _kinds(nodes: Iterator[ast.AST] | list[ast.expr]) -> Iterator[str]:
    for one in nodes:
        if isinstance(one, ast.Constant) and isinstance(one.value, str):
            yield from KIND.findall(one.value) if KIND.fullmatch(one.value) else ()


@pytest.mark.parametrize(
    ("folder", "words", "example"),
    [
        ("recognition/desk", AT_THE_REGISTRAR, "inbox.viewed"),
        ("authority", AT_THE_AUTHORITY, "edition.signed"),
        ("service/people", TO_PEOPLE, "role.granted"),
        ("service/sign_in", TO_PEOPLE, "user.passkey-added"),
    ],
)
def test_everything_that_is_noted_has_words(
    folder: str, words: Mapping[str, str], example: str
) -> None:
    noted = set(noted_in(folder))
    assert example in noted
    assert noted <= words.keys()
