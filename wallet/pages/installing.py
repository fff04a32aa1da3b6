"""What makes the wallet an application of a device: manifest, icons, and a worker for reading.

The worker (`static/worker.js`) keeps pages of the learner who is signed in, for reading them
without a network, and forgets them when they sign out.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from flask import Response

from credentials.baking.drawing import Bar, Picture, Polygon
from credentials.baking.raster import PIXELS, png_of
from service.pages import current_language, gettext
from service.web import json_response
from wallet.pages.room import SITE, WalletRoom

SIDE = 512
GROUND, MARKS, STROKE = "#12506b", "#ffffff", 38
"""Colours of the icon, and how wide its notches are, in its units."""


def add_installing(room: WalletRoom) -> None:
    """Add what browsers ask for; nothing of it is anybody's."""
    pages = room.pages

    @pages.get("/wallet.webmanifest")
    def manifest() -> Response:
        response = json_response(_manifest())
        response.content_type = "application/manifest+json"
        return response

    @pages.get("/icon.png")
    def icon() -> Response:
        return Response(icon_png(), content_type="image/png")

    @pages.get("/worker.js")
    def worker() -> Response:
        code = (files("wallet.pages") / "static" / "worker.js").read_bytes()
        response = Response(code, content_type="text/javascript; charset=utf-8")
        response.headers["Content-Security-Policy"] = "default-src 'none'; connect-src 'self'"
        return response


@cache
def icon_png() -> bytes:
    """Draw the icon: a tally, with room around it for devices that cut icons round."""
    marks = [Bar(150 + 62 * place, 150, STROKE, 212, STROKE // 2, MARKS) for place in range(4)]
    stroke = Polygon(((118, 316), (394, 178), (394, 218), (118, 356)), MARKS)
    ground = Bar(0, 0, SIDE, SIDE, 0, GROUND)
    return png_of(Picture(SIDE, (ground, *marks, stroke), "Tally", "A tally of five.", None))


def _manifest() -> dict[str, object]:
    name = gettext(SITE)
    icon = {"src": "/icon.png", "type": "image/png", "sizes": f"{PIXELS}x{PIXELS}"}
    return {
        "id": "/",
        "name": name,
        "short_name": gettext("Wallet"),
        "lang": current_language().tag,
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": MARKS,
        "theme_color": GROUND,
        "icons": [{**icon, "purpose": purpose} for purpose in ("any", "maskable")],
    }
