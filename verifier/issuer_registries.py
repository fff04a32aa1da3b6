"""Registries of issuers that others keep: who they say an issuer is, and when that was read.

Two kinds are read: the JSON file of the Digital Credentials Consortium, which maps DIDs to names,
and the part of OpenID Federation 1.0 in which an authority signs a statement about each of its
members (a chain of one).  A registry says who somebody is; it says nothing of levels and credits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple, NoReturn, Protocol
from urllib.parse import quote

from credentials.errors import CredentialError, InvalidProofError, SchemaError
from credentials.jose.compact import HEADER_MEMBERS, read_token, verify_token
from credentials.json_types import JsonObject, JsonValue
from credentials.numeric_dates import parse_numeric_date
from keys.did import Resolver
from keys.errors import KeyMaterialError
from keys.verification_key import VerificationKey
from verifier.sources import NOT_FOUND

CLOCK_SKEW = timedelta(seconds=60)
"""How far another's clock may be ahead."""

STATEMENT = "entity-statement+jwt"
"""The `typ` of statements (OpenID Federation 1.0 section 3)."""


class Entry(NamedTuple):
    """What a registry says of an issuer; both texts may be empty."""

    name: str
    homepage: str


class IssuerRegistry(Protocol):
    """A registry that can be asked about an issuer."""

    @property
    def name(self) -> str:
        """What the reader calls it."""

    def address_of(self, issuer: str) -> str:
        """Name the URL that tells about an issuer."""

    def entry(self, issuer: str, resolver: Resolver, now: datetime) -> Entry | None:
        """Return the entry of an issuer, or None if it is not listed.

        Raises `CredentialError` and `KeyMaterialError` if that cannot be found out.
        """


class DccRegistry(NamedTuple):
    """One JSON file with all issuers, believed because of the address that it is read from."""

    name: str
    url: str

    def address_of(self, issuer: str) -> str:
        """Name the URL of the file: the same for every issuer."""
        return self.url

    def entry(self, issuer: str, resolver: Resolver, now: datetime) -> Entry | None:
        """Look an issuer up; ids are compared character by character."""
        document = resolver(self.url)
        entries = document.get("registry") if isinstance(document, dict) else None
        if not isinstance(entries, dict):
            raise SchemaError("It is not of the form of a registry.", code="REGISTRY_MALFORMED")
        entry = entries.get(issuer)
        return _entry(entry, "name", "url") if isinstance(entry, dict) else None


class FederationRegistry(NamedTuple):
    """An authority that signs a statement about each issuer; its keys are the reader's own."""

    name: str
    anchor: str
    fetch_endpoint: str
    keys: Mapping[str, VerificationKey]
    """By `kid`, as the reader had them from the authority (OpenID Federation 1.0 section 10.2)."""

    def address_of(self, issuer: str) -> str:
        """Name the URL of the statement about an issuer (section 8.1.1)."""
        return f"{self.fetch_endpoint}?sub={quote(issuer, safe='')}"

    def entry(self, issuer: str, resolver: Resolver, now: datetime) -> Entry | None:
        """Read the statement about an issuer.

        Obligations (OpenID Federation 1.0 sections 3, 8.1 and 10.2):

        1. where there is none, the issuer is not listed;
        2. it is a statement, signed by a key of the authority that the reader has;
        3. the authority says it (`iss`), of this issuer (`sub`);
        4. it holds now: issued before, not expired.
        """
        # 1.
        try:
            text = resolver(self.address_of(issuer))
        except KeyMaterialError as error:
            if error.code == NOT_FOUND:
                return None
            raise
        # 2.
        claims = self._verified(text)
        # 3.
        if claims.get("iss") != self.anchor or claims.get("sub") != issuer:
            _refuse("it is not the authority's statement about this issuer")
        # 4.
        issued, expires = (parse_numeric_date(claims.get(name)) for name in ("iat", "exp"))
        if not issued - CLOCK_SKEW <= now < expires:
            _refuse("it does not hold at this time")
        return _entry(_entity(claims), "organization_name", "homepage_uri")

    def _verified(self, text: object) -> JsonObject:
        if not isinstance(text, str):
            _refuse("it is no token")
        token = read_token(text.encode("utf-8"), header_members=HEADER_MEMBERS)
        key = self.keys.get(token.key_id or "")
        if token.media_type != STATEMENT or key is None:
            _refuse("it is of another type, or signed with a key that you do not have")
        verify_token(token, key)
        return token.claims()


def _entity(claims: JsonObject) -> JsonObject:
    metadata = claims.get("metadata")
    entity = metadata.get("federation_entity") if isinstance(metadata, dict) else None
    return entity if isinstance(entity, dict) else {}


def _entry(members: JsonObject, name: str, homepage: str) -> Entry:
    def text(value: JsonValue) -> str:
        return value if isinstance(value, str) else ""

    return Entry(text(members.get(name)), text(members.get(homepage)))


def _refuse(why: str) -> NoReturn:
    raise InvalidProofError(f"The statement is not used: {why}.", code="STATEMENT_REFUSED")


def registry_from_json(members: JsonObject) -> IssuerRegistry:
    """Read a registry of a trust file whose form is checked already.

    Raises `SchemaError` (TRUST_FILE_MALFORMED) for keys that cannot be used.
    """
    if members["type"] == "dcc":
        return DccRegistry(members["name"], members["url"])
    try:
        keys = {str(jwk["kid"]): VerificationKey.from_jwk(jwk) for jwk in members["jwks"]["keys"]}
    except KeyMaterialError as error:
        text = f"The keys of the registry {members['name']} cannot be used: {error}"
        raise SchemaError(text, code="TRUST_FILE_MALFORMED", pointer="/registries") from error
    return FederationRegistry(
        members["name"], members["trustAnchor"], members["fetchEndpoint"], keys
    )


class Found(NamedTuple):
    """What came of asking registries in their order: the first entry, and what was not read."""

    registry: IssuerRegistry | None
    entry: Entry | None
    unread: Mapping[str, str]
    """Names of registries that could not be read before one answered, and why."""


def find_issuer(
    issuer: str, registries: Sequence[IssuerRegistry], resolver: Resolver, now: datetime
) -> Found:
    """Ask registries about an issuer; the first that lists it decides, as the reader ordered."""
    unread: dict[str, str] = {}
    for registry in registries:
        try:
            entry = registry.entry(issuer, resolver, now)
        except CredentialError as error:
            unread[registry.name] = error.message
        except KeyMaterialError as error:
            unread[registry.name] = str(error)
        else:
            if entry is not None:
                return Found(registry, entry, unread)
    return Found(None, None, unread)
