"""What the pages for employers need, and putting them together."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from service.pages import N_, NavigationItem, Pages
from service.web.limiting import RateLimit
from verifier.employer.bulk_intake import LINKS_CHARACTERS, UPLOAD_BYTES
from verifier.employer.bulk_pages import add_bulk_pages
from verifier.employer.jobs import Jobs
from verifier.employer.link_pages import LinkRoom, add_link_pages
from verifier.employer.openid4vp import VerifierClient
from verifier.employer.openid4vp.pages import WalletRoom
from verifier.employer.request_pages import add_request_pages
from verifier.employer.requests import Requests
from verifier.employer.store.sharing import ShareStore
from verifier.employer.watch_pages import WatchRoom, add_watch_pages
from verifier.pages import VerifierPage

FORM_BYTES = LINKS_CHARACTERS * 4
CALLS_A_MINUTE, CALLS_AT_ONCE = 30, 20
"""How often one caller may have a badge shown, share a credential, open a request or answer it."""


@dataclass(frozen=True, slots=True)
class EmployerRoom:
    """What the pages need from outside: how one credential is verified, jobs and requests.

    `watch` and `shares` are None where the operator keeps no database, `framers` the origins whose
    pages may frame a badge (none: there is no such page), `has_metrics` whether figures are told;
    `client` signs what wallets are asked, if anybody does.
    """

    page: VerifierPage
    jobs: Jobs
    requests: Requests
    watch: WatchRoom | None = None
    shares: ShareStore | None = None
    framers: tuple[str, ...] = ()
    has_metrics: bool = False
    client: VerifierClient | None = None
    served: Counter[str] = field(default_factory=Counter)

    @property
    def navigation(self) -> tuple[NavigationItem, ...]:
        """List what stands at the top of every page."""
        watched = () if self.watch is None else (NavigationItem("employer.watch", N_("Watch")),)
        return (
            NavigationItem("verify.start", N_("One credential")),
            NavigationItem("employer.bulk", N_("Many at once")),
            NavigationItem("employer.ask", N_("Ask for one")),
            *watched,
        )

    def new_limit(self) -> RateLimit:
        """Make a limit for callers of one kind of page."""
        return RateLimit(CALLS_A_MINUTE, CALLS_AT_ONCE, self.page.clock)

    def count(self, kind: str) -> None:
        """Count what was served."""
        self.served[kind] += 1


def new_employer_pages(room: EmployerRoom) -> Pages:
    """Build the pages."""
    pages = Pages(
        "employer",
        "verifier.employer",
        has_assets=True,
        upload_bytes=UPLOAD_BYTES,
        form_bytes=FORM_BYTES,
    )
    add_bulk_pages(pages, room.page, room.jobs)
    limits = room.new_limit(), room.new_limit()
    asked = WalletRoom(room.page, room.requests, *limits, room.client)
    add_request_pages(pages, asked)
    links = LinkRoom(room.framers, room.new_limit(), room.count, room.shares)
    add_link_pages(pages, room.page, links)
    if room.watch is not None:
        add_watch_pages(pages, room.page, room.watch)
    return pages
