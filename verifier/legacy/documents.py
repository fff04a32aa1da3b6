"""Looking up the documents of Open Badges 2.0, each under its own id and through the resolver."""

from __future__ import annotations

from dataclasses import dataclass, field

from credentials.errors import CredentialError, IndeterminateError, VerificationError
from credentials.findings import errors_among
from credentials.json_types import JsonObject, JsonValue, only
from credentials.legacy.classes import PROFILES
from credentials.legacy.rules import (
    class_findings,
    context_findings,
    document_findings,
    is_web_address,
)
from credentials.legacy.scope import host_of
from keys.errors import UnresolvableError
from verifier.checks.world import World
from verifier.sources import GONE

LEGACY_GONE = "LEGACY_GONE"


@dataclass(frozen=True, slots=True)
class Found:
    """A document that counts, and the address under which it does; "" if it was not looked up.

    `first` and `first_address` are what stood at the address that was asked for, if that named
    another id: the document itself is what stands at that id.
    """

    document: JsonObject
    address: str
    first: JsonObject | None = None
    first_address: str = ""

    @property
    def has_own_address(self) -> bool:
        """Tell whether the document's id is the address that it was found under."""
        return self.document.get("id") == self.address


@dataclass(slots=True)
class HostedDocuments:
    """What one verification has looked up, or why it could not; each address is asked once."""

    world: World
    answers: dict[str, JsonObject | CredentialError] = field(default_factory=dict)

    @property
    def hosts(self) -> list[str]:
        """The hosts that had a say, in order of their names."""
        return sorted({host for url in self.answers if (host := host_of(url))})

    def fetch(self, url: JsonValue) -> JsonObject:
        """Look one document up.

        Raises `IndeterminateError` (LEGACY_NOT_ON_THE_WEB, LEGACY_UNREACHABLE, TOO_MUCH_WORK) and
        `VerificationError` (LEGACY_DOCUMENT_MALFORMED, LEGACY_GONE).
        """
        if not isinstance(url, str) or not is_web_address(url):
            text = "Something that the badge depends on has no web address to look it up at."
            raise IndeterminateError(text, code="LEGACY_NOT_ON_THE_WEB")
        if url not in self.answers:
            if len(self.answers) >= self.world.limits.legacy_lookups:
                text = "This was not looked at: the badge depends on too many documents."
                raise IndeterminateError(text, code="TOO_MUCH_WORK")
            self.answers[url] = self._answer(url)
        answer = self.answers[url]
        if isinstance(answer, CredentialError):
            raise answer
        return answer

    def _answer(self, url: str) -> JsonObject | CredentialError:
        try:
            document = self.world.resolver(url)
        except UnresolvableError as error:
            if error.code == GONE:
                return VerificationError(f"{url} was taken away for good.", code=LEGACY_GONE)
            return IndeterminateError(str(error), code="LEGACY_UNREACHABLE")
        is_wrong = errors_among(document_findings(document, self.world.limits))
        if is_wrong or not isinstance(document, dict):
            text = f"What {url} gives is no document of Open Badges."
            return VerificationError(text, code="LEGACY_DOCUMENT_MALFORMED")
        return document

    def exact(self, url: JsonValue, classes: frozenset[str]) -> Found:
        """Look up a document that must name the very address as its id: no other id is followed.

        Raises what `fetch` raises, and `VerificationError` (LEGACY_ID_MISMATCH and the codes of
        `class_findings`).
        """
        found = Found(self.fetch(url), str(url))
        if not found.has_own_address:
            text = f"What {url} gives names another id: it is something else."
            raise VerificationError(text, code="LEGACY_ID_MISMATCH")
        require_class(found, classes)
        return found

    def find(self, url: JsonValue, classes: frozenset[str]) -> Found:
        """Look up the document that counts for an address.

        Obligations (Open Badges 2.0, sections "Data Model" and "Verification"):

        1. what stands at an address counts if the address is its id;
        2. if it names another address as its id, what stands there counts, once, and must name
           that id; whoever names somebody else's id would lend their name otherwise;
        3. if its id is no address at all, it proves nothing, and the address stands for it;
        4. it is of one of the classes.

        Raises what `fetch` raises, and `VerificationError` (LEGACY_ID_MISMATCH and the codes of
        `class_findings`).
        """
        document = self.fetch(url)
        found = Found(document, str(url))
        identifier = document.get("id")
        # 2.
        if identifier != url and is_web_address(identifier):
            found = Found(self.fetch(identifier), str(identifier), document, str(url))
            if found.document.get("id") != identifier:
                text = f"{url} refers to {identifier}, which says that it is something else."
                raise VerificationError(text, code="LEGACY_ID_MISMATCH")
        # 4.
        require_class(found, classes)
        return found

    def refer(self, value: JsonValue, classes: frozenset[str], holder: Found) -> Found:
        """Find what a property of `holder` refers to, by id or as an object inside.

        An object with a web address as its id is looked up there, whatever it says itself; another
        one belongs to the document that it stands in.
        """
        value = only(value)
        if not isinstance(value, dict):
            return self.find(value, classes)
        if is_web_address(value.get("id")):
            return self.find(value["id"], classes)
        inside = Found(value, holder.address)
        require_class(inside, classes, is_inside=True)
        return inside


def require_class(found: Found, classes: frozenset[str], *, is_inside: bool = False) -> None:
    """Require that a document is of one of the classes, and as its class must be.

    Raises `VerificationError` with the code of the first finding.
    """
    wrong = errors_among(class_findings(found.document, classes))
    if not is_inside:
        wrong = (*errors_among(context_findings(found.document)), *wrong)
    if wrong:
        name = "issuer" if classes <= PROFILES else "/".join(sorted(classes))
        place = f" (at {wrong[0].pointer})" if wrong[0].pointer else ""
        text = f"The {name} at {found.address} is not as it must be: {wrong[0].message}{place}"
        raise VerificationError(text, code=wrong[0].code)
