"""What a wallet keeps, in a database that the migrations of `service` brought to its form."""

from wallet.store.applications import Application, Applications
from wallet.store.device_keys import DeviceKey, DeviceKeys
from wallet.store.holdings import Holding, Holdings
from wallet.store.learners import Learner, Learners
from wallet.store.requests import Request, Requests
from wallet.store.sharing import Share, Shares
from wallet.store.steps import Steps
from wallet.store.store import WalletStore
from wallet.store.waiting import Waiting, WaitingClaims

__all__ = [
    "Application",
    "Applications",
    "DeviceKey",
    "DeviceKeys",
    "Holding",
    "Holdings",
    "Learner",
    "Learners",
    "Request",
    "Requests",
    "Share",
    "Shares",
    "Steps",
    "Waiting",
    "WaitingClaims",
    "WalletStore",
]
