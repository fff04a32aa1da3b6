"""Templates of pages, compiled once for all applications of the tests.

Nearly every test of a page builds an application of its own, and to compile its templates takes
longer than all else that the page does.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import CodeType
from unittest.mock import patch

from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache


class CompiledTemplates(BytecodeCache):
    """Remembers the code of each template, by its name and its source."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._known.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._known[bucket.key, bucket.checksum] = bucket.code


@contextmanager
def templates_compiled_once() -> Iterator[None]:
    """Have all applications that are built meanwhile share what is compiled."""
    with patch.dict(Flask.jinja_options, bytecode_cache=CompiledTemplates()):
        yield
