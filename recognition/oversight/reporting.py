"""Everything that oversight says of a register at once: for the Senate, and for the public."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from credentials.json_types import JsonObject
from frameworks.amounts import canonical
from recognition.deciding.inputs import DecisionInputs
from recognition.oversight.consistency import (
    Agreement,
    Contradiction,
    cohens_kappa,
    contradicted_precedents,
    double_marked,
    override_rates,
    referral_share,
    referrals_by_quarter,
)
from recognition.oversight.recorded import Mark, RecordedDecision, Share
from recognition.oversight.sampling import Sample, draw_sample
from recognition.oversight.transparency import TransparencyFigures, transparency_figures
from recognition.policies.policy import Policy
from recognition.policies.reading import read_policy
from recognition.register_of_decisions import Entry, EntryKind
from recognition.register_of_decisions.entries import FIRST_REVISION


@dataclass(frozen=True, slots=True)
class PolicySample:
    """The sample of the decisions in force under one policy, with their cases, for its reviewer."""

    policy_id: str
    version: str
    body: str
    sample: Sample
    cases: tuple[str, ...]

    def to_json(self) -> JsonObject:
        """Write the sample with all that is needed to draw it again."""
        drawn = zip(self.cases, self.sample.ids, strict=True)
        return {
            "policy": self.policy_id,
            "version": self.version,
            "body": self.body,
            "seed": self.sample.seed,
            "rate": canonical(self.sample.rate),
            "population": self.sample.population,
            "decisions": [{"case": case, "decision": one} for case, one in drawn],
        }


@dataclass(frozen=True, slots=True)
class OversightReport:
    """What a register shows; only `figures` are for publication.

    `referrals` are of the first decisions of all cases, `quarters` the same by quarter, `overrides`
    of all decisions that an assessor made; `agreement` is None as long as nothing was marked a
    second time, and `marked` counts the pairs of outcomes (decided, marked) that it is about.
    """

    cases: int
    decisions: int
    referrals: Share
    quarters: Mapping[str, Share]
    overrides: Mapping[str, Share]
    agreement: Agreement | None
    marked: Mapping[tuple[str, str], int]
    contradictions: tuple[Contradiction, ...]
    samples: tuple[PolicySample, ...]
    figures: TransparencyFigures

    def to_json(self) -> JsonObject:
        """Write the report; fractions are exact."""
        return {
            "cases": self.cases,
            "decisions": self.decisions,
            "referrals": _share(self.referrals),
            "referralsByQuarter": {name: _share(one) for name, one in self.quarters.items()},
            "overrides": {name: _share(share) for name, share in self.overrides.items()},
            "agreement": self.agreement and _agreement(self.agreement),
            "marked": [
                {"decided": decided, "marked": marked, "count": count}
                for (decided, marked), count in sorted(self.marked.items())
            ],
            "contradictedPrecedents": [_contradiction(one) for one in self.contradictions],
            "samples": [one.to_json() for one in self.samples],
            "figures": self.figures.to_json(),
        }


def _share(share: Share) -> JsonObject:
    return {"count": share.count, "of": share.of}


def _agreement(one: Agreement) -> JsonObject:
    return {
        "pairs": one.pairs,
        "observed": canonical(one.observed),
        "byChance": canonical(one.by_chance),
        "kappa": None if one.kappa is None else canonical(one.kappa),
        "why": one.why,
    }


def _contradiction(one: Contradiction) -> JsonObject:
    return {
        "precedent": one.precedent_id,
        "decision": one.decision_id,
        "differing": list(one.differing),
        "reasons": list(one.reasons),
    }


def report_on(entries: Iterable[Entry], *, seed: str | None = None) -> OversightReport:
    """Report on all entries of a register, which come in their order.

    Samples are drawn only with a seed: whoever draws publishes it once the decisions are in.
    Raises `RecognitionError` (NOTHING_TO_SAY) without decisions.
    """
    decisions: list[RecordedDecision] = []
    marks: list[Mark] = []
    policies: dict[str, Policy] = {}
    for entry in entries:
        if entry.kind is EntryKind.REVIEW_MARK:
            marks.append(Mark.of(entry))
        if entry.kind.decides:
            one = RecordedDecision.of(entry)
            decisions.append(one)
            if one.decision.policy.digest not in policies:
                policies[one.decision.policy.digest] = _policy(entry)
    in_force = _in_force(decisions)
    pairs = double_marked(decisions, marks)
    firsts = [one for one in decisions if one.revision == FIRST_REVISION]
    return OversightReport(
        cases=len(in_force),
        decisions=len(decisions),
        referrals=referral_share(firsts),
        quarters=referrals_by_quarter(firsts),
        overrides=override_rates(decisions),
        agreement=cohens_kappa(pairs) if pairs else None,
        marked=Counter(pairs),
        contradictions=tuple(contradicted_precedents(in_force)),
        samples=() if seed is None else tuple(_samples(in_force, policies, seed)),
        figures=transparency_figures(in_force),
    )


def _policy(entry: Entry) -> Policy:
    return read_policy(DecisionInputs.from_bytes(entry.inputs).policy_text)


def _in_force(decisions: Sequence[RecordedDecision]) -> tuple[RecordedDecision, ...]:
    """Keep the latest decision of each case, in the order of recording."""
    latest = {one.case_id: one.revision for one in decisions}
    return tuple(one for one in decisions if latest[one.case_id] == one.revision)


def _samples(
    in_force: Sequence[RecordedDecision], policies: Mapping[str, Policy], seed: str
) -> Iterator[PolicySample]:
    """Draw for each policy the share that it asks for; one may ask for none."""
    for digest, policy in policies.items():
        cases = {one.id: one.case_id for one in in_force if one.decision.policy.digest == digest}
        rate = policy.sampling.rate
        if cases and rate > Fraction(0):
            sample = draw_sample(cases, seed=seed, rate=rate)
            drawn = tuple(cases[one] for one in sample.ids)
            yield PolicySample(policy.id, policy.version, policy.sampling.body, sample, drawn)
