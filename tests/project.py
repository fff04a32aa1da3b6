"""Where the project's own files are, for tests that read them as text."""

from __future__ import annotations

import ast
import os
import subprocess
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
IS_WHEEL = os.environ.get("TALLYSTICK_TESTS_OF_WHEEL", "0") not in ("", "0")
"""The tests run against an installed wheel, in a folder without the sources."""


@cache
def metadata() -> dict[str, Any]:
    """Read pyproject.toml."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def listed_packages() -> tuple[str, ...]:
    """Name the packages that pyproject.toml lists."""
    return tuple(metadata()["tool"]["setuptools"]["packages"])


def _rooms() -> tuple[str, ...]:
    """Name the rooms: all packages at the top beside the sources, the listed ones in a wheel."""
    if IS_WHEEL:
        return tuple(sorted({name.partition(".")[0] for name in listed_packages()}))
    found = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    return tuple(sorted(found - {"tests"}))


ROOMS = _rooms()


def skip_away_from_sources() -> None:
    if IS_WHEEL:
        pytest.skip("reads the sources, which are not here when the wheel is tested")


def modules(rooms: Iterable[str] = ROOMS) -> Iterator[tuple[Path, ast.Module]]:
    """Yield every module of rooms with its syntax tree; many house rules look at each."""
    for room in rooms:
        yield from _modules_of(room)


@cache
def _modules_of(room: str) -> tuple[tuple[Path, ast.Module], ...]:
    return tuple(
        (path.relative_to(ROOT), ast.parse(path.read_text(encoding="utf-8")))
        for path in sorted((ROOT / room).rglob("*.py"))
    )


def tracked_files() -> list[Path]:
    """List what belongs to the project: files under version control, and new ones not ignored."""
    # A checkout may belong to another user than the one who runs the tests, as in containers.
    git = ["git", "-c", f"safe.directory={ROOT}"]
    listing = subprocess.run(
        [*git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    names = listing.stdout.rstrip("\0").split("\0")
    return [ROOT / name for name in names if (ROOT / name).is_file()]
