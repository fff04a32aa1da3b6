"""Everything that the issuer service keeps, in one database that was brought to its form."""

from __future__ import annotations

from sqlalchemy import Engine

from issuer.store.achievements import Achievements
from issuer.store.api_keys import ApiKeys
from issuer.store.credentials import Credentials
from issuer.store.deliveries import Deliveries
from issuer.store.jobs import Jobs
from issuer.store.learners import Learners
from issuer.store.ledger import IssuerLedger
from issuer.store.overviews import Overviews
from issuer.store.sign_in import sign_in_methods
from issuer.store.skills import Skills
from issuer.store.tenants import Tenants
from issuer.store.uploads import Uploads
from issuer.store.users import TABLES, Users, recorded
from issuer.store.wallet_grants import WalletGrants
from issuer.store.wallet_offers import WalletOffers
from issuer.store.webhooks import Webhooks
from issuer.store.withdrawals import Withdrawals
from service.people.sessions import Sessions


class Store:
    """The repositories of one database; each call is a transaction of its own."""

    def __init__(self, engine: Engine) -> None:
        """Keep the database; nothing is read yet."""
        self.engine = engine
        self.tenants = Tenants(engine)
        self.sign_in = sign_in_methods(engine)
        self.users = Users(engine, self.sign_in)
        self.sessions = Sessions(engine, TABLES, recorded)
        self.api_keys = ApiKeys(engine)
        self.achievements = Achievements(engine)
        self.skills = Skills(engine)
        self.learners = Learners(engine)
        self.credentials = Credentials(engine)
        self.uploads = Uploads(engine)
        self.jobs = Jobs(engine)
        self.deliveries = Deliveries(engine)
        self.wallet_offers = WalletOffers(engine)
        self.wallet_grants = WalletGrants(engine)
        self.webhooks = Webhooks(engine)
        self.overviews = Overviews(engine)
        self.withdrawals = Withdrawals(engine)
        self.ledger = IssuerLedger(engine)
