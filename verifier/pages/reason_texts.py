"""What a reason means, whose problem it is, and what to do: in plain words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from service.pages import N_


class Owner(StrEnum):
    """Whose problem something is; the values are said on the page."""

    ISSUER = N_("The issuer has to mend this.")
    HOLDER = N_("The person who showed it can help.")
    READER = N_("This is for you to settle.")
    ELSEWHERE = N_("A server elsewhere did not answer; it is nobody's fault here.")
    DECIDED = N_("The issuer has decided this; only the issuer can change it.")
    NOBODY = N_("Nobody has to mend anything; it is good to know.")


@dataclass(frozen=True, slots=True)
class Explanation:
    """What something means, whose problem it is, what to do."""

    meaning: str
    owner: Owner
    action: str


ORIGINAL = N_("Ask the person for the original file or link, exactly as the issuer gave it out.")
ASK_ISSUER = N_("Contact the issuer by an address that you looked up yourself, and ask.")
LATER = N_("Try again later. If it stays so, ask the issuer.")
REISSUE = N_("Ask the person to have the issuer mend it and issue it again.")
IGNORE = N_("Leave this part out of your decision; the rest stands by itself.")
WHOLE = N_("Ask the person to show more of the credential.")

CHANGED = Explanation(
    N_("The signature does not fit: what you see is not what was signed."),
    Owner.HOLDER,
    ORIGINAL,
)
BAD_SIGNATURE = Explanation(
    N_("The signature is not made as the standard says, so it vouches for nothing."),
    Owner.HOLDER,
    ORIGINAL,
)
NOTE = Explanation(
    N_("There is a remark on this. By itself it does not speak against the credential."),
    Owner.NOBODY,
    N_("Read the detail if it matters to you."),
)
UNSIGNED = Explanation(
    N_("It carries no signature, so anybody could have written it."), Owner.HOLDER, ORIGINAL
)
STRANGER = Explanation(
    N_(
        "The key that signed is not one of the issuer that is named: somebody else may have "
        "made it."
    ),
    Owner.ISSUER,
    ASK_ISSUER,
)
KEY_ENDED = Explanation(
    N_("The issuer has withdrawn the key that signed this, or it had ended already."),
    Owner.ISSUER,
    REISSUE,
)
NO_ISSUER_DOCUMENT = Explanation(
    N_(
        "The issuer publishes its keys at an address that did not answer, so nobody can tell "
        "whether it signed this."
    ),
    Owner.ELSEWHERE,
    LATER,
)
UNKNOWN_METHOD = Explanation(
    N_("It is signed in a way that is not understood here."),
    Owner.NOBODY,
    N_("Ask the issuer for one in a usual form (Data Integrity, JWT or SD-JWT)."),
)
STATUS_UNKNOWN = Explanation(
    N_("Whether the issuer has withdrawn it could not be found out: its list was not to be had."),
    Owner.ELSEWHERE,
    LATER,
)
STATUS_BROKEN = Explanation(
    N_(
        "The list by which the issuer withdraws credentials is damaged, outdated or not the "
        "issuer's own, so it tells nothing."
    ),
    Owner.ISSUER,
    ASK_ISSUER,
)
STATUS_STALE = Explanation(
    N_(
        "The list of withdrawn credentials is an older copy: a withdrawal of today would not "
        "be in it yet."
    ),
    Owner.ELSEWHERE,
    LATER,
)
LAYOUT = Explanation(
    N_("It is not written as the standard says, so programs may read different things in it."),
    Owner.ISSUER,
    REISSUE,
)
AMBIGUOUS = Explanation(
    N_(
        "It contains something that could be read in two ways, or that the signature does not"
        " cover. That is how forgers hide changes."
    ),
    Owner.HOLDER,
    ORIGINAL,
)
NOT_ONE = Explanation(
    N_("This file holds no credential that can be read here."),
    Owner.HOLDER,
    N_(
        "Ask for the badge or credential file itself: JSON, a token, or the original PNG or "
        "SVG image. A photo or a scan does not carry it."
    ),
)
TOO_MUCH = Explanation(
    N_("It is larger or more entangled than is looked at here."),
    Owner.HOLDER,
    N_("Ask for the credential by itself, without large pictures inside."),
)
HIDDEN = Explanation(
    N_("The person shows a part of the credential only; what is kept back is unknown here."),
    Owner.HOLDER,
    WHOLE,
)
PRESENTED = Explanation(
    N_(
        "It was shown as an answer to somebody's question, and nothing says that the question"
        " was yours."
    ),
    Owner.READER,
    N_(
        "If it was sent to you by the person, that is all right. It does not prove that the "
        "sender is that person."
    ),
)
INSIDE = Explanation(
    N_("It contains another credential that does not hold by itself."), Owner.ISSUER, ASK_ISSUER
)
INSIDE_OPEN = Explanation(
    N_("It contains another credential about which nothing could be decided."),
    Owner.READER,
    N_("Check that one by itself."),
)
ENDORSEMENT = Explanation(
    N_(
        "Somebody's recommendation is attached that does not hold, or is about something "
        "else. Anybody could have attached it."
    ),
    Owner.NOBODY,
    IGNORE,
)
VALUE = Explanation(
    N_(
        "The level or the credits that it states cannot be right by the framework's own rules, or "
        "the issuer was not allowed to assign them."
    ),
    Owner.ISSUER,
    N_("Do not use level or credits before the issuer has explained them."),
)
VALUE_DOUBT = Explanation(
    N_("The level or the credits that it states do not quite fit what the registers at hand say."),
    Owner.ISSUER,
    N_("Ask the issuer what level, credits and unit are meant."),
)
STACK_WRONG = Explanation(
    N_("It says that it is made of other credentials, and they do not add up to it."),
    Owner.ISSUER,
    ASK_ISSUER,
)
STACK_OPEN = Explanation(
    N_("It is made of other credentials, and whether they add up was not computed again here."),
    Owner.READER,
    N_("Ask for the whole record with all of its parts, and check that."),
)
LEGACY = Explanation(
    N_(
        "It is a badge of the older standard Open Badges 2. It is only as good as the web "
        "sites that it depends on are today."
    ),
    Owner.NOBODY,
    N_("Ask the issuer for an Open Badge 3.0 if much depends on it."),
)
LEGACY_BROKEN = Explanation(
    N_("It is a badge of the older standard, and what its web sites say does not fit it."),
    Owner.ISSUER,
    N_("Ask the person for the address of the badge, and check what stands there."),
)
OLD_FORM = Explanation(
    N_("It is written in an older version of the standard, which still holds."),
    Owner.NOBODY,
    N_("There is nothing to do."),
)
ELSEWHERE_CHANGED = Explanation(
    N_("Something that it refers to is not what it was when it was signed."),
    Owner.ISSUER,
    ASK_ISSUER,
)
NOT_LOOKED_AT = Explanation(
    N_("Something that it refers to was not fetched and compared."),
    Owner.READER,
    N_("Open it yourself if it matters to you."),
)
