"""What the pages for employers need, and putting them together."""

from __future__ import annotations

from dataclasses import dataclass

from service.pages import N_, NavigationItem, Pages
from verifier.employer.bulk_intake import LINKS_CHARACTERS, UPLOAD_BYTES
from verifier.employer.bulk_pages import add_bulk_pages
from verifier.employer.jobs import Jobs
from verifier.pages import VerifierPage

FORM_BYTES = LINKS_CHARACTERS * 4


@dataclass(frozen=True, slots=True)
class EmployerRoom:
    """What the pages need from outside: how one credential is verified, and the jobs."""

    page: VerifierPage
    jobs: Jobs

    @property
    def navigation(self) -> tuple[NavigationItem, ...]:
        """List what stands at the top of every page."""
        return (
            NavigationItem("verify.start", N_("One credential")),
            NavigationItem("employer.bulk", N_("Many at once")),
        )


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
    return pages
