"""Published status lists once more, as tokens for credentials in the form of an SD-JWT VC.

Each is made of the list as it is published, and is as old as that: it never says anything else.

Source: draft-ietf-oauth-status-list sections 4 and 5.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Engine

from credentials.json_types import JsonObject, member
from credentials.status.bitstring import decode_list, entries_set
from credentials.status.status_list_token import StatusListToken
from credentials.status.token_status_list import INVALID, SUSPENDED, TokenStatusList
from credentials.strict_json import parse_json
from credentials.timestamps import parse_timestamp
from issuer.issuing.forms import TOKEN_LIST
from issuer.issuing.publishing import PublishedList, published_by_name
from issuer.store.errors import NotFoundError
from issuer.store.tenants import Tenant
from issuer.store.writing_down import digest_of
from service.status_lists import REVOCATION

SignToken = Callable[[Tenant, StatusListToken], str]
"""Signs a list with the present key of its institution."""

BITS = {INVALID: 1, SUSPENDED: 2}
"""How many bits an entry of a list has, by what it says."""

MOST_KEPT = 32
"""How many signed lists a process keeps, so that asking again signs nothing."""


class TokenLists:
    """The published lists of all institutions as tokens."""

    def __init__(self, engine: Engine, sign: SignToken) -> None:
        """Take the database, and what signs."""
        self._engine, self._sign = engine, sign
        self._kept: dict[str, str] = {}

    def of(self, tenant: Tenant, number: int) -> str:
        """Return a list by its number; raise `NotFoundError` for one that is not published."""
        found = published_by_name(self._engine, f"{tenant.id}/{number}")
        if found is None:
            raise NotFoundError("There is no such list, or it was not published yet.")
        name = f"{tenant.key_uri} {digest_of(found.data)}"
        if name not in self._kept:
            signed = self._sign(tenant, _token(tenant, found))
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            self._kept[name] = signed
        return self._kept[name]


def _token(tenant: Tenant, found: PublishedList) -> StatusListToken:
    document: JsonObject = parse_json(found.data)
    bits = decode_list(member(document, "credentialSubject", "encodedList"))
    purpose = member(document, "credentialSubject", "statusPurpose")
    says = INVALID if purpose == REVOCATION else SUSPENDED
    statuses = dict.fromkeys(entries_set(bits), says)
    made, ends = (parse_timestamp(document[name]) for name in ("validFrom", "validUntil"))
    return StatusListToken(
        subject=f"{found.url}{TOKEN_LIST}",
        issued_at=made,
        expires=ends,
        time_to_live=(ends - made) / 2,
        status_list=TokenStatusList.of(statuses, bits=BITS[says], size=len(bits) * 8),
        issuer=tenant.issuer,
    )
