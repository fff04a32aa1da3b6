"""Everything that a wallet keeps, in one database that was brought to its form."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, Engine

from service.sign_in import PasskeyKeeping
from wallet.store.applications import Applications
from wallet.store.device_keys import DeviceKeys
from wallet.store.history import History, note
from wallet.store.holdings import Holdings
from wallet.store.learners import Learners
from wallet.store.letters import Letters
from wallet.store.requests import Requests
from wallet.store.sharing import Shares
from wallet.store.steps import Steps
from wallet.store.tables import PASSKEYS
from wallet.store.waiting import WaitingClaims


class WalletStore:
    """The repositories of one database; each call is a transaction of its own."""

    def __init__(self, engine: Engine) -> None:
        """Keep the database; nothing is read yet."""
        self.engine = engine
        self.learners = Learners(engine)
        self.holdings = Holdings(engine)
        self.shares = Shares(engine)
        self.requests = Requests(engine)
        self.applications = Applications(engine)
        self.waiting = WaitingClaims(engine)
        self.history = History(engine)
        self.device_keys = DeviceKeys(engine)
        self.steps = Steps(engine)
        self.letters = Letters(engine)
        self.passkeys = PasskeyKeeping(engine, PASSKEYS, _note)


def _note(connection: Connection, kind: str, learner_id: str, at: datetime) -> None:
    """Tell a learner what happened to their passkeys."""
    note(connection, learner_id, at, kind.removeprefix("user."))
