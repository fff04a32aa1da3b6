"""Judging what a wallet answers: every presentation by itself, then whether they are enough.

Source: OpenID for Verifiable Presentations 1.0, sections 8.1, 8.6 and 14.1.2.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from credentials.data_model.presentation import is_presentation
from credentials.errors import PresentationError
from credentials.json_types import JsonObject, JsonValue, as_list
from credentials.limits import Limits
from credentials.linked_data.embedded import is_envelope
from credentials.strict_json import parse_json, serialize_json
from keys.did import did_key
from keys.errors import KeyMaterialError
from keys.verification_key import VerificationKey
from service.web.reading import request_limits
from verifier.checks.world import World
from verifier.employer.openid4vp.query import PROOF, SD_JWT, CredentialQuery, Query, expanded_types
from verifier.employer.requests import Asked, Presented, own_fault, presented_as
from verifier.formats import recognise
from verifier.report import Outcome, Verdict, VerificationReport
from verifier.sd_jwt import open_sd_jwt
from verifier.verifier import Inspection, Verifier
from verifier.w3c_sd_jwt import is_w3c

AUTHENTIC = ("document", "schema", "context", "proof", "issuer")
"""Checks without which nobody knows whose credential it is; they must neither fail nor be open."""

NOT_HOLDERS = "HOLDER_NOT_SUBJECT"
OTHER_REQUEST = "INVALID_CHALLENGE_ERROR"


@dataclass(frozen=True, slots=True)
class Accepted:
    """What was accepted of an answer: the credentials, and who holds them."""

    presented: tuple[Presented, ...]
    holder: str


@dataclass(frozen=True, slots=True)
class _Shown:
    """A presentation that counts: what was found of its credential, and whose it is."""

    inspection: Inspection
    holder: str


def read_vp_token(text: str, limits: Limits) -> JsonObject:
    """Read the answer's `vp_token`: one JSON object, strictly, within the limits of a request.

    Raises what `parse_json` raises, and `PresentationError` (VP_TOKEN_MALFORMED).
    """
    value = parse_json(text.encode("utf-8", "surrogatepass"), request_limits(limits))
    if not isinstance(value, dict) or not value:
        raise _malformed("it is not a JSON object with presentations")
    return value


def accept(vp_token: JsonObject, query: Query, asked: Asked, world: World) -> Accepted:
    """Judge all presentations of an answer.

    `world` expects the nonce of the request and the full identifier of the verifier as a client.

    Obligations (section 8.6; sections 8.1 and 14.1.2):

    1. each entry answers a query that was asked, with exactly one presentation, whose form it is;
    2. presentation and credential are authentic, and the credential does not turn out invalid;
    3. the credential's holder signed for this nonce and this client, and it is about that holder;
    4. the credential is of a type that was asked for;
    5. what fails in 2 to 4 is discarded, but an answer for another request is refused as a whole;
    6. what is left is enough for the query;
    7. of what is left that counts which the first holder signed: an answer is that of one person.

    Raises `PresentationError` with the code of what is wrong.
    """
    # 1.
    asked_for = tuple(_asked_for(vp_token, query))
    shown: dict[str, _Shown] = {}
    refusals: list[PresentationError] = []
    for one, value in asked_for:
        try:
            # 2. to 4.
            shown[one.id] = _shown(one, value, world)
        except PresentationError as error:
            # 5.
            if error.code == OTHER_REQUEST:
                raise
            refusals.append(error)
    # 6.
    if not query.is_met_by(shown.keys()):
        raise refusals[0] if refusals else _malformed("it answers nothing of what was asked")
    # 7.
    first = next(iter(shown.values()))
    own = [one for one in shown.values() if one is first or one.holder == first.holder != ""]
    presented = tuple(
        presented_as(one.inspection, asked, is_of_type=True, is_holders=True) for one in own
    )
    return Accepted(presented, first.holder)


def _asked_for(
    vp_token: Mapping[str, JsonValue], query: Query
) -> Iterator[tuple[CredentialQuery, JsonValue]]:
    for query_id, presentations in vp_token.items():
        one = query.find(query_id)
        if one is None:
            raise _malformed("it answers something that was not asked")
        if not isinstance(presentations, list) or len(presentations) != 1:
            raise _malformed("each entry has to be an array of one presentation")
        yield one, presentations[0]


def _malformed(why: str) -> PresentationError:
    return PresentationError(f"The answer cannot be read: {why}.", code="VP_TOKEN_MALFORMED")


def _shown(query: CredentialQuery, value: JsonValue, world: World) -> _Shown:
    data = _in_form(query, value)
    inspection = Verifier(world).inspect(data)
    if query.format == SD_JWT:
        return _shown_sd_jwt(query, inspection, data, world)
    return _shown_presentation(query, inspection, value, world)


def _in_form(query: CredentialQuery, value: JsonValue) -> bytes:
    """Write a presentation for the verifier, if it has the form of its query (section B)."""
    if query.format == PROOF:
        if not isinstance(value, dict) or is_envelope(value):
            raise _other_form()
        return serialize_json(value)
    if not isinstance(value, str):
        raise _other_form()
    data = value.encode("utf-8", "replace")
    if recognise(data) != ("sd-jwt" if query.format == SD_JWT else "jwt"):
        raise _other_form()
    return data


def _other_form() -> PresentationError:
    text = "The presentation has another form than its query."
    return PresentationError(text, code="PRESENTATION_OF_OTHER_FORM")


def _shown_presentation(
    query: CredentialQuery, inspection: Inspection, value: JsonValue, world: World
) -> _Shown:
    if not is_presentation(inspection.document):
        text = "This is no presentation: it has to be signed by its holder, for this request."
        raise PresentationError(text, code="NOT_A_PRESENTATION")
    _require_own_checks(inspection.report)
    contained = as_list(inspection.document.get("verifiableCredential"))
    if len(contained) != 1 or len(inspection.presented) != 1:
        text = "A presentation has to show exactly one credential."
        raise PresentationError(text, code="NOT_ONE_CREDENTIAL")
    if isinstance(value, dict) is not _has_proof(contained[0]):
        raise _other_form()
    (credential,) = inspection.presented
    _require_good(credential.report)
    _require_holder(inspection.report)
    document = credential.document
    types = expanded_types(document.get("type"), document.get("@context"), world.load_context)
    _require_type(query, types)
    return _Shown(credential, str(inspection.report.credential.get("holder") or ""))


def _has_proof(item: JsonValue) -> bool:
    """Tell whether a credential stands for itself, rather than in a token."""
    return isinstance(item, dict) and not is_envelope(item)


def _shown_sd_jwt(
    query: CredentialQuery, inspection: Inspection, data: bytes, world: World
) -> _Shown:
    """Judge an SD-JWT VC, which its holder presents by a key binding JWT (section B.3.6)."""
    _require_own_checks(inspection.report)
    _require_good(inspection.report)
    _require_holder(inspection.report)
    opened = open_sd_jwt(data, world.limits)
    if is_w3c(opened.tokens[0], opened.payload):
        raise _other_form()
    _require_type(query, (str(opened.payload.get("vct")),))
    return _Shown(inspection, _holder_of(opened.payload["cnf"]))


def _holder_of(confirmation: JsonObject) -> str:
    """Name whose key signed, which was checked: the key itself, or whose it is said to be."""
    if "jwk" not in confirmation:
        return str(confirmation.get("kid", "")).partition("#")[0]
    try:
        return did_key(VerificationKey.from_jwk(confirmation["jwk"]))
    except KeyMaterialError:
        # A key of a kind that has no did:key.
        return ""


def _require_own_checks(report: VerificationReport) -> None:
    """Require that whoever presents signed for this request; a wrong nonce is told before all."""
    remarks = [one for check in report.checks for one in check.remarks]
    replayed = [one for one in remarks if one.code == OTHER_REQUEST]
    if replayed:
        raise PresentationError(replayed[0].detail, code=OTHER_REQUEST)
    against = own_fault(report)
    if against is not None:
        raise PresentationError(against[1], code=against[0])


def _require_good(report: VerificationReport) -> None:
    """Require an authentic credential that is not invalid; what is open else, is told with it."""
    weighty = (Outcome.FAILED, Outcome.INDETERMINATE)
    for name in AUTHENTIC:
        decisive = report.check(name).decisive
        if decisive.outcome in weighty:
            raise PresentationError(decisive.detail, code=decisive.code)
    if report.verdict is Verdict.INVALID:
        raise PresentationError(report.worst.detail, code=report.worst.code)


def _require_holder(report: VerificationReport) -> None:
    remarks = [one for check in report.checks for one in check.remarks]
    if any(one.code == NOT_HOLDERS for one in remarks):
        text = (
            "The credential is not bound to the key of whoever presents it, so anybody could have "
            "copied it. Give it by hand at the address of the request."
        )
        raise PresentationError(text, code=NOT_HOLDERS)


def _require_type(query: CredentialQuery, types: tuple[str, ...]) -> None:
    if not query.is_met_by(set(types)):
        text = "The credential is of another type than the one that was asked for."
        raise PresentationError(text, code="NOT_AS_ASKED")


def expecting(world: World, nonce: str, client_id: str) -> World:
    """The world in which an answer has to be for a nonce and a client."""
    return replace(world, expected_challenge=nonce, expected_domain=client_id)
