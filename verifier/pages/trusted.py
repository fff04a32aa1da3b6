"""The page about trust: whom and what this verifier believes, from where, and since when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask import Response

from service.pages import N_, Pages, page_response
from verifier.grounds import Grounds, Named, TrustFile
from verifier.issuer_registries import DccRegistry, FederationRegistry, IssuerRegistry

SHOWN = 200
"""How many entries of one list are shown; the page says how many there are."""

KINDS = {
    "dcc": N_("a public list of issuers at a web address, not signed"),
    "federation": N_("statements about issuers that an authority signs (OpenID Federation)"),
}


@dataclass(frozen=True, slots=True)
class RegistryShown:
    """A registry of issuers: its name, what kind it is, and where it is asked."""

    name: str
    kind: str
    address: str


@dataclass(frozen=True, slots=True)
class AuthorityShown:
    """An authority: who it is, about which frameworks it is believed, who accredits beside it."""

    who: Named
    frameworks: tuple[str, ...]
    accreditors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FileShown:
    """A trust file as the page shows it."""

    file: TrustFile
    issuers: tuple[Named, ...]
    more_issuers: int
    registries: tuple[RegistryShown, ...]
    authorities: tuple[AuthorityShown, ...]


def add_trust_page(pages: Pages, grounds: Grounds) -> None:
    """Add the page; what it says is known at the start, so nothing is looked up for it."""

    @pages.get("/trust")
    def trust() -> Response:
        names = grounds.framework_names()
        return page_response(
            "verifier/trust.html",
            files=[_file(one, names) for one in grounds.trust_files],
            registers=grounds.registers,
            read_at=grounds.read_at,
        )


def _file(file: TrustFile, names: dict[str, str]) -> FileShown:
    issuers = [Named(one.id, one.name) for one in file.issuers]
    return FileShown(
        file,
        tuple(issuers[:SHOWN]),
        max(0, len(issuers) - SHOWN),
        tuple(_registries(file.registries)),
        tuple(
            AuthorityShown(
                Named(one.id, one.name),
                tuple(sorted(names.get(framework, framework) for framework in one.frameworks)),
                tuple(sorted({who for _framework, who in one.accreditors})),
            )
            for one in file.authorities
        ),
    )


def _registries(registries: Sequence[IssuerRegistry]) -> Iterator[RegistryShown]:
    for one in registries:
        if isinstance(one, FederationRegistry):
            yield RegistryShown(one.name, KINDS["federation"], one.fetch_endpoint)
        elif isinstance(one, DccRegistry):
            yield RegistryShown(one.name, KINDS["dcc"], one.url)
