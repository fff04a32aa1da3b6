"""What the tests of the issuer's store share."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from issuer.store import Act, Store, Tenant
from tests.factories import ISSUER, NOW


@pytest.fixture
def store(database: Engine) -> Store:
    """Return an empty store, on each kind of database."""
    return Store(database)


def tenant_of(store: Store, name: str = "poly") -> Tenant:
    act = Act("", "test", NOW)
    return store.tenants.add(
        act, name=name, title="Example Polytechnic", issuer=ISSUER, key_uri="file:none"
    )


def act_of(tenant: Tenant, actor: str = "user:test") -> Act:
    return Act(tenant.id, actor, NOW)
