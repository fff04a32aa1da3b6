"""What an institution issues to wallets: one configuration for each form of its badges."""

from __future__ import annotations

from credentials.json_types import JsonObject
from credentials.sd_jwt.open_badge import VCT
from issuer.issuing.forms import JWT_VC, LDP_VC, SD_JWT
from issuer.requests import CONTEXTS
from issuer.store import Tenant
from issuer.wallets.desk import Algorithms

CONFIGURATIONS = {LDP_VC: "open-badge", JWT_VC: "open-badge-jwt", SD_JWT: "open-badge-sd-jwt"}
"""Ids of configurations, which are their scopes as well, by form."""

TYPES = ["VerifiableCredential", "OpenBadgeCredential"]
BINDING_METHODS = ["did:key", "did:jwk", "jwk"]
KEY_PROOF_ALGORITHMS = ["EdDSA", "ES256", "ES384"]
PRESENTATION_SUITES = ["eddsa-rdfc-2022", "ecdsa-rdfc-2019", "eddsa-jcs-2022", "ecdsa-jcs-2019"]
NAMES = {"en": "Micro-credential", "fr-CA": "Microcertification", "es": "Microcredencial"}


def configurations(tenant: Tenant, algorithms: Algorithms) -> JsonObject:
    """Describe all configurations (OpenID4VCI 1.0 section 12.2.4)."""
    return {name: _configuration(form, tenant, algorithms) for form, name in CONFIGURATIONS.items()}


def _configuration(form: str, tenant: Tenant, algorithms: Algorithms) -> JsonObject:
    signing = algorithms.suite if form == LDP_VC else algorithms.token
    display = [
        {"name": name, "locale": locale, "description": tenant.title}
        for locale, name in NAMES.items()
    ]
    return {
        "format": form,
        "scope": CONFIGURATIONS[form],
        "cryptographic_binding_methods_supported": BINDING_METHODS,
        "proof_types_supported": {
            "jwt": {"proof_signing_alg_values_supported": KEY_PROOF_ALGORITHMS},
            "di_vp": {"proof_signing_alg_values_supported": PRESENTATION_SUITES},
        },
        "credential_signing_alg_values_supported": [signing],
        **_kind(form),
        "credential_metadata": {"display": display},
    }


def _kind(form: str) -> JsonObject:
    if form == SD_JWT:
        return {"vct": VCT}
    definition: JsonObject = {"type": TYPES}
    if form == LDP_VC:
        definition = {"@context": list(CONTEXTS), **definition}
    return {"credential_definition": definition}
