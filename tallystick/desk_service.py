"""A registrar's desk put together: its store, its register, its key, its pages."""

from __future__ import annotations

import os
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from flask import url_for
from flask_openapi3.openapi import OpenAPI

from recognition.case_files import read_target_file
from recognition.desk import SITE, START, DeskServices, DeskStore, Offer, new_desk, status_routes
from recognition.desk.examining import Examiner
from recognition.desk.offers import AwardTerms
from recognition.desk.settling import Settling
from recognition.policies.policy import Recognition
from recognition.register_of_decisions import RegisterOfDecisions
from recognition.register_of_decisions.recorded_rows import RecordedRows
from service import migrate, open_database
from service.errors import ConflictError
from service.mail import Mailbox
from service.pages import PagesSettings, add_pages, redirect
from service.people import Ways
from service.status_ledger import SignedList
from service.web import RequestRefusedError, WebSettings, new_application
from service.web.headers import LOOPBACK_HOSTS
from tallystick import verifying
from tallystick.decision_lists import PREFIX, DeskLists
from tallystick.decision_signing import SigningOffice
from tallystick.desk_awards import DeskAwards
from tallystick.desk_checking import DeskChecking
from tallystick.desk_configuration import DeskConfiguration, OfferSettings, database_beside
from tallystick.desk_memory import DeskMemory
from tallystick.files import USAGE, CommandError, read_input, read_json_object, read_text
from tallystick.ledger_file import read_ledger
from tallystick.looking_up import resolver_in_use
from tallystick.senate_service import senate_part
from tallystick.sign_in import ways_to_sign_in
from tallystick.stack_inputs import read_rule
from tallystick.using_registers import registers_in_use
from tallystick.wallet_checking import Checking, CheckingSettings
from tallystick.web_configuration import beside, key_beside
from verifier.web.challenges import Challenges, Standing

ListNumbered = Callable[[int], SignedList]
SECRET_BYTES = 32
CHALLENGE_LIFE = timedelta(minutes=30)
"""So long somebody may take to choose what they present."""

DESCRIPTION = "Where applications for recognition of prior learning are decided."


def open_store(path: str, configuration: DeskConfiguration) -> DeskStore:
    """Open the database of a desk, and bring it to its form."""
    engine = open_database(database_beside(path, configuration.database))
    migrate(engine)
    return DeskStore(engine)


def open_register(
    path: str, configuration: DeskConfiguration, store: DeskStore
) -> RegisterOfDecisions:
    """Open the register of decisions: in the desk's database, or where it is said to be."""
    if configuration.decisions is None:
        return RegisterOfDecisions(store.engine)
    engine = open_database(database_beside(path, configuration.decisions))
    migrate(engine)
    return RegisterOfDecisions(engine)


def read_offers(path: str, configuration: DeskConfiguration) -> Mapping[str, Offer]:
    """Read the files of what can be applied for; raise `CommandError` for what cannot be read."""
    offers = {one.name: _offer(path, one) for one in configuration.offer}
    if len(offers) < len(configuration.offer):
        raise CommandError(f"{path}: offer: two of them have one name; give each its own.", USAGE)
    return offers


def _offer(path: str, asked: OfferSettings) -> Offer:
    policy = read_input(beside(path, asked.policy))
    target = read_text(beside(path, asked.target))
    award = _award(path, asked)
    offer = Offer(asked.name, asked.title, policy, target, _block(path, asked.block), award)
    # What cannot be read is told to the operator now, and not to the first learner.
    found = read_target_file(offer.target_text)
    if award is not None and found.recognition is not Recognition.BLOCK:
        text = f"{asked.target}: an award is issued for a block; write recognition = "
        raise CommandError(f'{text}"block".', USAGE)
    return offer


def _award(path: str, asked: OfferSettings) -> AwardTerms | None:
    if asked.award is None or asked.edition is None:
        return None
    members = read_json_object(beside(path, asked.award))
    return AwardTerms(members, asked.edition, asked.second_reader)


def _block(path: str, name: str | None) -> str | None:
    if name is None:
        return None
    own = Path(beside(path, name))
    return read_rule(str(own) if own.exists() else name)


@dataclass
class HandedOut:
    """The challenges that presentations answer, as the desk takes them."""

    challenges: Challenges

    def new(self) -> tuple[str, datetime]:
        """Make a challenge, and tell when it ends."""
        return self.challenges.new()

    def is_taken(self, text: str) -> bool:
        """Use a challenge up; tell whether it was good."""
        return self.challenges.take(text) is Standing.GOOD


def checking_of(path: str, configuration: DeskConfiguration) -> Checking:
    """Name the processes that verify; they begin with the first credential."""
    sources = configuration.sources
    resolver_map = sources.resolver_map
    return Checking(
        CheckingSettings(
            trust_files=tuple(beside(path, name) for name in sources.trust),
            register_files=tuple(beside(path, name) for name in sources.registers),
            resolver_map=None if resolver_map is None else beside(path, resolver_map),
            is_offline=configuration.offline,
        )
    )


