"""What the tests of the console share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.issuer.console.world import World, console_world


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Return a console on an empty database."""
    made = console_world(tmp_path)
    yield made
    made.store.engine.dispose()
