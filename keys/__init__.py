"""Key material: what a key is, how it is written down, and to whom it belongs.

The public half (`verification_key`, `controller_document`, `did`) reads keys and verifies with
them.  The private half (`signer`, `store`) makes signatures and keeps secrets; nothing of the
public half imports it, and neither does the verifier.
"""

from keys.controller_document import (
    ControllerDocument,
    ResolvedKey,
    require_usable_at,
    retrieve_verification_method,
)
from keys.did import MappingResolver, NoNetworkResolver, Resolver, controller_document
from keys.verification_key import KeyType, VerificationKey

__all__ = [
    "ControllerDocument",
    "KeyType",
    "MappingResolver",
    "NoNetworkResolver",
    "ResolvedKey",
    "Resolver",
    "VerificationKey",
    "controller_document",
    "require_usable_at",
    "retrieve_verification_method",
]
