"""Choosing what to show, as a holder does (RFC 9901 section 7.2)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from credentials.errors import PresentationError
from credentials.json_types import pointer_to
from credentials.sd_jwt.disclosures import digest_of
from credentials.sd_jwt.processing import ProcessedPayload, Steps
from credentials.sd_jwt.serialization import SdJwt


def select(sd_jwt: SdJwt, processed: ProcessedPayload, places: Iterable[Steps]) -> SdJwt:
    """Keep the disclosures of the named places, and of the places around them.

    `processed` is the whole credential, `places` are among its `disclosed`.  The order of the
    disclosures is kept.  Raises `PresentationError` (NOTHING_TO_DISCLOSE) for a place that cannot
    be disclosed, and (KEY_BINDING_PRESENT) for a presentation instead of a credential.
    """
    if sd_jwt.key_binding_jwt is not None:
        raise PresentationError(
            "This is a presentation that somebody signed, not the credential itself. Use the file "
            "that the issuer gave you.",
            code="KEY_BINDING_PRESENT",
        )
    wanted: set[str] = set()
    for place in places:
        if place not in processed.disclosed:
            raise PresentationError(
                "There is nothing of this name that can be shown or kept back.",
                code="NOTHING_TO_DISCLOSE",
                pointer=pointer_to(place),
            )
        around = (place[: end + 1] for end in range(len(place)))
        wanted |= {processed.disclosed[one] for one in around if one in processed.disclosed}
    algorithm = processed.algorithm
    kept = tuple(one for one in sd_jwt.disclosures if digest_of(one, algorithm) in wanted)
    return replace(sd_jwt, disclosures=kept)
