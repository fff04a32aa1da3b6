"""A request to sign any W3C credential as it is, as the VC-API has it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from credentials.errors import IssuanceError
from credentials.json_types import JsonObject, as_list
from credentials.linked_data.context_policy import VC_V1
from credentials.timestamps import format_timestamp
from issuer.requests import Fresh, require_own

DATA_INTEGRITY = "https://w3id.org/security/data-integrity/v2"
"""The context that gives a proof its meaning where the data model's own does not (version 1.1)."""


@dataclass(frozen=True, slots=True)
class AnyCredentialRequest:
    """An unsigned credential as received; `credential` is never changed."""

    credential: JsonObject

    def build(self, *, issuer: str, now: datetime, fresh: Fresh) -> JsonObject:
        """Take the credential as it is, under the issuer's own id.

        To one of version 1.1 the context of its proof is added, and its date of issuance where
        that is missing.  Raises `IssuanceError` (ISSUER_MISSING, ISSUER_NOT_YOURS).
        """
        stated = self.credential.get("issuer")
        identifier = stated.get("id") if isinstance(stated, dict) else stated
        if not isinstance(identifier, str):
            text = "The credential does not say who issues it: put the issuer's id into it."
            raise IssuanceError(text, code="ISSUER_MISSING", pointer="/issuer")
        require_own(identifier, issuer)
        contexts = self.credential.get("@context")
        if isinstance(contexts, list) and VC_V1 in contexts[:1]:
            return self._of_version_1(contexts, now)
        return dict(self.credential)

    def _of_version_1(self, contexts: list[object], now: datetime) -> JsonObject:
        added = [] if DATA_INTEGRITY in contexts else [DATA_INTEGRITY]
        document = {**self.credential, "@context": [*as_list(contexts), *added]}
        document.setdefault("issuanceDate", format_timestamp(now.replace(microsecond=0)))
        return document
