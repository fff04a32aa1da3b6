"""Signed checkpoints of the ledger: whoever keeps one notices later if anything was cut off."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from credentials.errors import CredentialError
from credentials.timestamps import parse_timestamp
from issuer.store.chain import Checkpoint
from issuer.store.errors import LedgerBrokenError
from issuer.store.ledger import IssuerLedger, SignedCheckpoint
from issuer.store.writing_down import stamp
from keys.errors import KeyMaterialError
from keys.signer import Signer
from keys.verification_key import VerificationKey

INTERVAL = timedelta(hours=1)
"""How often a checkpoint is signed, if anything was recorded since the last one."""


def sign_if_due(
    ledger: IssuerLedger, signer: Signer, now: datetime, *, interval: timedelta = INTERVAL
) -> SignedCheckpoint | None:
    """Sign and keep a checkpoint if the last one is old enough; return it."""
    kept = ledger.checkpoints()
    reached = ledger.checkpoint()
    if kept:
        is_young = now - parse_timestamp(kept[-1].signed_at) < interval
        if is_young or kept[-1].checkpoint == reached:
            return None
    if not reached.count:
        return None
    signed = sign(reached, signer, now)
    ledger.keep_checkpoint(signed)
    return signed


def sign(reached: Checkpoint, signer: Signer, now: datetime) -> SignedCheckpoint:
    """Sign a checkpoint."""
    signed_at = stamp(now)
    signature = signer.sign(reached.signed_bytes(signed_at))
    return SignedCheckpoint(reached, signed_at, signer.verification_key.to_multikey(), signature)


def require_signed(one: SignedCheckpoint, trusted: Callable[[str], bool]) -> None:
    """Refuse a checkpoint that no trusted key signed; raise `LedgerBrokenError`."""
    place = f"checkpoint {one.checkpoint.count}"
    if not trusted(one.key):
        text = "A checkpoint is signed by a key that is not this installation's."
        raise LedgerBrokenError(text, place=place, code="CHECKPOINT_KEY")
    try:
        key = VerificationKey.from_multikey(one.key)
        key.verify(one.signature, one.checkpoint.signed_bytes(one.signed_at))
    except (KeyMaterialError, CredentialError, TypeError) as error:
        text = "The signature of a checkpoint does not fit."
        raise LedgerBrokenError(text, place=place, code="CHECKPOINT_SIGNATURE") from error
