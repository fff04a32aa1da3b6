"""What an operator writes about the services, as TOML, and what is wrong with it."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from frameworks.toml_text import TomlError, read_toml
from service.web.authorization import DIGEST
from service.web.problems import fault_in_words
from tallystick.composition import ISSUED
from tallystick.files import USAGE, CommandError, read_text
from verifier.employer.origins import ORIGIN

Configuration = TypeVar("Configuration", bound=BaseModel)
Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
Algorithm = Literal["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"]
WebAddress = Annotated[str, Field(pattern=r"^https?://[^\s<>\"]+$", max_length=500)]
RESERVED = frozenset(
    {
        *("api", "assets", "bulk", "challenges", "claim", "console", "credentials", "device"),
        *("embed", "health", "issuers", "jobs", "metrics", "openapi", "pdf", "present"),
        *("presentations", "published", "receipt", "report", "request", "status", "table"),
        *("trust", "verify", "watch"),
    }
)
"""Paths of the services themselves, which no instance may have."""

_STRICT = ConfigDict(extra="forbid", frozen=True)


class ServerSettings(BaseModel):
    """Where a service listens: `hosts` are further names under which it is called.

    `proxy` is the address of the proxy in front, if there is one.
    """

    model_config = _STRICT

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65_535)] = 8080
    threads: Annotated[int, Field(ge=1, le=64)] = 4
    hosts: tuple[str, ...] = ()
    proxy: str | None = None

    def is_local(self) -> bool:
        """Tell whether nobody but this machine can reach the service."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False


class Sources(BaseModel):
    """Files that a service reads at its start: whom it believes, registers, documents by URL."""

    model_config = _STRICT

    trust: tuple[str, ...] = ()
    registers: tuple[str, ...] = ()
    resolver_map: str | None = None


class InstanceSettings(BaseModel):
    """One issuer instance: its key, its suites, and what it signs."""

    model_config = _STRICT

    name: Name
    key: str
    suites: tuple[str, ...] = ()
    form: Literal["vc+jwt"] | None = None
    profile: Literal["open-badges", "generic"] = "open-badges"
    tokens: tuple[Annotated[str, Field(pattern=f"^{DIGEST.pattern}$")], ...] = ()
    unsafe_open: bool = False
    status_list: str | None = None
    value_faults: Literal["refuse", "warn"] = "refuse"
    least_assurance: Literal["A", "B", "C", "D"] = "D"


class StoreSettings(BaseModel):
    """Where the issuer service keeps what it has: its database, its files, its keys.

    `folder` has the copies of published lists and the high-water mark, `keys` the keys of the
    institutions; `checkpoint_key` signs the checkpoints of the ledger.
    """

    model_config = _STRICT

    database: str
    folder: str = "issuer-data"
    keys: str
    checkpoint_key: str


class ProviderSettings(BaseModel):
    """Where people may sign in with an account of theirs (OpenID Connect).

    `client_secret_file` lies beside the configuration.  With `trusts_addresses` an address that the
    provider has verified opens the account here that has the same one.
    """

    model_config = _STRICT

    name: Name
    title: Annotated[str, Field(min_length=1, max_length=80)]
    issuer: Annotated[str, Field(pattern=r"^https?://[^?#\s]+$", max_length=500)]
    client_id: Annotated[str, Field(min_length=1, max_length=500)]
    client_secret_file: str | None = None
    trusts_addresses: bool = False
    algorithms: Annotated[tuple[Algorithm, ...], Field(min_length=1)] = ("RS256", "ES256")


class SignInSettings(BaseModel):
    """How people may sign in besides by password; `address` is where browsers reach the service."""

    model_config = _STRICT

    address: Annotated[
        str,
        Field(pattern=r"^(https://[a-z0-9][a-z0-9.-]*[a-z0-9]|http://localhost)(:[0-9]{1,5})?$"),
    ]
    passkeys: bool = True
    provider: tuple[ProviderSettings, ...] = ()


