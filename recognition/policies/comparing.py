"""Two versions of a policy compared: by what they say, and by their texts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import unified_diff
from enum import StrEnum

from recognition.policies.in_words import Clause, Section, explain
from recognition.policies.phrases import N_, Phrase
from recognition.policies.policy import Policy

CONTEXT_LINES = 2
"""How many lines around a change of the text are shown."""


class ChangeKind(StrEnum):
    """What became of a clause."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"


CHANGES = {
    ChangeKind.ADDED: N_("Added"),
    ChangeKind.REMOVED: N_("Removed"),
    ChangeKind.CHANGED: N_("Changed"),
    ChangeKind.MOVED: N_("In another order"),
}
NO_CHANGE = N_("Both say the same; only their texts may differ.")


@dataclass(frozen=True, slots=True)
class Change:
    """A clause that is not in both versions, or does not say the same, or at another place.

    `gone` and `new` are the sentences that only one of the versions has.
    """

    kind: ChangeKind
    before: Clause | None
    after: Clause | None
    gone: tuple[Phrase, ...]
    new: tuple[Phrase, ...]

    @property
    def section(self) -> Section:
        """Tell which part of the policy it belongs to."""
        return self._clause.section

    @property
    def key(self) -> str:
        """Name the clause."""
        return self._clause.key

    @property
    def name(self) -> str:
        """Tell the adopter's own word for the clause; empty if there is none."""
        return self._clause.name

    @property
    def _clause(self) -> Clause:
        clause = self.after or self.before
        if clause is None:
            raise ValueError("a change is about a clause")
        return clause


def compare(before: Policy, after: Policy) -> tuple[Change, ...]:
    """Tell what another version says otherwise; nothing if only remarks of its text differ."""
    old, new = _by_key(explain(before)), _by_key(explain(after))
    moved = _moved(old, new)
    changes = [_change(old.get(key), new.get(key), is_moved=key in moved) for key in {**new, **old}]
    order = list(Section)
    found = [one for one in changes if one is not None]
    return tuple(sorted(found, key=lambda one: order.index(one.section)))


def _by_key(clauses: Iterable[Clause]) -> dict[str, Clause]:
    """Name each clause; of several with one name each gets its number."""
    found: dict[str, Clause] = {}
    for one in clauses:
        number = sum(key.partition(" ")[0] == one.key for key in found)
        found[f"{one.key} {number + 1}" if number else one.key] = one
    return found


def _change(before: Clause | None, after: Clause | None, *, is_moved: bool) -> Change | None:
    if before is None or after is None:
        kind = ChangeKind.ADDED if before is None else ChangeKind.REMOVED
        gone = () if before is None else before.phrases
        return Change(kind, before, after, gone, () if after is None else after.phrases)
    if before.phrases != after.phrases:
        gone = tuple(one for one in before.phrases if one not in after.phrases)
        new = tuple(one for one in after.phrases if one not in before.phrases)
        return Change(ChangeKind.CHANGED, before, after, gone, new)
    if is_moved:
        return Change(ChangeKind.MOVED, before, after, (), ())
    return None


def _moved(old: dict[str, Clause], new: dict[str, Clause]) -> frozenset[str]:
    """Find clauses that come before others of their section that they came after.

    The first conversion between two units counts, and reasons are told in the order of the gates.
    """
    shared = [key for key in old if key in new]
    is_after = {key: place for place, key in enumerate(key for key in new if key in old)}
    return frozenset(
        key
        for place, key in enumerate(shared)
        if any(is_after[other] > is_after[key] for other in shared[:place])
    )


def text_differences(before: Policy, after: Policy) -> tuple[str, ...]:
    """Compare the texts line by line, as a unified diff."""
    return tuple(
        unified_diff(
            before.text.splitlines(),
            after.text.splitlines(),
            f"{before.id} {before.version}",
            f"{after.id} {after.version}",
            lineterm="",
            n=CONTEXT_LINES,
        )
    )
