"""Verifying and keeping what came into a wallet, by whatever way it came."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from service.pages import N_, Upload, gettext
from wallet.errors import CannotAddError
from wallet.findings import Findings
from wallet.pages.room import WalletRoom
from wallet.store import Learner

UNREADABLE, ALREADY_THERE, ANOTHER_HOLDER = "UNREADABLE", "ALREADY_THERE", "ANOTHER_HOLDER"
FAULTS = {
    UNREADABLE: N_("There is no credential in this that could be read."),
    ALREADY_THERE: N_("This is in your wallet already."),
    ANOTHER_HOLDER: N_("It is about somebody else’s key, although yours was asked for."),
}


def not_kept(
    room: WalletRoom, learner: Learner, files: Sequence[Upload], holder: str = ""
) -> Iterator[tuple[str, CannotAddError]]:
    """Verify and keep what was given; name what is not kept, and why.

    `holder` is the key that was proved to have it: what is bound to another one is somebody else's.
    """
    services = room.services
    for file, findings in zip(files, services.examine([one.data for one in files]), strict=True):
        try:
            _require_credential(findings)
            _require_holder(findings, holder)
            services.store.holdings.add(learner.id, file.data, findings, services.now())
        except CannotAddError as error:
            yield file.name, error


def fault_words(error: CannotAddError) -> str:
    """Say why something is not kept."""
    return gettext(FAULTS[error.code]) if error.code in FAULTS else error.message


def _require_credential(findings: Findings) -> None:
    """Take what is a credential, whatever it comes to: an expired one is its learner's, too."""
    if not findings.is_credential:
        raise CannotAddError("There is no credential in this that could be read.", code=UNREADABLE)


def _require_holder(findings: Findings, holder: str) -> None:
    """Take what names no key at all; some issuers write the key itself for its controller."""
    subject = findings.subject.partition("#")[0]
    if holder and subject.startswith("did:") and subject != holder:
        raise CannotAddError("This is about somebody else's key.", code=ANOTHER_HOLDER)
