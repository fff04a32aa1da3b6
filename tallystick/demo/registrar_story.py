"""What the registrar's office does at its desk, in a browser: sign in, look, state facts, decide.

For whoever goes on in a browser, the applications of the story are brought there as well: one is
decided for the learner and one against, one waits for a person, one has just come in.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

from tallystick.demo.browsing import Browser, Entered, File, Page
from tallystick.demo.stage import Cast

# It opens nothing but the desks of one story, which are gone with it or in a folder of the user's.
PASSWORD = "a few words in a row, for the story"  # noqa: S105
"""Of everybody who signs in while the story is told."""

SENATE, REGISTRAR = ("role-senate-member",), ("role-registrar", "role-assessor")
LEARNER = "Ana Ñúñez"


def signed_in(link: str) -> Browser:
    """Set a password by a link, which signs in as well."""
    browser = Browser()
    page = browser.send(browser.open(link), urlsplit(link).path, {"password": PASSWORD})
    page.require("Sign out")
    return browser


class Registrar:
    """The registrar, who is assessor as well, with a browser in which they are signed in."""

    def __init__(self, desk: str, link: str) -> None:
        """Sign in by the link of whoever works there first."""
        self.desk, self.browser = desk, signed_in(link)

    def newest_case(self) -> Page:
        """Open the first case of those that are to be decided."""
        inbox = self.browser.open(f"{self.desk}/desk/inbox")
        return self.browser.open(self.desk + inbox.find(r'href="(/desk/cases/[^"]+)"'))

    def states(self, case: Page, facts: Mapping[str, str]) -> Page:
        """State facts by name; the proposal is made anew after each."""
        for name, value in facts.items():
            case = self.browser.send(case, "/facts", {"fact": name, "value": value})
            case.require("It is stated by your name")
        return case

    def decides(self, case: Page) -> Page:
        """Put into force what the policy proposes."""
        return self.browser.send(case, "/settle").require("It is decided and recorded.")

    def invites(self, email: str, name: str, roles: tuple[str, ...]) -> str:
        """Add somebody to the desk; return the link by which they set a password."""
        page = self.browser.open(f"{self.desk}/desk/people")
        entered = {"email": email, "name": name, **dict.fromkeys(roles, "yes")}
        return self.browser.send(page, "/desk/people", entered).find(r"<code>([^<]+)</code>")


class Application(NamedTuple):
    """What a learner applies for with which credential, what is stated, what comes of it."""

    offer: str
    file: str
    facts: Mapping[str, str]
    outcome: str


KNOWN = {"overlap": "4/5", "redeemed": "no"}
APPLICATIONS = (
    Application("statistics", "statistics.json", {**KNOWN, "assessment": "project"}, "Granted"),
    Application("workshop", "week-end.json", {**KNOWN, "assessment": "attendance"}, "Refused"),
    Application("welding", "pipe-welding.json", {}, "Referred to a person"),
    Application("lifting", "lifting.json", {}, ""),
)
"""Those of the story; the last one is left as it came in."""


def bring_applications(cast: Cast, registrar: Registrar) -> None:
    """Apply as learners do who have files and no wallet, and decide what is to be decided."""
    for one in APPLICATIONS:
        _apply(cast, registrar.desk, one)
        if one.outcome:
            case = registrar.states(registrar.newest_case().require(LEARNER), one.facts)
            registrar.decides(case).require(one.outcome)


def _apply(cast: Cast, desk: str, one: Application) -> None:
    learner, file = Browser(), File(one.file, cast.path(one.file).read_bytes())
    asked: Entered = {"offer": one.offer, "name": LEARNER, "file": file}
    told = learner.send(learner.open(f"{desk}/apply/"), "/apply/", asked)
    told.require("Your application was received.")


def hand_in_policy(cast: Cast, registrar: Registrar) -> None:
    """Have a member of the Senate hand in the policy that the Senate signed."""
    link = registrar.invites("hemi@senate.example", "Hemi Example", SENATE)
    member, file = signed_in(link), File("policy.json", cast.path("policy-1.json").read_bytes())
    page = member.open(f"{registrar.desk}/desk/senate/policies")
    member.send(page, "/senate/policies", {"policy": file}).require("is adopted.")
