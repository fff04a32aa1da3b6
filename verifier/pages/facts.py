"""The facts of a credential: what it is, from whom, about whom, from when until when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from credentials.data_model.presentation import is_presentation
from credentials.errors import CredentialError
from credentials.json_types import JsonObject, JsonValue, as_list, member
from credentials.timestamps import parse_timestamp
from service.pages import N_, gettext
from service.pages.languages import moment_in_words
from verifier.report import Outcome, VerificationReport
from verifier.sources import URL_CHARACTERS, Origin, Source
from verifier.trust import TrustList

DATES = (
    ("awardedDate", N_("Awarded on")),
    ("validFrom", N_("Valid from")),
    ("issuanceDate", N_("Valid from")),
    ("validUntil", N_("Valid until")),
    ("expirationDate", N_("Valid until")),
)

ORIGINS = {
    Origin.LIVE: N_("asked just now"),
    Origin.CACHED: N_("asked a short while ago, and kept"),
    Origin.STALE: N_("an older copy, since nobody answers there now"),
    Origin.GIVEN: N_("from the files of this service, not from the network"),
    Origin.BUNDLED: N_("from a bundle, as of when it was packed"),
    Origin.NONE: N_("not to be had"),
}
"""How a document was had, in words."""

DETACHED = ("did:key:", "did:jwk:")
"""Beginnings of identifiers that are nothing but a key."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact: its label, what it is, and what to make of it; `is_foreign` is somebody's own text.

    Label and note are texts to be said; the value is shown as it is.
    """

    label: str
    value: str
    note: str = ""
    is_foreign: bool = False


@dataclass(frozen=True, slots=True)
class Lookup:
    """A document that was looked up: address, what it is, how it was had, when."""

    url: str
    kind: str
    origin: str
    at: datetime | None


def facts(report: VerificationReport, document: JsonObject) -> tuple[Fact, ...]:
    """List the facts that a report and its document have."""
    rows = (
        *_name(report),
        *_issuer(report),
        *_person(report, document),
        *_dates(document),
        Fact(N_("Checked on"), moment_in_words(report.checked_at)),
    )
    return tuple(row for row in rows if row.value)


def lookups(report: VerificationReport, trust: TrustList | None) -> tuple[Lookup, ...]:
    """List what was looked up for a report in the world of a reader with this trust."""
    issuer = str(report.credential.get("issuer", ""))
    registries = () if trust is None else trust.registries
    addresses = frozenset(one.address_of(issuer) for one in registries)
    return tuple(_lookup(source, addresses) for source in report.sources)


def _lookup(source: Source, registries: frozenset[str]) -> Lookup:
    kind = N_("list of withdrawn credentials") if source.is_credential else N_("keys of an issuer")
    if source.url in registries:
        kind = N_("registry of issuers")
    return Lookup(source.url[:URL_CHARACTERS], kind, ORIGINS[source.origin], source.at)


def _name(report: VerificationReport) -> Iterator[Fact]:
    name = report.credential.get("name", "")
    yield Fact(N_("Credential"), str(name), is_foreign=True)
    legacy = report.credential.get("legacy")
    if isinstance(legacy, dict):
        hosts = ", ".join(str(host) for host in as_list(legacy.get("depends_on_hosts")))
        note = N_("It is only as good as these web sites are today.") if hosts else ""
        yield Fact(N_("Older standard"), f"{legacy.get('standard', '')} {hosts}".strip(), note)


def _issuer(report: VerificationReport) -> Iterator[Fact]:
    facts = report.credential
    identifier, proven = str(facts.get("issuer", "")), facts.get("issuer_shown_as")
    proves = is_proven(report)
    if proves and "issuer_listed_by" in facts:
        yield _listed(report)
    if proven and proves:
        yield Fact(N_("Issuer's web address"), str(proven), N_("proven by the signature"))
    elif identifier.startswith(DETACHED):
        note = N_("a key without an address: it proves that the same hand signed, not whose")
        yield Fact(N_("Issuer's key"), identifier, note)
    else:
        note = N_("proven by the signature") if proves else N_("not proven")
        yield Fact(N_("Issuer's identifier"), identifier, note)
    note = N_("what the issuer calls itself; anybody can write any name")
    yield Fact(N_("Issuer's own name"), str(facts.get("issuer_name", "")), note, is_foreign=True)


def _listed(report: VerificationReport) -> Fact:
    """Tell which list says who the issuer is: one of the reader's own, or a registry."""
    facts = report.credential
    name, listed_by = str(facts.get("issuer_listed_as", "")), str(facts["issuer_listed_by"])
    value = name or str(facts.get("issuer", ""))
    homepage = str(facts.get("issuer_homepage", ""))
    if homepage:
        value = f"{value} ({homepage})"
    at = facts.get("issuer_list_read_at")
    if facts.get("issuer_listed_in") != "registry":
        note = gettext("as your list “%(list)s” calls them", list=listed_by)
        return Fact(N_("Issuer"), value, note)
    when = moment_of(at) if at is not None else gettext("from the files of this service")
    note = gettext(
        "as the registry “%(list)s” calls them; read: %(when)s", list=listed_by, when=when
    )
    return Fact(N_("Issuer"), value, note)


def is_proven(report: VerificationReport) -> bool:
    """Tell whether signature and issuer hold."""
    sound = (Outcome.PASSED, Outcome.WARNING)
    return all(report.check(name).outcome in sound for name in ("proof", "issuer"))


def _person(report: VerificationReport, document: JsonObject) -> Iterator[Fact]:
    subjects = as_list(document.get("credentialSubject"))
    if is_presentation(document):
        note = (
            N_("shown by the signature of whoever holds this key")
            if is_proven(report)
            else N_("not proven")
        )
        yield Fact(N_("Shown by"), str(report.credential.get("holder") or ""), note)
        return
    if subjects:
        identifier = str(report.credential.get("subject", ""))
        outcome = report.check("recipient").outcome
        yield Fact(N_("About"), identifier or gettext("no identifier"), _about(outcome))
    for subject in subjects[:1]:
        hashed = [member(one, "hashed") for one in as_list(member(subject, "identifier"))]
        if True in hashed:
            note = N_("a fingerprint of an address: enter the address to compare it")
            yield Fact(N_("Named by"), gettext("the person's address, as a fingerprint"), note)


def _about(outcome: Outcome) -> str:
    if outcome is Outcome.PASSED:
        return N_("the person you named")
    if outcome is Outcome.FAILED:
        return N_("not the person you named")
    return N_("not compared with anybody")


def _dates(document: JsonObject) -> Iterator[Fact]:
    for name, label in DATES:
        if name in document:
            yield Fact(label, moment_of(document[name]))
    ends = [name for name, _label in DATES[3:] if name in document]
    if document and not ends and not is_presentation(document):
        yield Fact(N_("Valid until"), gettext("no end is stated"))


def moment_of(value: JsonValue) -> str:
    """Write a moment of a document in words; one that cannot be read, as it is."""
    try:
        return moment_in_words(parse_timestamp(value))
    except CredentialError:
        return value[:URL_CHARACTERS] if isinstance(value, str) else ""
    except OverflowError:
        # Moments at the ends of the calendar have no counterpart in UTC.
        return str(value)[:URL_CHARACTERS]
