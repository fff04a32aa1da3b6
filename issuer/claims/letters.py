"""What is written to learners, in their language, and where it is a draft, that it is one."""

from __future__ import annotations

from dataclasses import dataclass

from issuer.claims.shown import ShownCredential
from issuer.store.claims import REMINDER
from service.mail import Letter
from service.pages import N_
from service.pages.languages import Words, words_of

PACKAGE = "issuer.claims"
CLAIM, CORRECTED = "claim", "corrected"
REVOKED, SUSPENDED, REINSTATED = "revoked", "suspended", "reinstated"


@dataclass(frozen=True, slots=True)
class _Kind:
    """The texts of one kind of letter; %(…)s are the achievement and the institution."""

    subject: str
    first: str
    second: str


KINDS = {
    CLAIM: _Kind(
        N_("Your micro-credential: %(achievement)s"),
        N_("%(institution)s has issued the micro-credential “%(achievement)s” to you."),
        N_(
            "On the page behind this link you take it with you: as a picture, as a certificate to "
            "print, and as a file for a wallet. The link is for you alone; do not pass it on."
        ),
    ),
    REMINDER: _Kind(
        N_("Waiting for you: %(achievement)s"),
        N_("The micro-credential “%(achievement)s” of %(institution)s is still waiting for you."),
        N_("This link takes the place of the one that you were sent before."),
    ),
    CORRECTED: _Kind(
        N_("Corrected: %(achievement)s"),
        N_("%(institution)s has corrected your micro-credential “%(achievement)s”."),
        N_(
            "On the page behind this link you take the new one with you. The one before is "
            "withdrawn: please use it no more. The link is for you alone; do not pass it on."
        ),
    ),
    REVOKED: _Kind(
        N_("Withdrawn: %(achievement)s"),
        N_("%(institution)s has withdrawn your micro-credential “%(achievement)s”."),
        N_("Whoever checks it from now on is told so. If you think that this is wrong, ask them."),
    ),
    SUSPENDED: _Kind(
        N_("Suspended: %(achievement)s"),
        N_("%(institution)s has suspended your micro-credential “%(achievement)s” for now."),
        N_(
            "Whoever checks it is told so, until it is reinstated. If you have questions, ask them."
        ),
    ),
    REINSTATED: _Kind(
        N_("In force again: %(achievement)s"),
        N_("Your micro-credential “%(achievement)s” of %(institution)s is in force again."),
        N_("Nothing has to be done: the files that you have are valid again."),
    ),
}
"""All kinds of letters."""

LINK_LABEL = N_("Take your micro-credential")
PIN = N_("The page asks for a PIN, which you get in another way than by mail.")
UNTIL = N_("The link holds until %(day)s.")
DRAFT = N_("A machine translated this letter. If a sentence is odd, ask for the English text.")


def letter_of(
    kind: str,
    shown: ShownCredential,
    *,
    link: str | None = None,
    needs_pin: bool = False,
    until: str | None = None,
    reason: str | None = None,
) -> Letter:
    """Write a letter; `until` is a day as the language writes it, `reason` the institution's."""
    words, texts = words_of((PACKAGE,))[shown.language], KINDS[kind]
    named = {"achievement": shown.achievement, "institution": shown.tenant.title}
    paragraphs = [words.gettext(text) % named for text in (texts.first, texts.second)]
    if reason:
        paragraphs.insert(1, reason)
    if needs_pin:
        paragraphs.append(words.gettext(PIN))
    return Letter(
        subject=words.gettext(texts.subject) % named,
        paragraphs=paragraphs,
        language=shown.language,
        link=link,
        link_label=words.gettext(LINK_LABEL) if link else "",
        closing=list(_closing(words, until)),
    )


def _closing(words: Words, until: str | None) -> list[str]:
    said = [] if until is None else [words.gettext(UNTIL) % {"day": until}]
    return [*said, words.gettext(DRAFT)] if words.is_draft else said
