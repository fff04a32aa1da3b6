"""Going on after an old backup was restored: nothing that was published is taken back.

What was issued since the backup is not in the database.  Its revocations stand in the published
lists and are taken over from there; its indexes are never given out again, since every institution
begins a new list.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from credentials.json_types import JsonObject, member
from credentials.status.bitstring import decode_list, entries_set
from credentials.timestamps import parse_timestamp
from issuer.issuing.exactly_once import Workshop
from issuer.issuing.high_water import HighWaterFile
from issuer.issuing.lists import lists_of, new_list
from issuer.issuing.publishing import Copies
from issuer.store.credentials import REVOKED
from issuer.store.ledger import Act, head, note, record
from issuer.store.tables import CREDENTIALS
from issuer.store.writing_down import digest_of
from service import writing
from service.status_ledger.changing import burn_entry, is_entry_set, last_change
from service.status_ledger.tables import ENTRIES, PUBLICATIONS
from service.status_lists import REVOCATION, StatusList

REASON = "Taken over from the published list after a backup was restored."


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What was taken over: how many revocations, and how many lists are at an end."""

    revocations: int
    ended_lists: int
    entries_before: int
    entries_after: int


def reconcile(shop: Workshop, mark: HighWaterFile, copies: Copies, actor: str) -> Reconciled:
    """Make a restored database fit to issue and publish again.

    Obligations: 1. every entry that is set in a published list is set here, too; 2. the next
    publication begins later than the published one; 3. no list from before is given out of any
    more; 4. what was done is recorded, with the mark from before; 5. the mark is that of the
    ledger as it is now.
    """
    known = mark.mark()
    now, taken, ended = shop.now(), 0, 0
    with writing(shop.store.engine) as connection:
        before = head(connection)
        for tenant in shop.store.tenants.all():
            act = Act(tenant.id, actor, now)
            for status_list in lists_of(connection, tenant):
                published = copies.read(status_list)
                if published is not None:
                    # 1. and 2.
                    taken += _take_over(connection, act, status_list, published)
                ended += 1
            # 3.
            if lists_of(connection, tenant):
                new_list(connection, tenant, now)
            # 4.
            said = {"before": None if known is None else known.to_json(), "at": before.to_json()}
            record(connection, note(act, "ledger.reconciled", tenant.id, **said))
        reached = head(connection)
    # 5.
    mark.set(reached)
    return Reconciled(taken, ended, before.count if known is None else known.count, reached.count)


def _take_over(
    connection: Connection, act: Act, status_list: StatusList, published: JsonObject
) -> int:
    bits = decode_list(member(published, "credentialSubject", "encodedList"))
    missing = [
        index
        for index in entries_set(bits)
        if not is_entry_set(connection, (status_list.name, index))
    ]
    for index in missing if status_list.purpose == REVOCATION else ():
        _set(connection, act, status_list, index)
    _record_beginning(connection, status_list, published)
    return len(missing) if status_list.purpose == REVOCATION else 0


def _set(connection: Connection, act: Act, status_list: StatusList, index: int) -> None:
    """Set an entry; the credential that it is of, where it is known here, is revoked."""
    place = (status_list.name, index)
    change = burn_entry(connection, place, REASON, act.at.replace(microsecond=0))
    said = {"list": place[0], "index": index, "change": change, "set": True}
    query = select(ENTRIES.c.credential_id).where(
        ENTRIES.c.list_name == place[0], ENTRIES.c.list_index == index
    )
    owner = connection.scalar(query)
    kind = "entry.taken-over" if owner is None else "credential.revoked"
    if owner is not None:
        chosen = CREDENTIALS.update().where(CREDENTIALS.c.id == owner)
        connection.execute(chosen.values(status=REVOKED))
    subject = owner or f"{place[0]}#{index}"
    record(connection, note(act, kind, subject, reason=digest_of(REASON), **said))


def _record_beginning(
    connection: Connection, status_list: StatusList, published: JsonObject
) -> None:
    """Record the publication that is known from outside, so that the next one begins later."""
    here = PUBLICATIONS.c.list_name == status_list.name
    query = select(PUBLICATIONS).where(here).order_by(PUBLICATIONS.c.number.desc())
    last = connection.execute(query).first()
    begins = parse_timestamp(published["validFrom"])
    if last is not None and parse_timestamp(last.valid_from) >= begins:
        return
    connection.execute(
        insert(PUBLICATIONS).values(
            list_name=status_list.name,
            number=1 if last is None else last.number + 1,
            valid_from=published["validFrom"],
            last_change=last_change(connection),
        )
    )
