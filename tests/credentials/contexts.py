"""Contexts for vectors: the pinned ones, and those that only the conformance data has."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import schemas


def context_loader(conformance: Path) -> Callable[[str], dict[str, Any]]:
    folder = conformance / "contexts"
    entries = json.loads((folder / "manifest.json").read_text())["entries"]

    def load(url: str) -> dict[str, Any]:
        try:
            return schemas.load_context(url)
        except schemas.UnknownContextError:
            loaded: dict[str, Any] = json.loads((folder / entries[url]["file"]).read_text())
            return loaded

    return load
