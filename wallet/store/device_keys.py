"""The keys of learners' devices: their public halves, each with the name of its device.

A key that is retired signs no more; it stays here, since credentials may be bound to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, Row, func, insert, select, update

from service import reading, writing
from service.writing_down import new_id, stamp
from wallet.errors import NotInWalletError, WalletError
from wallet.store.history import note
from wallet.store.tables import DEVICE_KEYS

MOST_DEVICE_KEYS = 20
"""So many keys of devices one learner has, together with those that are retired."""


@dataclass(frozen=True, slots=True)
class DeviceKey:
    """A key that a browser holds: its did:key, what its learner calls the device, and since when.

    `retired_at` is None as long as it may sign.
    """

    id: str
    learner_id: str
    did: str
    name: str
    made_at: str
    retired_at: str | None

    @property
    def is_active(self) -> bool:
        """Tell whether the key may sign."""
        return self.retired_at is None


class DeviceKeys:
    """The keys of all learners' devices; every call names whose."""

    def __init__(self, engine: Engine) -> None:
        """Keep the database; nothing is read yet."""
        self._engine = engine

    def require_room(self, learner_id: str) -> None:
        """Raise `WalletError` (TOO_MANY_DEVICE_KEYS) if one more key could not be kept."""
        _require_room(len(self.all(learner_id)))

    def add(self, learner_id: str, did: str, name: str, at: datetime) -> str:
        """Keep a key whose possession was proved, and return its id.

        A key is one learner's: a browser finds it by its public half alone, and could be led to
        sign on the pages of somebody else's wallet.  Raises `WalletError` (DEVICE_KEY_KNOWN,
        DEVICE_KEY_OF_ANOTHER, TOO_MANY_DEVICE_KEYS).
        """
        own = DEVICE_KEYS.c.learner_id == learner_id
        row = {"id": new_id("key"), "learner_id": learner_id, "did": did, "name": name}
        with writing(self._engine) as connection:
            count = int(connection.scalar(select(func.count()).where(own)) or 0)
            if connection.scalar(select(DEVICE_KEYS.c.id).where(own, DEVICE_KEYS.c.did == did)):
                text = "Your wallet knows the key of this device already."
                raise WalletError(text, code="DEVICE_KEY_KNOWN")
            if connection.scalar(select(DEVICE_KEYS.c.id).where(DEVICE_KEYS.c.did == did)):
                text = "The key of this device is one of another wallet."
                raise WalletError(text, code="DEVICE_KEY_OF_ANOTHER")
            _require_room(count)
            connection.execute(insert(DEVICE_KEYS).values(**row, made_at=stamp(at)))
            note(connection, learner_id, at, "device-key-added", name)
        return row["id"]

    def all(self, learner_id: str) -> tuple[DeviceKey, ...]:
        """Read the keys of a learner's devices, the newest first."""
        query = select(DEVICE_KEYS).where(DEVICE_KEYS.c.learner_id == learner_id)
        query = query.order_by(DEVICE_KEYS.c.made_at.desc(), DEVICE_KEYS.c.id)
        with reading(self._engine) as connection:
            return tuple(map(_device_key, connection.execute(query)))

    def get(self, learner_id: str, key_id: str) -> DeviceKey:
        """Read one; raise `NotInWalletError`."""
        found = next((one for one in self.all(learner_id) if one.id == key_id), None)
        if found is None:
            raise NotInWalletError("There is no such key of a device in your wallet.")
        return found

    def retire(self, learner_id: str, key_id: str, at: datetime) -> None:
        """Have a key sign no more, for good; raise `NotInWalletError`."""
        one = self.get(learner_id, key_id)
        here = (DEVICE_KEYS.c.id == one.id) & DEVICE_KEYS.c.retired_at.is_(None)
        with writing(self._engine) as connection:
            ended = update(DEVICE_KEYS).where(here).values(retired_at=stamp(at))
            if connection.execute(ended).rowcount:
                note(connection, learner_id, at, "device-key-retired", one.name)


def _require_room(count: int) -> None:
    if count >= MOST_DEVICE_KEYS:
        text = f"A wallet knows {MOST_DEVICE_KEYS} keys of devices."
        raise WalletError(text, code="TOO_MANY_DEVICE_KEYS")


def _device_key(row: Row[Any]) -> DeviceKey:
    return DeviceKey(row.id, row.learner_id, row.did, row.name, row.made_at, row.retired_at)
