"""What a learner takes with them: the credential, pictures of it, a certificate."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from credentials.baking.images import bake
from credentials.baking.payload import is_token
from credentials.baking.raster import badge_png
from credentials.baking.vector import badge_svg
from credentials.certificates.page import CertificateOptions, certificate_pdf
from credentials.errors import MalformedValueError
from credentials.json_types import JsonValue
from credentials.timestamps import parse_timestamp
from issuer.claims.shown import ShownCredential
from service.linked_in import profile_link
from service.pages import N_

NAME_CHARACTERS = 60


@dataclass(frozen=True, slots=True)
class Download:
    """A file that is made when it is asked for."""

    suffix: str
    media_type: str
    label: str
    purpose: str


JSON = Download(
    "json", "application/vc", N_("Credential (JSON)"), N_("for wallets and other programs")
)
TOKEN = Download(
    "jwt", "application/vc+jwt", N_("Credential (JWT)"), N_("for wallets and other programs")
)
PNG = Download(
    "png", "image/png", N_("Badge (PNG)"), N_("a picture with the credential inside, to show")
)
SVG = Download("svg", "image/svg+xml", N_("Badge (SVG)"), N_("the same, sharp in every size"))
PDF = Download(
    "pdf",
    "application/pdf",
    N_("Certificate (PDF)"),
    N_("a page to print, with the credential attached"),
)


def downloads_of(shown: ShownCredential) -> tuple[Download, ...]:
    """List what there is to take, in the form in which the credential was signed."""
    return (PDF, PNG, SVG, TOKEN if _is_token(shown) else JSON)


def made(shown: ShownCredential, download: Download, *, link: str | None, language: str) -> bytes:
    """Make a file; raise `ImageError` where a name cannot be drawn."""
    options = CertificateOptions(shown.learner_name, link, language)
    makers: Mapping[str, Callable[[], bytes]] = {
        JSON.suffix: lambda: shown.data,
        TOKEN.suffix: lambda: shown.data,
        PNG.suffix: lambda: bake(shown.data, badge_png(shown.data)),
        SVG.suffix: lambda: bake(shown.data, badge_svg(shown.data)),
        PDF.suffix: lambda: certificate_pdf(shown.data, options),
    }
    return makers[download.suffix]()


def file_name(shown: ShownCredential, download: Download) -> str:
    """Name a file after the achievement, in letters that every system takes."""
    plain = unicodedata.normalize("NFKD", shown.achievement).encode("ascii", "ignore").decode()
    words = re.sub(r"[^A-Za-z0-9]+", "-", plain).strip("-").lower()[:NAME_CHARACTERS]
    return f"{words.strip('-') or 'credential'}.{download.suffix}"


def linked_in_link(shown: ShownCredential, *, verify_at: str | None) -> str:
    """Write the link that puts the credential into somebody's profile on LinkedIn."""
    document = shown.document
    begins = _moment(document.get("validFrom", document.get("issuanceDate")))
    ends = _moment(document.get("validUntil", document.get("expirationDate")))
    return profile_link(
        shown.achievement,
        shown.tenant.title,
        begins=begins,
        ends=ends,
        address=verify_at or "",
        identifier=shown.record.id,
    )


def _is_token(shown: ShownCredential) -> bool:
    return is_token(shown.data.decode("latin-1").strip())


def _moment(value: JsonValue) -> datetime | None:
    try:
        return parse_timestamp(value)
    except MalformedValueError:
        return None
