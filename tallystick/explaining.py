"""A verification report in plain words, with what to do about each failure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from credentials.json_types import JsonObject
from credentials.timestamps import format_timestamp
from verifier.report import Check, Outcome, Remark, Verdict, VerificationReport
from verifier.sources import URL_CHARACTERS, Origin

HEADLINES = {
    Verdict.VALID: "VALID. It is unchanged, in force, and signed by an issuer that you know.",
    Verdict.INVALID: "NOT VALID. Do not rely on this credential.",
    Verdict.INDETERMINATE: "COULD NOT BE DECIDED. Do not rely on it before the open points are "
    "settled.",
}

UNKNOWN_ISSUER = (
    "VALID, ISSUER NOT KNOWN TO YOU. It is unchanged and in force; who the issuer is, you have to "
    "find out yourself."
)
"""The headline for a valid credential whose issuer stands on no list of the reader's."""

NOTHING_PRESENTED = (
    "NO CREDENTIAL WAS PRESENTED. The holder answered, and showed nothing that you could rely on."
)
"""The headline for a presentation that is in order and empty."""

LEGACY = (
    "VALID AS A LEGACY BADGE. It is only as good as the web sites that it depends on are today: "
    "read the notes."
)
"""The headline for a valid badge of Open Badges 2."""

NO_AWARD = (
    "IN ORDER, BUT NO AWARD. This only describes a badge or an issuer; nobody was awarded anything."
)
"""The headline for what Open Badges 2 publishes beside awards."""

MARKS = {
    Outcome.PASSED: "ok  ",
    Outcome.FAILED: "FAIL",
    Outcome.INDETERMINATE: "?   ",
    Outcome.WARNING: "note",
    Outcome.SKIPPED: "-   ",
}

TITLES = {
    "document": "Document",
    "schema": "Form",
    "context": "Vocabulary",
    "proof": "Signature",
    "issuer": "Issuer's key",
    "validity": "Validity period",
    "status": "Withdrawn?",
    "recipient": "Recipient",
    "endorsement": "Endorsements",
    "value": "Level and credits",
    "trust": "Known issuer?",
    "resources": "Linked resources",
}

_FROM_ISSUER = "Ask the learner for the original file, or the issuer for a new credential."
ADVICE = {
    "document": "Ask for the file that the issuer gave out, unchanged.",
    "schema": "The issuer has to mend this and issue the credential again.",
    "context": "Do not use it: it can show something other than what was signed. " + _FROM_ISSUER,
    "proof": _FROM_ISSUER,
    "issuer": "Do not trust the name in it. Contact the named issuer yourself and ask.",
    "validity": "Ask the learner whether the issuer has renewed the credential.",
    "status": "Ask the issuer about the state of this credential.",
    "recipient": "Make sure that the credential belongs to the person in front of you.",
    "endorsement": "Leave the endorsement out of your decision.",
    "value": "Ask the issuer what level, credits and unit are meant.",
    "trust": "Look the issuer up before you rely on what it says.",
    "resources": "Ask the issuer for a credential with the right links.",
}
"""What to do when a check does not pass, for the person who received the credential."""

ADVICE_BY_CODE = {
    "KEY_UNRESOLVED": "Try again later and online, or give the issuer's document with "
    "--resolver-map.",
    "ISSUER_UNCONFIRMED": "Try again later and online, or give the issuer's document with "
    "--resolver-map.",
    "KEY_NOT_NAMED": "Ask the issuer to name the key in the token (kid).",
    "NOT_YET_VALID": "Verify it again when its validity has begun.",
    "IMAGE_WITHOUT_CREDENTIAL": "Ask for the badge as the file that the issuer gave out.",
    "LEGACY_DATA_MODEL": "Ask the issuer for a newer one if other software refuses it.",
    "LEGACY_OPEN_BADGES_2": "Ask the issuer to issue it again as an Open Badge 3.0.",
    "LEGACY_CHANGED": "Ask the learner for the address of the badge, and verify what it gives.",
    "LEGACY_UNREACHABLE": "Try again later and online, or give the document with --resolver-map.",
    "STATUS_RETRIEVAL_ERROR": "Try again later and online, or give the status list with "
    "--resolver-map.",
    "STALE_ISSUER_DOCUMENT": "Verify it again when the issuer's address answers.",
    "STALE_STATUS_LIST": "Verify it again when the address of the status list answers.",
    "UNSUPPORTED_PROOF": "Ask the issuer for a credential signed with eddsa-rdfc-2022.",
    "CHALLENGE_NOT_CHECKED": "Set a challenge of your own with --challenge and ask again.",
    "AUDIENCE_NOT_CHECKED": "Name yourself with --audience, as you did when you asked.",
    "INVALID_CHALLENGE_ERROR": "Ask for a presentation that answers the challenge you set.",
    "INVALID_DOMAIN_ERROR": "Ask for a presentation that was made for you.",
    "KEY_BINDING_MISSING": "Ask for a presentation that the learner signs for you.",
    "KEY_BINDING_STALE": "Ask for a new presentation.",
    "RECIPIENT_NOT_DISCLOSED": "Ask the learner to show whom it is about.",
    "BASE_PROOF": "Ask the holder to derive a credential that is meant to be shown.",
    "DRAFT_CRYPTOSUITE": "It holds; an issuer that still exists can sign it again.",
    "SELECTIVELY_DISCLOSED": "Ask the holder for more of it if you need more.",
    "START_UNDISCLOSED": "Ask the holder to disclose from when it is valid.",
    "END_UNDISCLOSED": "Ask the holder to disclose the end, or the issuer whether there is one.",
    "STATUS_UNDISCLOSED": "Ask the holder to disclose the status, or the issuer whether there is "
    "one.",
    "TOKEN_CLAIM_MISSING": "Ask the issuer to repeat it in the claims of the token.",
    "UNSUPPORTED_ALGORITHM": "Ask the issuer for a token signed with EdDSA, ES256 or RS256.",
    "UNSUPPORTED_ENVELOPE": "Ask for the credential as JSON or as a JWT.",
    "REGISTRY_NOT_READ": "Try again later and online, or look the issuer up there yourself.",
    "TOO_LARGE": "Ask for the credential without large images inside.",
}


