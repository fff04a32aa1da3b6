"""Opening an image or a PDF to the credential inside, before anything else is looked at."""

from __future__ import annotations

from typing import NamedTuple

from credentials.baking.recognising import is_carrier, is_pdf
from credentials.errors import CredentialError
from credentials.limits import Limits
from verifier.checks.document import of_error
from verifier.checks.world import passed
from verifier.report import Remark


class Opened(NamedTuple):
    """What is to be verified: bytes as if they had come alone, or nothing.

    `is_legacy` tells that they stood where Open Badges 1 and 2 put theirs.
    """

    data: bytes | None
    remarks: tuple[Remark, ...] = ()
    is_legacy: bool = False

    @property
    def lacks_credential(self) -> bool:
        """Tell whether it was an image like any other, with no credential in its file."""
        return any(one.code == "IMAGE_WITHOUT_CREDENTIAL" for one in self.remarks)


def open_image(data: bytes, *, limits: Limits) -> Opened:
    """Take the credential out of an image or a PDF; anything else is handed on as it is.

    A picture says nothing about its credential, and a credential nothing about its picture: only
    the bytes inside are verified.  An image in an image is refused, so this never runs twice.
    """
    if not is_carrier(data):
        return Opened(data)
    from credentials.baking.images import unbake

    try:
        found = unbake(data, limits)
    except CredentialError as error:
        return Opened(None, (of_error(error),))
    if is_pdf(data):
        text = "The credential was attached to a PDF; what its pages show proves nothing."
        return Opened(found.data, (passed(text, "OPENED_PDF"),))
    text = "The credential was taken out of an image; the picture itself says nothing."
    return Opened(found.data, (passed(text, "OPENED_IMAGE"),), found.is_legacy)
