"""Everything that a wallet keeps, in one database that was brought to its form."""

from __future__ import annotations

from sqlalchemy import Engine

from wallet.store.history import History
from wallet.store.holdings import Holdings
from wallet.store.learners import Learners
from wallet.store.letters import Letters
from wallet.store.requests import Requests
from wallet.store.sharing import Shares


class WalletStore:
    """The repositories of one database; each call is a transaction of its own."""

    def __init__(self, engine: Engine) -> None:
        """Keep the database; nothing is read yet."""
        self.engine = engine
        self.learners = Learners(engine)
        self.holdings = Holdings(engine)
        self.shares = Shares(engine)
        self.requests = Requests(engine)
        self.history = History(engine)
        self.letters = Letters(engine)