ORIGINS = {
    Origin.LIVE: "fetched at {moment}",
    Origin.CACHED: "fetched at {moment} and kept",
    Origin.STALE: "a copy of {moment}, since nobody answers there now",
    Origin.GIVEN: "from your resolver map",
    Origin.BUNDLED: "from the bundle, where it is of {moment}",
    Origin.NONE: "could not be had [{code}]",
}
"""Where a document came from, in words."""


def explain(report: VerificationReport) -> str:
    """Write a report as text: verdict, what the credential is, each check, what to do."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: VerificationReport) -> Iterator[str]:
    yield _headline(report)
    yield ""
    yield from _facts(report)
    for check in report.checks:
        # What was not reached has nothing to say beside the reason that comes first.
        if check.decisive.code != "NOT_REACHED":
            yield from _check_lines(check)
    yield from _source_lines(report)


def _headline(report: VerificationReport) -> str:
    presented = {remark.code for remark in report.check("recipient").remarks}
    if report.verdict is Verdict.VALID and "NO_CREDENTIAL_PRESENTED" in presented:
        return NOTHING_PRESENTED
    if report.verdict is Verdict.VALID and "legacy" in report.credential:
        return NO_AWARD if "LEGACY_NOT_AN_AWARD" in presented else LEGACY
    is_known = report.check("trust").outcome is Outcome.PASSED
    if report.verdict is Verdict.VALID and not is_known:
        return UNKNOWN_ISSUER
    return HEADLINES[report.verdict]


def _facts(report: VerificationReport) -> Iterator[str]:
    facts = report.credential
    issuer = facts.get("issuer")
    named = facts.get("issuer_name")
    rows = (
        ("Credential", facts.get("name")),
        ("Kind", _kind(facts)),
        (
            "Issuer",
            f"{issuer or 'not named by an id'}, who calls itself {named}" if named else issuer,
        ),
        ("Shown as", facts.get("issuer_shown_as")),
        ("About", facts.get("subject")),
        ("Presented by", facts.get("holder")),
        ("Valid from", facts.get("valid_from")),
        ("Valid until", facts.get("valid_until")),
    )
    stated = [(name, printable(str(value))) for name, value in rows if value]
    yield from (f"{name + ':':14}{value}" for name, value in stated)
    if stated:
        yield ""


def _kind(facts: JsonObject) -> str | None:
    """Say what kind of badge it is, if it is of an older one, and whom it depends on."""
    legacy = facts.get("legacy")
    if not isinstance(legacy, dict):
        return None
    hosts = ", ".join(legacy["depends_on_hosts"]) or "nobody yet"
    return f"{legacy['standard']} (legacy), {legacy['verification']}; depends on {hosts}"


def _check_lines(check: Check) -> Iterator[str]:
    for index, remark in enumerate(check.remarks):
        title = TITLES[check.id] if index == 0 else ""
        is_placed = _is_problem(remark) and remark.pointer
        place = f" (at {printable(remark.pointer)})" if is_placed else ""
        mark = MARKS[remark.outcome]
        yield f"{mark} {title:18}{printable(remark.detail)}{place} [{remark.code}]"
        if _is_problem(remark):
            yield f"{'':23}-> {ADVICE_BY_CODE.get(remark.code, ADVICE[check.id])}"


def _source_lines(report: VerificationReport) -> Iterator[str]:
    """Tell of each document that was looked up where it came from, and when."""
    if report.sources:
        yield ""
        yield "Looked up:"
    for source in report.sources:
        moment = _moment(source.at)
        origin = ORIGINS[source.origin].format(moment=moment, code=source.code)
        yield f"  {printable(source.url[:URL_CHARACTERS])}: {origin}"


def _moment(at: datetime | None) -> str:
    return "an unstated time" if at is None else format_timestamp(at.replace(microsecond=0))


def explain_difference(report: VerificationReport, before: VerificationReport) -> str:
    """Write the verdict, and each check that has another outcome than in another report."""
    lines = [_headline(report)]
    for check, other in zip(report.checks, before.checks, strict=True):
        if check.outcome is not other.outcome and check.decisive.code != "NOT_REACHED":
            lines += _check_lines(check)
    return "\n".join(lines) + "\n"


def _is_problem(remark: Remark) -> bool:
    return remark.outcome in (Outcome.FAILED, Outcome.INDETERMINATE, Outcome.WARNING)


def printable(text: str) -> str:
    """Show foreign text on one line: no control characters, no changes of writing direction."""
    return "".join(character if _is_harmless(character) else "\ufffd" for character in text)


def _is_harmless(character: str) -> bool:
    # A no-break space prints nothing, and stands before French colons.
    is_seen = character.isprintable() or character == "\N{NO-BREAK SPACE}"
    return is_seen and not _turns_direction(character)


def _turns_direction(character: str) -> bool:
    return "\u202a" <= character <= "\u202e" or "\u2066" <= character <= "\u2069"
