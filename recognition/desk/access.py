"""Who may do what at the desk: roles, and the rights that its pages ask for."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What somebody is at the desk; one person may be several."""

    REGISTRAR = "registrar"
    ASSESSOR = "assessor"
    SECOND_READER = "second-reader"
    SENATE_MEMBER = "senate-member"
    AUDITOR = "auditor"


class Right(StrEnum):
    """What a page or a form asks for."""

    READ = "read"
    """See cases, and with them data of learners."""

    TAKE_IN = "take-in"
    STATE = "state"
    RULE = "rule"
    CONFIRM = "confirm"
    SETTLE = "settle"
    """Put what the policy decides into force, take appeals, run batches, erase."""

    MANAGE = "manage"
    AUDIT = "audit"
    SENATE = "senate"
    """Adopt and oversee policies; no data of learners."""


RIGHTS: dict[str, frozenset[str]] = {
    Role.REGISTRAR: frozenset({Right.READ, Right.TAKE_IN, Right.SETTLE, Right.MANAGE}),
    Role.ASSESSOR: frozenset({Right.READ, Right.TAKE_IN, Right.STATE, Right.RULE}),
    Role.SECOND_READER: frozenset({Right.READ, Right.CONFIRM}),
    Role.SENATE_MEMBER: frozenset({Right.SENATE}),
    Role.AUDITOR: frozenset({Right.READ, Right.AUDIT}),
}
"""Whoever manages does not rule, and whoever rules does not read over, unless they are both."""
