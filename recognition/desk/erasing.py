"""Erasing what is about learners, a configured number of days after the decision is final."""

from __future__ import annotations

from datetime import timedelta

from recognition.desk.services import DeskServices
from service.people import Act

SERVICE = "retention"
"""Who erases by the configured time."""


def erase_due(services: DeskServices) -> int:
    """Erase the cases whose time has come; count them.

    Final is a decision that no appeal is pending against, nor possible any more; the register of
    decisions keeps what was decided.
    """
    at = services.now()
    before = at - timedelta(days=services.retention_days)
    due = services.store.cases.due_for_erasure(before)
    for case_id in due:
        services.store.cases.erase(Act(SERVICE, at), case_id)
    return len(due)
