"""A wallet service put together: its store, the key that keeps learners' keys, its pages."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from flask_openapi3.openapi import OpenAPI

import schemas
from credentials.proofs.cryptosuite import Environment
from keys.store import KeyFileProtection
from service import migrate, open_database
from service.mail import Mailbox
from service.pages import PagesSettings, add_pages
from service.sign_in import RelyingParty
from service.web import WebSettings, new_application
from service.web.headers import LOOPBACK_HOSTS
from stacking.lots import Lot
from tallystick import verifying
from tallystick.files import USAGE, CommandError
from tallystick.sign_in import PASSKEYS_OF
from tallystick.stack_inputs import read_rule
from tallystick.using_registers import registers_in_use
from tallystick.wallet_checking import Checking, CheckingSettings
from wallet.awards import Awards, PublishedRule
from wallet.holder_keys import HolderKeys
from wallet.pages import SITE, START, WalletServices, new_wallet_pages
from wallet.store import WalletStore

SECRET_BYTES = 32
KEY_NAME = "wallet"
DESCRIPTION = "Holds the credentials of learners, for them."


@dataclass(frozen=True, slots=True)
class WalletSettings:
    """What an operator says about a wallet service.

    `rules` are award rules by file, or by the name of one that comes along; without any, all of
    those are known.
    """

    database: str
    key_file: Path
    base: str
    checking: CheckingSettings
    rules: tuple[str, ...] = ()
    offers: tuple[Lot, ...] = ()
    verify_at: str | None = None
    desks: tuple[str, ...] = ()
    sender: str = "wallet@localhost.localdomain"
    unsafe_tells_links: bool = False


def open_store(url: str, *, migrates: bool = True) -> WalletStore:
    """Open the database of a wallet, and bring it to its form."""
    engine = open_database(url, makes_file=migrates)
    if migrates:
        migrate(engine)
    return WalletStore(engine)


def wallet_services(settings: WalletSettings, checking: Checking) -> WalletServices:
    """Open everything that the pages work with."""
    registers = registers_in_use(
        settings.checking.register_files, settings.checking.trust_files, None, verifying.now()
    )
    environment = Environment(schemas.load_context)
    return WalletServices(
        store=open_store(settings.database),
        now=verifying.now,
        base=settings.base,
        examine=checking.examine,
        verify=checking.verify,
        keys=HolderKeys(_encryption_key(settings.key_file), environment),
        awards=Awards(_rules(settings.rules), registers, offers=settings.offers),
        registers=registers,
        sender=Mailbox(settings.sender),
        environment=environment,
        way=checking.way,
        relying_party=_relying_party(settings.base),
        verify_at=settings.verify_at,
        desks=settings.desks,
        unsafe_tells_links=settings.unsafe_tells_links,
    )


def wallet_application(settings: WalletSettings, checking: Checking) -> OpenAPI:
    """Build the application of a wallet service."""
    host = urlsplit(settings.base).hostname
    if host is None:
        raise CommandError("--base is a web address, for example https://wallet.example.", USAGE)
    web = WebSettings("Tallystick wallet", DESCRIPTION, hosts=(*LOOPBACK_HOSTS, host))
    application = new_application(web)
    pages = PagesSettings(
        site=SITE,
        home=START,
        secret=os.urandom(SECRET_BYTES),
    )
    add_pages(application, pages, new_wallet_pages(wallet_services(settings, checking)))
    return application


def _relying_party(base: str) -> RelyingParty | None:
    """Say who asks for passkeys; browsers take names for that, and no addresses in numbers."""
    host = urlsplit(base).hostname or ""
    is_number = ":" in host or host.replace(".", "").isdigit()
    return None if is_number else RelyingParty.at(base, PASSKEYS_OF)


def _encryption_key(path: Path) -> bytes:
    """Read the key that encrypts learners' keys, or make it; whoever loses it loses them."""
    protection = KeyFileProtection(path) if path.exists() else KeyFileProtection.create(path)
    return protection.encryption_key(KEY_NAME, b"")


def _rules(names: tuple[str, ...]) -> tuple[PublishedRule, ...]:
    if not names:
        shipped = schemas.award_rules()
        return tuple(
            PublishedRule(name.removesuffix(".toml"), text)
            for name, text in shipped.items()
            if name.endswith(".toml")
        )
    return tuple(PublishedRule(Path(name).stem, read_rule(name)) for name in names)
