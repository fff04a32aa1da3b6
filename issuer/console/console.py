"""All pages of the console."""

from __future__ import annotations

from issuer.console.credential_pages import add_credentials
from issuer.console.delivering import add_delivering
from issuer.console.designing import add_designing
from issuer.console.handing_out import add_handing_out
from issuer.console.job_pages import add_jobs
from issuer.console.managing import add_managing
from issuer.console.room import Console
from issuer.console.roster_pages import add_rosters
from issuer.console.services import ConsoleServices
from issuer.console.setting_up import add_setting_up
from issuer.console.skill_pages import add_skills
from issuer.console.withdrawing_many import add_withdrawing_many
from service.people import add_door


def console_of(services: ConsoleServices) -> Console:
    """Make the console with all its pages."""
    console = Console(services)
    add_door(console.door)
    add_setting_up(console)
    add_managing(console)
    add_designing(console)
    add_skills(console)
    add_rosters(console)
    add_handing_out(console)
    add_jobs(console)
    add_credentials(console)
    add_delivering(console)
    add_withdrawing_many(console)
    return console
