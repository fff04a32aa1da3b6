"""Offers of claims to wallets: for minutes, to whoever has the link, and to one key each."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Row, delete, insert, select, update

from issuer.store.claims import (
    Delivery,
    delivery_of,
    is_pin,
    note_claimed,
    note_wrong_pin,
    open_claim_of,
    pin_digest,
)
from issuer.store.errors import ConflictError, NotFoundError
from issuer.store.wallet_tables import GRANTS, NONCES, OFFERS, REQUESTS
from issuer.store.writing_down import digest_of, new_id, new_secret, read_json, stamp, write_json
from service import reading, writing

OFFER_LIFE = timedelta(minutes=15)
"""How long a wallet has to take up an offer."""

MOST_OPEN = 20
"""How many offers of one claim are open at a time; one more ends the oldest."""

KEPT = timedelta(days=1)
"""How long an offer that no wallet took up is kept after its end."""

CODE = "pre-authorized_code"
STATE = "issuer_state"


@dataclass(frozen=True, slots=True)
class WalletOffer:
    """A claim as it is offered to a wallet, in a form (`issuer.issuing.forms`)."""

    id: str
    tenant_id: str
    delivery: Delivery
    form: str
    needs_pin: bool
    expires_at: str


def derived(secret: str, what: str) -> str:
    """Derive the code or the state of an offer, so that whoever has the offer can be told it."""
    return hmac.new(secret.encode(), what.encode(), hashlib.sha256).hexdigest()


class WalletOffers:
    """The offers of all institutions."""

    def __init__(self, engine: Engine) -> None:
        """Keep the database; nothing is read yet."""
        self._engine = engine

    def make(
        self, delivery: Delivery, form: str, at: datetime, *, needs_pin: bool
    ) -> tuple[WalletOffer, str]:
        """Offer a claim; the second part of the answer is the secret of its addresses."""
        secret, made = new_secret(), new_id("offer")
        with writing(self._engine) as connection:
            _sweep(connection, delivery.id, at)
            connection.execute(
                insert(OFFERS).values(
                    id=made,
                    tenant_id=delivery.tenant_id,
                    delivery_id=delivery.id,
                    form=form,
                    secret_digest=digest_of(secret),
                    code_digest=digest_of(derived(secret, CODE)),
                    state_digest=digest_of(derived(secret, STATE)),
                    needs_pin=int(needs_pin),
                    created_at=stamp(at),
                    expires_at=stamp(at + OFFER_LIFE),
                )
            )
            return offer_in(connection, OFFERS.c.id == made, at), secret

    def open(self, secret: str, at: datetime) -> WalletOffer:
        """Find an offer that holds by the secret of its addresses; raise `NotFoundError`."""
        with reading(self._engine) as connection:
            return offer_in(connection, OFFERS.c.secret_digest == digest_of(secret), at)

    def with_state(self, state: str, at: datetime) -> WalletOffer:
        """Find an offer that holds by its `issuer_state`; raise `NotFoundError`."""
        with reading(self._engine) as connection:
            return offer_in(connection, OFFERS.c.state_digest == digest_of(state), at)

    def with_code(self, code: str, at: datetime) -> WalletOffer:
        """Find an offer that holds by its pre-authorized code; raise `NotFoundError`."""
        with reading(self._engine) as connection:
            return offer_in(connection, _by_code(code), at)

    def is_right_pin(self, offer: WalletOffer, pin: str, at: datetime) -> bool:
        """Try the PIN of a claim; a wrong one is counted, and the last one ends the claim.

        Raises `NotFoundError` for a claim that holds no more.
        """
        digest = pin_digest(offer.delivery.id, pin)
        with writing(self._engine) as connection:
            row = open_claim_of(connection, offer.delivery.id, at)
            if is_pin(row, digest):
                return True
            note_wrong_pin(connection, row)
            return False

    def hand_to(self, offer: WalletOffer, holder: str | None, at: datetime) -> None:
        """Note who takes a credential: an offer is for one holder, whoever comes first.

        Without a holder it is handed over as it is, and to nobody else after that.  Raises
        `NotFoundError` for an offer that holds no more, `ConflictError` (OFFER_TAKEN) for another
        holder.
        """
        wanted = digest_of(holder or "")
        with writing(self._engine) as connection:
            offer_in(connection, OFFERS.c.id == offer.id, at)
            here = OFFERS.c.id == offer.id
            known = connection.scalar(select(OFFERS.c.holder_digest).where(here))
            if known is not None and known != wanted:
                raise ConflictError("Another wallet took this offer.", code="OFFER_TAKEN")
            connection.execute(update(OFFERS).where(here).values(holder_digest=wanted))
            note_claimed(connection, open_claim_of(connection, offer.delivery.id, at), at)

    def use_nonce(self, nonce: str, ends: datetime, at: datetime) -> bool:
        """Use up a nonce until it would end anyway; of all calls only the first is true."""
        row = {"digest": digest_of(nonce), "expires_at": stamp(ends)}
        used = select(NONCES.c.digest).where(NONCES.c.digest == row["digest"])
        with writing(self._engine) as connection:
            if connection.scalar(used) is not None:
                return False
            connection.execute(delete(NONCES).where(NONCES.c.expires_at < stamp(at)))
            connection.execute(insert(NONCES).values(row))
            return True

    def push(self, parameters: dict[str, str], ends: datetime, at: datetime) -> str:
        """Keep an authorization request, and return the secret that it is fetched by."""
        secret = new_secret()
        with writing(self._engine) as connection:
            connection.execute(delete(REQUESTS).where(REQUESTS.c.expires_at < stamp(at)))
            row = {"digest": digest_of(secret), "parameters": write_json(parameters)}
            connection.execute(insert(REQUESTS).values(**row, expires_at=stamp(ends)))
        return secret

    def pushed(self, secret: str, at: datetime) -> dict[str, str]:
        """Read a kept authorization request; raise `NotFoundError` once it has ended."""
        query = select(REQUESTS.c.parameters).where(
            REQUESTS.c.digest == digest_of(secret), REQUESTS.c.expires_at > stamp(at)
        )
        with reading(self._engine) as connection:
            found = connection.scalar(query)
        if found is None:
            raise NotFoundError("There is no such request, or it has ended.")
        return read_json(found)


def _by_code(code: str) -> ColumnElement[bool]:
    return (OFFERS.c.code_digest == digest_of(code)) & OFFERS.c.code_used_at.is_(None)


def take_code(connection: Connection, code: str, at: datetime) -> Row[Any] | None:
    """Use a pre-authorized code up; nothing for one that somebody else was faster with."""
    change = update(OFFERS).where(_by_code(code)).values(code_used_at=stamp(at))
    if connection.execute(change).rowcount != 1:
        return None
    return connection.execute(select(OFFERS).where(OFFERS.c.code_digest == digest_of(code))).one()


def offer_in(connection: Connection, here: ColumnElement[bool], at: datetime) -> WalletOffer:
    """Read an offer that holds, whose claim holds; raise `NotFoundError`."""
    query = select(OFFERS).where(here, OFFERS.c.ended_at.is_(None), OFFERS.c.expires_at > stamp(at))
    row = connection.execute(query).first()
    if row is None:
        raise NotFoundError("There is no such offer, or it holds no more.")
    claim = delivery_of(open_claim_of(connection, row.delivery_id, at))
    is_with_pin = bool(row.needs_pin)
    return WalletOffer(row.id, row.tenant_id, claim, row.form, is_with_pin, row.expires_at)


def _sweep(connection: Connection, delivery_id: str, at: datetime) -> None:
    """End offers beyond the most that are open, and forget those that nobody took up."""
    taken_up = select(GRANTS.c.offer_id)
    old = OFFERS.c.expires_at < stamp(at - KEPT)
    connection.execute(delete(OFFERS).where(old, OFFERS.c.id.not_in(taken_up)))
    query = select(OFFERS.c.id).where(
        OFFERS.c.delivery_id == delivery_id,
        OFFERS.c.ended_at.is_(None),
        OFFERS.c.expires_at > stamp(at),
    )
    query = query.order_by(OFFERS.c.created_at.desc(), OFFERS.c.id).offset(MOST_OPEN - 1)
    beyond = list(connection.scalars(query))
    if beyond:
        change = update(OFFERS).where(OFFERS.c.id.in_(beyond)).values(ended_at=stamp(at))
        connection.execute(change)
