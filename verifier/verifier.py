"""The verifier: twelve checks in a fixed order, one verdict.

What only some forms of credentials need is loaded when one of these forms comes: most commands
verify one credential, and loading all of this takes longer than that.

Which check stands for which obligation is written in each module of `verifier.checks`.
"""

from __future__ import annotations

from typing import NamedTuple

from credentials.data_model.presentation import is_presentation
from credentials.errors import VerificationError
from credentials.json_types import JsonObject
from credentials.legacy.classes import is_legacy
from credentials.proofs.cryptosuite import without_proof
from verifier.checks.world import World
from verifier.examination import Examination, examine_award, examine_credential
from verifier.formats import is_sd_jwt
from verifier.images import Opened, open_image
from verifier.looked_up import account_for_sources
from verifier.opening import receive
from verifier.received import Received
from verifier.report import (
    VerificationReport,
    VerifiedCredential,
    VerifiedPresentation,
)


class Inspection(NamedTuple):
    """A report together with what was read, for showing both to a person.

    `document` is what a file holds, taken out of its image or token; it is empty if nothing could
    be read.  Nothing in it is more than what it says, whatever the verdict.  `presented` are the
    credentials of a presentation, each with a report of its own.  `digest` is that of the content
    of a valid credential.
    """

    report: VerificationReport
    document: JsonObject
    presented: tuple[Inspection, ...] = ()
    digest: str = ""


class Verifier:
    """Verifies credentials and presentations in one given world."""

    def __init__(self, world: World) -> None:
        """Take the world: time, resolver, contexts, trust, expectations and limits."""
        self._world = world

    def check(self, data: bytes) -> VerificationReport:
        """Report on any bytes whatever; never raises for what is in them."""
        return self._examine(data).report(self._world)

    def inspect(self, data: bytes) -> Inspection:
        """Report on any bytes as `check` does, and hand out what was read for showing it."""
        return self._inspection(self._examine(data))

    def _inspection(self, examination: Examination) -> Inspection:
        presented = tuple(map(self._inspection, examination.presented))
        report = examination.report(self._world)
        return Inspection(report, examination.document, presented, examination.digest)

    def verify(self, data: bytes) -> VerifiedCredential:
        """Return the verified credential, or raise `VerificationError`.

        What is returned is what the proofs cover: the document without its proofs.  A
        presentation is no credential (NOT_A_CREDENTIAL), however valid: its holder signed it; nor
        is a badge of Open Badges 2 (LEGACY_OPEN_BADGES_2), whose meaning nobody signed; nor an
        SD-JWT (SHOWN_IN_PARTS): with other disclosures, or beside the badge that it was derived
        from, it would be taken for another credential and counted twice.
        """
        examination = self._examine(data)
        if is_legacy(examination.document):
            from verifier.legacy.examination import LEGACY

            examination.report(self._world).raise_for_errors()
            text = "This is a badge of Open Badges 2, whose meaning is unsigned: it is only shown."
            raise VerificationError(text, code=LEGACY)
        verified = examination.verified(self._world)
        if examination.is_shown_in_parts:
            raise VerificationError(
                "This is an SD-JWT, which may show a part of a credential only. Ask for the whole "
                "credential in another form.",
                code="SHOWN_IN_PARTS",
            )
        if is_presentation(examination.document):
            raise VerificationError(
                "This is a presentation; the credentials are inside it.",
                code="NOT_A_CREDENTIAL",
                pointer="/type",
            )
        return verified

    def verify_presentation(self, data: bytes) -> VerifiedPresentation:
        """Return the verified presentation with its verified credentials, or raise.

        Raises `VerificationError`, also for a credential (NOT_A_PRESENTATION) and for a
        presentation of nothing (NO_CREDENTIAL_PRESENTED).
        """
        examination = self._examine(data)
        report = examination.report(self._world)
        report.raise_for_errors()
        if not is_presentation(examination.document):
            raise VerificationError("This is no presentation.", code="NOT_A_PRESENTATION")
        if not examination.presented:
            text = "No credential was presented."
            raise VerificationError(text, code="NO_CREDENTIAL_PRESENTED")
        return VerifiedPresentation(
            document=without_proof(examination.document),
            holder=examination.proven_party,
            credentials=tuple(one.verified(self._world) for one in examination.presented),
            verification_methods=examination.verification_methods,
            report=report,
        )

    def _examine(self, data: bytes) -> Examination:
        examination, world = Examination(), self._world.for_one_verification()
        opened = open_image(data, limits=world.limits)
        examination.add("document", opened.remarks)
        if opened.data is not None and is_sd_jwt(opened.data, world.limits):
            from verifier.sd_jwt import examine_sd_jwt

            examine_sd_jwt(opened.data, world, examination, examine)
        elif opened.data is not None and not _is_legacy_form(opened, world, examination):
            received, remarks = receive(opened.data, world)
            examination.add("document", remarks)
            if received is not None:
                examine(received, world, examination)
        account_for_sources(world, examination)
        return examination


def _is_legacy_form(opened: Opened, world: World, examination: Examination) -> bool:
    """Examine a token or an address of Open Badges 1 and 2; tell whether it was one."""
    if not opened.is_legacy and (opened.data or b"").lstrip().startswith(b"{"):
        return False
    from verifier.legacy.examination import examine_legacy_form

    return examine_legacy_form(opened, world, examination)


def examine(received: Received, world: World, examination: Examination) -> None:
    """Run all checks on what was received: a presentation, a credential, or a legacy badge."""
    if is_presentation(received.document):
        from verifier.presentation import examine_presentation

        examine_presentation(received, world, examination)
    elif is_legacy(received.document) and received.token is None:
        from verifier.legacy.examination import examine_legacy

        examine_legacy(received.document, world, examination)
    else:
        examine_credential(received, world, examination)
        examine_award(world, examination)
