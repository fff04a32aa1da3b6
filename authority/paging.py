"""Pages of what is found: listings, courses, rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

PAGE_ITEMS = 25
"""How many a page has at most."""

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Found(Generic[Item]):
    """A page of what was found, and how many there are altogether."""

    items: tuple[Item, ...]
    count: int
    first: int

    @property
    def following(self) -> int | None:
        """Where the next page begins, if there is one."""
        after = self.first + len(self.items)
        return after if after < self.count else None

    @property
    def preceding(self) -> int | None:
        """Where the page before begins, if there is one."""
        return max(0, self.first - PAGE_ITEMS) if self.first else None
