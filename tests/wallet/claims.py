"""Claiming in one go, as a learner does whose wallet signs at once."""

from __future__ import annotations

from wallet.asking import Way
from wallet.claiming import Begun, Claimed, begin, finish
from wallet.openid_claiming import Granted, credential_for, pre_authorized
from wallet.openid_offers import read_offer

VERIFIER = "v" * 43


def claimed(way: Way, link: str, pin: str = "") -> Claimed:
    """Take over what a link offers, with nothing where a signature belongs."""
    found = begin(way, link, pin, VERIFIER)
    return found if isinstance(found, Claimed) else finish(way, as_begun(found), "")


def granted(way: Way, link: str, pin: str = "") -> Granted:
    """Take over an offer of OpenID4VCI with a pre-authorized code."""
    return credential_for(way, pre_authorized(way, read_offer(way, link), pin), "proof")


def as_begun(found: object) -> Begun:
    """Require that a key is to be proved."""
    assert isinstance(found, Begun)
    return found
