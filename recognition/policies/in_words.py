"""A policy in plain words, clause by clause, each with the places of its source.

What the sentences say follows from the policy as it was read, and not from its text, so they are
what is decided by.  They explain the policy and do not replace it: the text is what was adopted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from frameworks.amounts import Rounding, RoundingMode
from frameworks.conversions import Conversion, Method
from frameworks.toml_text import read_toml
from recognition.policies.gates_in_words import gate_in_words
from recognition.policies.phrases import N_, NN_, Listed, Phrase, Value, phrase
from recognition.policies.policy import CapRule, Policy, Recognition, SecondReader, SourceClass


class Section(StrEnum):
    """Parts of the explanation, in their order."""

    IDENTITY = "identity"
    ADOPTION = "adoption"
    SCOPE = "scope"
    ACCEPTS = "accepts"
    AMOUNT = "amount"
    GATES = "gates"
    CAPS = "caps"
    PRECEDENTS = "precedents"
    OVERSIGHT = "oversight"
    REMARKS = "remarks"


HEADINGS = {
    Section.IDENTITY: N_("Name and period"),
    Section.ADOPTION: N_("Who adopted it, and who decides"),
    Section.SCOPE: N_("What it is for"),
    Section.ACCEPTS: N_("What is believed"),
    Section.AMOUNT: N_("How much is granted"),
    Section.GATES: N_("Conditions (gates)"),
    Section.CAPS: N_("Upper limits (caps)"),
    Section.PRECEDENTS: N_("Earlier decisions (precedents)"),
    Section.OVERSIGHT: N_("Review and appeal"),
    Section.REMARKS: N_("Remarks"),
}


@dataclass(frozen=True, slots=True)
class Clause:
    """One thing that a policy says.

    `key` names it whatever its place is ("gate:level"), `name` is the adopter's own word for it, or
    empty; `pointers` are the places in the policy that say it.
    """

    section: Section
    key: str
    pointers: tuple[str, ...]
    phrases: tuple[Phrase, ...]
    name: str = ""


def explain(policy: Policy) -> tuple[Clause, ...]:
    """Say everything that a policy says, in the order of the sections."""
    return (
        *_identity(policy),
        *_adoption(policy),
        *_scope(policy),
        *_accepts(policy),
        *_amount(policy),
        *_gates(policy),
        *_caps(policy),
        *_precedents(policy),
        *_oversight(policy),
        *_remarks(policy),
    )


def _identity(policy: Policy) -> Iterator[Clause]:
    section, rules = Section.IDENTITY, policy.rules
    named = N_("%(title)s: version %(version)s of the policy %(id)s.")
    one = phrase(named, title=policy.title, version=policy.version, id=policy.id)
    yield Clause(section, "name", ("/id", "/version", "/title"), (one,))
    if rules.last_day is None:
        period = phrase(N_("Decisions are made by it from %(first)s on."), first=rules.first_day)
    else:
        text = N_("Decisions are made by it from %(first)s until %(last)s, both days included.")
        period = phrase(text, first=rules.first_day, last=rules.last_day)
    yield Clause(section, "period", ("/valid_from", "/valid_until"), (period,))
    reviewed = phrase(N_("Whoever adopted it reviews it by %(day)s."), day=policy.review)
    yield Clause(section, "review", ("/review",), (reviewed,))


SECOND_READERS = {
    SecondReader.NEVER: N_("No second person reads what an assessor decides."),
    SecondReader.OVERRIDES: N_(
        "Where an assessor decides otherwise than the policy proposes, a second person reads it."
    ),
    SecondReader.ALWAYS: N_("A second person reads every decision of an assessor."),
}


def _adoption(policy: Policy) -> Iterator[Clause]:
    adoption, mandate = policy.adoption, policy.mandate
    told = [
        phrase(N_("%(body)s adopted it: %(act)s."), body=adoption.body, act=adoption.resolution)
    ]
    if adoption.adopted_on is not None:
        told.append(phrase(N_("That was on %(day)s."), day=adoption.adopted_on))
    told.append(phrase(N_("It counts only if %(id)s signed it."), id=adoption.id))
    yield Clause(Section.ADOPTION, "adoption", ("/adoption",), tuple(told))
    decides = N_("%(office)s decides by it; decisions are signed by: %(ids)s.")
    told = [phrase(decides, office=mandate.office, ids=Listed(mandate.ids))]
    told.append(phrase(SECOND_READERS[mandate.second_reader]))
    yield Clause(Section.ADOPTION, "mandate", ("/mandate",), tuple(told))


SOURCE_CLASSES = {
    SourceClass.FORMAL: N_("courses that carry credit"),
    SourceClass.RPL: N_("recognised prior learning"),
    SourceClass.NON_CREDIT: N_("courses without credit"),
}
RECOGNITIONS = {
    Recognition.SPECIFIED: N_("credit for a certain component"),
    Recognition.UNSPECIFIED: N_("credit for no component in particular"),
    Recognition.BLOCK: N_("credit for a block of components"),
    Recognition.EXEMPTION: N_("an exemption without credit"),
}


def _classes(classes: frozenset[SourceClass]) -> Listed:
    return Listed(tuple(phrase(SOURCE_CLASSES[one]) for one in SourceClass if one in classes))


def _scope(policy: Policy) -> Iterator[Clause]:
    scope, section = policy.scope, Section.SCOPE
    sources = phrase(
        N_("It is for learning that comes from: %(classes)s."),
        classes=_classes(scope.source_classes),
    )
    yield Clause(section, "sources", ("/scope/source_classes",), (sources,))
    kinds = Listed(
        tuple(phrase(RECOGNITIONS[one]) for one in Recognition if one in scope.recognitions)
    )
    granted = phrase(N_("What can be granted is: %(kinds)s."), kinds=kinds)
    yield Clause(section, "recognitions", ("/scope/recognitions",), (granted,))
    if scope.programmes:
        text = N_("It is only for these programmes: %(names)s.")
        told = phrase(text, names=Listed(scope.programmes))
        yield Clause(section, "programmes", ("/scope/programmes",), (told,))
    if scope.fields:
        text = N_(
            "It is only for components whose field of study (ISCED-F) begins with one of: "
            "%(codes)s."
        )
        told = phrase(text, codes=Listed(scope.fields))
        yield Clause(section, "fields", ("/scope/fields",), (told,))
    if scope.levels is not None:
        yield Clause(section, "levels", ("/scope/levels",), (_levels(*scope.levels),))


def _levels(framework: str, low: str | None, high: str | None) -> Phrase:
    if low is not None and high is not None:
        text = N_("It is only for components from level %(low)s to %(high)s of %(framework)s.")
        return phrase(text, low=low, high=high, framework=framework)
    if low is not None:
        text = N_("It is only for components at level %(low)s of %(framework)s or above.")
        return phrase(text, low=low, framework=framework)
    if high is not None:
        text = N_("It is only for components at level %(high)s of %(framework)s or below.")
        return phrase(text, high=high, framework=framework)
    return phrase(
        N_("It is only for components with a level of %(framework)s."), framework=framework
    )


MAP_KINDS = {
    "referenced": N_("referenced"),
    "compared": N_("compared"),
    "self-certified": N_("self-certified"),
    "compatible": N_("found compatible"),
    "composed": N_("composed of other maps"),
    "exercise-not-endorsed": N_("from an exercise that nobody endorsed"),
}
CHOICES = {
    "none": N_("Where a map allows several levels, none is chosen."),
    "lowest": N_("Where a map allows several levels, the lowest is named."),
    "highest": N_("Where a map allows several levels, the highest is named."),
}


def _accepts(policy: Policy) -> Iterator[Clause]:
    section = Section.ACCEPTS
    text = N_("Levels count in these frameworks: %(names)s.")
    told = phrase(text, names=Listed(policy.frameworks))
    yield Clause(section, "frameworks", ("/accepts/frameworks",), (told,))
    for position, one in enumerate(policy.registers):
        text = N_("The register %(id)s is believed, from edition %(number)s on.")
        told = phrase(text, id=one.id, number=one.edition)
        place = f"/accepts/registers/{position}"
        yield Clause(section, f"register:{one.id}", (place,), (told,))
    yield Clause(section, "maps", ("/map_policy",), tuple(_maps(policy)))


def _maps(policy: Policy) -> Iterator[Phrase]:
    maps = policy.rules.map_policy
    if not maps.kinds:
        yield phrase(N_("No map between frameworks counts: a level counts in its own framework."))
        return
    kinds = Listed(tuple(phrase(text) for kind, text in MAP_KINDS.items() if kind in maps.kinds))
    yield phrase(
        N_("A level counts in another framework by maps that are: %(kinds)s."), kinds=kinds
    )
    if maps.via:
        text = N_("Two maps may be joined in: %(names)s.")
        yield phrase(text, names=Listed(tuple(sorted(maps.via))))
    if maps.inverse:
        yield phrase(N_("A map may be read backwards."))
    if maps.check_paths:
        yield phrase(N_("Joined maps have to agree with a direct one; otherwise a person decides."))
    yield phrase(CHOICES[maps.choose])


METHODS = {
    Method.FORMAL_RATIO: N_("Of the registers' conversions, published ratios count."),
    Method.FULL_TIME_YEAR: N_(
        "Of the registers' conversions, those by the credits of a full-time year count."
    ),
    Method.NOTIONAL_HOURS: N_(
        "Of the registers' conversions, those by the hours behind a credit count."
    ),
    Method.RECEIVER_POLICY: N_("Of the registers' conversions, ratios of receivers count."),
}
INTERVALS = {
    True: N_("Of an amount that lies between two ends, the lower end is granted."),
    False: N_("Of an amount that lies between two ends, a person decides."),
}
ROUNDINGS = {
    RoundingMode.FLOOR: N_("A converted amount is rounded once, down to a multiple of %(step)s."),
    RoundingMode.CEILING: N_("A converted amount is rounded once, up to a multiple of %(step)s."),
    RoundingMode.HALF_UP: N_(
        "A converted amount is rounded once, to the nearest multiple of %(step)s; one halfway "
        "goes up."
    ),
    RoundingMode.HALF_EVEN: N_(
        "A converted amount is rounded once, to the nearest multiple of %(step)s; one halfway "
        "goes to the even multiple."
    ),
}


def _amount(policy: Policy) -> Iterator[Clause]:
    section, rules = Section.AMOUNT, policy.rules
    unit = phrase(N_("Credit is granted in the unit %(unit)s."), unit=policy.unit)
    yield Clause(section, "unit", ("/unit",), (unit,))
    text = (
        N_("What is granted is the credit of the receiving component.")
        if rules.grants_target
        else N_("What is granted is the claimed credit, converted into that unit.")
    )
    yield Clause(section, "grant", ("/grant",), (phrase(text),))
    yield Clause(section, "method", ("/method",), (_method(policy.method),))
    for position, one in enumerate(rules.conversions):
        key = f"conversion:{one.source}:{one.target}:{one.id}"
        told = tuple(_conversion(one))
        yield Clause(section, key, (f"/conversions/{position}",), told, one.id)
    yield Clause(section, "rounding", ("/rounding",), (_rounding(rules.rounding),))
    interval = phrase(INTERVALS[rules.takes_lower_end])
    yield Clause(section, "interval", ("/interval",), (interval,))


def _method(method: str | None) -> Phrase:
    if method is None:
        return phrase(N_("Of the registers' conversions none counts."))
    return phrase(METHODS[Method(method)])


def _rounding(rounding: Rounding | None) -> Phrase:
    if rounding is None:
        return phrase(N_("A converted amount is not rounded."))
    return phrase(ROUNDINGS[rounding.mode], step=rounding.step)


CONVERSIONS = {
    Method.FORMAL_RATIO: N_("1 %(source)s is %(ratio)s %(target)s, as it is published."),
    Method.RECEIVER_POLICY: N_("1 %(source)s is %(ratio)s %(target)s, by a ratio of its own."),
    Method.FULL_TIME_YEAR: N_(
        "%(source)s converts into %(target)s by the credits of a full-time year of each."
    ),
    Method.NOTIONAL_HOURS: N_(
        "%(source)s converts into %(target)s by the hours behind one credit of each."
    ),
    Method.NOT_CONVERTIBLE: N_("%(source)s does not convert into %(target)s."),
}


def _conversion(one: Conversion) -> Iterator[Phrase]:
    values: dict[str, Value] = {"source": one.source, "target": one.target}
    if one.ratio is not None:
        values["ratio"] = one.ratio
    yield phrase(CONVERSIONS[one.method], **values)
    if one.reversible:
        yield phrase(N_("The ratio also counts the other way round."))
    if one.authority:
        yield phrase(N_("According to: %(authority)s."), authority=one.authority)


def _gates(policy: Policy) -> Iterator[Clause]:
    for position, gate in enumerate(policy.rules.gates):
        told = tuple(gate_in_words(gate))
        yield Clause(Section.GATES, f"gate:{gate.id}", (f"/gates/{position}",), told, gate.id)


UNKNOWN = N_("What is not known is never refused: a person decides.")
"""Holds for every gate, and for no policy otherwise; it is said above them."""


def _caps(policy: Policy) -> Iterator[Clause]:
    for position, cap in enumerate(policy.caps):
        told = tuple(_cap(cap, policy.unit))
        yield Clause(Section.CAPS, f"cap:{cap.id}", (f"/caps/{position}",), told, cap.id)


def _cap(cap: CapRule, unit: str) -> Iterator[Phrase]:
    classes = _classes(cap.source_classes)
    if cap.share is not None:
        text = N_("At most the share %(share)s of a programme is granted for: %(classes)s.")
        yield phrase(text, share=cap.share, classes=classes)
    else:
        text = N_("At most %(amount)s %(unit)s are granted for: %(classes)s.")
        yield phrase(text, amount=cap.amount or Fraction(0), unit=unit, classes=classes)
    if cap.partial:
        yield phrase(N_("Of what is more, as much is granted as is left."))
    else:
        yield phrase(N_("What is more is refused."))


def _precedents(policy: Policy) -> Iterator[Clause]:
    rule = policy.precedents
    if rule.is_allowed:
        years = NN_(
            "What would be referred is granted for %(num)s year as an earlier decision about the "
            "same version of the course and the same component was.",
            "What would be referred is granted for %(num)s years as an earlier decision about the "
            "same version of the course and the same component was.",
        )
        told = [phrase(years, num=rule.years), phrase(BINDING[rule.binds_policy_version])]
    else:
        told = [phrase(N_("No earlier decision is repeated; a person decides each time."))]
        if rule.binds_policy_version:
            told.append(phrase(BINDING[True]))
    yield Clause(Section.PRECEDENTS, "precedents", ("/precedents",), tuple(told))


BINDING = {
    True: N_("Only decisions by this version of the policy are repeated."),
    False: N_("Decisions by earlier versions of the policy are repeated as well."),
}


def _oversight(policy: Policy) -> Iterator[Clause]:
    sampling, appeal = policy.sampling, policy.appeal
    if sampling.rate:
        text = N_("The share %(rate)s of the decisions is drawn; %(body)s reviews them.")
        told = phrase(text, rate=sampling.rate, body=sampling.body)
    else:
        text = N_("No decisions are drawn for review; %(body)s would review them.")
        told = phrase(text, body=sampling.body)
    yield Clause(Section.OVERSIGHT, "sampling", ("/sampling",), (told,))
    days = NN_(
        "A decision can be appealed within %(num)s day, to: %(body)s.",
        "A decision can be appealed within %(num)s days, to: %(body)s.",
    )
    told = phrase(days, num=appeal.days, body=appeal.body)
    yield Clause(Section.OVERSIGHT, "appeal", ("/appeal",), (told,))


REMARKS = {
    "status": N_("Status: %(text)s"),
    "source": N_("Sources: %(text)s"),
    "note": N_("Note: %(text)s"),
}
"""Members that are for people only; nothing is decided by them."""


def _remarks(policy: Policy) -> Iterator[Clause]:
    members = read_toml(policy.text)
    for name, text in REMARKS.items():
        if name in members:
            told = phrase(text, text=str(members[name]).strip())
            yield Clause(Section.REMARKS, name, (f"/{name}",), (told,))
