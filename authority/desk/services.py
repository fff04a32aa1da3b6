"""What the desk works with, who works at it, and what each role allows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from authority.drafting import LISTINGS, Draft, EditionPlan, KeptRow, draft_of
from authority.errors import EditionUnsoundError
from authority.planning import next_plan
from authority.store import HEAD, AuthorityStore
from credentials.json_types import JsonObject
from frameworks.register import Register, edition_document, read_register
from service.pages import N_
from service.people.door import Ways
from service.people.office_room import Section
from service.writing_down import digest_of


class Role(StrEnum):
    """Who works at the desk."""

    HEAD = HEAD
    OFFICER = "officer"
    APPROVER = "approver"
    AUDITOR = "auditor"


class Right(StrEnum):
    """What a page or a form asks for."""

    READ = "read"
    RECEIVE = "receive"
    RATE = "rate"
    APPROVE = "approve"
    ACCREDIT = "accredit"
    PUBLISH = "publish"
    MANAGE = "manage"
    AUDIT = "audit"


RIGHTS = {
    Role.HEAD: frozenset({Right.READ, Right.MANAGE, Right.AUDIT}),
    Role.OFFICER: frozenset({Right.READ, Right.RECEIVE, Right.RATE, Right.ACCREDIT}),
    Role.APPROVER: frozenset({Right.READ, Right.APPROVE, Right.PUBLISH}),
    Role.AUDITOR: frozenset({Right.READ, Right.AUDIT}),
}
"""Nobody approves what they rated, whatever their roles are: two people stand behind a listing."""

ROLES = {
    Role.HEAD: N_("Head: people and keys of programs"),
    Role.OFFICER: N_("Officer: receives and rates courses, enters who is accredited"),
    Role.APPROVER: N_("Approver: approves, withdraws, signs and publishes"),
    Role.AUDITOR: N_("Auditor: reads everything, changes nothing"),
}

SECTIONS = (
    Section("start", N_("Submitted courses"), Right.READ),
    Section("listings", N_("Listings"), Right.READ),
    Section("accreditations", N_("Accreditations"), Right.READ),
    Section("editions_page", N_("Editions"), Right.READ),
    Section("people", N_("People"), Right.MANAGE),
    Section("keys", N_("Keys of programs"), Right.MANAGE),
    Section("log", N_("Audit log"), Right.AUDIT),
)


@dataclass(frozen=True)
class DeskServices:
    """Everything that the desk is given.

    `sign` signs the document of an edition with the authority's key, which the desk never sees;
    `publish` is told the number and the bytes of an edition that was published, to write it
    wherever it is to be; `changed` tells the public pages that there may be another edition.
    """

    store: AuthorityStore
    now: Callable[[], datetime]
    authority: str
    name: str
    sign: Callable[[JsonObject], JsonObject]
    publish: Callable[[int, bytes], None]
    changed: Callable[[], None]
    ways: Ways = field(default_factory=Ways)
    asks_for_passkey: bool = False
    needs_two: bool = False
    _rules: dict[str, Register] = field(default_factory=dict, repr=False)
    _drafts: dict[str, Register] = field(default_factory=dict, repr=False)

    @property
    def today(self) -> date:
        """The day."""
        return self.now().date()

    def rules(self) -> Register:
        """Read the register without its rows, by which courses are rated; it changes seldom."""
        draft = self._draft((), self.plan(self.today, self.today))
        return _once(self._rules, draft, lambda: read_register(draft.files))

    def plan(self, first: date, last: date | None = None) -> EditionPlan:
        """Plan the next edition."""
        return next_plan(self.store, first, last)

    def next_draft(self, plan: EditionPlan) -> Draft:
        """Write the files of the next edition."""
        return self._draft(self.store.next_edition.rows(), plan)

    def sound(self, draft: Draft) -> Register:
        """Read the register of a draft; the last one is remembered, as it is signed next.

        Raises `EditionUnsoundError`.
        """
        return _once(self._drafts, draft, draft.register)

    def document(self, draft: Draft, register: Register) -> JsonObject:
        """Write the document of a sound draft, which is signed."""
        return edition_document(
            draft.files, issuer=self.authority, issuer_name=self.name, register=register
        )

    def require_sound(self, kind: str, cells: Mapping[str, str]) -> None:
        """Check a new row as the edition will be checked, so that it does not fail only then.

        A listing is looked at alone, an accreditation among all of them.  Raises
        `EditionUnsoundError` with the faults of this row.
        """
        new = KeptRow("", kind, cells)
        rows = () if kind == LISTINGS else self.store.next_edition.rows(kind)
        try:
            self._draft((*rows, new), self.plan(self.today)).register()
        except EditionUnsoundError as error:
            own = tuple(fault for fault in error.faults if fault.kind and not fault.row_id)
            if own:
                raise EditionUnsoundError(own) from error

    def _draft(self, rows: Iterable[KeptRow], plan: EditionPlan) -> Draft:
        kept = self.store.next_edition
        return draft_of(kept.files(), rows, kept.description(), plan)


def _once(known: dict[str, Register], draft: Draft, read: Callable[[], Register]) -> Register:
    """Read what was not read the last time."""
    key = digest_of(repr(sorted(draft.files.items())))
    found = known.get(key)
    if found is None:
        found = read()
        known.clear()
        known[key] = found
    return found
