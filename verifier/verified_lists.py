"""Status lists that were verified, kept so that the next credential of an issuer costs less.

A list is known by its full content.  Kept is only what nothing but this content decides; what time
and other documents decide is for `verifier.checks.status_lists` to judge anew each time.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cachetools import LRUCache

from credentials.json_types import JsonObject
from credentials.strict_json import write_plain

if TYPE_CHECKING:
    from verifier.checks.proof import ProofEvidence
    from verifier.checks.world import StatusList

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
        self._kept: LRUCache[tuple[bytes, str], tuple[KeptList, int]] = LRUCache(
            most, getsizeof=lambda item: item[1]
        )
        self._lock = threading.Lock()

    def find(self, document: JsonObject, kind: str, terms: tuple[Any, ...]) -> KeptList | None:
        """Find what is kept of a list of a kind, if it was verified under the same terms."""
        text = write_plain(document)
        if text is None:
            return None
        with self._lock:
            kept, _size = self._kept.get((text, kind), (None, 0))
        return kept if kept is not None and kept.terms == terms else None

    def keep(self, kind: str, kept: KeptList) -> None:
        """Keep a list that verifies, unless it alone is too large."""
        text = write_plain(kept.known.document)
        if text is None:
            return
        # The text is there twice, as itself and as what was read of it, which takes more.
        size = len(kept.known.bits) + 4 * len(text)
        with self._lock:
            if size <= self._kept.maxsize:
                self._kept[text, kind] = kept, size
