"""did:webvh: identifiers whose whole history is signed (did:webvh DID Method 1.0)."""

from credentials.webvh.address import document_address, log_url, witness_url
from credentials.webvh.log import current_document, signed_values

__all__ = ["current_document", "document_address", "log_url", "signed_values", "witness_url"]
