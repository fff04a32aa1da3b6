"""All pages of a wallet, in one room."""

from __future__ import annotations

from service.pages import Pages
from wallet.pages.applying import add_applying
from wallet.pages.claiming import add_claiming
from wallet.pages.collecting import add_collecting
from wallet.pages.device_keys import add_device_keys
from wallet.pages.installing import add_installing
from wallet.pages.one_credential import add_one_credential
from wallet.pages.passkeys import add_passkeys
from wallet.pages.presenting import add_presenting
from wallet.pages.requests import add_requests
from wallet.pages.room import WalletRoom, WalletServices
from wallet.pages.sharing import add_sharing
from wallet.pages.signing_in import add_signing_in
from wallet.pages.signing_on_device import add_signing_on_device
from wallet.pages.stacking import add_stacking
from wallet.pages.taking_away import add_taking_away
from wallet.pages.waiting import add_waiting


def new_wallet_pages(services: WalletServices) -> Pages:
    """Build the pages; the application needs a secret for its cookie (`PagesSettings`)."""
    room = WalletRoom(services)
    add_signing_in(room)
    add_passkeys(room)
    add_collecting(room)
    add_claiming(room)
    add_waiting(room)
    add_one_credential(room)
    add_stacking(room)
    add_sharing(room)
    add_presenting(room)
    add_requests(room)
    add_applying(room)
    add_taking_away(room)
    add_device_keys(room)
    add_signing_on_device(room)
    add_installing(room)
    return room.pages
