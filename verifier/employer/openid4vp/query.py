"""What is asked of a wallet: a query in the Digital Credentials Query Language (DCQL).

Source: OpenID for Verifiable Presentations 1.0, sections 6 and B.1 to B.3.
"""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from credentials.errors import CredentialError
from credentials.json_types import JsonObject
from credentials.linked_data.context_policy import VC_V2
from credentials.linked_data.expansion import ContextLoader, processor_for
from credentials.open_badges import CURRENT_CONTEXT
from credentials.sd_jwt.open_badge import VCT

PROOF = "ldp_vc"
"""Format of credentials with a Data Integrity proof (section B.1.3.2)."""

TOKEN = "jwt_vc_json"  # noqa: S105 - the name of a format
"""Format of credentials as signed tokens (section B.1.3.1)."""

SD_JWT = "dc+sd-jwt"
"""Format of SD-JWT VCs (section B.3)."""

CREDENTIAL = "https://www.w3.org/2018/credentials#VerifiableCredential"
OPEN_BADGE = "https://purl.imsglobal.org/spec/vc/ob/vocab.html#OpenBadgeCredential"

_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+")


@dataclass(frozen=True, slots=True)
class CredentialQuery:
    """One form in which a credential may be presented, and of which types it has to be.

    `types` are expanded types that a W3C credential must have, all of them, or the only type of
    an SD-JWT VC.
    """

    id: str
    format: str
    types: tuple[str, ...]

    def to_json(self) -> JsonObject:
        """Write the query of one credential (section 6.1).

        That a holder's proof is required is the default, and is written all the same.
        """
        types = list(self.types)
        is_sd_jwt = self.format == SD_JWT
        return {
            "id": self.id,
            "format": self.format,
            "meta": {"vct_values": types} if is_sd_jwt else {"type_values": [types]},
            "require_cryptographic_holder_binding": True,
        }

    def is_met_by(self, types: AbstractSet[str]) -> bool:
        """Tell whether a credential is of the types that are asked for."""
        return bool(self.types) and set(self.types) <= types


@dataclass(frozen=True, slots=True)
class Query:
    """A query for one credential, in any of the forms in `credentials`."""

    credentials: tuple[CredentialQuery, ...]

    def to_json(self) -> JsonObject:
        """Write the query; of its credentials any one is enough (section 6.2)."""
        return {
            "credentials": [one.to_json() for one in self.credentials],
            "credential_sets": [{"options": [[one.id] for one in self.credentials]}],
        }

    def find(self, query_id: str) -> CredentialQuery | None:
        """Find the query of one credential by its id."""
        return next((one for one in self.credentials if one.id == query_id), None)

    def is_met_by(self, answered: AbstractSet[str]) -> bool:
        """Tell whether the queries that were answered are enough (section 6.4.2)."""
        return any(one.id in answered for one in self.credentials)


def query_for(asked_type: str, load_context: ContextLoader) -> Query:
    """Build the query for a credential of a type, as credentials name it, or of any type."""
    expanded = expanded_types([asked_type], [VC_V2, CURRENT_CONTEXT], load_context)
    wanted = tuple(dict.fromkeys((CREDENTIAL, *(expanded if asked_type else ()))))
    queries = [
        CredentialQuery("proof", PROOF, wanted),
        CredentialQuery("token", TOKEN, wanted),
    ]
    if set(wanted) <= {CREDENTIAL, OPEN_BADGE}:
        queries.append(CredentialQuery("sd-jwt", SD_JWT, (VCT,)))
    elif _IRI.fullmatch(asked_type):
        queries.append(CredentialQuery("sd-jwt", SD_JWT, (asked_type,)))
    return Query(tuple(queries))


def expanded_types(types: object, contexts: object, load_context: ContextLoader) -> tuple[str, ...]:
    """Write types in full, as a document's contexts define them (section B.1.1).

    A type that no context defines stays as it is.  Contexts that cannot be read define nothing.
    """
    document: JsonObject = {"@context": contexts, "type": types}
    try:
        expanded = processor_for(load_context).expand(document)
    except CredentialError:
        return ()
    named = [one for node in expanded for one in node.get("@type", ())]
    return tuple(one for one in named if isinstance(one, str) and not one.startswith("@"))
