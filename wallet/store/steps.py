"""What a learner began and goes on with from elsewhere: their browser's key, or an institution.

A step is known by a secret of 256 bits, here by its digest; it is its learner's alone, holds for a
few minutes, and is taken once.  What is in it is sealed, as it may hold an access token.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Engine, delete, insert, select

from service import writing
from service.writing_down import digest_of, new_secret, stamp
from wallet.errors import NotInWalletError, WalletError
from wallet.store.tables import STEPS

STEP_LIFE = timedelta(minutes=10)
"""So long a step holds: as long as somebody needs to read a page, or to sign in elsewhere."""

MOST_STEPS = 10
"""So many steps of one learner wait; with another one, the oldest is forgotten."""

STEP_BYTES = 4_194_304
"""How large one may be: a presentation that is to be signed is in it as a whole."""


class Steps:
    """The steps of all learners; every call names whose."""

    def __init__(self, engine: Engine) -> None:
        """Keep the database; nothing is read yet."""
        self._engine = engine

    def begin(self, learner_id: str, kind: str, seal: Callable[[str], bytes], at: datetime) -> str:
        """Keep a step and return its secret; `seal` encrypts what is in it, for its digest.

        Raises `WalletError` (STEP_TOO_LARGE).
        """
        secret = new_secret()
        digest = digest_of(secret)
        sealed = seal(digest)
        if len(sealed) > STEP_BYTES:
            text = "This is too much to be signed on a device at once. Choose fewer credentials."
            raise WalletError(text, code="STEP_TOO_LARGE")
        own = STEPS.c.learner_id == learner_id
        kept = select(STEPS.c.digest).where(own).order_by(STEPS.c.ends_at.desc(), STEPS.c.digest)
        row = {"digest": digest, "learner_id": learner_id, "kind": kind, "sealed": sealed}
        with writing(self._engine) as connection:
            connection.execute(delete(STEPS).where(STEPS.c.ends_at <= stamp(at)))
            older = connection.scalars(kept.offset(MOST_STEPS - 1)).all()
            connection.execute(delete(STEPS).where(STEPS.c.digest.in_(older)))
            connection.execute(insert(STEPS).values(**row, ends_at=stamp(at + STEP_LIFE)))
        return secret

    def take(self, learner_id: str, kind: str, secret: str, at: datetime) -> tuple[str, bytes]:
        """Use a step up; return its digest, and what is sealed in it.

        Raises `NotInWalletError` (STEP_ENDED) alike for one that ended, was taken, is somebody
        else's or of another kind, or never was.
        """
        here = (STEPS.c.digest == digest_of(secret)) & (STEPS.c.learner_id == learner_id)
        good = here & (STEPS.c.kind == kind) & (STEPS.c.ends_at > stamp(at))
        with writing(self._engine) as connection:
            row = connection.execute(select(STEPS.c.digest, STEPS.c.sealed).where(good)).first()
            if row is None or not connection.execute(delete(STEPS).where(good)).rowcount:
                text = "This was done already, or took too long. Begin once more."
                raise NotInWalletError(text, code="STEP_ENDED")
        return str(row.digest), bytes(row.sealed)
