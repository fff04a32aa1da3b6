"""What pages and letters say of a credential, read from what was signed."""

from __future__ import annotations

from dataclasses import dataclass

from credentials.baking.payload import document_of
from credentials.errors import CredentialError
from credentials.json_types import JsonObject, member
from issuer.store import CredentialRecord, Learner, NotFoundError, Store, Tenant
from service.pages.languages import BY_TAG, LANGUAGES


@dataclass(frozen=True, slots=True)
class ShownCredential:
    """An issued credential with its institution and its learner."""

    record: CredentialRecord
    data: bytes
    document: JsonObject
    tenant: Tenant
    learner: Learner | None

    @property
    def achievement(self) -> str:
        """The name of what was earned."""
        name = member(self.document, "credentialSubject", "achievement", "name")
        return name if isinstance(name, str) else ""

    @property
    def learner_name(self) -> str | None:
        """The learner's name, if the institution knows it."""
        return None if self.learner is None else self.learner.name

    @property
    def language(self) -> str:
        """Tag of the language to write in: the learner's, else the achievement's, else English."""
        stated = member(self.document, "credentialSubject", "achievement", "inLanguage")
        if self.learner is not None and self.learner.language is not None:
            stated = self.learner.language
        primary = stated.partition("-")[0].lower() if isinstance(stated, str) else ""
        found = (tag for tag in BY_TAG if tag.partition("-")[0] == primary)
        return next(found, LANGUAGES[0].tag)


def shown(store: Store, tenant_id: str, credential_id: str) -> ShownCredential:
    """Read an issued credential with what belongs to it.

    Raises `NotFoundError`, also for one that was not issued, was erased, or is no Open Badge.
    """
    record = store.credentials.get(tenant_id, credential_id)
    if record.data is None:
        raise NotFoundError("There is no such credential.")
    try:
        document = document_of(record.data)
    except CredentialError as error:
        text = "There is nothing to show of this kind of credential."
        raise NotFoundError(text) from error
    learner = None
    if record.learner_id is not None:
        learner = store.learners.get(tenant_id, record.learner_id)
    return ShownCredential(record, record.data, document, store.tenants.get(tenant_id), learner)
