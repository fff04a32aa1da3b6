"""Status lists that were verified, kept so that the next credential of an issuer costs less.

A list is known by its full content.  Kept is only what nothing but this content decides; what time
and other documents decide is for `verifier.checks.status_lists` to judge anew each time.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from credentials.full_bytes import full_bytes
from credentials.json_types import JsonObject
from credentials.remembering import Weighed

if TYPE_CHECKING:
    from verifier.checks.proof import ProofEvidence
    from verifier.checks.status_lists import StatusList

KEPT_BYTES = 32 * 1024 * 1024
"""How large all kept lists may be together: their bits, their text, and what was read of it."""


@dataclass(frozen=True, slots=True)
class KeptList:
    """A list that verified, with everything that has to be looked at again."""

    known: StatusList
    evidence: tuple[ProofEvidence, ...]
    """Its proofs, with the keys that they were verified with."""

    canonicalized_values: int
    """What its verification took of the work that is allowed for one verification."""

    terms: tuple[Any, ...]
    """Under which limits, contexts and allowances it was verified."""


class VerifiedLists:
    """The lists that were verified most recently; safe to use from several threads."""

    def __init__(self, most: int = KEPT_BYTES) -> None:
        """Take how many bytes are kept at most."""
        self._kept: Weighed[KeptList] = Weighed(most)
        self._lock = threading.Lock()

    def find(self, document: JsonObject, kind: str, terms: tuple[Any, ...]) -> KeptList | None:
        """Find what is kept of a list of a kind, if it was verified under the same terms."""
        text = full_bytes(document)
        if text is None:
            return None
        with self._lock:
            kept = self._kept.find((text, kind))
        return kept if kept is not None and kept.terms == terms else None

    def keep(self, kind: str, kept: KeptList) -> None:
        """Keep a list that verifies, unless it alone is too large."""
        text = full_bytes(kept.known.document)
        if text is None:
            return
        # The text is there twice, as itself and as what was read of it, which takes more.
        size = len(kept.known.bits) + 4 * len(text)
        with self._lock:
            self._kept.keep((text, kind), kept, size)
