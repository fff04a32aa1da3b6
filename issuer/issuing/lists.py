"""The status lists of an institution: the one that entries are given out of at present."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from credentials.errors import IssuanceError
from issuer.status_ledger.assigning import add_list, assign_all, lists_named
from issuer.status_lists import REVOCATION, DrawIndex, StatusList
from issuer.store.tenants import Tenant
from issuer.store.writing_down import stamp

FULL = "STATUS_LIST_FULL"


def status_purpose(tenant: Tenant) -> str:
    """Tell what the institution's lists are for: revocations, unless it chose suspensions."""
    return str(tenant.settings.get("status_purpose", REVOCATION))


def prefix_of(tenant: Tenant) -> str:
    """Write how the names of an institution's lists begin."""
    return f"{tenant.id}/"


def give_entries(
    connection: Connection,
    tenant: Tenant,
    credential_ids: Sequence[str],
    draw: DrawIndex,
    at: datetime,
) -> tuple[StatusList, tuple[int, ...]]:
    """Give each credential an entry of its own in one list; a new list is made when one is full.

    The connection must be the one that may write.
    """
    made = newest_list(connection, tenant) or new_list(connection, tenant, at)
    try:
        return made, assign_all(connection, made, credential_ids, draw, stamp(at))
    except IssuanceError as error:
        if error.code != FULL:
            raise
    made = new_list(connection, tenant, at)
    return made, assign_all(connection, made, credential_ids, draw, stamp(at))


def lists_of(connection: Connection, tenant: Tenant) -> tuple[StatusList, ...]:
    """Read all lists of an institution, the oldest first."""
    found = lists_named(connection, prefix_of(tenant))
    return tuple(sorted(found, key=lambda one: _number(one.name)))


def newest_list(connection: Connection, tenant: Tenant) -> StatusList | None:
    """Find the list that entries are given out of, for the purpose that is chosen now."""
    purpose = status_purpose(tenant)
    found = [one for one in lists_of(connection, tenant) if one.purpose == purpose]
    return found[-1] if found else None


def new_list(connection: Connection, tenant: Tenant, at: datetime) -> StatusList:
    """Begin another list; its address is below the public one of the institution.

    Raises `IssuanceError` (PUBLIC_URL_MISSING) for an institution without an address.
    """
    base = tenant.settings.get("public_url")
    if not isinstance(base, str):
        raise IssuanceError(
            f"The institution {tenant.name} has no public address, so nobody could look up "
            "what was withdrawn. Set its public_url.",
            code="PUBLIC_URL_MISSING",
        )
    number = len(lists_of(connection, tenant)) + 1
    made = StatusList(
        name=f"{prefix_of(tenant)}{number}",
        url=f"{base.rstrip('/')}/status/{tenant.name}/{number}",
        issuer=tenant.issuer,
        purpose=status_purpose(tenant),
    )
    add_list(connection, made, at)
    return made


def _number(name: str) -> int:
    return int(name.rpartition("/")[2])
