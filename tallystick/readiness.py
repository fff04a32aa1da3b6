"""What the services of a configuration need to be ready: keys, and what the store needs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import schemas
from keys.errors import KeyMaterialError
from service.readiness import Condition, clock_condition
from tallystick import verifying
from tallystick.signers import record_of

if TYPE_CHECKING:
    from tallystick.issuer_service import IssuerService


def always_needed() -> tuple[Condition, ...]:
    """Look at what every service needs: the pinned contexts, and a clock."""
    try:
        schemas.load_context("https://www.w3.org/ns/credentials/v2")
        wrong = ""
    except schemas.DamagedDataError:
        wrong = "the installed contexts are damaged"
    return Condition("contexts", wrong), clock_condition(verifying.now())


def keys_condition(name: str, uris: Iterable[str]) -> Condition:
    """Look whether the keys are where they should be: in files, devices, or with a running signer.

    Where one of several is not, the others sign nevertheless.
    """
    asked = dict.fromkeys(uris)
    unreached = sum(1 for uri in asked if not _is_reached(uri))
    text = f"{unreached} of {len(asked)} {name.replace('_', ' ')} cannot be reached"
    measured = {f"unreached_{name}": unreached}
    wrong = text if unreached else ""
    return Condition(name, wrong, is_needed=unreached == len(asked), measured=measured)


def _is_reached(uri: str) -> bool:
    try:
        record_of(uri)
    except KeyMaterialError:
        return False
    return True


def store_conditions(service: IssuerService) -> tuple[Condition, ...]:
    """Look at the store of the issuer service; what needs the database only if that answers."""
    from service.readiness import database_condition, disk_condition

    database, disk = database_condition(service.store.engine), disk_condition(service.folder)
    if database.wrong:
        return database, disk
    now, ledger = verifying.now(), service.store.ledger
    return (
        database,
        disk,
        clock_condition(now, ledger.newest_time(), "ledger_clock"),
        _lists_condition(service),
        keys_condition("institution_keys", (one.key_uri for one in service.store.tenants.all())),
    )


def _lists_condition(service: IssuerService) -> Condition:
    """Look at the ages of published lists: one that has run out makes credentials unverifiable.

    The service is ready nevertheless: to take it away would take the list away, too.
    """
    from issuer.store.figures import ages_of_lists

    ages = ages_of_lists(service.store.engine, verifying.now())
    late = sum(1 for one in ages if one.has_run_out)
    wrong = f"{late} of {len(ages)} published status lists have run out; is a worker running?"
    oldest = max((one.seconds for one in ages), default=0)
    return Condition(
        "published_lists",
        wrong if late else "",
        is_needed=False,
        measured={"oldest_published_list_seconds": oldest},
    )
