"""Issuing many credentials: one request a line in, one credential a line out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from credentials.errors import TallystickError
from credentials.json_types import JsonObject, id_of
from credentials.strict_json import parse_json, serialize_json
from issuer.issuer import IssuanceToken, IssuedCredential, Issuer
from issuer.lint import LintError
from issuer.requests import IssuanceRequest
from keys.errors import KeyMaterialError
from tallystick import settings, verifying
from tallystick.files import read_json_object
from tallystick.issue_asked import IssueAsked
from tallystick.issuing import issue_in_form
from tallystick.status_ledger_in_use import open_ledger
from tallystick.streams.verifying_work import json_line
from tallystick.streams.work import Batch, Do, Piece, Result, Results

ISSUED = "issued"
REFUSED = "refused"

Prepare = Callable[[IssuanceRequest, datetime], IssuanceToken]


@dataclass(frozen=True, slots=True)
class IssueLines:
    """Issue what each line asks for; the key is opened by its URI wherever this begins.

    `secret` is the passphrase or PIN that was asked for once; it goes to processes of this machine
    through a pipe, and never to another machine.
    """

    asked: IssueAsked
    secret: str | None = field(default=None, repr=False)

    def begin(self) -> Do:
        """Open the key and the ledger of status lists; read registers and endorsements."""
        key = settings.signing_key(self.asked.uri, self.secret)
        issuer = self.asked.issuer(key, verifying.now())
        endorsements = tuple(map(read_json_object, self.asked.endorsements))
        prepare = self._prepared_by(issuer)

        def do(batch: Batch) -> Results:
            return [self._result(piece, issuer, prepare, endorsements) for piece in batch]

        return do

    def with_secret_asked_for(self) -> IssueLines:
        """Open the key once, and keep what was asked for to do so."""
        given: list[str] = []
        settings.signing_key(self.asked.uri, on_secret=given.append)
        return replace(self, secret=given[-1] if given else None)

    def _prepared_by(self, issuer: Issuer) -> Prepare:
        asked = self.asked
        if asked.status_list is None:
            return lambda request, now: issuer.prepare(request, now=now)
        list_name, (ledger, _close) = asked.status_list, open_ledger(asked.status_ledger_url)

        def prepare(request: IssuanceRequest, now: datetime) -> IssuanceToken:
            token = issuer.prepare(request, now=now)
            owner = str(id_of(token.document["issuer"]))
            assign = lambda name: ledger.assign(list_name, name, issuer=owner, at=now)  # noqa: E731
            return issuer.with_status(token, assign, now=now)

        return prepare

    def _result(
        self,
        piece: Piece,
        issuer: Issuer,
        prepare: Prepare,
        endorsements: tuple[JsonObject, ...],
    ) -> Result:
        now = verifying.now()
        try:
            request = IssuanceRequest.from_json(parse_json(piece.data))
            token = prepare(request.with_endorsements(endorsements), now)
            issued = issue_in_form(issuer, token, now, self.asked.form, None)
        except (TallystickError, KeyMaterialError) as error:
            return Result(REFUSED, json_line({"line": piece.number, **_refusal(error)}))
        return Result(ISSUED, json_line({"line": piece.number, **_told(issued)}), _written(issued))


def _refusal(error: TallystickError | KeyMaterialError) -> JsonObject:
    """Say why nothing was issued, in all findings if there are several."""
    if isinstance(error, LintError):
        findings = [
            {"code": one.code, "reason": one.message, "pointer": one.pointer}
            for one in error.findings
        ]
        return {"issued": False, **findings[0], "findings": findings}
    pointer = error.pointer if isinstance(error, TallystickError) else ""
    return {"issued": False, "code": error.code, "reason": str(error), "pointer": pointer}


def _told(issued: IssuedCredential) -> JsonObject:
    told: JsonObject = {"issued": True, "id": issued.document.get("id")}
    if issued.warnings:
        told["warnings"] = [
            {"code": one.code, "reason": one.message, "pointer": one.pointer}
            for one in issued.warnings
        ]
    return told


def _written(issued: IssuedCredential) -> bytes:
    """Write a credential on one line; a token is one already."""
    is_json = issued.data.lstrip().startswith(b"{")
    return serialize_json(issued.document) if is_json else issued.data.strip()
