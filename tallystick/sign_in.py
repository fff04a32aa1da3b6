"""How people may sign in to the console, from what the operator wrote."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from service.fetching.fetcher import FetchPolicy
from service.sign_in.openid import OpenIdClient, OpenIdProvider
from service.sign_in.passkeys import RelyingParty
from service.sign_in.transport import Messenger
from tallystick import settings
from tallystick.files import read_text
from tallystick.web_configuration import ProviderSettings, SignInSettings, beside

PASSKEYS_OF = "Tallystick"
"""What devices call the service whose passkey they ask for."""


@dataclass(frozen=True)
class WaysToSignIn:
    """Who asks for passkeys, and the providers of accounts, by name."""

    relying_party: RelyingParty | None = None
    providers: dict[str, OpenIdClient] = field(default_factory=dict)


def ways_to_sign_in(
    path: str, asked: SignInSettings | None, prefix: str = "/console"
) -> WaysToSignIn:
    """Put together what a configuration asks for; `path` is its file, `prefix` that of the pages.

    Providers are asked by a process of their own: this one holds keys, and connects to nobody.
    """
    if asked is None:
        return WaysToSignIn()
    party = RelyingParty.at(asked.address, PASSKEYS_OF) if asked.passkeys else None
    messenger = Messenger(FetchPolicy(allowed_hosts=settings.allowed_hosts()))
    providers = {
        one.name: OpenIdClient(
            _provider(path, one),
            messenger,
            f"{asked.address}{prefix}/sign-in/with/{one.name}/back",
            time.monotonic,
        )
        for one in asked.provider
    }
    return WaysToSignIn(party, providers)


def _provider(path: str, asked: ProviderSettings) -> OpenIdProvider:
    secret = None
    if asked.client_secret_file is not None:
        secret = read_text(beside(path, asked.client_secret_file)).strip()
    return OpenIdProvider(
        asked.name,
        asked.title,
        asked.issuer,
        asked.client_id,
        secret,
        trusts_addresses=asked.trusts_addresses,
        algorithms=frozenset(asked.algorithms),
    )
