"""Baking credentials into SVG images (Open Badges 3.0 section 5.3.2).

An image is read as XML and never drawn; scripts, styles and links in it mean nothing here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import XMLParser

from credentials.baking.payload import Baked, baked, is_token
from credentials.baking.png import already_baked, ambiguous, without_credential
from credentials.baking.svg_markup import declares_entities, malformed, start_tag, svg_text
from credentials.errors import ImageError
from credentials.limits import DEFAULT_LIMITS, Limits
from credentials.strict_json import parse_json

SVG_NAMESPACE = "http://www.w3.org/2000/svg"
NAMESPACE = "https://purl.imsglobal.org/ob/v3p0"
RECORD_NAMESPACE = "https://purl.imsglobal.org/clr/v2p0"
LEGACY_NAMESPACE = "http://openbadges.org"
LEGACY_ELEMENT = f"{{{LEGACY_NAMESPACE}}}assertion"
ELEMENTS = (f"{{{NAMESPACE}}}credential", f"{{{RECORD_NAMESPACE}}}credential", LEGACY_ELEMENT)
"""Elements of credentials: Open Badges 3.0, learner records (CLR 2.0), Open Badges 1 and 2."""

ROOT = f"{{{SVG_NAMESPACE}}}svg"
CREDENTIAL_DEPTH = 2
"""Where the element stands: directly in the root."""


@dataclass(slots=True)
class _Element:
    """An element that holds a credential: its name, its attribute `verify`, its text."""

    tag: str
    verify: str | None
    text: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Finder:
    """Collect the elements of credentials while an image is parsed; no tree is built."""

    depth: int = 0
    root: str | None = None
    is_active: bool = False
    found: list[_Element] = field(default_factory=list)
    _open: _Element | None = None

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Take the start of an element."""
        self.depth += 1
        self.root = self.root or tag
        self.is_active |= _is_active(tag, attributes)
        if self._open is not None:
            raise _misplaced()
        if tag in ELEMENTS:
            if self.depth != CREDENTIAL_DEPTH:
                raise _misplaced()
            self._open = _Element(tag, attributes.get("verify"))
            self.found.append(self._open)

    def data(self, text: str) -> None:
        """Take text."""
        if self._open is not None:
            self._open.text.append(text)

    def end(self, _tag: str) -> None:
        """Take the end of an element."""
        self.depth -= 1
        self._open = None

    def close(self) -> None:
        """Take the end of the image."""


def unbake_svg(image: bytes, limits: Limits = DEFAULT_LIMITS) -> Baked:
    """Take the credential out of an SVG image.

    Obligations (Open Badges 3.0 section 5.3.2.2; Open Badges 2.0 baking specification):

    1. the image is UTF-8 XML within the limits whose root is `svg`, without declarations of its
       own; a document type that only names a public one is not loaded;
    2. exactly one element in it is a credential's, by its namespace, directly in the root:
       others would be found by some readers and not by others;
    3. its attribute `verify` is a token, or its text is the credential, and not both.  Only the
       legacy element has both: the address of a hosted badge, and the badge of that id.

    Raises `ImageError`: what `svg_text` and `start_tag` raise, SVG_MALFORMED, SVG_DTD,
    IMAGE_WITHOUT_CREDENTIAL, IMAGE_CREDENTIAL_AMBIGUOUS, IMAGE_CREDENTIAL_MISPLACED,
    IMAGE_CREDENTIAL_EMPTY, IMAGE_IN_IMAGE.
    """
    # 1.
    finder = _parse(svg_text(image, limits))
    # 2.
    if not finder.found:
        raise without_credential()
    if len(finder.found) > 1:
        raise ambiguous()
    # 3.
    element = finder.found[0]
    is_legacy = element.tag == LEGACY_ELEMENT
    return baked(_text_of(element, limits, is_legacy=is_legacy), is_legacy=is_legacy)


def bake_svg(
    text: str, image: bytes, *, namespace: str = NAMESPACE, limits: Limits = DEFAULT_LIMITS
) -> bytes:
    """Put the text of a credential into an SVG image, as the first thing in its root.

    What is there stays as it is, byte for byte; a root without content gets an end tag.  Raises
    what `unbake_svg` raises about the image, IMAGE_ALREADY_BAKED, and SVG_ACTIVE for an image
    with scripts, which nobody should be made to open.
    """
    whole = svg_text(image, limits)
    finder = _parse(whole)
    if finder.found:
        raise already_baked()
    if finder.is_active:
        message = "The image holds scripts, which run when somebody opens it. Take one without."
        raise ImageError(message, code="SVG_ACTIVE")
    tag = start_tag(whole)
    declaration = f' xmlns:openbadges="{namespace}"'
    opening = whole[: tag.end].removesuffix(">").removesuffix("/")
    if tag.openbadges_namespace is None:
        opening = opening.rstrip() + declaration
    # The prefix may stand for something else in this image; then the element declares it anew.
    is_taken = tag.openbadges_namespace not in (None, namespace)
    inside = _element(text, declaration if is_taken else "")
    rest = f"</{tag.name}>{whole[tag.end :]}" if tag.is_closed else whole[tag.end :]
    return f"{opening}>{inside}{rest}".encode()


def _element(text: str, declared: str) -> str:
    if is_token(text):
        return f'<openbadges:credential{declared} verify="{text}"></openbadges:credential>'
    return f"<openbadges:credential{declared}><![CDATA[{text}]]></openbadges:credential>"


def _parse(text: str) -> _Finder:
    """Parse an image; the parser never sees an entity, and never builds a tree."""
    start_tag(text)
    finder = _Finder()
    parser = XMLParser(target=finder)
    try:
        parser.feed(text)
        parser.close()
    except DefusedXmlException as error:
        raise declares_entities() from error
    except (ParseError, ValueError) as error:
        raise malformed() from error
    if finder.root != ROOT:
        raise malformed()
    return finder


def _text_of(element: _Element, limits: Limits, *, is_legacy: bool) -> str:
    verify, text = (element.verify or "").strip(), "".join(element.text).strip()
    if verify and text:
        if not is_legacy or _id_in(text, limits) != verify:
            raise ambiguous()
        return text
    return verify or text


def _id_in(text: str, limits: Limits) -> object:
    """Read the id of a hosted badge, whose address stands beside it."""
    document = parse_json(text.encode(), limits)
    return document.get("id") if isinstance(document, dict) else None


def _is_active(tag: str, attributes: Mapping[str, str]) -> bool:
    """Tell whether an element does something when the image is opened."""
    local = tag.rpartition("}")[2].lower()
    names = [name.rpartition("}")[2].lower() for name in attributes]
    links = (value.strip().lower() for value in attributes.values())
    return (
        local == "script"
        or any(name.startswith("on") for name in names)
        or any(link.startswith(("javascript:", "data:text/html")) for link in links)
    )


def _misplaced() -> ImageError:
    text = "The credential stands where it must not stand in this image. Ask for another image."
    return ImageError(text, code="IMAGE_CREDENTIAL_MISPLACED")
