"""Where claims lead, and in whose name letters are written, by configuration and environment."""

from __future__ import annotations

import os
from collections.abc import Callable

from issuer.claims import ClaimDesk, ClaimSettings
from issuer.store import Tenant
from issuer.wallets import WalletDesk
from service.mail import Mailbox, MailError, MailServer, server_from
from tallystick import verifying
from tallystick.files import CommandError
from tallystick.issuer_service import IssuerService

NO_SENDER = "badges@localhost.localdomain"
"""In whose name claims are made where there is no mail server: no letter is written then."""

MAIL_VARIABLE = "TALLYSTICK_MAIL_HOST"


def mail_server() -> MailServer | None:
    """Read which server takes our letters; nothing where none is named.

    Raises `CommandError` for settings that cannot be used, so that nobody waits for letters.
    """
    if not os.environ.get(MAIL_VARIABLE, "").strip():
        return None
    try:
        return server_from(os.environ)
    except MailError as error:
        raise CommandError(error.message) from error


def base_of(service: IssuerService, tenant: Tenant) -> str | None:
    """Tell where the claim pages of an institution are reached; nothing if nobody said so.

    That is what the configuration says, else the public address of the institution.
    """
    if service.configuration.claims.base is not None:
        return service.configuration.claims.base
    # An institution that is its key has no address that others reach.
    is_trial = tenant.issuer.startswith("did:key:")
    return None if is_trial else str(tenant.settings.get("public_url") or "") or None


def desks(service: IssuerService) -> Callable[[Tenant, str], ClaimDesk]:
    """Return what finds the desk of an institution; links lead to `own` where it has no address."""
    server = mail_server()
    sender = Mailbox(NO_SENDER) if server is None else server.sender

    def desk_of(tenant: Tenant, own: str) -> ClaimDesk:
        return ClaimDesk(service.store, base_of(service, tenant) or own, sender)

    return desk_of


def local_address(service: IssuerService) -> str:
    """Name the address at which the service of a configuration listens, for trying out."""
    server = service.configuration.server
    return f"http://{server.host}:{server.port}"


def claim_settings(service: IssuerService, wallets: WalletDesk | None = None) -> ClaimSettings:
    """Put together what the claim pages need."""
    return ClaimSettings(
        service.store,
        verifying.now,
        lambda tenant: base_of(service, tenant),
        service.configuration.claims.verify_at,
        wallets,
    )
