"""How devices are written on pages about people."""

from __future__ import annotations

from service.pages import gettext

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
