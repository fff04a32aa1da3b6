"""Precedents: whether an earlier decision about the same course may be repeated."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from frameworks.levels import Level
from recognition.deciding.judging import Outcome
from recognition.deciding.question import Amount


@dataclass(frozen=True, slots=True)
class Precedent:
    """An earlier decision about a version of an achievement.

    `component` is the receiving component that it was about, `level` that of what was granted,
    where they are known.
    """

    id: str
    issuer: str
    achievement: str
    version: str
    policy_version: str
    decided: date
    is_allowed: bool
    outcome: Outcome
    granted: Amount | None
    valid_until: date | None = None
    superseded_by: str | None = None
    component: str | None = None
    level: Level | None = None


@dataclass(frozen=True, slots=True)
class PrecedentRequest:
    """What an earlier decision is sought for."""

    issuer: str
    achievement: str
    version: str
    policy_version: str
    day: date


@dataclass(frozen=True, slots=True)
class Repetition:
    """Whether an earlier decision is repeated: the one that is named, or the reasons why none is.

    `granted` is there only where it is repeated; a refusal that is named is not repeated.
    """

    precedent: Precedent | None
    granted: Amount | None
    reasons: tuple[str, ...]

    @property
    def is_granted(self) -> bool:
        """Tell whether the named decision is repeated."""
        return self.precedent is not None and not self.reasons


def repeat_precedent(
    request: PrecedentRequest, known: tuple[Precedent, ...], *, binds_policy_version: bool
) -> Repetition:
    """Find the earlier decision that may be repeated.

    Obligations: 1. only decisions about this achievement of this issuer are candidates; 2. one
    is usable if nothing speaks against it; 3. usable ones agree in outcome and amount; 4. the
    latest is named; a refusal is never repeated without a person.
    """
    # 1.
    candidates = [
        one
        for one in known
        if (one.issuer, one.achievement) == (request.issuer, request.achievement)
    ]
    if not candidates:
        return _none("NO_PRECEDENT")
    # 2.
    ids = frozenset(one.id for one in known)
    judged = [(one, tuple(_against(one, request, ids, binds_policy_version))) for one in candidates]
    usable = [one for one, reasons in judged if not reasons]
    if not usable:
        _, reasons = min(judged, key=lambda pair: (len(pair[1]), -pair[0].decided.toordinal()))
        return _none(*reasons)
    # 3.
    if len({(one.outcome, one.granted) for one in usable}) > 1:
        return _none("PRECEDENTS_CONFLICT")
    # 4.
    latest = max(usable, key=lambda one: one.decided)
    if latest.outcome is not Outcome.GRANT:
        return Repetition(latest, None, ("PRECEDENT_REFUSED",))
    return Repetition(latest, latest.granted, ())


def _none(*reasons: str) -> Repetition:
    return Repetition(None, None, reasons)


def _against(
    one: Precedent, request: PrecedentRequest, ids: frozenset[str], binds_policy_version: bool
) -> Iterator[str]:
    """Say what speaks against repeating a decision, in the order in which it is told."""
    if not one.is_allowed:
        yield "PRECEDENT_NOT_ALLOWED"
    if one.version != request.version:
        yield "VERSION_CHANGED"
    if binds_policy_version and one.policy_version != request.policy_version:
        yield "POLICY_CHANGED"
    if request.day < one.decided:
        yield "PRECEDENT_NOT_YET_MADE"
    if one.valid_until is not None and request.day > one.valid_until:
        yield "PRECEDENT_EXPIRED"
    if one.superseded_by is not None and one.superseded_by in ids:
        yield "PRECEDENT_SUPERSEDED"
