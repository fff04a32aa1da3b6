"""How things of the store are written on pages."""

from __future__ import annotations

from issuer.store import Achievement, Role
from service.pages import N_, gettext

ROLES = {
    Role.OWNER: N_("Owner: everything"),
    Role.ISSUER: N_("Issuer: designs, issues, withdraws"),
    Role.REVIEWER: N_("Reviewer: designs and publishes, does not issue"),
    Role.AUDITOR: N_("Auditor: reads everything, changes nothing"),
}
"""How roles are called."""

STATES = {
    "draft": N_("Draft"),
    "published": N_("Published, version %(number)s"),
    "withdrawn": N_("Awarded no more, version %(number)s"),
}
"""How the states of achievements are called."""


def achievement_state(one: Achievement) -> str:
    """Say how far an achievement is."""
    said = gettext(STATES[one.state], number=one.version)
    if one.state == "published" and one.draft is not None:
        newer = gettext("with a newer draft")
        return f"{said}; {newer}"
    return said
