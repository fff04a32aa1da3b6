"""What the tests of the wallet share."""

from __future__ import annotations

from pathlib import Path

import pytest

from service import migrate, open_database
from tests.wallet.wallets import WalletOffice


@pytest.fixture(scope="session")
def empty_wallet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an empty database once; each test gets a copy."""
    path = tmp_path_factory.mktemp("wallet") / "empty.sqlite"
    engine = open_database(f"sqlite:///{path}")
    migrate(engine)
    engine.dispose()
    return path


@pytest.fixture
def office(empty_wallet: Path, tmp_path: Path) -> WalletOffice:
    """Return a wallet service with nobody in it."""
    path = tmp_path / "wallet.sqlite"
    path.write_bytes(empty_wallet.read_bytes())
    return WalletOffice.on(open_database(f"sqlite:///{path}"))
