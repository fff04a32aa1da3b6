"""What every error, finding and remark is made of: a sentence for people, a code, a place.

While tests run, each one that is made is looked at, wherever that is.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

from credentials.errors import TallystickError
from credentials.findings import Finding
from credentials.strict_json import serialize_json
from frameworks.errors import FrameworkError
from keys.errors import KeyMaterialError
from verifier.report import Remark, VerificationReport

CODE = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*")
POINTER = re.compile(r"(?:/(?:[^~/]|~[01])*)*", re.DOTALL)
SHOUTED = re.compile(r"(?:\b[A-Z]{2,}[ ,.:]+){4}")
SMALL_WORD = re.compile(r"[a-z]+[ ,]")
MARKED = re.compile(r"(?<![A-Za-z0-9])XX.*XX", re.DOTALL)
"""How mutation testing marks a changed text; a key in base58 may hold two such letters."""


def require_sentence(text: object) -> None:
    """Require words for people: a sentence with a beginning, not shouted."""
    assert isinstance(text, str), f"{text!r} is no text"
    assert text, "nothing is said"
    assert not SMALL_WORD.match(text), f"{text!r} has no beginning"
    assert not SHOUTED.search(text), f"{text!r} is shouted"
    assert not MARKED.search(text.replace("\\uXXXX", "")), f"{text!r} is marked"


def require_code(code: object) -> None:
    """Require a stable code in capitals."""
    assert isinstance(code, str), f"{code!r} is no text"
    assert CODE.fullmatch(code), f"{code!r} is no code"


def require_pointer(pointer: object, code: object) -> None:
    """Require a JSON pointer (RFC 6901), but of what is wrong with a pointer itself."""
    assert isinstance(pointer, str), f"{pointer!r} is no text"
    assert POINTER.fullmatch(pointer) or code == "POINTER_MALFORMED", f"{pointer!r} is no pointer"


LONGEST_REPORT = 1_000
"""Characters of what a report says of a credential; longer ones are noted by their digest."""

UNFINISHED = FrameworkError
"""An error whose words may be the end of a sentence that whoever catches it begins."""

Parts = Callable[[Any], tuple[Any, Any, Any, str]]
"""Takes what was made apart into sentence, code, pointer, and what else there is to it."""

Said = tuple[str, str, str, str]
"""Code, pointer, sentence and the rest of what was said."""

MADE: dict[type, Parts] = {
    TallystickError: lambda made: (made.message, made.code, made.pointer, type(made).__name__),
    KeyMaterialError: lambda made: (made.args[0], made.code, "", type(made).__name__),
    Finding: lambda made: (
        *(made.message, made.code, made.pointer),
        f"{made.severity}; {made.clause}",
    ),
    Remark: lambda made: (
        *(made.detail, made.code, made.pointer),
        f"{made.outcome}; {made.problem_type}; {made.clause}",
    ),
}

listeners: list[set[Said]] = []
"""Where what is said is noted meanwhile."""


@contextmanager
def listening() -> Iterator[set[Said]]:
    """Note everything that is said meanwhile."""
    said: set[Said] = set()
    listeners.append(said)
    try:
        yield said
    finally:
        listeners.pop()


@contextmanager
def every_sentence_looked_at() -> Iterator[None]:
    """Look at everything of these kinds that is made meanwhile."""
    with ExitStack() as stack:
        for kind, parts in MADE.items():
            stack.enter_context(patch.object(kind, "__init__", _looking(kind, parts)))
        stack.enter_context(patch.object(VerificationReport, "__init__", _summarizing()))
        yield


def _looking(kind: type, parts: Parts) -> Callable[..., None]:
    make = kind.__init__

    def look(made: Any, *arguments: Any, **options: Any) -> None:
        # A named tuple has its values before it could be initialized.
        if make is not object.__init__:
            make(made, *arguments, **options)
        sentence, code, pointer, rest = parts(made)
        if not isinstance(made, UNFINISHED):
            require_sentence(sentence)
        require_code(code)
        require_pointer(pointer, code)
        for said in listeners:
            said.add((code, pointer, str(sentence), rest))

    return look


def _summarizing() -> Callable[..., None]:
    make: Callable[..., None] = VerificationReport.__init__

    def summarize(made: VerificationReport, *arguments: Any, **options: Any) -> None:
        make(made, *arguments, **options)
        told = serialize_json([made.credential, made.value, list(made.credentials)]).decode()
        if len(told) > LONGEST_REPORT:
            told = hashlib.sha256(told.encode()).hexdigest()
        for said in listeners:
            said.add(("REPORT", "", told, made.verdict))

    return summarize
