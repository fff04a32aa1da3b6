"""Who may do what: rights, which role has them, and what a page is given of whoever asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from issuer.store import Act, Role, Tenant, User


class Right(StrEnum):
    """What a page or a form of an institution asks for."""

    READ = "read"
    DESIGN = "design"
    PUBLISH = "publish"
    ISSUE = "issue"
    WITHDRAW = "withdraw"
    AUDIT = "audit"
    MANAGE = "manage"


RIGHTS: dict[Role, frozenset[Right]] = {
    Role.OWNER: frozenset(Right),
    Role.ISSUER: frozenset({Right.READ, Right.DESIGN, Right.ISSUE, Right.WITHDRAW}),
    Role.REVIEWER: frozenset({Right.READ, Right.DESIGN, Right.PUBLISH}),
    Role.AUDITOR: frozenset({Right.READ, Right.AUDIT}),
}
"""Whoever issues does not publish what they issue, and the other way round, unless they own."""


@dataclass(frozen=True, slots=True)
class Access:
    """Somebody who is signed in, at an institution where they have a role, now."""

    user: User
    tenant: Tenant
    roles: frozenset[Role]
    at: datetime

    @property
    def rights(self) -> frozenset[Right]:
        """Everything that their roles together allow."""
        return frozenset[Right]().union(*(RIGHTS[role] for role in self.roles))

    @property
    def act(self) -> Act:
        """What their changes are recorded with."""
        return Act(self.tenant.id, f"user:{self.user.id}", self.at)
