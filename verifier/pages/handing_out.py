"""What a reader takes away from the page: the signed receipt, and the answer as a PDF."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Response

from credentials.digests import digest_multibase
from credentials.json_types import JsonObject
from credentials.strict_json import serialize_json_for_people
from frameworks.viewpoints import Viewpoint
from service.web import RequestRefusedError
from verifier.grounds import Grounds
from verifier.pages.facts import lookups
from verifier.pages.paper import paper_pdf
from verifier.pages.printing import Attached, Printed, paper_of
from verifier.receipts import Checked, ReceiptError, SignReceipt, receipt_subject


@dataclass(frozen=True, slots=True)
class Receipts:
    """What receipts are made with: who signs them, and on what an answer rests."""

    sign: SignReceipt
    grounds: Grounds

    def of(self, checked: Checked) -> JsonObject:
        """Have the receipt of a verification signed; raise `ReceiptError`."""
        return self.sign(receipt_subject(checked, self.grounds))


def receipt_file(receipts: Receipts, checked: Checked) -> Response:
    """Answer with the signed receipt; raise `RequestRefusedError` if nobody signs just now."""
    try:
        receipt = receipts.of(checked)
    except ReceiptError as error:
        raise RequestRefusedError(error.message, status=503, code=error.code) from error
    data = serialize_json_for_people(receipt)
    return as_file(data, "application/vc", "verification-receipt.json")


def pdf_file(
    receipts: Receipts | None,
    checked: Checked,
    printed: Sequence[Printed],
    viewpoint: Viewpoint | None,
) -> Response:
    """Answer with the PDF; one without a receipt says so."""
    receipt = None
    try:
        if receipts is not None:
            receipt = serialize_json_for_people(receipts.of(checked))
    except ReceiptError:
        # The answer is worth having on paper all the same.
        receipt = None
    is_lacking = receipts is not None and receipt is None
    attached = Attached(digest_multibase(checked.data), receipt, is_lacking)
    found = lookups(checked.inspection.report, checked.world.trust)
    paper = paper_of(checked, printed, found, viewpoint, attached)
    return as_file(paper_pdf(paper), "application/pdf", "verification.pdf")


def as_file(data: bytes, media_type: str, name: str) -> Response:
    """Answer with a file to be saved."""
    response = Response(data, content_type=media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
