"""Withdrawing what was issued: revoke, suspend, reinstate; at once, or after a time to undo it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import Connection, insert, select, update

from credentials.errors import IssuanceError
from issuer.issuing.exactly_once import Workshop
from issuer.issuing.intents import require_reached
from issuer.store.credentials import (
    ACTIVE,
    ISSUED,
    REVOKED,
    SUSPENDED,
    CredentialRecord,
    copies_in,
    credential_in,
)
from issuer.store.errors import ConflictError
from issuer.store.ledger import Act, head, note, record
from issuer.store.tables import CREDENTIALS, WITHDRAWALS
from issuer.store.webhooks import announce
from issuer.store.withdrawals import (
    DONE,
    NO_NOTICE,
    PENDING,
    REINSTATE,
    REVOKE,
    SUSPEND,
    UNDONE,
    Withdrawal,
    due_in,
    together_with,
    withdrawal_in,
)
from issuer.store.writing_down import digest_of, new_id, stamp
from service import reading, writing
from service.status_ledger.changing import add_change, is_entry_set
from service.status_lists import REVOCATION

AT_ONCE = timedelta(0)
LONGEST_UNDO = timedelta(days=1)
"""How long a withdrawal may be pending at most."""

REASON_CHARACTERS = 2_048
MOST_AT_ONCE = 1_000
"""How many credentials one request may withdraw."""

DUE_AT_ONCE = 200
STATUSES = {REVOKE: REVOKED, SUSPEND: SUSPENDED, REINSTATE: ACTIVE}
KINDS = {
    REVOKE: "credential.revoked",
    SUSPEND: "credential.suspended",
    REINSTATE: "credential.reinstated",
}


@dataclass(frozen=True, slots=True)
class Change:
    """What is asked for: "revoke", "suspend" or "reinstate", why, and how long it can be undone.

    `notice` is whether the learners are told (`issuer.store.withdrawals.NOTICES`).
    """

    act: str
    reason: str
    undo: timedelta = AT_ONCE
    notice: str | None = None

    def __post_init__(self) -> None:
        """Refuse an act that there is not, a change without a reason, and an endless wait."""
        if self.act not in STATUSES:
            raise IssuanceError("There is no such act.", code="ACT_UNKNOWN", pointer="/act")
        if not self.reason.strip() or len(self.reason) > REASON_CHARACTERS:
            raise IssuanceError(
                f"Say why, in at most {REASON_CHARACTERS} characters; it is never published.",
                code="NO_REASON",
                pointer="/reason",
            )
        if not AT_ONCE <= self.undo <= LONGEST_UNDO:
            raise IssuanceError(
                "A change can be undone for a day at most.", code="UNDO_TOO_LONG", pointer="/undo"
            )


class Withdrawing:
    """Changes the status of credentials; what was confirmed is on the disk."""

    def __init__(self, shop: Workshop) -> None:
        """Take what issuing needs."""
        self._shop = shop
        self._store = shop.store

    def ask(
        self, act: Act, credential_ids: Sequence[str], change: Change
    ) -> tuple[Withdrawal, ...]:
        """Ask for a change of credentials: all of them are changed, or none.

        Obligations: 1. all were issued by this institution, and may be changed so; 2. a revocation
        is final, and so is one on a list of suspensions; 3. only one change of a credential is
        pending at a time; 4. copies for wallets are changed with their original, and are not in
        force without it; 5. a change without a time to undo it is done at once.

        Raises `NotFoundError`, `ConflictError` (CHANGE_PENDING, STATUS_SO_ALREADY,
        ORIGINAL_NOT_IN_FORCE), `IssuanceError` (REVOCATION_IS_FINAL, STATUS_PURPOSE_OTHER,
        TOO_MANY), `LedgerBehindError`.
        """
        if not 0 < len(set(credential_ids)) <= MOST_AT_ONCE:
            raise IssuanceError(f"Name 1 to {MOST_AT_ONCE} credentials.", code="TOO_MANY")
        with writing(self._store.engine) as connection:
            require_reached(connection, self._shop.high_water)
            made: list[Withdrawal] = []
            chosen = dict.fromkeys(credential_ids)
            for credential_id in chosen:
                found = credential_in(connection, act.tenant_id, credential_id)
                if found.copy_of in chosen:
                    continue  # It is changed with its original.
                # 1. and 2.
                _require_possible(self._shop, found, change.act)
                # 3.
                _require_nothing_pending(connection, credential_id)
                # 4.
                _require_original(connection, found, change.act)
                made.append(_add(connection, act, credential_id, change))
                made.extend(_ask_for_copies(self._shop, connection, act, credential_id, change))
            if change.undo == AT_ONCE:
                # 5.
                made = [_perform(connection, one, act) for one in made]
            reached = head(connection)
        self._shop.high_water.passed(reached)
        return tuple(made)

    def ask_many(self, act: Act, credential_ids: Sequence[str], change: Change) -> int:
        """Ask for a change of any number of credentials, some at a time; count them.

        Raises what `ask` raises; what was asked for before that stands, and can be undone.
        """
        ids = self._without_copies(credential_ids)
        pieces = [ids[at : at + MOST_AT_ONCE] for at in range(0, len(ids), MOST_AT_ONCE)]
        return sum(len(self.ask(act, piece, change)) for piece in pieces or [[]])

    def _without_copies(self, credential_ids: Sequence[str]) -> list[str]:
        """Leave out copies whose original is meant as well: they are changed with it."""
        ids, original_of = dict.fromkeys(credential_ids), dict[str, str]()
        for at in range(0, len(ids), MOST_AT_ONCE):
            here = CREDENTIALS.c.id.in_(list(ids)[at : at + MOST_AT_ONCE])
            query = select(CREDENTIALS.c.id, CREDENTIALS.c.copy_of).where(here)
            with reading(self._store.engine) as connection:
                original_of |= {row.id: row.copy_of for row in connection.execute(query)}
        return [one for one in ids if original_of.get(one) not in ids]

    def undo_together(self, act: Act, withdrawal_id: str) -> int:
        """Undo what is still pending of all that was asked for together; count it.

        Raises `ConflictError` (DONE_ALREADY) if nothing is.
        """
        with writing(self._store.engine) as connection:
            found = withdrawal_in(connection, act.tenant_id, withdrawal_id)
            pending = together_with(connection, found)
            if not pending:
                raise ConflictError("This was done or undone already.", code="DONE_ALREADY")
            _undo(connection, act, pending)
        return len(pending)

    def undo(self, act: Act, withdrawal_id: str) -> Withdrawal:
        """Undo a pending change, and what was asked with it of copies for wallets.

        Raises `ConflictError` (DONE_ALREADY) once it is done, and for that of a copy which was
        asked with its original's (CHANGED_WITH_ORIGINAL).
        """
        with writing(self._store.engine) as connection:
            found = withdrawal_in(connection, act.tenant_id, withdrawal_id)
            if found.state == DONE:
                raise ConflictError("This was done already.", code="DONE_ALREADY")
            if found.state == PENDING:
                _undo(connection, act, _with_copies(connection, found))
            return withdrawal_in(connection, act.tenant_id, withdrawal_id)

    def perform_due(self) -> int:
        """Do what was pending and can no longer be undone; count what was done."""
        now = self._shop.now()
        with writing(self._store.engine) as connection:
            require_reached(connection, self._shop.high_water)
            due = due_in(connection, now, DUE_AT_ONCE)
            for one in due:
                act = Act(one.tenant_id, one.requested_by, now)
                _perform(connection, one, act)
            reached = head(connection)
        if due:
            self._shop.high_water.passed(reached)
        return len(due)


def _with_copies(connection: Connection, found: Withdrawal) -> list[Withdrawal]:
    """Read a pending change and the same of its copies; refuse the change of a copy by itself."""
    together = together_with(connection, found)
    asked = {one.credential_id for one in together}
    if credential_in(connection, found.tenant_id, found.credential_id).copy_of in asked:
        text = "This copy for a wallet is changed with its original. Undo the original's change."
        raise ConflictError(text, code="CHANGED_WITH_ORIGINAL")
    family = {found.credential_id, *(one.id for one in copies_in(connection, found.credential_id))}
    return [one for one in together if one.credential_id in family]


def _undo(connection: Connection, act: Act, pending: Sequence[Withdrawal]) -> None:
    here = WITHDRAWALS.c.id.in_([one.id for one in pending])
    connection.execute(update(WITHDRAWALS).where(here).values(state=UNDONE))
    record(connection, *(note(act, "withdrawal.undone", one.credential_id) for one in pending))


def _require_original(connection: Connection, found: CredentialRecord, act: str) -> None:
    """A copy for a wallet is not reinstated while its original is suspended or revoked."""
    if act != REINSTATE or found.copy_of is None:
        return
    original = credential_in(connection, found.tenant_id, found.copy_of)
    if original.status != ACTIVE:
        text = "The original of this copy for a wallet is not in force. Reinstate the original."
        raise ConflictError(text, code="ORIGINAL_NOT_IN_FORCE")


def _require_possible(shop: Workshop, found: CredentialRecord, act: str) -> None:
    if found.state != ISSUED:
        raise ConflictError("This credential was not issued.", code="NOT_ISSUED")
    if found.status == REVOKED:
        raise IssuanceError(
            "This credential is revoked, and that is final; issue it anew.",
            code="REVOCATION_IS_FINAL",
        )
    _require_purpose(shop, found, act)
    if found.status == STATUSES[act]:
        raise ConflictError(f"The credential is {found.status} already.", code="STATUS_SO_ALREADY")


def _require_purpose(shop: Workshop, found: CredentialRecord, act: str) -> None:
    purpose = shop.list_named(found.list_name).purpose
    if purpose == REVOCATION and act != REVOKE:
        raise IssuanceError(
            "This credential stands on a list of revocations and can only be revoked.",
            code="STATUS_PURPOSE_OTHER",
        )


def _ask_for_copies(
    shop: Workshop, connection: Connection, act: Act, credential_id: str, change: Change
) -> Iterator[Withdrawal]:
    """Ask for the same of each copy, also of one that is still to be signed; tell nobody twice."""
    for copy in copies_in(connection, credential_id):
        if copy.status in (REVOKED, STATUSES[change.act]):
            continue
        _require_purpose(shop, copy, change.act)
        _require_nothing_pending(connection, copy.id, f"its copy for a wallet, {copy.id},")
        yield _add(connection, act, copy.id, replace(change, notice=NO_NOTICE))


def _require_nothing_pending(
    connection: Connection, credential_id: str, named: str = "this credential"
) -> None:
    query = select(WITHDRAWALS.c.id).where(
        WITHDRAWALS.c.credential_id == credential_id, WITHDRAWALS.c.state == PENDING
    )
    if connection.scalar(query) is not None:
        raise ConflictError(
            f"Another change of {named} is pending; undo it first.", code="CHANGE_PENDING"
        )


def _add(connection: Connection, act: Act, credential_id: str, change: Change) -> Withdrawal:
    made = Withdrawal(
        new_id("withdrawal"),
        act.tenant_id,
        credential_id,
        change.act,
        change.reason,
        PENDING,
        act.actor,
        stamp(act.at),
        stamp(act.at + change.undo),
        None,
        change.notice,
    )
    connection.execute(
        insert(WITHDRAWALS).values(
            id=made.id,
            tenant_id=made.tenant_id,
            credential_id=made.credential_id,
            act=made.act,
            reason=made.reason,
            state=made.state,
            requested_by=made.requested_by,
            requested_at=made.requested_at,
            effective_at=made.effective_at,
            notice=made.notice,
        )
    )
    if change.undo != AT_ONCE:
        record(connection, note(act, "withdrawal.asked", credential_id, change=change.act))
    return made


def _perform(connection: Connection, asked: Withdrawal, act: Act) -> Withdrawal:
    """Set or clear the entry, and record both; a revocation meanwhile leaves nothing to do."""
    found = credential_in(connection, asked.tenant_id, asked.credential_id)
    if found.status != REVOKED:
        _change_entry(connection, found, asked, act)
    done = replace(asked, state=DONE, done_at=stamp(act.at))
    here = WITHDRAWALS.c.id == asked.id
    connection.execute(
        update(WITHDRAWALS).where(here).values(state=done.state, done_at=done.done_at)
    )
    return done


def _change_entry(
    connection: Connection, found: CredentialRecord, asked: Withdrawal, act: Act
) -> None:
    place, is_set = (found.list_name, found.list_index), asked.act != REINSTATE
    said = {"list": found.list_name, "index": found.list_index, "reason": digest_of(asked.reason)}
    if is_entry_set(connection, place) != is_set:
        at = act.at.replace(microsecond=0)
        said["change"] = add_change(connection, place, asked.reason, at, is_set=is_set)
        said["set"] = is_set
    status = STATUSES[asked.act]
    here = CREDENTIALS.c.id == found.id
    connection.execute(update(CREDENTIALS).where(here).values(status=status))
    kind = KINDS[asked.act]
    record(connection, note(act, kind, found.id, **said))
    announce(connection, act, kind, {"credential": found.id})