class OfficeConfiguration(BaseModel):
    """The configuration of a desk: how people sign in; `asks_for_passkey` of everybody.

    With `four_eyes` roles that somebody gives wait until a second person confirms them.
    """

    model_config = _STRICT

    sign_in: SignInSettings
    asks_for_passkey: bool = False
    four_eyes: bool = False


WayBack = Annotated[
    str,
    Field(
        pattern=r"^(https://[a-z0-9][a-z0-9.-]*(:[0-9]{1,5})?|http://(localhost|127\.0\.0\.1)"
        r"(:[0-9]{1,5})?|[a-z][a-z0-9-]*(\.[a-z0-9-]+)+:)(/[A-Za-z0-9._~/-]*)?$",
        max_length=500,
    ),
]
"""Where a wallet may be led back to: https, this machine, or a scheme of an app with a dot in it
(RFC 8252 section 7.1)."""


class WalletSettings(BaseModel):
    """A wallet that may use the authorization endpoint, and where it is led back to."""

    model_config = _STRICT

    client_id: Annotated[str, Field(min_length=1, max_length=500)]
    name: Annotated[str, Field(min_length=1, max_length=80)]
    redirect_uris: Annotated[tuple[WayBack, ...], Field(min_length=1)]


class ClaimsSettings(BaseModel):
    """The pages behind the links that learners get.

    `base` is where they are reached, if that is not the institution's public address; `verify_at`
    is where anybody can check a credential.  With `mounted = false` they run elsewhere
    (`tallystick claims serve`).  `wallet` are wallets that are known here; with `accepts_drafts`
    requests of drafts of OpenID4VCI are understood.  `unsafe_lenient_key_proofs` takes proofs of
    keys that lack what the specification demands, for tests with old libraries.
    """

    model_config = _STRICT

    base: WebAddress | None = None
    verify_at: WebAddress | None = None
    mounted: bool = True
    wallet: tuple[WalletSettings, ...] = ()
    accepts_drafts: bool = True
    unsafe_lenient_key_proofs: bool = False


class IssuerConfiguration(BaseModel):
    """The configuration of `tallystick issuer serve`."""

    model_config = _STRICT

    server: ServerSettings = ServerSettings()
    sources: Sources = Sources()
    instance: tuple[InstanceSettings, ...] = ()
    store: StoreSettings | None = None
    sign_in: SignInSettings | None = None
    claims: ClaimsSettings = ClaimsSettings()
    published_keys: tuple[str, ...] = ()
    status_ledger: str | None = None


class ProofOnlySettings(BaseModel):
    """The second verifier, for conformance runs: it believes every key that signed."""

    model_config = _STRICT

    name: Name = "proof-only"


class StorageSettings(BaseModel):
    """What the verifier keeps, if anything: watch lists, and credentials shared by link.

    Mails go to addresses at `mail_domains` only; with `share_days` 0 nothing is shared.
    """

    model_config = _STRICT

    database: str
    keeps_credentials: bool = False
    retention_days: Annotated[int, Field(ge=1, le=3_650)] = 365
    watch_hours: Annotated[int, Field(ge=1, le=720)] = 6
    mail_domains: tuple[Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]*$")], ...] = ()
    share_days: Annotated[int, Field(ge=0, le=3_650)] = 0


class VerifierConfiguration(BaseModel):
    """The configuration of `tallystick verifier serve`."""

    model_config = _STRICT

    server: ServerSettings = ServerSettings(port=8081, threads=8)
    sources: Sources = Sources()
    offline: bool = False
    challenge_seconds: Annotated[int, Field(ge=10, le=3_600)] = 300
    receipt_key: str | None = None
    request_key: str | None = None
    proof_only: ProofOnlySettings | None = None
    storage: StorageSettings | None = None
    framers: tuple[Annotated[str, Field(pattern=f"^(?:{ORIGIN.pattern})$")], ...] = ()
    metrics: bool = False


