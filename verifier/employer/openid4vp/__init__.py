"""Asking wallets by OpenID for Verifiable Presentations 1.0, beside the exchange of the VC-API.

`query` says what is wanted, `request` how a wallet gets it, `answers` judges what comes back, and
`pages` has the addresses for it.
"""

from verifier.employer.openid4vp.client import SignRequest, VerifierClient

__all__ = ["SignRequest", "VerifierClient"]
