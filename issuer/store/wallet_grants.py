"""What wallets may do: authorization codes, access tokens, and what was handed over by them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Row, insert, select, update

from issuer.store.errors import NotFoundError
from issuer.store.wallet_offers import WalletOffer, offer_in, take_code
from issuer.store.wallet_tables import GRANTS, HANDOVERS, OFFERS
from issuer.store.writing_down import digest_of, new_id, new_secret, stamp
from service import reading, writing

CODE_LIFE = timedelta(minutes=1)
"""How long an authorization code holds."""

TOKEN_LIFE = timedelta(minutes=10)
"""How long an access token holds; there is nothing to renew it with."""

HANDOVER_LIFE = timedelta(days=1)
"""How long a wallet can ask for a credential that is signed later, and tell what became of it."""


@dataclass(frozen=True, slots=True)
class AuthorizationAsked:
    """What a wallet asked the authorization endpoint for, once it was found in order."""

    client_id: str
    redirect_uri: str
    challenge: str
    is_detailed: bool


@dataclass(frozen=True, slots=True)
class Grant:
    """An access token as it is known here; `is_detailed` if credentials are asked for by id."""

    id: str
    offer_id: str
    client_id: str | None
    is_detailed: bool
    created_at: str


@dataclass(frozen=True, slots=True)
class CodeRow:
    """An authorization code that was not redeemed before: what must be proved to redeem it."""

    id: str
    asked: AuthorizationAsked


class WalletGrants:
    """The grants of all institutions."""

    def __init__(self, engine: Engine) -> None:
        """Keep the database; nothing is read yet."""
        self._engine = engine

    def of_pre_authorized(self, code: str, at: datetime, *, is_detailed: bool) -> str:
        """Redeem a pre-authorized code for a token; raise `NotFoundError` for one that was used."""
        token = new_secret()
        with writing(self._engine) as connection:
            offer = take_code(connection, code, at)
            if offer is None:
                raise NotFoundError("There is no such code, or it was used.")
            row = {
                "id": new_id("grant"),
                "offer_id": offer.id,
                "kind": "pre-authorized",
                "is_detailed": int(is_detailed),
                "redeemed_at": stamp(at),
                "created_at": stamp(at),
            }
            connection.execute(insert(GRANTS).values(**row, **_token(token, at)))
        return token

    def authorize(self, offer: WalletOffer, asked: AuthorizationAsked, at: datetime) -> str:
        """Make an authorization code, as its owner allowed."""
        code = new_secret()
        with writing(self._engine) as connection:
            connection.execute(
                insert(GRANTS).values(
                    id=new_id("grant"),
                    offer_id=offer.id,
                    kind="code",
                    client_id=asked.client_id,
                    redirect_uri=asked.redirect_uri,
                    challenge=asked.challenge,
                    is_detailed=int(asked.is_detailed),
                    code_digest=digest_of(code),
                    code_expires_at=stamp(at + CODE_LIFE),
                    created_at=stamp(at),
                )
            )
        return code

    def code_in_force(self, code: str, at: datetime) -> CodeRow:
        """Read a code that was not redeemed; one that was ends its token (RFC 6749 4.1.2).

        Raises `NotFoundError` for every other code.
        """
        with writing(self._engine) as connection:
            query = select(GRANTS).where(GRANTS.c.code_digest == digest_of(code))
            row = connection.execute(query).first()
            if row is not None and row.redeemed_at is not None:
                _revoke(connection, row.id, at)
            if row is None or row.redeemed_at is not None or row.code_expires_at <= stamp(at):
                found = None
            else:
                found = row
        if found is None:
            raise NotFoundError("There is no such code, or it was used.")
        return CodeRow(found.id, _asked(found))

    def redeem(self, grant_id: str, at: datetime) -> str:
        """Redeem a code for a token, once; raise `NotFoundError` and end it if it was redeemed."""
        token = new_secret()
        with writing(self._engine) as connection:
            here = (GRANTS.c.id == grant_id) & GRANTS.c.redeemed_at.is_(None)
            change = update(GRANTS).where(here)
            done = connection.execute(change.values(redeemed_at=stamp(at), **_token(token, at)))
            is_first = done.rowcount == 1
            if not is_first:
                _revoke(connection, grant_id, at)
        if not is_first:
            raise NotFoundError("There is no such code, or it was used.")
        return token

    def of_token(self, token: str, at: datetime) -> tuple[Grant, WalletOffer]:
        """Find what a token in force is for; raise `NotFoundError`."""
        query = select(GRANTS).where(
            GRANTS.c.token_digest == digest_of(token),
            GRANTS.c.revoked_at.is_(None),
            GRANTS.c.token_expires_at > stamp(at),
        )
        with reading(self._engine) as connection:
            row = connection.execute(query).first()
            if row is None:
                raise NotFoundError("There is no such token, or it holds no more.")
            return _grant(row), offer_in(connection, OFFERS.c.id == row.offer_id, at)

    def of_token_later(self, token: str, at: datetime) -> Grant:
        """Find whose token it is or was, for what comes after a credential was asked for.

        Raises `NotFoundError` a day after it was made, and for one that was revoked.
        """
        query = select(GRANTS).where(
            GRANTS.c.token_digest == digest_of(token),
            GRANTS.c.revoked_at.is_(None),
            GRANTS.c.created_at > stamp(at - HANDOVER_LIFE),
        )
        with reading(self._engine) as connection:
            row = connection.execute(query).first()
        if row is None:
            raise NotFoundError("There is no such token, or it holds no more.")
        return _grant(row)

    def hand_over(self, grant: Grant, credential_id: str, at: datetime, *, waits: bool) -> str:
        """Note what a wallet gets: return the id by which it tells what became of it.

        Where it still waits, it is the id by which the wallet asks again.
        """
        secret = new_secret()
        name = "transaction_digest" if waits else "notification_digest"
        with writing(self._engine) as connection:
            row = {"id": new_id("handover"), "grant_id": grant.id, "credential_id": credential_id}
            row |= {"created_at": stamp(at), name: digest_of(secret)}
            connection.execute(insert(HANDOVERS).values(row))
        return secret

    def waiting(self, grant: Grant, transaction: str) -> str:
        """Name the credential that a wallet waits for; raise `NotFoundError`."""
        query = select(HANDOVERS.c.credential_id).where(
            HANDOVERS.c.transaction_digest == digest_of(transaction),
            HANDOVERS.c.grant_id == grant.id,
        )
        with reading(self._engine) as connection:
            found: str | None = connection.scalar(query)
        if found is None:
            raise NotFoundError("There is no such transaction, or it has ended.")
        return found

    def end_waiting(self, transaction: str) -> None:
        """End a transaction: its id opens nothing any more."""
        here = HANDOVERS.c.transaction_digest == digest_of(transaction)
        with writing(self._engine) as connection:
            connection.execute(update(HANDOVERS).where(here).values(transaction_digest=None))

    def tell(self, grant: Grant, notification: str, event: str) -> None:
        """Keep what a wallet says of a credential; raise `NotFoundError`."""
        here = (HANDOVERS.c.notification_digest == digest_of(notification)) & (
            HANDOVERS.c.grant_id == grant.id
        )
        with writing(self._engine) as connection:
            done = connection.execute(update(HANDOVERS).where(here).values(event=event))
        if done.rowcount != 1:
            raise NotFoundError("There is no such notification.")


def _token(token: str, at: datetime) -> dict[str, str]:
    return {"token_digest": digest_of(token), "token_expires_at": stamp(at + TOKEN_LIFE)}


def _revoke(connection: Connection, grant_id: str, at: datetime) -> None:
    here = (GRANTS.c.id == grant_id) & GRANTS.c.revoked_at.is_(None)
    connection.execute(update(GRANTS).where(here).values(revoked_at=stamp(at)))


def _asked(row: Row[Any]) -> AuthorizationAsked:
    return AuthorizationAsked(
        str(row.client_id), str(row.redirect_uri), str(row.challenge), bool(row.is_detailed)
    )


def _grant(row: Row[Any]) -> Grant:
    return Grant(row.id, row.offer_id, row.client_id, bool(row.is_detailed), row.created_at)
