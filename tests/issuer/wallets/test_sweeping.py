"""What wallets were offered and allowed is forgotten when it is long over, and nothing else is."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from issuer.issuing.checking import check_store
from issuer.store.ledger import head
from issuer.store.wallet_sweeping import KEPT_AFTER_END, sweep
from issuer.store.wallet_tables import GRANTS, HANDOVERS, NONCES, OFFERS
from service import reading
from tests.issuer.issuing.workshops import bench
from tests.issuer.wallets.offices import WalletOffice, wallet_office

TABLES = (OFFERS, GRANTS, HANDOVERS)


@pytest.fixture
def office(database: Engine) -> WalletOffice:
    return wallet_office(bench(database))


def handed_over(office: WalletOffice) -> Any:
    """Hand a credential over, and return its token and the id by which the wallet tells of it."""
    token = office.access(office.claim())
    answer = office.ask(token)
    assert answer.status_code == 200, answer.text
    return token, answer.get_json()["notification_id"]


def counted(office: WalletOffice, *tables: Any) -> list[int]:
    with reading(office.store.engine) as connection:
        return [connection.scalar(select(func.count()).select_from(one)) or 0 for one in tables]


def reached(office: WalletOffice) -> Any:
    with reading(office.store.engine) as connection:
        return head(connection)


def swept(office: WalletOffice, **options: int) -> int:
    return sweep(office.store.engine, office.bench.clock(), **options)


def test_what_is_long_over_is_forgotten_and_what_was_issued_stays(office: WalletOffice) -> None:
    handed_over(office)
    offers = counted(office, OFFERS)[0]
    ledger = reached(office)
    issued = office.store.credentials.count(office.bench.tenant.id)
    office.bench.clock.pass_by(seconds=KEPT_AFTER_END.total_seconds() + 3600)
    assert swept(office) == offers > 0
    assert counted(office, *TABLES, NONCES) == [0, 0, 0, 0]
    assert reached(office) == ledger
    assert office.store.credentials.count(office.bench.tenant.id) == issued
    check_store(office.store.engine, trusted=lambda _key: True)
    assert swept(office) == 0


def test_nothing_is_forgotten_that_a_wallet_may_still_come_back_for(office: WalletOffice) -> None:
    token, notification = handed_over(office)
    before = counted(office, *TABLES)
    office.bench.clock.pass_by(seconds=3600 * 23)
    assert swept(office) == 0
    assert counted(office, *TABLES) == before
    told = {"notification_id": notification, "event": "credential_accepted"}
    assert office.post("/openid/poly/notification", told, token).status_code == 204


def test_newer_ones_stay_beside_old_ones_that_go(office: WalletOffice) -> None:
    handed_over(office)
    office.bench.clock.pass_by(seconds=KEPT_AFTER_END.total_seconds() + 3600)
    old = counted(office, OFFERS)[0]
    token, _notification = handed_over(office)
    assert swept(office) == old
    assert counted(office, GRANTS, HANDOVERS) == [1, 1]
    assert office.store.wallet_grants.of_token(token, office.bench.clock())


def test_many_are_forgotten_some_at_a_time(office: WalletOffice) -> None:
    paths = [office.claim() for _offer in range(3)]
    for path in paths:
        office.access(path)
    total = counted(office, OFFERS)[0]
    office.bench.clock.pass_by(seconds=KEPT_AFTER_END.total_seconds() + 3600)
    sizes = []
    while some := swept(office, most=2):
        sizes.append(some)
    assert sum(sizes) == total
    assert max(sizes) == 2
    assert counted(office, *TABLES) == [0, 0, 0]
