"""What a credential states, whatever form it has: so that one in two forms counts once.

A wallet may hold a credential and a copy of it that is bound to a key, or signed in another form.
The two have different ids, status entries and digests, but what makes credit of them is the same:
who awarded which achievement, when, and for how much.  All of that is signed by the issuer, and
none of it can be left out where parts are shown (docs/selective-disclosure.md), so that no holder
can make two awards of one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from credentials.jcs import canonicalize

STATED = ("institution", "component", "awarded", "amount", "unit")
"""Members of a lot, as a stack proof writes it, that together are one award to one learner."""

DECIDED = "rpl"
"""Source class of what a recognition decision granted, which states for what as well."""


def statement_of(lot: Mapping[str, Any]) -> str | None:
    """Compute "sha256:HEX" of what a lot states; None where it leaves any of that open."""
    stated = [lot.get(name) for name in STATED]
    if not all(isinstance(value, str) and value for value in stated):
        return None
    if lot.get("source_class") == DECIDED:
        # Free credit is granted for many things, on one day and of one size.
        stated.extend(sorted(lot.get("contains", ())))
    return f"sha256:{hashlib.sha256(canonicalize(stated)).hexdigest()}"


def statements_of(lots: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """Compute those of several lots, as far as they have one, and of all that is inside them."""
    several = tuple(lots)
    inside = (name for lot in several for name in lot.get("stated_inside", ()))
    return frozenset((*filter(None, map(statement_of, several)), *inside))
