"""The sentences of the core, read from its code, for the catalogues of `service.sentences`.

A text in the code is a sentence if it begins as one, ends as one and has words, or a phrase that
such a sentence takes in ("it is cut off"); a value in it (`f"… {value} …"`) is a numbered place.
Documentation and texts that are marked for a catalogue of their own (`N_`, `gettext`) are none.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from pathlib import Path

from stacking.texts import ENGLISH

Found = dict[str, set[str]]
"""Texts, with the modules that say them."""

ROOMS = (
    *("authority", "credentials", "frameworks", "keys", "recognition", "stacking", "verifier"),
    *("service/fetching", "wallet"),
)
"""The rooms, and the part of one, whose sentences reach a page."""

ELSEWHERE = re.compile(
    r"""/pages/ | authority/desk/(api|answering)\.py | verifier/(employer|web)/
    | keys/(signing_service/|hardware|store|files|signer|pem)
    | credentials/certificates/(page|wording|tagged_pdf)\.py | jose/writing | webvh/signing
    | credentials/baking/(artwork|drawing|fonts|lettering|raster|vector)\.py
    | frameworks/cases/ | level_credit/writer | sd_jwt/(hiding|presenting) | proofs/sd_deriving
    | verifier/(bundles|registers|receipts|trust|status_memory|grounds)\.py
    | stacking/(texts|explaining|picture|palette|drawing|solver|award_model)\.py
    | recognition/policies/(gates_in_words|in_words|phrases)""",
    re.VERBOSE,
)
"""Modules whose texts stand on no page, or are marked for catalogues of their own."""

SENTENCE = re.compile(r"[A-Z{“\"@].*([.!?…\]]|\{\d+\})", re.DOTALL)
WORD = re.compile(r"[A-Za-z]{2,}")
NAME = re.compile(r"\{\w+\}")
FEWEST_WORDS = 2
PHRASE = re.compile(
    r"(it|its|an?|the|this|there|one|only|has|is|names|brings|says|demands|does|no|who|registers"
    r"|leap|hour|true|further|listed|assigned|recognised|declared) .*",
    re.DOTALL,
)
"""How a phrase begins that is told as a value in a sentence."""

MARKING = frozenset({"N_", "NN_", "gettext", "ngettext"})


def sentences(root: Path) -> Found:
    """Find every sentence of the core, with the modules that say it."""
    found: Found = {}
    for room in ROOMS:
        for path in sorted((root / room).rglob("*.py")):
            name = path.relative_to(root).as_posix()
            if not ELSEWHERE.search(name):
                for text in sentences_in(ast.parse(path.read_text(encoding="utf-8"))):
                    found.setdefault(text, set()).add(name)
    return found


def sentences_in(tree: ast.Module) -> Iterator[str]:
    """Give the sentences of one module."""
    passed_over = {id(one) for node in ast.walk(tree) for one in _passed_over(node)}
    for node in ast.walk(tree):
        text = "" if id(node) in passed_over else _text(node).strip()
        if " " not in text:
            continue
        is_one = SENTENCE.fullmatch(text) or PHRASE.fullmatch(text)
        if is_one and len(WORD.findall(text)) >= FEWEST_WORDS:
            yield text


def _passed_over(node: ast.AST) -> Iterator[ast.AST]:
    """Name what belongs to a longer text, documents the code or is marked already."""
    if isinstance(node, ast.JoinedStr):
        yield from (one for one in ast.walk(node) if one is not node)
    elif isinstance(node, ast.Call) and getattr(node.func, "id", "") in MARKING:
        yield from node.args
    elif isinstance(node, ast.Expr):
        yield node.value


def _text(node: ast.AST) -> str:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if not isinstance(node, ast.JoinedStr):
        return ""
    pieces, number = [], 0
    for one in node.values:
        if isinstance(one, ast.Constant):
            pieces.append(str(one.value))
        else:
            number += 1
            pieces.append(f"{{{number}}}")
    return "".join(pieces)


def texts_of_plans(_root: Path) -> Found:
    """Find every text in which a plan is told; its places have names."""
    said = asdict(replace(ENGLISH, language="", decimal_mark=""))
    return {
        text: {"stacking/texts.py"} for text in _leaves(said) if WORD.search(NAME.sub("", text))
    }


def _leaves(value: object) -> Iterator[str]:
    """Give all texts in a tree, but the names of its branches."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _leaves(one)
    elif isinstance(value, tuple):
        for one in value:
            yield from _leaves(one)
