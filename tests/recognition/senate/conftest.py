"""What the tests of the Senate's part share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from recognition.desk import DeskStore
from service import open_database
from tests.databases import sqlite_copy
from tests.recognition.senate.senates import SenateDesk, fill


@pytest.fixture
def senate(tmp_path: Path) -> Iterator[SenateDesk]:
    """Return a desk whose register has decisions."""
    made = SenateDesk(DeskStore(open_database(sqlite_copy(tmp_path / "senate.sqlite"))))
    fill(made.register)
    yield made
    made.store.engine.dispose()
