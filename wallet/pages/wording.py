"""Times, days and events as a wallet's pages say them."""

from __future__ import annotations

from credentials.errors import CredentialError
from credentials.timestamps import parse_timestamp
from service.pages import N_, gettext
from service.pages.foreign import foreign
from service.pages.languages import day_in_words, moment_in_words

EVENTS = {
    "signed-in": N_("You signed in"),
    "passkey-added": N_("A passkey was added"),
    "passkey-removed": N_("A passkey was removed"),
    "passkey-suspected": N_("A passkey may have been copied, and opens nothing any more"),
    "device-key-added": N_("Your wallet got to know the key of"),
    "device-key-retired": N_("The key was retired of"),
    "claimed": N_("You took over what was offered at"),
    "promised": N_("A credential was promised by"),
    "promise-ended": N_("A credential is no longer waited for from"),
    "added": N_("Added"),
    "removed": N_("Removed"),
    "shared": N_("A link was made for"),
    "share-ended": N_("A link was ended that was made for"),
    "presented": N_("A presentation was signed for"),
    "presentation-taken": N_("A presentation was taken by"),
    "request-declined": N_("You declined a request of"),
    "applied": N_("You applied for"),
    "application-decided": N_("It was decided about"),
    "became-valid": N_("Now valid"),
    "became-issuer-not-known": N_("Now valid, issuer not on the list of this service"),
    "became-not-yet-valid": N_("Now said to be valid only later"),
    "became-expired": N_("Expired"),
    "became-suspended": N_("Suspended by its issuer"),
    "became-revoked": N_("Revoked by its issuer"),
    "became-undecided": N_("Could not be decided any more"),
    "became-not-valid": N_("Not valid any more"),
}
"""What happened, in words; the name of what it happened to follows."""


MEMBERS = {
    "achievement": N_("What was achieved"),
    "activityEndDate": N_("End of the activity"),
    "activityStartDate": N_("Begin of the activity"),
    "credentialSubject": N_("What it says about you"),
    "description": N_("Description"),
    "evidence": N_("Evidence"),
    "id": N_("Identifier of it"),
    "identifier": N_("Your name or number with the issuer"),
    "image": N_("Picture"),
    "issuer": N_("Issuer"),
    "licenseNumber": N_("Licence number"),
    "name": N_("Name"),
    "narrative": N_("What was done for it"),
    "result": N_("Results"),
    "role": N_("Your role"),
    "source": N_("Who confirmed it"),
    "term": N_("Term"),
    "validFrom": N_("Valid from"),
    "validUntil": N_("Valid until"),
}
"""Members of credentials in words; others are shown by their names."""


def member_words(name: str) -> str:
    """Say what a member of a credential is."""
    return gettext(MEMBERS[name]) if name in MEMBERS else foreign(name)


def event_words(kind: str) -> str:
    """Say what kind of thing happened."""
    return gettext(EVENTS.get(kind, kind))


def when(text: str) -> str:
    """Say a moment that is written as a timestamp; what is none is said as it is."""
    try:
        return moment_in_words(parse_timestamp(text))
    except (CredentialError, OverflowError):
        return text


def on_day(text: str) -> str:
    """Say the day of a timestamp."""
    try:
        return day_in_words(parse_timestamp(text).date())
    except (CredentialError, OverflowError):
        return text
