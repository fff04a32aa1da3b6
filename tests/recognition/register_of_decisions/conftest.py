"""What the tests of the register share."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from recognition.register_of_decisions import RegisterOfDecisions


@pytest.fixture
def register(database: Engine) -> RegisterOfDecisions:
    """Return an empty register, on each kind of database."""
    return RegisterOfDecisions(database)
