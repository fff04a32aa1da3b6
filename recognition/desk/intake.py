"""Taking an application in: files, a link or a presentation become the documents of a case.

Whatever is sent may be hostile: it is bounded, never opened here, and kept as it came; the process
that verifies holds no key.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import request

from credentials.errors import ParsingError
from credentials.json_types import JsonObject
from credentials.limits import DEFAULT_LIMITS
from credentials.strict_json import parse_json, serialize_json
from recognition.desk.cases import CameBy, Document, NewCase
from recognition.desk.checked import UnusableError
from recognition.desk.services import DeskServices
from service.mail import Mailbox, MailError
from service.pages import FieldError, Upload, current_language, form_text, gettext, uploads

MOST_DOCUMENTS = 20
"""So many files or credentials make one application."""

NAME_CHARACTERS = 200
CONTACT_CHARACTERS = 254
LINK_CHARACTERS = 2_000
CHALLENGE_CHARACTERS = 200


def form_errors(services: DeskServices, files: Sequence[Upload]) -> list[FieldError]:
    """Name what is wrong with the form of an application, beside what it contains."""
    found = []
    if form_text("offer") not in services.offers():
        found.append(FieldError("offer", gettext("Choose what you apply for.")))
    if not files:
        text = gettext("Choose a file, enter a link, or paste the credential.")
        found.append(FieldError("file", text))
    if len(files) > MOST_DOCUMENTS:
        text = gettext("These are too many files; %(most)s are taken.", most=MOST_DOCUMENTS)
        found.append(FieldError("file", text))
    if not is_contact(form_text("contact", CONTACT_CHARACTERS)):
        text = gettext("Enter an e-mail address, such as ana@example.com, or leave it empty.")
        found.append(FieldError("contact", text))
    return found


def is_contact(text: str) -> bool:
    """Tell whether a contact is an address, or not given."""
    if not text:
        return True
    try:
        Mailbox(text)
    except MailError:
        return False
    return True


def given_files(services: DeskServices) -> tuple[Upload, ...]:
    """Read files, a link and pasted text of a form; raise `UnusableError` for a dead link."""
    found = list(uploads("file"))
    link = form_text("link", LINK_CHARACTERS)
    if link:
        found.append(Upload.named(link.partition("?")[0], services.fetch(link)))
    text = form_text("text", DEFAULT_LIMITS.document_bytes)
    if text:
        found.append(Upload("", text.encode("utf-8", "surrogatepass")))
    return tuple(found)


def case_of_form(files: Sequence[Upload], came_by: CameBy) -> NewCase:
    """Make the case of a form whose errors were looked for."""
    return NewCase(
        offer=form_text("offer"),
        documents=tuple(Document(one.name, one.data) for one in files),
        came_by=came_by,
        language=current_language().tag,
        contact=form_text("contact", CONTACT_CHARACTERS) or None,
        learner_name=form_text("name", NAME_CHARACTERS) or None,
    )


def posted_application(services: DeskServices) -> NewCase:
    """Read an application that a program posted as JSON (docs/desk.md).

    Raises `UnusableError` with a code for what is missing or not accepted; the challenge is used
    up first, so that nothing that was sent once is taken twice.
    """
    asked = _posted()
    offer = _text(asked, "wanted", NAME_CHARACTERS)
    if offer not in services.offers():
        raise UnusableError("Nothing of this name can be applied for.", code="NOT_OFFERED")
    contact = _text(asked, "contact", CONTACT_CHARACTERS)
    if not is_contact(contact):
        raise UnusableError("The contact is a mail address.", code="CONTACT_MALFORMED")
    challenge = _text(asked, "challenge", CHALLENGE_CHARACTERS)
    if not services.challenges.is_taken(challenge):
        text = "The challenge is not one of ours, has ended, or was used. Ask for a new one."
        raise UnusableError(text, code="CHALLENGE_NOT_GOOD")
    data = _presentation(asked)
    presented = services.open_presentation(data, challenge, services.domain)
    if not 0 < len(presented.credentials) <= MOST_DOCUMENTS:
        text = f"A presentation holds between 1 and {MOST_DOCUMENTS} credentials."
        raise UnusableError(text, code="CREDENTIALS_COUNTED")
    return NewCase(
        offer=offer,
        documents=tuple(
            Document(f"credential {number}", one)
            for number, one in enumerate(presented.credentials, 1)
        ),
        came_by=CameBy.PRESENTATION,
        language=_text(asked, "language", NAME_CHARACTERS) or current_language().tag,
        contact=contact or None,
        learner_name=_text(asked, "name", NAME_CHARACTERS) or None,
        applicant=presented.holder,
    )


def _posted() -> JsonObject:
    try:
        value = parse_json(request.get_data(cache=False))
    except ParsingError as error:
        text = f"The request is no JSON: {error.message}"
        raise UnusableError(text, code="REQUEST_MALFORMED") from error
    if not isinstance(value, dict):
        raise UnusableError("The request is a JSON object.", code="REQUEST_MALFORMED")
    return value


def _text(asked: JsonObject, name: str, most: int) -> str:
    value: Any = asked.get(name, "")
    if not isinstance(value, str) or len(value) > most:
        text = f"The member {name} is a text of at most {most} characters."
        raise UnusableError(text, code="REQUEST_MALFORMED", pointer=f"/{name}")
    return value.strip()


def _presentation(asked: JsonObject) -> bytes:
    value = asked.get("verifiablePresentation")
    if isinstance(value, dict):
        return serialize_json(value)
    if isinstance(value, str) and value:
        return value.encode("utf-8", "surrogatepass")
    text = "The member verifiablePresentation is a presentation, as an object or as a token."
    raise UnusableError(text, code="REQUEST_MALFORMED", pointer="/verifiablePresentation")
