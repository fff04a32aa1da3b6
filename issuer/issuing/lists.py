"""The status lists of an institution: the one that entries are given out of at present."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from credentials.errors import IssuanceError
from issuer.store.tenants import Tenant
from service.status_ledger.series import ListSeries, lists_in
from service.status_lists import REVOCATION, DrawIndex, StatusList


def status_purpose(tenant: Tenant) -> str:
    """Tell what the institution's lists are for: revocations, unless it chose suspensions."""
    return str(tenant.settings.get("status_purpose", REVOCATION))


def prefix_of(tenant: Tenant) -> str:
    """Write how the names of an institution's lists begin."""
    return f"{tenant.id}/"


def series_of(tenant: Tenant) -> ListSeries:
    """Describe the lists of an institution; their addresses are below its public one.

    Raises `IssuanceError` (PUBLIC_URL_MISSING) for an institution without an address.
    """
    base = tenant.settings.get("public_url")
    if not isinstance(base, str):
        raise IssuanceError(
            f"The institution {tenant.name} has no public address, so nobody could look up "
            "what was withdrawn. Set its public_url.",
            code="PUBLIC_URL_MISSING",
        )
    return ListSeries(
        prefix=prefix_of(tenant),
        base=f"{base.rstrip('/')}/status/{tenant.name}/",
        issuer=tenant.issuer,
        purpose=status_purpose(tenant),
    )


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
    return series_of(tenant).give(connection, credential_ids, draw, at)


def lists_of(connection: Connection, tenant: Tenant) -> tuple[StatusList, ...]:
    """Read all lists of an institution, the oldest first."""
    return lists_in(connection, prefix_of(tenant))


def new_list(connection: Connection, tenant: Tenant, at: datetime) -> StatusList:
    """Begin another list; raise `IssuanceError` (PUBLIC_URL_MISSING)."""
    return series_of(tenant).begin(connection, at)
