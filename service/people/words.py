"""What is said when a proof is not accepted, by the code of the error."""

from __future__ import annotations

from service.errors import ConflictError
from service.pages import N_, gettext
from service.sign_in.errors import SignInError

WORDS = {
    "ACCOUNT_LINKED": N_("This account is linked to somebody here already."),
    "ACCOUNT_UNKNOWN": N_(
        "Nobody here has linked this account. Sign in another way and link it, under "
        "“How you sign in”."
    ),
    "ID_TOKEN_REFUSED": N_(
        "What the provider said about you could not be verified, so nobody was signed in."
    ),
    "LAST_WAY": N_("This is all that you can sign in with. Add something else first."),
    "PASSKEY_KNOWN": N_("This passkey is known already."),
    "PASSKEY_REFUSED": N_("This passkey was not accepted. Try again, or sign in another way."),
    "PASSKEY_SUSPECTED": N_(
        "This passkey may have been copied, so it opens nothing any more. Remove it."
    ),
    "PROVIDER_MALFORMED": N_(
        "The provider does not answer as OpenID Connect says. Tell whoever runs this service."
    ),
    "PROVIDER_REFUSED": N_("The provider signed nobody in. Try again, or sign in another way."),
    "PROVIDER_UNREACHABLE": N_(
        "The provider cannot be asked just now. Try again in a minute, or sign in another way."
    ),
    "STEP_ENDED": N_("This took too long, or was done already. Begin again."),
    "TOO_MANY": N_("There were too many. Remove one, or wait for a quarter of an hour."),
    "VISIT_MIXED_UP": N_("This answer belongs to another visit at a provider. Begin again."),
}


OWN_ROLES = N_("Nobody changes their own roles. Somebody else who gives roles has to do it.")


REFUSED = {
    "LAST_KEEPER": N_("Somebody must be able to give roles; give that role to another one first."),
    "NOTHING_WAITS": N_("No role of theirs waits here."),
    "OTHER_GRANT": N_(
        "A role of theirs waits that somebody else gave. Whoever gave it makes the link, or the "
        "role is taken away first."
    ),
    "OWN_GRANT": N_("Whoever gave a role does not confirm it; somebody else has to."),
    "OWN_ROLES": OWN_ROLES,
}
"""Why roles stay as they are, by the code of the error."""


def own_roles() -> str:
    """Say in the language of the page why somebody does not change their own roles."""
    return gettext(OWN_ROLES)


def refused(error: ConflictError) -> str:
    """Say in the language of the page why roles stay as they are."""
    return gettext(REFUSED[error.code]) if error.code in REFUSED else error.message


def in_words(error: SignInError) -> str:
    """Say in the language of the page why a proof was not accepted."""
    return gettext(WORDS.get(error.code, WORDS["PASSKEY_REFUSED"]))


HAPPENED = {
    "role.confirmed": N_("A role was confirmed by another person"),
    "role.waits": N_("A role waits for another person"),
    "role.granted": N_("A role was given"),
    "role.withdrawn": N_("A role was taken away"),
    "user.account-linked": N_("An account elsewhere was linked"),
    "user.account-unlinked": N_("An account elsewhere was unlinked"),
    "user.added": N_("A person was added"),
    "user.disabled": N_("A person was shut out"),
    "user.passkey-added": N_("A passkey was added"),
    "user.passkey-removed": N_("A passkey was removed"),
    "user.passkey-suspected": N_("A passkey was suspected of being a copy"),
    "user.password-removed": N_("A password was removed"),
    "user.password-set": N_("A password was set"),
    "user.sessions-ended": N_("All sessions of a person were ended"),
    "user.setup-link-made": N_("A link for setting up was made"),
    "user.signed-in": N_("Signed in"),
}
"""What happened to people, by its name in the log of every office."""
