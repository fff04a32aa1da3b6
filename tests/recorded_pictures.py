"""Which pictures are drawn of credentials: every text, and a digest of every shape."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

from credentials.baking.artwork import badge_picture
from credentials.baking.drawing import Writing
from credentials.baking.lettering import Block, fit, plain
from credentials.baking.raster import _draw
from credentials.baking.vector import svg_of
from credentials.strict_json import serialize_json
from tests.factories import unsigned
from tests.recorded_readings import digest

Case = tuple[str, Any]

LONG = "Introductory and intermediate welding of stainless steel pipes under water and elsewhere"
SCRIPTS = "Kaitiakitanga o te wai ā ē \u0301 汉字汉字汉字 iiiiiiii WWWWWWWW {0}~"


def leveled(code: Any, **alignment: Any) -> dict[str, Any]:
    document = deepcopy(unsigned())
    achievement = document["credentialSubject"]["achievement"]
    stated = {**achievement["alignment"][0], "targetCode": code, **alignment}
    stated["targetUrl"] = f"urn:mcframework:nz-nzqcf:level:{code}"
    achievement["alignment"] = [{name: value for name, value in stated.items() if value}]
    return document


def about(**achievement: Any) -> dict[str, Any]:
    document = deepcopy(unsigned())
    changed = {**document["credentialSubject"]["achievement"], **achievement}
    kept = {name: value for name, value in changed.items() if value is not None}
    document["credentialSubject"]["achievement"] = kept
    return document


def drawn() -> Iterator[tuple[str, dict[str, Any]]]:
    yield "plain", unsigned()
    yield "long", unsigned(name=LONG, issuer={"id": "did:x:y", "name": f"{LONG} {LONG}"})
    yield "scripts", unsigned(name=SCRIPTS, issuer={"id": "did:x:y", "name": SCRIPTS})
    yield "one long word", unsigned(name="Pneumono" * 12)
    yield "not named", {**about(name=None), "name": "", "issuer": {"id": "did:x:y"}}
    yield "nobody", {**unsigned(), "issuer": {}}
    yield "named by its achievement", unsigned(name=None)
    yield "of another achievement", about(id="https://poly.example/achievements/other")
    yield "of no achievement", about(id=None, inLanguage="mi")
    yield "in a language", about(inLanguage="fr-CA")
    yield "in no language", about(inLanguage="x" * 17)
    yield "in a short language", about(inLanguage="x" * 16)
    for code in ("0", "1", "12", "13", "6+"):
        yield f"level {code}", leveled(code)
    yield "level without a framework", leveled("5", targetFramework=None, targetName=None)
    yield "level by its name", leveled("", targetUrl="urn:x:y", targetName="Level five")
    unknown = about(resultDescription=None, creditsAvailable=7.5)
    del unknown["credentialSubject"]["result"]
    yield "credits of no unit", unknown
    several = about()
    described = several["credentialSubject"]["achievement"]["resultDescription"]
    for number, kind in enumerate(("ECTSCredits", "SBUCredits")):
        described.append({**described[0], "id": f"urn:x:{number}", "resultType": f"ext:{kind}"})
    yield "several values", several


def pictures() -> Iterator[Case]:
    """Record the texts of each picture with their places, and all of it by its digest."""
    for name, document in drawn():
        picture = badge_picture(serialize_json(document))
        texts = [repr(shape) for shape in picture.shapes if isinstance(shape, Writing)]
        whole = [picture.title, picture.description, str(picture.language)]
        yield name, [*whole, *texts, digest(repr(picture)), digest(svg_of(picture))]


class Pen:
    """What is told to whoever draws: everything but texts, whose widths depend on the font."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def __getattr__(self, shape: str) -> Callable[..., None]:
        return lambda *places, **look: self.told.append(f"{shape} {places} {sorted(look.items())}")


def drawing() -> Iterator[Case]:
    """Record what a pen is told, and how texts are broken into lines."""
    pen: Any = Pen()
    for shape in badge_picture(serialize_json(unsigned())).shapes:
        if not isinstance(shape, Writing):
            _draw(pen, shape, 1.5)
    yield "pen", pen.told
    for width, height in ((60, 20), (100, 60), (344, 128), (200, 1)):
        for text in ("", "a", "one two three", LONG, SCRIPTS, "i" * 30, "W " * 9, "x\u202ey\n\tz"):
            found = fit(plain(text), Block(width=width, height=height, sizes=(30, 20, 12)))
            yield f"{width} {height} {text}", [found.size, *found.lines]


AREAS: dict[str, Callable[[], Iterator[Case]]] = {"drawing": drawing, "pictures": pictures}
