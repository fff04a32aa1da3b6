"""What can go wrong in a wallet."""

from __future__ import annotations

from credentials.errors import TallystickError


class WalletError(TallystickError):
    """A wallet cannot do what was asked."""

    code = "WALLET_ERROR"


class NotInWalletError(WalletError):
    """There is no such thing in this learner's wallet: none at all, or somebody else's."""

    code = "NOT_IN_WALLET"


class CannotAddError(WalletError):
    """What was given is not kept: it is no credential, or it is in the wallet already."""

    code = "CANNOT_ADD"
