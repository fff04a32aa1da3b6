"""Forgetting what letters said, and to whom they went, where somebody is erased."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, select, update

from issuer.store.tables import DELIVERIES, MAILS, WITHDRAWALS

MAIL_PREFIX = "mail_"
"""With the id of a withdrawal, the id of the mail that tells of it."""


def forget_mails(connection: Connection, which: ColumnElement[bool]) -> None:
    """Forget to whom mails went and what they said; those that wait are not sent."""
    here = update(MAILS).where(which)
    connection.execute(here.where(MAILS.c.state == "waiting").values(state="failed"))
    connection.execute(here.values(recipient="", message=b""))


def about_credential(credential_id: str) -> ColumnElement[bool]:
    """Mean the mails with links of a credential, and those that tell of its withdrawal."""
    claims = select(DELIVERIES.c.id).where(DELIVERIES.c.credential_id == credential_id)
    told = select(MAIL_PREFIX + WITHDRAWALS.c.id).where(
        WITHDRAWALS.c.credential_id == credential_id
    )
    return MAILS.c.delivery_id.in_(claims) | MAILS.c.id.in_(told)
