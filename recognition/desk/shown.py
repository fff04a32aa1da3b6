"""How states, roles, times and outcomes are told on the desk's pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from credentials.timestamps import parse_timestamp
from recognition.deciding.blocks import BY_PLAN
from recognition.deciding.credential_facts import BY_CREDENTIAL, BY_REGISTER, BY_VERIFIER
from recognition.desk.access import Role
from recognition.desk.cases import CameBy, State
from recognition.desk.policy_words import route
from recognition.desk.reasons import reason_words
from service.pages import N_, gettext
from service.pages.languages import day_in_words, moment_in_words

STATES = {
    State.NEW: ("open", "file", N_("To be decided")),
    State.REFERRED: ("open", "person", N_("Referred: a person decides")),
    State.SECOND_READING: ("warn", "clock", N_("Waits for a second reader")),
    State.DECIDED: ("good", "check", N_("Decided")),
    State.APPEALED: ("bad", "note", N_("Under appeal")),
    State.ERASED: ("open", "dash", N_("Erased")),
}
"""Colour, icon and words of each state."""

OUTCOMES = {
    "GRANT": ("good", "check", N_("Granted")),
    "REFUSE": ("bad", "cross", N_("Refused")),
    "REFER": ("open", "question", N_("Referred to a person")),
}

ROLES: dict[str, str] = {
    Role.REGISTRAR: N_("Registrar: people, batches, appeals, and what the policy decides"),
    Role.ASSESSOR: N_("Assessor: states facts and rules"),
    Role.SECOND_READER: N_("Second reader: reads rulings over before they count"),
    Role.SENATE_MEMBER: N_("Senate member: policies and figures, no learners"),
    Role.AUDITOR: N_("Auditor: reads everything, changes nothing"),
}

ANSWERS = {
    "valid": ("good", "check", N_("Valid")),
    "issuer-not-known": ("warn", "person", N_("Valid, issuer not on the list of this service")),
    "not-yet-valid": ("warn", "calendar", N_("Not valid yet")),
    "expired": ("warn", "clock", N_("Expired")),
    "suspended": ("warn", "pause", N_("Suspended")),
    "revoked": ("bad", "revoked", N_("Revoked")),
    "undecided": ("open", "question", N_("Could not be decided")),
    "not-valid": ("bad", "cross", N_("Not valid")),
}
"""Colour, icon and words of each answer of a verification."""

GATES = {
    "accredited": "accredited",
    "assessment_in": "assessment",
    "assurance_min": "assurance",
    "credits_equal": "credits",
    "credits_min": "credits",
    "field_in": "field",
    "grade_min": "grade",
    "hours_min": "hours",
    "identity_verified": "identity_verified",
    "kind_in": "kind",
    "language_in": "language",
    "level_min": "level",
    "max_age": "awarded",
    "not_redeemed": "redeemed",
    "overlap_min": "overlap",
    "quality_assurance_in": "quality_assurance",
}
"""Which fact each kind of gate reads."""

FACTS = {
    "kind": N_("Kind of credential"),
    "accredited": N_("Accredited for the value (yes or no)"),
    "level": N_("Level"),
    "overlap": N_("Share of the learning outcomes"),
    "credits": N_("Credits"),
    "hours": N_("Hours of learning"),
    "grade": N_("Grade"),
    "assurance": N_("Assurance class"),
    "assessment": N_("Kind of assessment"),
    "awarded": N_("Day of the award"),
    "field": N_("Field of study (ISCED-F)"),
    "language": N_("Language"),
    "quality_assurance": N_("Quality assurance"),
    "identity_verified": N_("Identity verified (yes or no)"),
    "redeemed": N_("Used for another award (yes or no)"),
    "cost": N_("Cost"),
    "subsidy": N_("Cost that others paid"),
}
"""What each fact is, for people who state it."""

CAME_BY = {
    CameBy.PRESENTATION: N_("by a presentation that the holder signed for this desk"),
    CameBy.UPLOAD: N_("by files that somebody sent"),
    CameBy.DESK: N_("taken in at the desk"),
}

HAPPENED = {
    "case.received": N_("Received"),
    "case.examined": N_("Examined"),
    "case.proposal-changed": N_("The proposal changed"),
    "case.applicant-stated": N_("The id of the learner was written down"),
    "case.fact-stated": N_("A fact was stated"),
    "case.fact-taken-back": N_("A fact was taken back"),
    "case.ruled": N_("Ruled, and waits for a second reader"),
    "case.sent-back": N_("Sent back by the second reader"),
    "case.decided": N_("Decided"),
    "case.followed": N_("The learner’s page was opened"),
    "case.appealed": N_("Appealed"),
    "case.appeal-dismissed": N_("The appeal was dismissed"),
    "case.erased": N_("Erased"),
    "case.viewed": N_("Looked at"),
    "batch.begun": N_("A batch was begun"),
    "batch.ended": N_("A batch was ended"),
    "award.viewed": N_("The award was saved"),
    "document.viewed": N_("What was handed in was saved"),
    "letter.viewed": N_("The letter was looked at"),
    "inbox.viewed": N_("The inbox was looked at"),
    "inbox.exported": N_("The inbox was saved as a table"),
}
"""What happened at the desk, by its name in the log."""


RECORDED = {
    "decision": N_("Decision"),
    "supersession": N_("Another decision in its place"),
    "appeal": N_("Appeal against decision"),
    "review-mark": N_("Mark of a reviewer"),
    "automatic": N_("by the policy itself"),
    "precedent": N_("as in an earlier decision"),
    "assessor": N_("by an assessor"),
    "by": N_("Who"),
    "reason": N_("Why"),
    "grounds": N_("Grounds"),
    "because": N_("What it is"),
    "lateBecause": N_("Why it was taken late"),
    "correction": N_("not an answer to an appeal"),
    "appeal-upheld": N_("the appeal is upheld"),
    "appeal-dismissed": N_("the appeal is dismissed"),
}
"""What the register of decisions has about a case, by its names there."""


def recorded_words(name: str) -> str:
    """Tell a name of the register of decisions; what people wrote stays as it is."""
    return gettext(RECORDED[name]) if name in RECORDED else name


METHODS = {
    "formal-ratio": N_("by a ratio that both sides have agreed on"),
    "full-time-year": N_("by comparing what counts as a full year of study"),
    "notional-hours": N_("by comparing the hours of learning behind one credit"),
    "receiver-policy": N_("by a rule of the receiving institution"),
}
"""How amounts are converted, by the name in a register."""


def method_words(name: str) -> str:
    """Tell how an amount was converted."""
    return gettext(METHODS[name]) if name in METHODS else name


def moment(text: str) -> str:
    """Tell a time that is kept."""
    return moment_in_words(parse_timestamp(text))


def on_day(text: str) -> str:
    """Tell the day of a time, or a day, that is kept."""
    return day_in_words(date.fromisoformat(text[: len("2026-01-31")]))


def state_words(state: str) -> str:
    """Tell a state."""
    return gettext(STATES[State(state)][2])


def fact_words(name: str) -> str:
    """Tell a fact."""
    return gettext(FACTS[name]) if name in FACTS else name


def value_words(value: Any) -> str:
    """Tell the value of a fact, whatever its form, on one line."""
    if isinstance(value, Mapping):
        return " ".join(str(one) for one in value.values())
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    return str(value)


SOURCES = {
    BY_CREDENTIAL: N_("the credential"),
    BY_VERIFIER: N_("the verification"),
    BY_PLAN: N_("the plan of the block"),
}
"""Who established a fact, where it was no person and no register."""


def source_words(by: str) -> str:
    """Tell who established a fact."""
    if by.startswith(BY_REGISTER):
        return gettext("the register %(id)s", id=by.removeprefix(BY_REGISTER))
    return gettext(SOURCES[by]) if by in SOURCES else by


FILTERS: Mapping[str, Callable[[Any], str]] = {
    "desk_moment": moment,
    "desk_day": on_day,
    "desk_state": state_words,
    "desk_value": value_words,
    "desk_fact": fact_words,
    "desk_route": route,
    "desk_reason": reason_words,
    "desk_source": source_words,
    "desk_recorded": recorded_words,
    "desk_method": method_words,
}
"""What templates of the desk, and of its further parts, tell times and states with."""
