"""What the tests of the wallet share."""

from __future__ import annotations

from pathlib import Path

import pytest

from service import open_database
from tests.databases import sqlite_copy
from tests.wallet.wallets import WalletOffice


@pytest.fixture
def office(tmp_path: Path) -> WalletOffice:
    """Return a wallet service with nobody in it."""
    return WalletOffice.on(open_database(sqlite_copy(tmp_path / "wallet.sqlite")))
