"""What the page says for each of the eight answers: what happened, and what to do next.

Written for somebody who has never heard of credentials, and has a decision to make.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from service.pages import N_
from verifier.answers import Answer


@dataclass(frozen=True, slots=True)
class AnswerTexts:
    """An answer in words, with its icon and the tone of its colour."""

    title: str
    meaning: str
    advice: str
    icon: str
    tone: str


TEXTS: Mapping[Answer, AnswerTexts] = {
    Answer.VALID: AnswerTexts(
        N_("Valid"),
        N_(
            "This credential is genuine: it comes from an issuer on your list, nobody has changed "
            "it since, and it is in force today."
        ),
        N_(
            "You can rely on what it says. Make sure that it belongs to the person in front of you."
        ),
        "check",
        "good",
    ),
    Answer.ISSUER_NOT_KNOWN: AnswerTexts(
        N_("Valid, issuer not known to you"),
        N_(
            "Nobody has changed this credential since it was signed, and it is in force today. But "
            "whoever signed it is not on your list of issuers: the name in it is only what they "
            "call themselves."
        ),
        N_(
            "Find out who the issuer is before you rely on it. Look up the institution yourself, "
            "not by a link in the credential, and ask whether the address below is theirs."
        ),
        "person",
        "warn",
    ),
    Answer.NOT_YET_VALID: AnswerTexts(
        N_("Not valid yet"),
        N_(
            "This credential is dated for later: by the issuer's own word it does not count before "
            "its first day."
        ),
        N_("Check it again on or after that day, or ask the issuer whether the date is a mistake."),
        "calendar",
        "warn",
    ),
    Answer.EXPIRED: AnswerTexts(
        N_("Expired"),
        N_(
            "This credential was in force until the day on which the issuer let it end. That day "
            "is over."
        ),
        N_(
            "Ask the person whether they have a renewed one. Whether an expired one is still good "
            "enough for your purpose is your decision."
        ),
        "clock",
        "warn",
    ),
    Answer.SUSPENDED: AnswerTexts(
        N_("Suspended"),
        N_(
            "The issuer has put this credential on hold. It does not count for now; the issuer can "
            "bring it back, or withdraw it for good."
        ),
        N_(
            "Do not rely on it today. Ask the person or the issuer what is being settled, and "
            "check it again later."
        ),
        "pause",
        "warn",
    ),
    Answer.REVOKED: AnswerTexts(
        N_("Revoked"),
        N_("The issuer has withdrawn this credential for good. It no longer counts."),
        N_(
            "Do not rely on it. If the person says that this is a mistake, only the issuer can "
            "clear it up, by issuing a new one."
        ),
        "revoked",
        "bad",
    ),
    Answer.UNDECIDED: AnswerTexts(
        N_("Could not be decided"),
        N_(
            "Something that is needed for an answer was not to be had, or is of a kind that is not "
            "understood here. That says nothing against the credential, and nothing for it."
        ),
        N_(
            "Do not rely on it yet. Look at the open points below; often it is enough to try again "
            "later."
        ),
        "question",
        "open",
    ),
    Answer.NOT_VALID: AnswerTexts(
        N_("Not valid"),
        N_(
            "This cannot be relied on: it was changed after it was signed, it was not signed by "
            "the issuer that it names, or it is no proper credential at all. The reasons below say "
            "which."
        ),
        N_(
            "Do not rely on it. It may be a forgery, or just a damaged file: ask the person for "
            "the original file or link, and check that."
        ),
        "cross",
        "bad",
    ),
}
