"""Where the project's own files are, for tests that read them as text."""

from __future__ import annotations

import ast
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("credentials", "issuer", "keys", "schemas", "tallystick", "verifier")
IS_WHEEL = bool(os.environ.get("TALLYSTICK_TESTS_OF_WHEEL"))


def skip_away_from_sources() -> None:
    if IS_WHEEL:
        pytest.skip("reads the sources, which are not here when the wheel is tested")


def modules() -> Iterator[tuple[Path, ast.Module]]:
    """Yield every module of the rooms with its syntax tree."""
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            yield path.relative_to(ROOT), ast.parse(path.read_text(encoding="utf-8"))


def tracked_files() -> list[Path]:
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [ROOT / name for name in listing.stdout.splitlines() if (ROOT / name).is_file()]
