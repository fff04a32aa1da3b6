"""What the issuer service keeps, on SQLite or PostgreSQL: repositories with frozen value objects.

`Store` has a repository for each kind of thing.  Everything that changes something takes an `Act`
(who, for which institution, when) and writes it into the ledger in the same transaction; what
belongs to another institution is not found.
"""

from issuer.store.achievements import Achievement, AchievementVersion
from issuer.store.api_keys import ApiKey, Scope
from issuer.store.claims import ClaimDraft, Delivery, LetterToSend, Mail
from issuer.store.credentials import CredentialFilter, CredentialRecord
from issuer.store.errors import (
    ConflictError,
    InProgressError,
    KeyReusedError,
    LedgerBehindError,
    LedgerBrokenError,
    NotFoundError,
    StoreError,
)
from issuer.store.jobs import Job, JobRow, Progress
from issuer.store.learners import Learner, Recipient
from issuer.store.ledger import Act
from issuer.store.skills import FoundSkill, SkillList, SkillListDraft, SkillsFound
from issuer.store.store import Store
from issuer.store.tenants import Tenant
from issuer.store.users import Role
from issuer.store.webhooks import Webhook
from issuer.store.withdrawals import Withdrawal
from issuer.store.writing_down import Page
from service.people import User

__all__ = [
    "Achievement",
    "AchievementVersion",
    "Act",
    "ApiKey",
    "ClaimDraft",
    "ConflictError",
    "CredentialFilter",
    "CredentialRecord",
    "Delivery",
    "FoundSkill",
    "InProgressError",
    "Job",
    "JobRow",
    "KeyReusedError",
    "Learner",
    "LedgerBehindError",
    "LedgerBrokenError",
    "LetterToSend",
    "Mail",
    "NotFoundError",
    "Page",
    "Progress",
    "Recipient",
    "Role",
    "Scope",
    "SkillList",
    "SkillListDraft",
    "SkillsFound",
    "Store",
    "StoreError",
    "Tenant",
    "User",
    "Webhook",
    "Withdrawal",
]
