"""A browser without scripts: it follows links, fills the forms that are there, keeps cookies.

What is sent is what a person could send: a form that a page has, with fields that the form has.
"""

from __future__ import annotations

import html
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http import HTTPStatus
from typing import NamedTuple, TypeAlias
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin, urlsplit
from urllib.request import HTTPCookieProcessor, ProxyHandler, Request, build_opener

from tallystick.files import CommandError

SECONDS = 60.0
"""How long an answer is waited for: credentials are verified meanwhile."""

MULTIPART = "multipart/form-data"
CHOSEN = ("checkbox", "radio", "file")
"""Kinds of fields that hold nothing unless somebody chooses."""

SHOWN_CHARACTERS = 600


class File(NamedTuple):
    """A file that is chosen in a form."""

    name: str
    data: bytes


Value: TypeAlias = str | File
Entered: TypeAlias = Mapping[str, Value]
"""What is entered, by the name of the field."""


@dataclass
class Form:
    """A form of a page that is posted: where it goes, how, and what its fields hold."""

    action: str
    encoding: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    """What they hold by name: nothing where a box is not ticked, or a file not chosen."""

    def filled(self, entered: Entered) -> list[tuple[str, Value]]:
        """Enter values; raise `CommandError` for a field that the form does not have."""
        unknown = entered.keys() - self.fields.keys()
        if unknown:
            raise CommandError(f"The form for {self.action} has no field {', '.join(unknown)}.")
        kept = ((name, one) for name, held in self.fields.items() for one in held)
        return [*((name, one) for name, one in kept if name not in entered), *entered.items()]


@dataclass(frozen=True, slots=True)
class Page:
    """What a service answered, and from which address."""

    address: str
    data: bytes

    @property
    def source(self) -> str:
        """The page as it was sent."""
        return self.data.decode("utf-8")

    @property
    def words(self) -> str:
        """What stands on the page, as one line."""
        return words_of(self.source[max(0, self.source.find("<main")) :])

    def form(self, ending: str) -> Form:
        """Find the first form whose address ends so; raise `CommandError` if there is none."""
        reader = _FormReader()
        reader.feed(self.source)
        found = (one for one in reader.forms if urljoin(self.address, one.action).endswith(ending))
        form = next(found, None)
        if form is None:
            raise self._unexpected(f"a form that goes to …{ending}")
        return form

    def find(self, pattern: str) -> str:
        """Find the first group of a pattern in the source; raise `CommandError` if it is not."""
        match = re.search(pattern, self.source, re.DOTALL)
        if match is None:
            raise self._unexpected(pattern)
        return html.unescape(match[1])

    def require(self, *said: str) -> Page:
        """Require that all of this stands on the page; raise `CommandError` if it does not."""
        for one in said:
            if one not in self.words:
                raise self._unexpected(one)
        return self

    def _unexpected(self, what: str) -> CommandError:
        shown = self.words[:SHOWN_CHARACTERS]
        return CommandError(f"{self.address}: expected {what}, and was shown: {shown}")


class Browser:
    """One person's browser, with the cookies of where they are signed in."""

    def __init__(self) -> None:
        """Begin without a cookie; what is on this machine is asked without any proxy."""
        self._opener = build_opener(ProxyHandler({}), HTTPCookieProcessor())
        self._opener.addheaders = [("Accept", "text/html,*/*;q=0.8")]

    def open(self, address: str, *, status: int = HTTPStatus.OK) -> Page:
        """Open an address; raise `CommandError` if it is answered by another status."""
        return self._page(Request(address), status)

    def send(self, page: Page, ending: str, entered: Entered | None = None) -> Page:
        """Fill the form of a page that goes to such an address, send it, and go where it leads."""
        form = page.form(ending)
        address, values = urljoin(page.address, form.action), form.filled(entered or {})
        parts = urlsplit(address)
        data, kind = _encoded(values, form.encoding)
        told = {"Content-Type": kind, "Origin": f"{parts.scheme}://{parts.netloc}"}
        return self._page(Request(address, data, told), HTTPStatus.OK)

    def _page(self, request: Request, status: int) -> Page:
        try:
            with self._opener.open(request, timeout=SECONDS) as answer:
                page, found = Page(answer.url, answer.read()), answer.status
        except HTTPError as error:
            page, found = Page(error.url or request.full_url, error.read()), error.code
        except OSError as error:
            raise CommandError(f"{request.full_url} does not answer: {error}") from error
        if found != status:
            shown = page.words[:SHOWN_CHARACTERS]
            raise CommandError(f"{page.address} answered {found} instead of {status}: {shown}")
        return page


def words_of(source: str) -> str:
    """Leave out the markup of a piece of a page."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", source)).split())


def _encoded(values: Sequence[tuple[str, Value]], encoding: str) -> tuple[bytes, str]:
    """Write what a form sends (HTML, section 4.10.21.8), and say of which kind that is."""
    if encoding != MULTIPART:
        return urlencode(values).encode(), "application/x-www-form-urlencoded"
    mark = secrets.token_hex(16)
    parts = b"".join(f"--{mark}\r\n".encode() + _part(name, value) for name, value in values)
    return parts + f"--{mark}--\r\n".encode(), f"{MULTIPART}; boundary={mark}"


def _part(name: str, value: Value) -> bytes:
    file, data = ("", value.encode()) if isinstance(value, str) else value
    told = f'; filename="{file}"' if file else ""
    head = f'Content-Disposition: form-data; name="{name}"{told}\r\n\r\n'
    return head.encode() + data + b"\r\n"


class _FormReader(HTMLParser):
    """Reads the forms of a page with what their fields hold; buttons are left out."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._is_inside, self._select, self._text = False, "", ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._is_inside = told.get("method") == "post"
            if self._is_inside:
                self.forms.append(Form(told.get("action", ""), told.get("enctype", "")))
        elif self._is_inside:
            self._take(tag, told)

    def handle_endtag(self, tag: str) -> None:
        self._is_inside = self._is_inside and tag != "form"
        if tag == "textarea":
            self._text = ""

    def handle_data(self, data: str) -> None:
        if self._text:
            # The first line break is part of the markup (HTML, section 13.2.6.4.7).
            self.forms[-1].fields[self._text] = [data.removeprefix("\n")]

    def _take(self, tag: str, told: dict[str, str]) -> None:
        name, fields = told.get("name", ""), self.forms[-1].fields
        if tag == "input" and name:
            held = fields.setdefault(name, [])
            if told.get("type") not in CHOSEN or "checked" in told:
                held.append(told.get("value", ""))
        elif tag == "textarea":
            fields[name], self._text = [""], name
        elif tag == "select":
            fields[name], self._select = [], name
        elif tag == "option" and ("selected" in told or not fields[self._select]):
            # Where none is selected, it is the first.
            fields[self._select] = [told.get("value", "")]