def read_configuration(path: str, kind: type[Configuration]) -> Configuration:
    """Read a configuration; raise `CommandError` that names every fault by its place."""
    try:
        return kind.model_validate(read_toml(read_text(path)))
    except TomlError as error:
        raise CommandError(f"{path} cannot be read: {error.message}.", USAGE) from error
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=False, include_input=False)
        lines = [
            f"{path}: {_place(fault['loc'])}: {fault_in_words(fault['type'], fault['msg'])}."
            for fault in faults
        ]
        raise CommandError("\n".join(lines), USAGE) from error


def require_sound(path: str, configuration: IssuerConfiguration) -> None:
    """Refuse what no form can say: names that clash, unknown suites, an open door to the world."""
    if not configuration.instance and configuration.store is None:
        raise CommandError(f"{path}: instance: at least one is needed, or a store.", USAGE)
    _require_sound_sign_in(path, configuration)
    names = [one.name for one in configuration.instance]
    for one in configuration.instance:
        place = f"{path}: instance {one.name}"
        if one.name in RESERVED or names.count(one.name) > 1:
            raise CommandError(f"{place}: choose another name; this one is taken.", USAGE)
        if one.form is not None and one.suites:
            raise CommandError(f"{place}: a token has no suite; leave suites or form out.", USAGE)
        if one.status_list is not None and configuration.status_ledger is None:
            text = f'{place}: say where the ledger of status lists is: status_ledger = "URL".'
            raise CommandError(text, USAGE)
        if not set(one.suites) <= ISSUED:
            known = ", ".join(sorted(ISSUED))
            raise CommandError(f"{place}: a suite is not known; known are {known}.", USAGE)
        if not one.tokens and not one.unsafe_open and not configuration.server.is_local():
            text = (
                "anybody who reaches this address could have credentials signed. Name the digests "
                'of tokens ("tallystick issuer token" makes one), listen on 127.0.0.1, or say '
                "unsafe_open = true."
            )
            raise CommandError(f"{place}: {text}", USAGE)


def _require_sound_sign_in(path: str, configuration: IssuerConfiguration) -> None:
    asked = configuration.sign_in
    if asked is None:
        return
    if configuration.store is None:
        raise CommandError(f"{path}: sign_in: only a console needs it, and that a store.", USAGE)
    names = [one.name for one in asked.provider]
    issuers = [one.issuer for one in asked.provider]
    if len(set(names)) != len(names) or len(set(issuers)) != len(issuers):
        text = "two providers have one name or one issuer; give each its own."
        raise CommandError(f"{path}: sign_in: {text}", USAGE)


def beside(configuration: str, path: str) -> str:
    """Read a path of a configuration: relative to the folder of its file."""
    return str(Path(configuration).parent / path)


def key_beside(configuration: str, uri: str) -> str:
    """Read the URI of a key, whose path is relative to the folder of the configuration."""
    scheme, colon, path = uri.partition(":")
    is_path = scheme in ("file", "signer")
    return f"{scheme}{colon}{beside(configuration, path)}" if is_path else uri


def key_from_here(uri: str) -> str:
    """Write the URI of a key, whose path is relative to this folder, as any folder can read it."""
    scheme, colon, path = uri.partition(":")
    is_relative = scheme in ("file", "signer") and not path.startswith("/")
    return f"{scheme}{colon}{Path(path).resolve()}" if is_relative else uri


def require_key_file(configuration: str, uri: str) -> None:
    """Refuse a configuration whose key file is not there, before anybody needs the key.

    A key of a signer is asked for when it is needed: the signer may start later.
    """
    scheme, _colon, path = key_beside(configuration, uri).partition(":")
    if scheme == "file" and not Path(path).is_file():
        text = "is not there. A path is read from the folder of this configuration"
        raise CommandError(f"{configuration}: key: {path} {text}.", USAGE)


def _place(location: tuple[int | str, ...]) -> str:
    steps = [f"[{step + 1}]" if isinstance(step, int) else f".{step}" for step in location]
    return "".join(steps).removeprefix(".") or "the file"