def desk_services(path: str, configuration: DeskConfiguration, checking: Checking) -> DeskServices:
    """Open everything that the pages work with."""
    asked = DeskChecking(checking)
    host = urlsplit(configuration.base).netloc
    settling = settling_of(path, configuration, asked)
    return DeskServices(
        settling=settling,
        open_presentation=asked.open_presentation,
        fetch=asked.fetch,
        challenges=HandedOut(
            Challenges(
                secret=_secret(), draw=os.urandom, now=verifying.now, lifetime=CHALLENGE_LIFE
            )
        ),
        now=verifying.now,
        clock=lambda: int(time.monotonic()),
        base=configuration.base.rstrip("/"),
        domain=host,
        title=configuration.office,
        sender=Mailbox(configuration.sender, configuration.office),
        start=_beside,
        retention_days=configuration.retention_days,
        needs_two=configuration.four_eyes,
        list_numbered=_remembered(
            settling, lists_of(path, configuration, settling.register).numbered(verifying.now)
        ),
        ways=_ways(path, configuration),
    )


def _remembered(settling: Settling, numbered: ListNumbered | None) -> ListNumbered | None:
    """Serve no list of a database that has forgotten withdrawals."""
    if numbered is None:
        return None
    given = numbered

    def list_numbered(number: int) -> SignedList:
        if settling.memory is not None:
            try:
                settling.memory.require()
            except ConflictError as error:
                text = "The list is not served: the database has forgotten withdrawals."
                raise RequestRefusedError(text, status=503, code=error.code) from error
        return given(number)

    return list_numbered


def settling_of(path: str, configuration: DeskConfiguration, asked: DeskChecking) -> Settling:
    """Put together what decides: the store, the register of decisions, and who signs.

    Raises `CommandError` for an offer or a ledger that cannot be read.
    """
    store, offers = open_store(path, configuration), read_offers(path, configuration)
    register = open_register(path, configuration, store)
    settings = asked.checking.settings
    resolver = resolver_in_use(settings.resolver_map, offline=True)
    registers = registers_in_use(
        settings.register_files, settings.trust_files, resolver, verifying.now()
    )
    lists = lists_of(path, configuration, register)
    ledger = Path(beside(path, configuration.ledger))
    # What cannot be read is told to the operator now, and not to the first learner.
    read_ledger(ledger)
    memory = memory_of(path, configuration, register)
    memory.begin()
    office = SigningOffice(lists.key_uri, registers, resolver, verifying.now, lists.entry)
    awards = DeskAwards(
        lists.key_uri,
        registers,
        resolver,
        lists.entry if lists.are_public else None,
        ledger,
    )
    return Settling(
        store=store,
        register=register,
        examiner=Examiner(asked.check, asked.open_policy, registers, register, awards),
        offers=lambda: offers,
        signs=office.signs,
        awarding=awards,
        memory=memory,
    )


def memory_of(
    path: str, configuration: DeskConfiguration, register: RegisterOfDecisions
) -> DeskMemory:
    """Open what a desk has recorded outside its database; nothing is compared yet."""
    folder = Path(beside(path, configuration.memory))
    return DeskMemory(folder, RecordedRows(register.engine, PREFIX))


def lists_of(
    path: str, configuration: DeskConfiguration, register: RegisterOfDecisions
) -> DeskLists:
    """Name the status lists by which the decisions of a desk are withdrawn."""
    base = configuration.base.rstrip("/")
    return DeskLists(register, base, key_beside(path, configuration.key))


def _beside(work: Callable[[], None]) -> None:
    """Do work beside the service, which does not wait for it when it ends."""
    threading.Thread(target=work, name="desk-work", daemon=True).start()


def _ways(path: str, configuration: DeskConfiguration) -> Ways:
    found = ways_to_sign_in(path, configuration.sign_in, prefix="/desk")
    return Ways(relying_party=found.relying_party, providers=found.providers)


def desk_application(path: str, configuration: DeskConfiguration, checking: Checking) -> OpenAPI:
    """Build the application of a desk; `path` is the file of its configuration."""
    services = desk_services(path, configuration, checking)
    return application_of(services, configuration, checking)


def application_of(
    services: DeskServices, configuration: DeskConfiguration, checking: Checking
) -> OpenAPI:
    """Put the pages of a desk into an application."""
    host = urlsplit(configuration.base).hostname
    if host is None:
        raise CommandError("base: it names no host.", USAGE)
    hosts = (*LOOPBACK_HOSTS, host, *configuration.server.hosts)
    application = new_application(WebSettings("Tallystick desk", DESCRIPTION, hosts=hosts))
    room = new_desk(services, [senate_part(services, DeskChecking(checking))])
    pages = PagesSettings(site=SITE, home=START, secret=_secret())
    add_pages(application, pages, room.pages, *room.parts)
    application.register_blueprint(status_routes(services))
    application.add_url_rule("/", "front", lambda: redirect(url_for(START)))
    return application


@cache
def _secret() -> bytes:
    """Draw the secret of what a page tells the next one; a restart forgets such messages."""
    return secrets.token_bytes(SECRET_BYTES)
