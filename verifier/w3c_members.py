"""What an SD-JWT VC says in members of the W3C data model, instead of in registered claims.

Some issuers write a W3C credential as the claims of an SD-JWT VC, and mean its end and its status.
Whoever reads registered claims alone would take what is withdrawn or over for valid.
"""

from __future__ import annotations

from collections.abc import Iterator

from credentials.json_types import JsonObject
from verifier.checks.validity import BEGINNINGS, ENDS, check_validity
from verifier.checks.world import World
from verifier.report import Outcome, Remark


def judge_w3c_members(claims: JsonObject, world: World) -> Iterator[tuple[str, Remark]]:
    """Judge such members; remarks come with the check that they belong to.

    Obligations: 1. a period that is stated there holds as well; what cannot be read as a date may
    mean something else, and decides nothing; 2. a status that is stated there is not looked up for
    an SD-JWT VC, and its absence in `status` says nothing.
    """
    # 1.
    stated = {name: claims[name] for name in (*BEGINNINGS, *ENDS) if name in claims}
    for remark in check_validity(stated, world):
        if remark.code == "VALIDITY_UNREADABLE":
            yield "validity", remark._replace(outcome=Outcome.INDETERMINATE)
        elif remark.outcome is Outcome.FAILED:
            yield "validity", remark
    # 2.
    if "credentialStatus" in claims:
        text = (
            "The credential states a status as W3C credentials do (credentialStatus); in an SD-JWT "
            "VC it is not looked up here."
        )
        code = "UNKNOWN_STATUS_TYPE"
        yield "status", Remark(Outcome.INDETERMINATE, code, text, "/credentialStatus")
