"""Check "validity": the credential has begun and has not ended."""

from __future__ import annotations

from datetime import timedelta

from credentials.errors import MalformedValueError
from credentials.json_types import JsonObject
from credentials.timestamps import format_timestamp, parse_timestamp
from verifier.checks.world import World, passed
from verifier.report import Outcome, Remark

BEGINNINGS = ("validFrom", "issuanceDate")
ENDS = ("validUntil", "expirationDate")


def check_validity(document: JsonObject, world: World) -> tuple[Remark, ...]:
    """Compare the validity period with now.

    Obligations (VCDM 2.0 section 4.9; VCDM 1.1 sections 4.5 and 4.6).  Both ends belong to the
    period, and clocks may differ by the tolerance:

    1. each date that is there can be read;
    2. the period has begun;
    3. the period has not ended.
    """
    tolerance = timedelta(seconds=world.limits.clock_tolerance_seconds)
    remarks: list[Remark] = []
    for member in (*BEGINNINGS, *ENDS):
        if member not in document:
            continue
        # 1.
        try:
            instant = parse_timestamp(document[member])
        except MalformedValueError as error:
            remarks.append(_failed("VALIDITY_UNREADABLE", error.message, member))
            continue
        # 2. and 3.
        # Differences cannot overflow; sums do at the ends of the calendar.
        if member in BEGINNINGS and instant - world.now > tolerance:
            text = f"The credential is valid only from {format_timestamp(instant)}."
            remarks.append(_failed("NOT_YET_VALID", text, member))
        if member in ENDS and world.now - instant > tolerance:
            text = f"The credential expired on {format_timestamp(instant)}."
            remarks.append(_failed("EXPIRED", text, member))
    return tuple(remarks) or (passed("The credential is within its validity period."),)


def _failed(code: str, detail: str, member: str) -> Remark:
    return Remark(Outcome.FAILED, code, detail, f"/{member}")
