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

TEMPLATE_MEMBERS = {"achievement", "level", "credits"}
"""Members by which a published document is known for a short request without its learner."""


def composed(register_for: Callable[[str], Register]) -> Compose:
    """Compose requests from definitions; a short request without a learner is taken as it is.

    `register_for` chooses the register for a framework.  The end of validity is that of the
    definition, counted from the day of the award, unless the award states another one.
    """

    def compose(tenant: Tenant, version: AchievementVersion, award: Award, on: date) -> JsonObject:
        document = version.document
        if document.keys() >= TEMPLATE_MEMBERS:
            return from_template(tenant, version, award, on)
        definition = AchievementDefinition.of(document)
        stated = award.members.get("awardedDate")
        end = valid_until(definition, on if stated is None else parse_date(stated))
        members: JsonObject = {} if end is None else {"validUntil": end}
        members |= {"issuer": tenant.profile} if tenant.profile else {}
        return issuance_request(
            definition,
            register_for(definition.course.framework),
            as_of=on,
            learner=award.learner,
            version=version.version,
            award={**members, **award.members},
        )

    return compose
