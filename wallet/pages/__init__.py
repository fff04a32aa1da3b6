"""The wallet's pages: sign in, hold, arrange, see what stacks, share, and take everything away."""

from wallet.pages.pages import new_wallet_pages
from wallet.pages.room import SITE, START, WalletServices

__all__ = ["SITE", "START", "WalletServices", "new_wallet_pages"]
