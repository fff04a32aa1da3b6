"""Handing a claim over to a wallet: to one holder, bound to their key where they proved one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from flask import request

from credentials.baking.payload import document_of
from issuer.issuing.copying import Copying, NotCopiedError, holder_of
from issuer.issuing.forms import LDP_VC
from issuer.store import Act, CredentialRecord, Store, Tenant
from issuer.store.credentials import ACTIVE
from issuer.store.wallet_offers import WalletOffer
from issuer.wallets.nonces import Nonces

CheckPresentation = Callable[[bytes, str, str | None], str]
"""Verifies a presentation that answers a challenge, for a domain if one is named; returns the
did:key or did:jwk whose holder made it, and raises `VerificationError`."""


@dataclass(frozen=True, slots=True)
class Algorithms:
    """How an institution signs at present: the suite of its proofs, the algorithm of its tokens."""

    suite: str
    token: str


@dataclass(frozen=True, slots=True)
class WalletClient:
    """A wallet that may use the authorization endpoint: its id, its name, where it is led back."""

    client_id: str
    name: str
    redirect_uris: tuple[str, ...]


@dataclass(frozen=True)
class WalletDesk:
    """What wallets are served with.

    `base_of` is where an institution is reached from outside; nothing where that is the address of
    the request.  With `accepts_drafts` requests of OpenID4VCI drafts are understood, too.
    `lenient_key_proofs` is for tests with clients that leave out what the specification demands.
    """

    store: Store
    copying: Copying
    now: Callable[[], datetime]
    base_of: Callable[[Tenant], str | None]
    check_presentation: CheckPresentation
    algorithms_of: Callable[[Tenant], Algorithms]
    nonces: Nonces
    clients: Mapping[str, WalletClient] = field(default_factory=dict)
    accepts_drafts: bool = True
    lenient_key_proofs: bool = False

    def base(self, tenant: Tenant) -> str:
        """Name the address that all of an institution's addresses for wallets begin with."""
        return (self.base_of(tenant) or request.host_url).rstrip("/")

    def issuer_id(self, tenant: Tenant) -> str:
        """Name an institution as OpenID4VCI does."""
        return f"{self.base(tenant)}/openid/{tenant.name}"

    def hand_over(self, offer: WalletOffer, holder: str | None) -> CredentialRecord:
        """Give an offered credential to a holder; what comes back may still be unsigned.

        Obligations: 1. nothing is handed out that is not in force; 2. an offer goes to one holder,
        and the claim is noted as claimed; 3. whoever proved no key gets the credential as it was
        issued; 4. so does the holder that it is bound to already; 5. everybody else gets a copy
        that is bound to their key, the same one each time.

        Raises `NotCopiedError`, `NotFoundError`, `ConflictError` (OFFER_TAKEN), and what
        `Copying.copy` raises.
        """
        # 1.
        original = self.store.credentials.get(offer.tenant_id, offer.delivery.credential_id)
        if original.data is None or original.status != ACTIVE:
            raise NotCopiedError("This credential is not in force.", code="NOT_IN_FORCE")
        # 2.
        now = self.now()
        self.store.wallet_offers.hand_to(offer, holder, now)
        # 3. and 4.
        is_as_issued = offer.form == LDP_VC and holder == holder_of(document_of(original.data))
        if holder is None or is_as_issued:
            return original
        # 5.
        return self.copying.copy(
            Act(offer.tenant_id, "wallet", now), original.id, holder, offer.form
        )
