"""What serves the wallets of others put together: the issuer's store and keys, and the verifier."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from datetime import datetime

from credentials.errors import VerificationError
from credentials.jose.compact import SIGNING_ALGORITHMS
from credentials.status.status_list_token import StatusListToken
from credentials.strict_json import parse_json
from issuer.issuing.copying import Copying
from issuer.issuing.token_lists import TokenLists
from issuer.store import Tenant
from issuer.wallets import Nonces, WalletClient, WalletDesk
from issuer.wallets.desk import Algorithms, CheckPresentation
from issuer.wallets.key_proofs import SELF_CONTAINED
from tallystick import composition, verifying
from tallystick.claim_office import base_of
from tallystick.issuer_service import IssuerService
from tallystick.signers import record_of
from verifier.verifier import Verifier

NONCE_LABEL = b"nonces for wallets"


def wallet_desk(service: IssuerService, secret: bytes) -> WalletDesk:
    """Build what wallets are served with; `secret` is that of the pages, for all processes."""
    store = service.store
    return WalletDesk(
        store=store,
        copying=Copying(service.exactly_once),
        now=verifying.now,
        base_of=lambda tenant: base_of(service, tenant),
        check_presentation=presentation_check(verifying.now),
        algorithms_of=algorithms_of,
        clients={
            one.client_id: WalletClient(one.client_id, one.name, one.redirect_uris)
            for one in service.configuration.claims.wallet
        },
        accepts_drafts=service.configuration.claims.accepts_drafts,
        lenient_key_proofs=service.configuration.claims.unsafe_lenient_key_proofs,
        nonces=Nonces(
            store, hmac.digest(secret, NONCE_LABEL, "sha256"), secrets.token_bytes, verifying.now
        ),
    )


def token_lists(service: IssuerService) -> TokenLists:
    """Build what gives out status lists as tokens, signed with the institutions' present keys."""

    def sign(tenant: Tenant, token: StatusListToken) -> str:
        key = service.key_of(tenant)
        return token.sign(key.signer, key_id=key.record.verification_method)

    return TokenLists(service.store.engine, sign)


def algorithms_of(tenant: Tenant) -> Algorithms:
    """Tell how an institution signs with its present key."""
    key_type = record_of(tenant.key_uri).key.key_type
    return Algorithms(composition.DEFAULT_SUITES[key_type], SIGNING_ALGORITHMS[key_type])


def presentation_check(now: Callable[[], datetime]) -> CheckPresentation:
    """Build what verifies presentations that show nothing but whose key made them.

    Nothing is looked up for one: its holder is a did:key or did:jwk.
    """

    def check(data: bytes, challenge: str, domain: str | None) -> str:
        document = parse_json(data)
        if not isinstance(document, dict) or document.get("verifiableCredential"):
            text = "This is no presentation that proves a key and shows nothing."
            raise VerificationError(text, code="NOT_A_KEY_PROOF")
        world = verifying.verifying_world(at=now(), challenge=challenge, domain=domain)
        report = Verifier(world).check(data)
        report.raise_for_errors()
        holder = report.credential.get("holder")
        if not isinstance(holder, str) or not holder.startswith(SELF_CONTAINED):
            text = "Whose key this is cannot be told: it must be a did:key or did:jwk."
            raise VerificationError(text, code="HOLDER_UNKNOWN", pointer="/holder")
        return holder

    return check
