"""What issuing asks of achievements: from a published definition and an award to a request."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from credentials.json_types import JsonObject
from frameworks.dates import parse_date
from frameworks.register import Register
from issuer.achievements.definition import AchievementDefinition
from issuer.achievements.issuing import issuance_request, valid_until
from issuer.issuing.awards import Award, Compose, from_template
from issuer.store import AchievementVersion, Tenant


def composed(register: Callable[[], Register]) -> Compose:
    """Compose requests from definitions; a published request without a learner is taken as it is.

    The end of validity is that of the definition, counted from the day of the award, unless the
    award states another one.
    """

    def compose(tenant: Tenant, version: AchievementVersion, award: Award, on: date) -> JsonObject:
        if "achievement" in version.document:
            return from_template(tenant, version, award, on)
        definition = AchievementDefinition.of(version.document)
        awarded = parse_date(award.members["awardedDate"]) if _is_dated(award) else on
        end = valid_until(definition, awarded)
        members = {**({"validUntil": end} if end else {}), **award.members}
        issuer = {"issuer": tenant.profile} if tenant.profile else {}
        return issuance_request(
            definition,
            register(),
            as_of=on,
            learner=award.learner,
            version=version.version,
            award={**issuer, **members},
        )

    return compose


def _is_dated(award: Award) -> bool:
    return "awardedDate" in award.members
