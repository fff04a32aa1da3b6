"""The forms in which a credential is signed: with proofs, as a token, as an SD-JWT VC.

An institution signs with proofs; the other forms are copies that wallets ask for, named as in
OpenID4VCI 1.0 appendix A.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from credentials.errors import IssuanceError
from credentials.json_types import JsonObject
from issuer.issuer import IssuanceToken, IssuedCredential
from issuer.issuing.awards import Award, Signing
from issuer.sd_jwt import token_status

LDP_VC = "ldp_vc"
JWT_VC = "jwt_vc_json"
SD_JWT = "dc+sd-jwt"
FORMS = (LDP_VC, JWT_VC, SD_JWT)
MEDIA_TYPES = {JWT_VC: "application/jwt", SD_JWT: "application/dc+sd-jwt"}

TOKEN_LIST = "/token"  # noqa: S105 - the end of an address
"""Behind the address of a status list, that of the same list as a Status List Token."""


def form_of(award: Award) -> str:
    """Tell the form that an award is signed in."""
    return LDP_VC if award.copied is None else award.copied.form


def signing_in(signing: Signing, form: str) -> Signing:
    """Return what signs in a form; raise `IssuanceError` (FORM_UNKNOWN) where nothing does."""
    if form == LDP_VC:
        return signing
    media_type = MEDIA_TYPES.get(form)
    if media_type is None or (form == JWT_VC and signing.in_token is None):
        raise IssuanceError("Nothing is signed in this form here.", code="FORM_UNKNOWN")
    if form == JWT_VC and signing.in_token is not None:
        return replace(signing, issuer=signing.in_token(), media_type=media_type)
    return replace(signing, media_type=media_type)


def issue_in(
    signing: Signing, form: str, token: IssuanceToken, now: datetime, entry: JsonObject
) -> IssuedCredential:
    """Issue what was prepared in a form; `entry` is its credentialStatus.

    Raises what `Issuer.issue` and `Issuer.issue_sd_jwt` raise.
    """
    if form != SD_JWT:
        return signing.issuer.issue(token, now=now)
    address = f"{entry['statusListCredential']}{TOKEN_LIST}"
    status = token_status(address, int(entry["statusListIndex"]))
    return signing.issuer.issue_sd_jwt(token, now=now, status=status)
