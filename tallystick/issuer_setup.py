"""The ceremony that begins an issuer service: keys, database, first institution, first person."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from issuer.store import Act, Role, Tenant
from keys.did import did_web_url
from keys.errors import KeyMaterialError
from keys.store import FileKeyStore, KeyRecord
from keys.verification_key import KeyType
from tallystick import settings, verifying
from tallystick.files import USAGE, CommandError
from tallystick.issuer_service import IssuerService

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
ACTOR = "command"
LOCAL_URL = "https://localhost:8443"
"""The public address of a service that is for trying out."""


@dataclass(frozen=True, slots=True)
class NewInstitution:
    """What is said about an institution at the beginning.

    `public_url` is where it can be reached by everybody: its id and its status lists are below it.
    """

    name: str
    title: str
    public_url: str
    email: str | None = None

    def __post_init__(self) -> None:
        """Refuse names and addresses that cannot stand in an id."""
        if not NAME.fullmatch(self.name):
            raise CommandError("A name has small letters, digits and hyphens only.", USAGE)
        parts = urlsplit(self.public_url)
        if parts.scheme != "https" or not parts.hostname or parts.query or parts.fragment:
            text = "--public-url is an https address, such as https://badges.example.edu."
            raise CommandError(text, USAGE)

    @property
    def issuer(self) -> str | None:
        """The id of the institution: a did:web below its address, so that keys can change.

        None for a service that is for trying out, whose id is that of its only key.
        """
        if self.public_url == LOCAL_URL:
            return None
        parts = urlsplit(self.public_url)
        host = parts.netloc.replace(":", "%3A")
        steps = [step for step in parts.path.split("/") if step]
        identifier = ":".join(["did:web", host, *steps, "issuers", self.name])
        try:
            did_web_url(identifier)
        except KeyMaterialError as error:
            text = "--public-url names a public host, without a port: https://badges.example.edu."
            raise CommandError(text, USAGE) from error
        return identifier


def new_key(folder: Path, name: str, *, controller: str | None = None) -> tuple[str, KeyRecord]:
    """Make a key in a folder; the first one makes the key that encrypts them."""
    protection = settings.protection_for(folder, wants_passphrase=False)
    store, made_at = FileKeyStore(folder), verifying.now()
    return store.create(name, KeyType.ED25519, protection, created=made_at, controller=controller)


def add_institution(service: IssuerService, new: NewInstitution) -> tuple[Tenant, str | None]:
    """Add an institution with its first key, and its owner if an address is named.

    The second part of the answer is the secret of the owner's link, told once.
    """
    folder = service.keys_folder.resolve()
    uri, record = new_key(folder, f"{new.name}-1", controller=new.issuer)
    at = verifying.now()
    tenant = service.store.tenants.add(
        Act("", ACTOR, at),
        name=new.name,
        title=new.title,
        issuer=record.controller,
        key_uri=uri,
        profile={"name": new.title, "url": new.public_url},
        settings={"public_url": new.public_url.rstrip("/")},
    )
    secret = None if new.email is None else _owner(service, tenant, new.email, at)
    service.high_water.passed(service.store.ledger.checkpoint())
    return tenant, secret


def _owner(service: IssuerService, tenant: Tenant, email: str, at: datetime) -> str:
    act, users = Act(tenant.id, ACTOR, at), service.store.users
    user = users.with_email(email) or users.add(act, email=email, name=email.partition("@")[0])
    users.grant(act, user.id, Role.OWNER)
    return users.make_setup_link(act, user.id)


def rotate(service: IssuerService, tenant: Tenant, *, waits: bool) -> tuple[str, KeyRecord]:
    """Move an institution to a new key, in steps that can be repeated.

    Obligations (security considerations of Controlled Identifiers 1.0): 1. the new key stands in
    the institution's document before it signs anything, for as long as others may keep a copy;
    2. there is a usable key at every moment: the old one signs until the new one does; 3. the old
    key stays in the document, so that what it signed stays valid.

    Returns the key that is the next one or signs now.  With `waits` the new key is made and
    published only, and used when this is called again.
    """
    if not tenant.issuer.startswith("did:web:"):
        text = f"{tenant.name} is named by its key, which therefore cannot change. Begin a service "
        raise CommandError(f"{text}with --public-url for an id that stays.")
    numbers = [record for record in service.key_records(tenant) if record.is_active()]
    used = service.key_of(tenant).record
    waiting = [record for record in numbers if record != used and record.created > used.created]
    # 1.
    if not waiting:
        name = f"{tenant.name}-{len(service.key_records(tenant)) + 1}"
        folder = service.keys_folder.resolve()
        uri, record = new_key(folder, name, controller=tenant.issuer)
        if waits:
            return uri, record
        waiting = [record]
    elif waits:
        return _uri(service, waiting[-1]), waiting[-1]
    # 2.
    chosen = waiting[-1]
    act = Act(tenant.id, ACTOR, verifying.now())
    service.store.tenants.use_key(act, _uri(service, chosen), chosen.verification_method)
    service.high_water.passed(service.store.ledger.checkpoint())
    # 3.
    retire(tenant.key_uri, verifying.now())
    return _uri(service, chosen), chosen


def retire(uri: str, at: datetime) -> None:
    """Retire a key file: it signs no more, and stays published."""
    from keys.store import end_key, path_of

    end_key(uri, settings.protection_of(path_of(uri)), status="retired", at=at)


def _uri(service: IssuerService, wanted: KeyRecord) -> str:
    for uri, record in FileKeyStore(service.keys_folder.resolve()).records():
        if record == wanted:
            return uri
    raise CommandError(f"There is no file of the key {wanted.name}.")
