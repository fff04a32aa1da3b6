"""Signing an intent: each time the same id, status and time, and the verifier's check."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from credentials.errors import TallystickError, VerificationError
from credentials.findings import Finding
from credentials.json_types import JsonObject
from credentials.timestamps import parse_timestamp
from issuer.issuer import IssuedCredential
from issuer.issuing.awards import (
    Award,
    Compose,
    IntendedRequest,
    Signing,
    SigningOf,
    request_for,
)
from issuer.issuing.forms import SD_JWT, form_of, issue_in, signing_in
from issuer.issuing.intents import Signed
from issuer.store.achievements import AchievementVersion
from issuer.store.credentials import CredentialRecord
from issuer.store.errors import StoreError
from issuer.store.tenants import Tenant
from keys.errors import KeyMaterialError
from service import DatabaseError
from service.status_lists import StatusList

ListNamed = Callable[[str], StatusList]
"""Finds a status list by its name."""


class ReleaseRefusedError(StoreError):
    """What was signed did not pass the verifier's check, so nobody gets it."""

    code = "RELEASE_REFUSED"


class SigningError(StoreError):
    """The key could not sign for now."""

    code = "KEY_UNUSABLE"


def check_award(
    tenant: Tenant,
    version: AchievementVersion,
    award: Award,
    compose: Compose,
    signing_of: SigningOf,
    at: datetime,
) -> None:
    """Check an award as far as it can be before anything is reserved; raise what is wrong."""
    check_request(tenant, request_for(compose, tenant, version, award, at.date()), signing_of, at)


def check_request(
    tenant: Tenant, members: JsonObject, signing_of: SigningOf, at: datetime
) -> tuple[Finding, ...]:
    """Do all that precedes signing with a request that nothing is reserved for; return warnings."""
    status = {
        "id": "https://status.invalid/1#0",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": "0",
        "statusListCredential": "https://status.invalid/1",
    }
    request = IntendedRequest(members, "urn:uuid:00000000-0000-4000-8000-000000000000", status)
    try:
        return signing_of(tenant).issuer.prepare(request, now=at).warnings
    except KeyMaterialError as error:
        raise SigningError(str(error)) from error


def sign_intent(
    intent: CredentialRecord,
    tenant: Tenant,
    version: AchievementVersion,
    compose: Compose,
    signing_of: SigningOf,
    list_named: ListNamed,
) -> Signed:
    """Sign an intent, or say why it cannot be signed.

    Obligations: 1. id, status and time are those of the intent, so that whoever completes it
    means the same credential; 2. nothing comes out that the verifier would not accept; 3. what is
    wrong with the request is told apart from what may be in order the next time.
    """
    try:
        # 1.
        award, at = Award.from_json(intent.request), parse_timestamp(intent.intended_at)
        form = form_of(award)
        signing = signing_in(signing_of(tenant), form)
        members = request_for(compose, tenant, version, award, at.date())
        entry = list_named(intent.list_name).entry(intent.list_index)
        asked = IntendedRequest(members, intent.id, None if form == SD_JWT else entry)
        token = signing.issuer.prepare(asked, now=at)
    except KeyMaterialError as error:
        return Signed(intent.id, error=SigningError(str(error)))
    except DatabaseError:
        raise
    except TallystickError as error:
        # 3.
        return Signed(intent.id, error=error, is_final=True)
    # 2.
    return _signed(intent.id, signing, lambda: issue_in(signing, form, token, at, entry))


def _signed(credential_id: str, signing: Signing, issue: Callable[[], IssuedCredential]) -> Signed:
    try:
        issued = issue()
    except VerificationError as error:
        text = f"What was signed did not pass the check before release: {error.message}"
        return Signed(credential_id, error=ReleaseRefusedError(text))
    except KeyMaterialError as error:
        return Signed(credential_id, error=SigningError(str(error)))
    except TallystickError as error:
        return Signed(credential_id, error=error)
    return Signed(credential_id, issued.data, signing.media_type, signing.verification_method)
