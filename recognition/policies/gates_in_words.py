"""Gates in plain words: what each type asks for, and what follows where it is not met."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from recognition.policies.gates import (
    AcceptedIn,
    CreditsCompared,
    FieldIn,
    Gate,
    Holds,
    HoursMin,
    LevelMin,
    MaxAge,
    MinOnScale,
    OnFail,
    OverlapMin,
    Reference,
    Test,
)
from recognition.policies.phrases import N_, NN_, Listed, Phrase, phrase

ACCEPTED = {
    "kind": N_("The credential is of one of these kinds: %(accepted)s."),
    "assessment": N_("The learning was assessed in one of these ways: %(accepted)s."),
    "language": N_(
        "The language of the learning is one of these, with all its regions: %(accepted)s."
    ),
    "quality_assurance": N_("Its quality was assured in one of these ways: %(accepted)s."),
}
HOLDS = {
    "accredited": N_("Whoever awarded or assigned the value was accredited for it."),
    "identity_verified": N_("The identity of the learner was verified."),
    "redeemed": N_("The credit has not been used for another award."),
}
ON_SCALE = {
    "grade": N_("The grade is at least %(least)s, of (from the lowest): %(scale)s."),
    "assurance": N_(
        "The value of the credential has at least the assurance class %(least)s, of (from the "
        "lowest): %(scale)s."
    ),
}
BOUNDARIES = {
    "inclusive": N_("An award that is exactly as old still counts."),
    "exclusive": N_("An award that is exactly as old does not count any more."),
}
REFERENCES = {
    Reference.DECISION: NN_(
        "The award is at most %(num)s year old on the day of the decision.",
        "The award is at most %(num)s years old on the day of the decision.",
    ),
    Reference.PROGRAMME_START: NN_(
        "The award is at most %(num)s year old when the programme begins.",
        "The award is at most %(num)s years old when the programme begins.",
    ),
}
CONSEQUENCES = {
    OnFail.REFUSE: N_("If it is certain that this is not so, recognition is refused."),
    OnFail.REFER: N_("If this is not so, a person decides."),
}
ROUTES = {
    "RPL_EVIDENCE": N_("The learner is then asked for evidence of prior learning."),
    "SUPPLEMENTARY_WORK": N_("The learner is then offered supplementary work."),
    "ASSESSOR_REVIEW": N_("The case then goes to an assessor."),
}


def gate_in_words(gate: Gate) -> Iterator[Phrase]:
    """Say what a gate asks for, what follows where it is not met, and where the learner goes."""
    yield from in_words(gate.test)
    yield phrase(CONSEQUENCES[gate.on_fail])
    if gate.route is not None:
        yield phrase(ROUTES[gate.route])


def in_words(test: Test) -> Iterator[Phrase]:
    """Say what is asked for."""
    match test:
        case AcceptedIn(what, accepted):
            yield phrase(ACCEPTED[what], accepted=Listed(accepted))
        case Holds(what):
            yield phrase(HOLDS[what])
        case MinOnScale(what, scale, least):
            yield phrase(ON_SCALE[what], least=least, scale=Listed(scale))
        case MaxAge():
            yield from _age(test)
        case _:
            yield _bound(test)


def _bound(test: LevelMin | OverlapMin | HoursMin | CreditsCompared | FieldIn) -> Phrase:
    match test:
        case LevelMin(framework, level):
            text = N_("The level, read in %(framework)s, is at least %(level)s.")
            return phrase(text, framework=framework, level=level)
        case OverlapMin(share):
            text = N_(
                "At least the share %(share)s of the learning outcomes of the receiving component "
                "was reached."
            )
            return phrase(text, share=share)
        case HoursMin(hours):
            return phrase(N_("The learning took at least %(hours)s hours."), hours=hours)
        case CreditsCompared(exactly=True):
            text = N_("The claimed credits, converted, are exactly those of the component.")
            return phrase(text)
        case CreditsCompared():
            text = N_("The claimed credits, converted, are at least those of the component.")
            return phrase(text)
        case FieldIn(prefixes):
            text = N_("The field of study (ISCED-F) begins with one of: %(codes)s.")
            return phrase(text, codes=Listed(prefixes))


def _age(test: MaxAge) -> Iterator[Phrase]:
    if isinstance(test.reference, date):
        yield phrase(
            NN_(
                "The award is at most %(num)s year old on %(day)s.",
                "The award is at most %(num)s years old on %(day)s.",
            ),
            num=test.years,
            day=test.reference,
        )
    else:
        yield phrase(REFERENCES[test.reference], num=test.years)
    yield phrase(BOUNDARIES[test.boundary])
