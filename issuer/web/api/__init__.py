"""The API of the issuer service, below /api/v1: what institutions do, for their programs."""

from issuer.web.api.application import IssuerApi, add_api

__all__ = ["IssuerApi", "add_api"]
