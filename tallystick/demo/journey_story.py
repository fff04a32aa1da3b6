"""Fifth part of the story: the learner's whole way, over HTTP, with the services themselves.

José opens a wallet, claims what the college issued to his class, applies at the registrar's desk,
takes the decision home, shows it to an employer, and ends that.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from http import HTTPStatus

import click

from tallystick.demo.browsing import Browser, File, Page, words_of
from tallystick.demo.courses import WELDING
from tallystick.demo.registrar_story import Registrar
from tallystick.demo.service_story import CLAIMANT, COLLEGE, Service
from tallystick.demo.town import OFFERS, OFFICE, Town
from tallystick.files import CommandError

BADGE = str(WELDING["achievement"]["name"])
EMPLOYER = "Plainsmilk"
NAMED = r'href="/credentials/([^"]+)">(.*?)</a>'
"""A credential in the list of the wallet: its id there, and its name."""

FACTS = {"assessment": "practical", "overlap": "4/5", "redeemed": "no"}
"""What the badge does not say: how he was assessed, how much is the same, whether it was used."""


@dataclass(frozen=True, slots=True)
class Learner:
    """José, in his browser, with his wallet open."""

    browser: Browser
    wallet: str

    def at(self, path: str) -> Page:
        """Open a page of the wallet."""
        return self.browser.open(self.wallet + path)


def play(service: Service, town: Town, link: str) -> Registrar:
    """Go the whole way, with the registrar's link; each step is held against what must come out."""
    learner = _opens_the_wallet(town.wallet.address)
    _claims(learner, service)
    _sees_what_it_adds_up_to(learner)
    _applies(learner)
    registrar = Registrar(town.desk.address, link)
    _is_decided(registrar)
    decision = _fetches_the_decision(learner)
    share, shown = _shares(learner, decision)
    _is_verified(shown, town.verifier.address)
    _ends(learner, share)
    return registrar


def _opens_the_wallet(wallet: str) -> Learner:
    browser = Browser()
    told = browser.send(browser.open(f"{wallet}/sign-in"), "/sign-in", {"email": CLAIMANT})
    link = told.find(r'href="([^"]+/open/[^"]+)"')
    page = browser.send(browser.open(link), link.removeprefix(wallet))
    page.require("You are signed in.", "Your wallet is empty.")
    click.echo("   José asks for a link, and opens a wallet that is empty.")
    return Learner(browser, wallet)


def _claims(learner: Learner, service: Service) -> None:
    card = service.card(COLLEGE, CLAIMANT)
    click.echo("   The college hands out cards for its class; he enters the link of his.")
    page = learner.browser.send(learner.at("/add"), "/add/link", {"link": card})
    page.require(BADGE)
    click.echo(f"      “{BADGE}” is in his wallet: {_answer(page).upper()}")
    did = re.search(r"did:key:\w+", learner.at("/mine").words)
    if did is None:
        raise CommandError("The wallet shows no key.")
    held = learner.at(page.find(r'href="(/credentials/[^"]+)"') + "/file").source
    if did[0] not in held:
        raise CommandError("What was claimed is not bound to the key of the wallet.")
    click.echo(f"      It was issued to the key of his wallet: {did[0]}")


def _sees_what_it_adds_up_to(learner: Learner) -> None:
    page = learner.at("/awards").require("Certificate in Dairy Engineering", "Not yet", "Missing:")
    click.echo("   He looks at what it adds up to: Certificate in Dairy Engineering, NOT YET.")
    for one in re.findall(r"<li>(.*?)</li>", page.source, re.DOTALL):
        if "Missing:" in one:
            click.echo(f"      {words_of(one)}")


def _applies(learner: Learner) -> None:
    title, _credential = OFFERS["welding"]
    desk = learner.browser.send(learner.at("/applications"), "/applications/desk")
    desk.require(f"Apply at {OFFICE}", title)
    badge = desk.find(r'name="credential" value="([^"]+)"')
    asked = {"offer": "welding", "credential": badge}
    page = learner.browser.send(desk, "/applications", asked)
    page.require(f"Your application was sent to {OFFICE}.")
    click.echo(f"   He applies at the desk of the {OFFICE} for “{title}”, and shows the badge.")


def _is_decided(registrar: Registrar) -> None:
    case = registrar.newest_case().require(BADGE, "OVERLAP_UNKNOWN")
    click.echo("   The registrar opens the case: by the policy, a person has to look at it. She")
    click.echo("   states how he was assessed, how much is the same, and that it was not used yet.")
    case = registrar.states(case, FACTS)
    granted = case.find(r"</span></span> ([0-9.]+ ca-3)")
    case = registrar.decides(case).require("Granted")
    click.echo(f"   Now the policy grants {granted}, and she puts that into force.")


def _fetches_the_decision(learner: Learner) -> str:
    page = learner.browser.send(learner.at("/applications"), "/ask")
    page.require("decided", "the decision is among your credentials now")
    every: list[tuple[str, str]] = re.findall(NAMED, learner.at("/").source)
    found = [(one, words_of(name)) for one, name in every if words_of(name) != BADGE]
    if len(found) != 1:
        raise CommandError(f"One decision should be in the wallet beside the badge: {every}")
    ((decision, name),) = found
    answer = _answer(learner.at(f"/credentials/{decision}"))
    click.echo(f"   His wallet asks how it stands, and keeps “{name}”: {answer.upper()}")
    return decision


def _shares(learner: Learner, decision: str) -> tuple[str, bytes]:
    """Make a link, and open it as the employer; return the link, and what the employer saved."""
    chosen = {"credential": decision, "audience": EMPLOYER, "purpose": "my application"}
    made = learner.browser.send(learner.at("/share"), "/share", chosen)
    link, employer = made.find(r'<code class="link">([^<]+)</code>'), Browser()
    seen = employer.open(link).require(f"Shown to: {EMPLOYER}")
    if seen.source.count('<li class="card">') != 1 or BADGE in seen.words:
        raise CommandError(f"The link shows something else than the decision: {seen.words}")
    click.echo(f"   He makes a link for {EMPLOYER} that shows the decision, and nothing else.")
    saved = employer.open(learner.wallet + seen.find(rf'href="([^"]+/{decision})"'))
    return link, saved.data


def _is_verified(shown: bytes, verifier: str) -> None:
    employer = Browser()
    page = employer.send(employer.open(f"{verifier}/"), "/", {"file": File("shown.json", shown)})
    click.echo("   The employer opens it, saves the file, and gives it to the verifier:")
    click.echo(f"      {_answer(page).upper()}")


def _ends(learner: Learner, link: str) -> None:
    page = learner.browser.send(learner.at("/shares"), "/end")
    page.require("The link shows nothing any more.")
    Browser().open(link, status=HTTPStatus.NOT_FOUND).require("This link shows nothing")
    click.echo("   He ends the link: it shows nothing any more.")


def _answer(page: Page) -> str:
    answer = page.find(r'data-answer="([^"]+)"')
    if answer != "valid":
        raise CommandError(f"{page.address}: expected a valid credential, and it is {answer}.")
    return answer
