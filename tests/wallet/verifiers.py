"""A verifier in this process, and the way there: what a wallet asks goes to its application."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from flask.testing import FlaskClient

from credentials.strict_json import serialize_json
from service.errors import FetchError
from service.fetching import Fetched
from service.fetching.fetcher import HANDED_OVER
from tests.factories import world
from tests.services import Clock
from tests.verifier.employer.samples import employer_service
from tests.verifier.pages.samples import the_page

JSON = "application/json"


@dataclass
class WayTo:
    """Goes to applications by their hosts, and remembers where it was sent."""

    clients: dict[str, FlaskClient] = field(default_factory=dict)
    visited: list[str] = field(default_factory=list)
    before: Callable[[str], None] = lambda _url: None

    def fetch(self, url: str, *, accepted: Sequence[str] = (), redirects: int = 0) -> Fetched:
        return self._read(url, self._client(url).get(_path(url), headers={"Accept": JSON}))

    def exchange(
        self,
        url: str,
        data: bytes,
        *,
        media_type: str,
        headers: Sequence[tuple[str, str]] = (),
        accepted: Sequence[str] = (),
        statuses: Sequence[int] = HANDED_OVER,
    ) -> Fetched:
        client = self._client(url)
        answer = client.post(_path(url), data=data, content_type=media_type, headers=list(headers))
        return self._read(url, answer, statuses)

    def _client(self, url: str) -> FlaskClient:
        self.before(url)
        self.visited.append(url)
        client = self.clients.get(urlsplit(url).netloc)
        if client is None:
            raise FetchError("There is no such host.", code="NAME_NOT_FOUND", is_outage=True)
        return client

    def _read(self, url: str, answer: Any, statuses: Sequence[int] = (200,)) -> Fetched:
        if answer.status_code not in statuses:
            text = f"The server answered with the status {answer.status_code}."
            raise FetchError(text, code="ANSWER_STATUS", http_status=answer.status_code)
        if answer.mimetype != JSON:
            raise FetchError("This is no JSON.", code="ANSWER_TYPE")
        return Fetched(url, answer.mimetype, answer.data, answer.status_code)


def _path(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}"


@dataclass
class Canned:
    """Gives the same answers to everybody: a document to look at, and one to an exchange."""

    page: Any
    asked: Any
    visited: list[str] = field(default_factory=list)

    def fetch(self, url: str, **_how: Any) -> Fetched:
        self.visited.append(url)
        return Fetched(url, JSON, self._bytes(self.page))

    def exchange(self, url: str, data: bytes, **_how: Any) -> Fetched:
        self.visited.append(url)
        return Fetched(url, JSON, self._bytes(self.asked))

    def _bytes(self, value: Any) -> bytes:
        if isinstance(value, FetchError):
            raise value
        return value if isinstance(value, bytes) else serialize_json(value)


@dataclass
class Employer:
    """An employer with a verifier of their own."""

    client: FlaskClient
    result: str = ""

    @classmethod
    def new(cls, documents: Any = None) -> Employer:
        page = the_page(world=lambda: world(documents, now=Clock()()))
        return cls(employer_service(page).test_client())

    def ask(self, **fields: str) -> str:
        """Make a request, and return its link."""
        said = {"who": "Wellington Pipes", "purpose": "your application", **fields}
        self.result = str(self.client.post("/request", data=said).headers["Location"])
        found = re.search(r"http://localhost/present/[^?]+\?iuv=1", self.page())
        assert found is not None
        return found[0]

    def page(self) -> str:
        return self.client.get(self.result).get_data(as_text=True)
