"""The issuer service put together: its store, the keys of its institutions, the world."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path

from credentials.jose.writing import TokenForm
from credentials.json_types import JsonObject
from frameworks.register import Register
from frameworks.registers import Registers
from issuer.achievements.composing import composed
from issuer.issuing.awards import Compose, Signing
from issuer.issuing.copies import FileCopies
from issuer.issuing.exactly_once import ExactlyOnce, Workshop
from issuer.issuing.high_water import HighWaterFile
from issuer.issuing.publishing import Publisher
from issuer.issuing.withdrawing import Withdrawing
from issuer.store import Store, Tenant
from keys.did import NoNetworkResolver, Resolver
from keys.errors import KeyMaterialError
from keys.store import FileKeyStore, KeyRecord, StoredKey
from service import migrate, open_database
from tallystick import composition, settings, verifying
from tallystick.files import USAGE, CommandError
from tallystick.looking_up import resolver_in_use
from tallystick.signers import record_of
from tallystick.using_registers import registers_in_use
from tallystick.web_configuration import (
    IssuerConfiguration,
    StoreSettings,
    beside,
    key_beside,
    read_configuration,
)

SQLITE = "sqlite:///"


@dataclass
class IssuerService:
    """An opened store with everything that issues from it; `path` is the configuration's."""

    path: str
    configuration: IssuerConfiguration
    chosen: StoreSettings
    store: Store
    _signing: dict[tuple[str, str], Signing] = field(default_factory=dict)
    _keys: dict[str, StoredKey] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        """The folder of the service's files."""
        return Path(beside(self.path, self.chosen.folder))

    @property
    def keys_folder(self) -> Path:
        """The folder of the institutions' keys."""
        return Path(beside(self.path, self.chosen.keys))

    @cached_property
    def high_water(self) -> HighWaterFile:
        """How far the ledger is known to have come."""
        self.folder.mkdir(parents=True, exist_ok=True)
        return HighWaterFile(self.folder / "high-water.json")

    @cached_property
    def copies(self) -> FileCopies:
        """The copies of published lists."""
        return FileCopies(self.folder / "published")

    @cached_property
    def shop(self) -> Workshop:
        """What issuing needs."""
        return Workshop(
            self.store,
            self.signing_of,
            self.compose,
            self.high_water,
            secrets.randbelow,
            verifying.now,
        )

    @cached_property
    def exactly_once(self) -> ExactlyOnce:
        """What issues single credentials."""
        return ExactlyOnce(self.shop)

    @cached_property
    def withdrawing(self) -> Withdrawing:
        """What withdraws."""
        return Withdrawing(self.shop)

    @cached_property
    def publisher(self) -> Publisher:
        """What publishes lists."""
        return Publisher(self.shop, self._sign_list, self.copies)

    @cached_property
    def resolver(self) -> Resolver:
        """What is looked up from given files alone: whoever holds a key opens no connection."""
        named = self.configuration.sources.resolver_map
        if named is None:
            return NoNetworkResolver()
        return resolver_in_use(beside(self.path, named), offline=True)

    @cached_property
    def registers(self) -> Registers:
        """The registers that values are held against."""
        sources = self.configuration.sources
        trust = tuple(beside(self.path, name) for name in sources.trust)
        files = tuple(beside(self.path, name) for name in sources.registers)
        return registers_in_use(files, trust, self.resolver, verifying.now())

    def register_for(self, framework: str) -> Register:
        """Choose the register that a definition's level is looked up in."""
        return self.registers.in_order_for(framework)[0].register

    @cached_property
    def compose(self) -> Compose:
        """What writes requests for awards."""
        return composed(self.register_for)

    def key_of(self, tenant: Tenant) -> StoredKey:
        """Open the key that signs for an institution; raise if it must not sign any more."""
        if not record_of(tenant.key_uri).is_active():
            raise KeyMaterialError("The key of this institution does not sign any more.")
        if tenant.key_uri not in self._keys:
            self._keys[tenant.key_uri] = settings.signing_key(tenant.key_uri)
        return self._keys[tenant.key_uri]

    def signing_of(self, tenant: Tenant) -> Signing:
        """Find what signs for an institution."""
        key, known = self.key_of(tenant), (tenant.id, tenant.key_uri)
        if known not in self._signing:
            issuer_for = partial(
                composition.issuer_for, key, resolver=self.resolver, registers=self.registers
            )
            in_token = partial(issuer_for, form=TokenForm.OPEN_BADGES)
            method = key.record.verification_method
            self._signing[known] = Signing(issuer_for(), method, in_token=in_token)
        return self._signing[known]

    def checkpoint_key(self) -> StoredKey:
        """Open the key that signs checkpoints."""
        return settings.signing_key(key_beside(self.path, self.chosen.checkpoint_key))

    def is_checkpoint_key(self, multikey: str) -> bool:
        """Tell whether checkpoints of this installation are signed with a key."""
        record = record_of(key_beside(self.path, self.chosen.checkpoint_key))
        return record.key.to_multikey() == multikey

    def key_records(self, tenant: Tenant) -> tuple[KeyRecord, ...]:
        """Read the records of all keys of an institution, retired and revoked ones, too."""
        found = [
            record
            for _uri, record in FileKeyStore(self.keys_folder).records()
            if isinstance(record, KeyRecord) and record.controller == tenant.issuer
        ]
        used = record_of(tenant.key_uri)
        return tuple(found) if used in found else (*found, used)

    def controller_document(self, tenant: Tenant) -> JsonObject:
        """Build the document that names the keys of an institution, as of now."""
        return composition.controller_document_of(*self.key_records(tenant))

    def _sign_list(self, tenant: Tenant, document: JsonObject) -> JsonObject:
        return composition.sign_status_list(self.key_of(tenant), document)


def open_service(path: str, *, migrates: bool = False) -> IssuerService:
    """Open the store of a configuration; raise `CommandError` if it names none."""
    configuration = read_configuration(path, IssuerConfiguration)
    return service_of(path, configuration, migrates=migrates)


def service_of(
    path: str, configuration: IssuerConfiguration, *, migrates: bool = False
) -> IssuerService:
    """Open the store of a configuration that was read."""
    if configuration.store is None:
        text = f"{path} has no [store]. Make a new one with: tallystick issuer init"
        raise CommandError(text, USAGE)
    engine = open_database(database_url(path, configuration.store), makes_file=migrates)
    if migrates:
        migrate(engine)
    return IssuerService(path, configuration, configuration.store, Store(engine))


def database_url(path: str, chosen: StoreSettings) -> str:
    """Name the database: TALLYSTICK_DATABASE_URL, or that of the configuration beside its file."""
    url = os.environ.get(settings.DATABASE_VARIABLE) or chosen.database
    if url.startswith(SQLITE):
        return SQLITE + beside(path, url.removeprefix(SQLITE))
    return url
