"""The status of what was issued, over HTTP: entries, changes, and the published list."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Literal

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from pydantic import BaseModel, ConfigDict, Field

from credentials.errors import CredentialError, IssuanceError
from credentials.json_types import JsonObject
from credentials.timestamps import parse_timestamp
from service.status_ledger import StatusLedger
from service.status_lists import REVOCATION, StatusList
from service.web import json_response, json_schema_of, problem_response, refusals

_STRICT = ConfigDict(extra="forbid", strict=True)
DEFAULT_REASON = "Asked for over HTTP; no reason was given."


class EntryToChange(BaseModel):
    """Which status of a credential is meant: of which kind, and for which purpose."""

    model_config = _STRICT

    type: Literal["BitstringStatusListEntry"]
    statusPurpose: Literal["revocation", "suspension"] = "revocation"  # noqa: N815 - VC-API's


class StatusToChange(BaseModel):
    """A change of the status of a credential (VC-API, Update Status)."""

    model_config = _STRICT

    credentialId: str = Field(max_length=2_048)  # noqa: N815 - the name is the VC-API's
    credentialStatus: EntryToChange  # noqa: N815 - the name is the VC-API's
    status: bool = Field(default=True, description="Whether it is revoked or suspended.")
    reason: str = Field(
        default=DEFAULT_REASON, max_length=2_048, description="Why; kept and never published."
    )


class PublishedStatus:
    """The status list of one instance: who is in it, and the list as it is published.

    `sign` signs the list with the issuer's key.  A list is published anew as soon as anything in it
    changed, here or by somebody else who has the ledger, and before half of its time is over.  Safe
    to use from several threads.
    """

    def __init__(
        self,
        ledger: StatusLedger,
        status_list: StatusList,
        sign: Callable[[JsonObject], JsonObject],
        now: Callable[[], datetime],
    ) -> None:
        """Take the ledger, the list in it, the issuer's signature and the clock."""
        self.status_list = status_list
        self._ledger, self._sign, self._now = ledger, sign, now
        self._lock = threading.Lock()
        self._published: JsonObject | None = None
        self._shown = 0

    def entry(self, credential_id: str) -> JsonObject:
        """Give a credential its entry; it is on the disk before anything is signed."""
        listed = self.status_list
        at = self._now()
        return self._ledger.assign(listed.name, credential_id, issuer=listed.issuer, at=at)

    def change(self, asked: StatusToChange) -> None:
        """Change the status of a credential of this list.

        Obligations: 1. the credential is in this instance's list, and the purpose is the list's;
        2. a revocation is never taken back; 3. it is changed in this list alone.
        Raises `IssuanceError` (NOT_ON_THE_LIST, STATUS_PURPOSE_OTHER, REVOCATION_IS_FINAL).
        """
        # 1.
        known = [listed.name for listed, _changes in self._ledger.history(asked.credentialId)]
        if self.status_list.name not in known:
            text = "This credential is not on the status list of this instance."
            raise IssuanceError(text, code="NOT_ON_THE_LIST", pointer="/credentialId")
        if asked.credentialStatus.statusPurpose != self.status_list.purpose:
            text = f"The status list of this instance is for {self.status_list.purpose}."
            place = "/credentialStatus/statusPurpose"
            raise IssuanceError(text, code="STATUS_PURPOSE_OTHER", pointer=place)
        # 2. and 3.
        self._act(asked)

    def _act(self, asked: StatusToChange) -> None:
        about = (asked.credentialId, asked.reason, self._now())
        here = self.status_list.name
        if self.status_list.purpose != REVOCATION:
            act = self._ledger.suspend if asked.status else self._ledger.reinstate
            act(*about, list_name=here)
        elif asked.status:
            self._ledger.revoke(*about, list_name=here)
        else:
            text = "A revocation is for good; issue the credential anew."
            raise IssuanceError(text, code="REVOCATION_IS_FINAL", pointer="/status")

    def document(self) -> JsonObject:
        """Return the signed list, with every change that is in the ledger."""
        with self._lock:
            # What is changed from now on may be in the list, and is shown by the next one for sure.
            changed = self._ledger.last_change(self.status_list.name)
            if self._published is None or changed != self._shown or self._is_old(self._published):
                listed, at = self.status_list, self._now()
                unsigned = self._ledger.publish(
                    listed.name, at, issuer=listed.issuer, served=self._published
                )
                self._published, self._shown = self._sign(unsigned), changed
            return self._published

    def _is_old(self, published: JsonObject) -> bool:
        left: timedelta = parse_timestamp(published["validUntil"]) - self._now()
        return left * 2 < self.status_list.validity


def add_status(operations: APIBlueprint, status: PublishedStatus) -> None:
    """Add the operation that changes the status of a credential."""
    answers = {
        200: json_schema_of("The status is as asked, and published.", {"type": "object"}),
        **refusals(400, 401, 413, 415, 503),
    }

    @operations.post("/credentials/status", responses=answers)
    def update_status(body: StatusToChange) -> Response:
        """Revoke, suspend or reinstate a credential of this instance."""
        try:
            status.change(body)
        except CredentialError as error:
            return problem_response(error, 400)
        return json_response({"credentialId": body.credentialId, "status": body.status})
