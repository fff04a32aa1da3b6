"""The console put together: what it is given of the issuer service, and where it is mounted."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from flask_openapi3.openapi import OpenAPI

from credentials.errors import IssuanceError
from credentials.json_types import JsonObject
from issuer import IssuanceRequest
from issuer.claims import claim_pages
from issuer.console import SITE, ConsoleServices, KeyInfo, MadeKey, console_of
from issuer.store import Act, Tenant
from issuer.wallets import exchange_routes, metadata_routes, openid_routes, status_routes
from keys.did import did_key
from keys.signer import PrivateKeySigner
from keys.store import KeyRecord, StoredKey
from keys.verification_key import KeyType
from service.pages import PagesSettings, add_pages
from tallystick import composition, verifying
from tallystick.claim_office import claim_settings, desks, mail_server
from tallystick.issuer_service import IssuerService
from tallystick.issuer_setup import NewInstitution, new_key, rotate
from tallystick.sign_in import ways_to_sign_in
from tallystick.wallets_of_others import token_lists, wallet_desk
from verifier.verifier import Verifier

CONSOLE = "tallystick_console"
"""Where an application keeps the path at which its console is opened."""

CODE_BYTES = 24
SECRET_BYTES = 32
SECRET_FILE = "pages-secret"  # noqa: S105 - the name of a file
"""File in the service's folder whose bytes sign what a page tells the next one."""

CONSOLE_PATH = "/console/"
BEGIN_PATH = "/console/begin"
"""Where a service is set up that nobody can sign in to yet; the code follows."""


@dataclass(frozen=True, slots=True)
class ServiceKeys:
    """The keys of the institutions, in the folder of the service."""

    service: IssuerService

    def make(self, name: str, address: str | None) -> MadeKey:
        """Make the first key: of a did:web below an address, or a did:key without one."""
        controller = None if address is None else NewInstitution(name, name, address).issuer
        folder = self.service.keys_folder.resolve()
        uri, record = new_key(folder, f"{name}-1", controller=controller)
        return MadeKey(uri, record.controller, record.verification_method)

    def of(self, tenant: Tenant) -> Sequence[KeyInfo]:
        """Name the keys of an institution, the newest first."""
        records = sorted(self.service.key_records(tenant), key=lambda one: one.created)
        signing = self.service.key_of(tenant).record
        return [_info(record, signs=record == signing) for record in reversed(records)]

    def rotate(self, act: Act, tenant: Tenant) -> MadeKey:
        """Sign with a new key at once; the one before it stays published."""
        if tenant.issuer.startswith("did:key:"):
            text = "This institution is its key (did:key); only one with an address can change it."
            raise IssuanceError(text, code="KEY_IS_THE_ISSUER")
        uri, record = rotate(self.service, tenant, waits=False)
        return MadeKey(uri, record.controller, record.verification_method)


def _info(record: KeyRecord, *, signs: bool) -> KeyInfo:
    members = record.to_json()
    return KeyInfo(
        record.verification_method,
        record.key.key_type.value,
        members["created"],
        members.get("ended"),
        signs=signs,
    )


def preview(service: IssuerService, _tenant: Tenant, asked: JsonObject) -> JsonObject:
    """Issue what is asked with a key that nobody keeps, and report on it as a verifier would."""
    signer, now = PrivateKeySigner.generate(KeyType.ED25519), verifying.now()
    controller = did_key(signer.verification_key)
    method = f"{controller}#{controller.removeprefix('did:key:')}"
    record = KeyRecord("preview", signer.verification_key, controller, method, now)
    issuer = composition.issuer_for(StoredKey(record, signer), registers=service.registers)
    issued = issuer.issue(issuer.prepare(IssuanceRequest.from_json(asked), now=now), now=now)
    world = verifying.verifying_world(at=verifying.now(), registers=service.registers)
    return Verifier(world).check(issued.data).to_json()


def add_console(application: OpenAPI, service: IssuerService) -> str:
    """Put the console and the claim pages into an application, and return the path to open.

    As long as there is nobody it is that of the set-up, with the code that opens it.
    """
    code = secrets.token_urlsafe(CODE_BYTES)
    asked = service.configuration.sign_in
    ways = ways_to_sign_in(service.path, asked)
    services = ConsoleServices(
        shop=service.shop,
        register_for=service.register_for,
        preview=partial(preview, service),
        keys=ServiceKeys(service),
        setup_code=code,
        relying_party=ways.relying_party,
        providers=ways.providers,
        desk_of=desks(service),
        sends_mail=mail_server() is not None,
        verify_at=service.configuration.claims.verify_at,
    )
    settings = PagesSettings(
        site=SITE, home="console.start", secret=_secret(service.folder / SECRET_FILE)
    )
    application.register_blueprint(status_routes(service.store, token_lists(service)))
    rooms = [console_of(services).pages]
    if service.configuration.claims.mounted:
        wallets = wallet_desk(service, _secret(service.folder / SECRET_FILE))
        rooms.append(claim_pages(claim_settings(service, wallets)))
        for routes in (exchange_routes, openid_routes, metadata_routes):
            application.register_blueprint(routes(wallets))
    add_pages(application, settings, *rooms)
    return CONSOLE_PATH if service.store.users.has_any() else f"{BEGIN_PATH}?code={code}"


def _secret(path: Path) -> bytes:
    """Read the secret of the pages, or draw it once for all processes of the service."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        drawn = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        with drawn.open("xb") as file:
            drawn.chmod(0o600)
            file.write(secrets.token_bytes(SECRET_BYTES))
        # Whole, and only if no other process was faster.
        with contextlib.suppress(FileExistsError):
            os.link(drawn, path)
        drawn.unlink()
    return path.read_bytes()
