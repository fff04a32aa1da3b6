"""One operation of the issuer service in a process of its own, in which system calls fail."""

from __future__ import annotations

import sys
from pathlib import Path

from issuer.issuing.copies import FileCopies
from issuer.issuing.exactly_once import ExactlyOnce, Workshop
from issuer.issuing.high_water import HighWaterFile
from issuer.issuing.publishing import Publisher
from issuer.issuing.withdrawing import Change, Withdrawing
from issuer.store import Act, CredentialFilter
from issuer.store.backups import back_up
from service import migrate, open_database
from tests.factories import sign
from tests.issuer.issuing.workshops import award_to, workshop

KEY = "k"


def shop_in(folder: Path) -> Workshop:
    """Open the service of a folder: its database, and its high-water mark beside it."""
    engine = open_database(f"sqlite:///{folder / 'issuer.sqlite'}")
    return workshop(engine, high_water=HighWaterFile(folder / "mark.json"))


def act_in(shop: Workshop) -> Act:
    (tenant,) = shop.store.tenants.all()
    return Act(tenant.id, "test", shop.now())


def issue(folder: Path) -> None:
    shop = shop_in(folder)
    act = act_in(shop)
    (achievement,) = shop.store.achievements.page(act.tenant_id).items
    ExactlyOnce(shop).issue(act, KEY, achievement.id, award_to("ana@poly.example"))


def revoke(folder: Path) -> None:
    shop = shop_in(folder)
    act = act_in(shop)
    active = CredentialFilter(status="active")
    for issued in shop.store.credentials.page(act.tenant_id, active).items[:1]:
        Withdrawing(shop).ask(act, [issued.id], Change("revoke", "Wrong"))


def publish(folder: Path) -> None:
    copies = FileCopies(folder)
    Publisher(shop_in(folder), lambda _tenant, document: sign(document), copies).publish_due()


def copy(folder: Path) -> None:
    back_up(shop_in(folder).store.engine, folder / "backup.sqlite")


def make(folder: Path) -> None:
    migrate(open_database(f"sqlite:///{folder / 'new.sqlite'}"))


OPERATIONS = {
    "issue": issue,
    "revoke": revoke,
    "publish": publish,
    "back up": copy,
    "migrate": make,
}

if __name__ == "__main__":
    OPERATIONS[sys.argv[1]](Path(sys.argv[2]))
    sys.stdout.write("confirmed\n")
