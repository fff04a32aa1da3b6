"""Until when a decision can be appealed; pure."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from credentials.strict_json import parse_json
from credentials.timestamps import parse_timestamp
from recognition.decision_payload import LIMITS
from recognition.register_of_decisions.entries import Entry

END_OF_A_DAY = timedelta(days=1, hours=12)
"""How long after its beginning in UTC a day has ended everywhere on Earth (UTC-12): whoever appeals
on the last day is in time, wherever they are."""


def last_day_to_appeal(decision: Entry) -> date | None:
    """Tell the last day on which a decision can be appealed; None if its payload tells none.

    It is the day that the payload tells, and for what was recorded later, as where an appeal was
    dismissed, as many days after the recording as the policy gives.
    """
    appeal = parse_json(decision.payload, LIMITS).get("appeal")
    if appeal is None:
        return None
    recorded = parse_timestamp(decision.recorded_at).astimezone(UTC).date()
    counted = min(recorded.toordinal() + int(appeal["days"]), date.max.toordinal())
    return max(date.fromisoformat(appeal["until"]), date.fromordinal(counted))


def is_too_late(decision: Entry, at: datetime) -> bool:
    """Tell whether the time to appeal a decision has ended."""
    last = last_day_to_appeal(decision)
    if last is None:
        return False
    # Counted back, so that the last day of all has no day after it.
    return at - END_OF_A_DAY >= datetime.combine(last, time(), UTC)
