"""How people prove who they are: by password, by passkey, by an account elsewhere.

Every room that lets people in uses the same parts: `Passwords`; `RelyingParty` with the functions
of `passkeys` (WebAuthn); `OpenIdClient` (OpenID Connect); and `SignInMethods`, which keeps passkeys
and linked accounts beside a room's people.  What a room adds are its pages and its sessions.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from service.sign_in.errors import SignInError
    from service.sign_in.keeping import LinkedAccount, SignInMethods
    from service.sign_in.openid import OpenIdClient, OpenIdProvider
    from service.sign_in.passkey_keeping import Passkey, PasskeyKeeping, Step
    from service.sign_in.passkeys import RelyingParty
    from service.sign_in.passwords import Passwords
    from service.sign_in.tables import PasskeyTables, SignInTables, passkey_tables, sign_in_tables

__all__ = [
    "LinkedAccount",
    "OpenIdClient",
    "OpenIdProvider",
    "Passkey",
    "PasskeyKeeping",
    "PasskeyTables",
    "Passwords",
    "RelyingParty",
    "SignInError",
    "SignInMethods",
    "SignInTables",
    "Step",
    "passkey_tables",
    "sign_in_tables",
]

_MODULES = {
    "LinkedAccount": "service.sign_in.keeping",
    "OpenIdClient": "service.sign_in.openid",
    "OpenIdProvider": "service.sign_in.openid",
    "Passkey": "service.sign_in.passkey_keeping",
    "PasskeyKeeping": "service.sign_in.passkey_keeping",
    "PasskeyTables": "service.sign_in.tables",
    "Passwords": "service.sign_in.passwords",
    "RelyingParty": "service.sign_in.passkeys",
    "SignInError": "service.sign_in.errors",
    "SignInMethods": "service.sign_in.keeping",
    "SignInTables": "service.sign_in.tables",
    "Step": "service.sign_in.passkey_keeping",
    "passkey_tables": "service.sign_in.tables",
    "sign_in_tables": "service.sign_in.tables",
}


def __getattr__(name: str) -> object:
    """Load what is asked for (PEP 562): who keeps passkeys need not wait for what checks them."""
    if name not in _MODULES:
        raise AttributeError(f"module 'service.sign_in' has no attribute {name!r}")
    return getattr(import_module(_MODULES[name]), name)
