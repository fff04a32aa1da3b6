"""Wallets that others made claim here: VC-API exchanges, OpenID4VCI, and an older link.

`desk` hands a claim over to a wallet, once; `interactions` says which protocols it can be had by;
`exchange_routes` and `openid_routes` speak them.  Whatever a wallet proves, it gets nothing but the
credential of the offer that it has the secret of.
"""

from issuer.wallets.desk import WalletClient, WalletDesk
from issuer.wallets.exchange_routes import exchange_routes
from issuer.wallets.interactions import interaction
from issuer.wallets.metadata_routes import metadata_routes
from issuer.wallets.nonces import Nonces
from issuer.wallets.openid_routes import openid_routes
from issuer.wallets.status_routes import status_routes

__all__ = [
    "Nonces",
    "WalletClient",
    "WalletDesk",
    "exchange_routes",
    "interaction",
    "metadata_routes",
    "openid_routes",
    "status_routes",
]
