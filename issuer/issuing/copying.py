"""Copies of issued credentials for wallets: the same badge, bound to a key of its learner's.

A copy is a credential of its own: it has its id, its entry in the status list and its place in the
ledger, and is withdrawn whenever its original is (`issuer.issuing.withdrawing`).
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, func, select

from credentials.baking.payload import document_of
from credentials.errors import IssuanceError
from credentials.json_types import JsonObject, id_of
from issuer.issuing.awards import Award, Copied, digest_of_request, request_for
from issuer.issuing.exactly_once import ExactlyOnce
from issuer.issuing.forms import signing_in
from issuer.issuing.intents import Intended
from issuer.issuing.signing import ReleaseRefusedError, SigningError, check_request
from issuer.store.achievements import version_in
from issuer.store.credentials import ACTIVE, ISSUED, CredentialRecord, credential_in
from issuer.store.errors import InProgressError, NotFoundError
from issuer.store.learners import Recipient
from issuer.store.ledger import Act
from issuer.store.tables import CREDENTIALS, WITHDRAWALS
from issuer.store.tenants import tenant_in
from issuer.store.withdrawals import PENDING
from issuer.store.writing_down import digest_of
from service import reading

MOST_COPIES = 10
"""How many copies of one credential there are: wallets, and forms for each."""

OF_THE_ORIGINAL = ("id", "proof", "credentialStatus")
"""Members that a copy has anew."""


class NotCopiedError(IssuanceError):
    """There is no copy of this credential for this wallet."""

    code = "NOT_COPIED"


def holder_of(document: JsonObject) -> str | None:
    """Read whose id a credential is bound to, if it names one."""
    subject = document.get("credentialSubject")
    return id_of(subject) if isinstance(subject, dict) else None


def award_of_copy(original: CredentialRecord, holder: str, form: str) -> Award:
    """Write what is asked for: all that was signed, about the same learner under another id.

    Raises `NotCopiedError` for a credential that is somebody else's by its own words.
    """
    document = document_of(original.data or b"")
    known = holder_of(document)
    if known is not None and known != holder:
        text = "This credential is bound to another id than the wallet's."
        raise NotCopiedError(text, code="HOLDER_OTHER")
    kept = {name: value for name, value in document.items() if name not in OF_THE_ORIGINAL}
    kept["credentialSubject"] = {"id": holder, **kept["credentialSubject"]}
    return Award(Recipient(subject=holder), copied=Copied(original.id, form, kept))


class Copying:
    """Makes copies, each exactly once for a credential, a key and a form."""

    def __init__(self, exactly_once: ExactlyOnce) -> None:
        """Take what issues single credentials."""
        self._once = exactly_once
        self._shop = exactly_once.workshop

    def copy(self, act: Act, credential_id: str, holder: str, form: str) -> CredentialRecord:
        """Issue a copy bound to a did:key or did:jwk, or find the one that there is.

        Obligations: 1. the same wallet asking again is answered with the same bytes; 2. only what
        is issued and in force is copied, and nothing that is about to be withdrawn; 3. there are
        `MOST_COPIES` of one credential; 4. all that holds for issuing holds (`ExactlyOnce.issue`).

        What cannot be signed just now comes back unsigned, and workers complete it.  Raises
        `NotCopiedError` and what `ExactlyOnce.issue` raises.
        """
        store = self._shop.store
        original = store.credentials.get(act.tenant_id, credential_id)
        key = f"wallet:{form}:{digest_of(f'{credential_id} {holder}')}"
        # 1.
        known = store.credentials.of_key(act.tenant_id, key)
        if known is not None:
            return self._as_it_is(known, lambda: self._once.again(act, known, known.request_digest))
        award = award_of_copy(original, holder, form)
        with reading(store.engine) as connection:
            tenant = tenant_in(connection, act.tenant_id)
            version = version_in(
                connection,
                act.tenant_id,
                str(original.achievement_id),
                original.achievement_version,
            )
        # 4.
        shop = self._shop
        members = request_for(shop.compose, tenant, version, award, act.at.date())
        check_request(tenant, members, lambda one: signing_in(shop.signing_of(one), form), act.at)
        what = Intended(act, tenant, version, shop.lease, original=original)
        # 2. and 3.
        intent = self._once.reserve(key, award, what, _require_copied)
        if isinstance(intent, str):
            digest = digest_of_request(version.achievement_id, award)
            raced = store.credentials.get(act.tenant_id, intent)
            return self._as_it_is(raced, lambda: self._once.again(act, raced, digest))
        return self._as_it_is(
            intent, lambda: self._once.sign_and_keep(act, intent, tenant, version)
        )

    def _as_it_is(
        self, copy: CredentialRecord, issue: Callable[[], CredentialRecord]
    ) -> CredentialRecord:
        """Issue a copy; where that does not go just now, return it as promised and unsigned."""
        try:
            return issue()
        except (SigningError, ReleaseRefusedError, InProgressError):
            return self._shop.store.credentials.get(copy.tenant_id, copy.id)


def _require_copied(connection: Connection, what: Intended) -> None:
    """Refuse a copy of what is not in force, in the transaction that would promise it."""
    original = what.original
    if original is None:
        raise NotFoundError("There is no such credential.")
    now = credential_in(connection, what.tenant.id, original.id)
    if now.copy_of is not None:
        # Whoever withdraws the original would not reach the copy of a copy.
        raise NotCopiedError("This is a copy for a wallet; claim the original.", code="IS_A_COPY")
    if now.state != ISSUED or now.data is None or now.status != ACTIVE:
        raise NotCopiedError("This credential is not in force.", code="NOT_IN_FORCE")
    pending = select(WITHDRAWALS.c.id).where(
        WITHDRAWALS.c.credential_id == now.id, WITHDRAWALS.c.state == PENDING
    )
    if connection.scalar(pending) is not None:
        raise NotCopiedError("This credential is about to be withdrawn.", code="NOT_IN_FORCE")
    copies = select(func.count()).where(CREDENTIALS.c.copy_of == now.id)
    if (connection.scalar(copies) or 0) >= MOST_COPIES:
        text = "This credential is in as many wallets as it can be in."
        raise NotCopiedError(text, code="TOO_MANY_COPIES")
