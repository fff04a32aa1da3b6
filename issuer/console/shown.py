"""How things of the store are written on pages."""

from __future__ import annotations

from credentials.timestamps import parse_timestamp
from issuer.store import Achievement
from service.pages import N_, gettext
from service.pages.languages import moment_in_words

STATES = {
    "draft": N_("Draft"),
    "published": N_("Published, version %(number)s"),
    "withdrawn": N_("Awarded no more, version %(number)s"),
}
"""How the states of achievements are called."""


BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
"""What browsers and systems are known by; some name others, too, so the order counts."""


def device_text(agent: str) -> str:
    """Say in a few words which device a browser says that it is on; it may say anything."""
    found = [
        next((name for part, name in known if part in agent), "") for known in (BROWSERS, SYSTEMS)
    ]
    words = ", ".join(name for name in found if name)
    return words or agent[:40] or gettext("A device that does not say what it is")


def moment_text(text: str) -> str:
    """Write a time as it is kept for people."""
    return moment_in_words(parse_timestamp(text))


def achievement_state(one: Achievement) -> str:
    """Say how far an achievement is."""
    said = gettext(STATES[one.state], number=one.version)
    if one.state == "published" and one.draft is not None:
        newer = gettext("with a newer draft")
        return f"{said}; {newer}"
    return said
