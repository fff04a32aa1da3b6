"""What each room says of its tables, held against what the migrations make of a database."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine

from authority.store.tables import METADATA as AUTHORITY
from issuer.store.tables import METADATA as ISSUER
from recognition.desk.store.tables import METADATA as DESK
from recognition.register_of_decisions.tables import METADATA as REGISTER_OF_DECISIONS
from service import reading
from service.status_ledger.tables import METADATA as STATUS_LEDGER
from verifier.employer.store.tables import METADATA as VERIFIER
from wallet.store.tables import METADATA as WALLET

EVERY = [AUTHORITY, DESK, ISSUER, REGISTER_OF_DECISIONS, STATUS_LEDGER, VERIFIER, WALLET]


def test_the_tables_are_those_that_the_migrations_make(database: Engine) -> None:
    with reading(database) as connection:
        assert compare_metadata(MigrationContext.configure(connection), EVERY) == []
