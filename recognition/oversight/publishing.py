"""The document that is published about a period."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from credentials.jcs import canonicalize
from recognition.errors import RecognitionError
from recognition.oversight.recorded import RecordedDecision
from recognition.oversight.transparency import transparency_figures

FORMAT = "tallystick-figures-1"
"""Names the form of the published document; another form gets another name."""


def figures_document(
    decisions: Iterable[RecordedDecision], *, first: date, last: date, today: date
) -> bytes:
    """Make the document that is published about the decisions in force of a period.

    A period counts the decisions that were made on its days and are in force now.  It has to be
    over, so that none of them comes later.  Raises `RecognitionError` (PERIOD_NOT_OVER,
    NOTHING_TO_SAY).
    """
    if last >= today:
        text = f"The period is over after {last}; figures about it are published then."
        raise RecognitionError(text, code="PERIOD_NOT_OVER")
    chosen = [one for one in decisions if first <= one.decision.decided_on <= last]
    document = {
        "format": FORMAT,
        "from": first.isoformat(),
        "until": last.isoformat(),
        "figures": transparency_figures(chosen).to_json(),
    }
    return canonicalize(document)
