"""Whether cases alike are decided alike: overrides, referrals, agreement, precedents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from recognition.oversight.recorded import Mark, RecordedDecision, Share, nothing


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two people agree about the same cases (Cohen's kappa).

    `kappa` is None, and `why` says why, where it is not defined.
    """

    pairs: int
    observed: Fraction
    by_chance: Fraction
    kappa: Fraction | None
    why: str | None


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A decision that came out otherwise than a precedent about the same course and target.

    `differing` names what: the outcome, or the credit that was granted.  The reasons help whoever
    looks at it: a learner's own grade says nothing about the course.
    """

    precedent_id: str
    decision_id: str
    differing: tuple[str, ...]
    reasons: tuple[str, ...]


def override_rates(decisions: Iterable[RecordedDecision]) -> Mapping[str, Share]:
    """Tell for each assessor how many of their decisions are not what the policy proposed."""
    made: Counter[str] = Counter()
    overridden: Counter[str] = Counter()
    for one in decisions:
        assessor = one.decision.assessor
        if assessor is not None:
            made[assessor.id] += 1
            overridden[assessor.id] += assessor.overridden not in (None, one.decision.outcome)
    return {name: Share(overridden[name], made[name]) for name in sorted(made)}


def referral_share(decisions: Iterable[RecordedDecision]) -> Share:
    """Tell how many decisions were left to a person.

    Raises `RecognitionError` (NOTHING_TO_SAY) if there are none.
    """
    outcomes = [one.decision.outcome for one in decisions]
    if not outcomes:
        raise nothing("decisions")
    return Share(outcomes.count("REFER"), len(outcomes))


def referrals_by_quarter(decisions: Iterable[RecordedDecision]) -> Mapping[str, Share]:
    """Tell for each quarter ("2026-Q1"), in order, how many decisions were left to a person."""
    found: dict[str, list[str]] = {}
    for one in decisions:
        day = one.decision.decided_on
        quarter = f"{day.year:04}-Q{(day.month + 2) // 3}"
        found.setdefault(quarter, []).append(one.decision.outcome)
    return {name: Share(found[name].count("REFER"), len(found[name])) for name in sorted(found)}


def double_marked(
    decisions: Iterable[RecordedDecision], marks: Iterable[Mark]
) -> list[tuple[str, str]]:
    """Pair the outcome of each reviewed decision with that of its first review mark."""
    first: dict[str, str] = {}
    for mark in marks:
        first.setdefault(mark.decision_id, mark.outcome)
    return [(one.decision.outcome, first[one.id]) for one in decisions if one.id in first]


def cohens_kappa(pairs: Sequence[tuple[str, str]]) -> Agreement:
    """Compute Cohen's kappa exactly: (observed - by chance) / (1 - by chance).

    By chance two people agree as often as their outcomes are frequent (Cohen 1960).  If both
    have used one and the same outcome only, chance explains everything and there is no kappa.

    Raises `RecognitionError` (NOTHING_TO_SAY) without pairs.
    """
    if not pairs:
        raise nothing("cases that two people have marked")
    count = len(pairs)
    firsts, seconds = (Counter(outcomes) for outcomes in zip(*pairs, strict=True))
    observed = Fraction(sum(first == second for first, second in pairs), count)
    by_chance = Fraction(sum(firsts[name] * seconds[name] for name in firsts), count**2)
    if by_chance == 1:
        why = "Both have given the same outcome to every case, so nothing shows beyond chance."
        return Agreement(count, observed, by_chance, None, why)
    return Agreement(count, observed, by_chance, (observed - by_chance) / (1 - by_chance), None)


def contradicted_precedents(decisions: Iterable[RecordedDecision]) -> list[Contradiction]:
    """Find decisions in force that differ from the precedent before them.

    Given are the decisions in force, in the order of recording.  Two are alike if they apply the
    same policy to the same versions of the same achievements for the same component.  A referral
    decides nothing, so it neither makes a precedent nor contradicts one; a precedent that had
    ended on the day binds nobody.
    """
    precedents: dict[object, RecordedDecision] = {}
    found: list[Contradiction] = []
    for one in decisions:
        key = _question(one)
        if key is None or one.decision.outcome == "REFER":
            continue
        precedent = precedents.get(key)
        if precedent is not None and _binds(precedent, one):
            found.extend(_contradiction(precedent, one))
        if one.decision.allowed_as_precedent:
            precedents[key] = one
    return found


def _question(one: RecordedDecision) -> object | None:
    """Tell what was asked; an achievement without an id or version is never the same again."""
    sources = {
        (source.issuer, source.achievement, source.version) for source in one.decision.sources
    }
    if any(None in source for source in sources):
        return None
    return one.decision.policy.digest, one.decision.component, frozenset(sources)


def _binds(precedent: RecordedDecision, one: RecordedDecision) -> bool:
    until = precedent.decision.valid_until
    return until is None or one.decision.decided_on <= until


def _contradiction(precedent: RecordedDecision, one: RecordedDecision) -> list[Contradiction]:
    before, after = precedent.decision, one.decision
    members = {
        "outcome": before.outcome == after.outcome,
        "granted": (before.granted, before.granted_level) == (after.granted, after.granted_level),
    }
    differing = tuple(name for name, same in members.items() if not same)
    return [Contradiction(precedent.id, one.id, differing, after.reasons)] if differing else []
