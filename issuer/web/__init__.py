"""The issuer over HTTP: the issuing half of the VC-API (W3C CCG), and its DID documents."""

from issuer.web.application import IssuerInstance, new_issuer_application

__all__ = ["IssuerInstance", "new_issuer_application"]
