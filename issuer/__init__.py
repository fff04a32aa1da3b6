"""The role of institutions: prepare a credential, check it, sign exactly that, once.

`Issuer.prepare` builds and checks; `Issuer.issue` signs what was prepared.  Nothing can be
signed that was not prepared, and nothing is released that the verifier would not accept.
"""

from issuer.any_credential import AnyCredentialRequest
from issuer.issuer import IssuanceToken, IssuedCredential, Issuer, IssuerProfile
from issuer.requests import IssuanceRequest

__all__ = [
    "AnyCredentialRequest",
    "IssuanceRequest",
    "IssuanceToken",
    "IssuedCredential",
    "Issuer",
    "IssuerProfile",
]
