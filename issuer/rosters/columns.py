"""Which column of a table says what: guessed from its name, then chosen by a person."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from issuer.rosters.errors import RosterError


class Field(StrEnum):
    """What a roster can say about a learner."""

    EMAIL = "email"
    NAME = "name"
    GIVEN_NAME = "given_name"
    FAMILY_NAME = "family_name"
    LEARNER_ID = "learner_id"
    STUDENT_NUMBER = "student_number"
    AWARDED = "awarded"
    LANGUAGE = "language"
    EVIDENCE = "evidence"


IDENTIFYING = (Field.EMAIL, Field.LEARNER_ID)
"""At least one of these must be there: it is whom a credential is about."""

NAMES = {
    Field.EMAIL: (
        *("email", "e mail", "mail", "email address", "e mail address", "mail address"),
        *("courriel", "adresse courriel", "adresse electronique"),
        *("correo", "correo electronico", "imera", "email de l apprenant"),
    ),
    Field.NAME: (
        *("name", "full name", "learner", "learner name", "student", "student name"),
        *("recipient", "recipient name", "display name"),
        *("nom complet", "apprenant", "nombre completo", "estudiante", "ingoa"),
    ),
    Field.GIVEN_NAME: (
        *("given name", "first name", "firstname", "forename", "given names", "first names"),
        *("prenom", "prenoms", "nombre", "nombres", "ingoa tuatahi"),
    ),
    Field.FAMILY_NAME: (
        *("family name", "last name", "lastname", "surname", "family names"),
        *("nom", "nom de famille", "apellido", "apellidos", "ingoa whanau"),
    ),
    Field.LEARNER_ID: (
        *("learner id", "did", "wallet", "wallet id", "learner did"),
        *("identifiant de l apprenant", "id del estudiante"),
    ),
    Field.STUDENT_NUMBER: (
        *("student number", "student id", "id", "number", "nsn", "person code"),
        *("numero d etudiant", "matricule", "code permanent", "numero de estudiante", "matricula"),
    ),
    Field.AWARDED: (
        *("awarded", "award date", "awarded date", "date awarded", "completion date", "completed"),
        *("date", "issue date", "date of award"),
        *("date d obtention", "date de reussite", "fecha", "fecha de obtencion"),
    ),
    Field.LANGUAGE: ("language", "lang", "langue", "idioma", "reo"),
    Field.EVIDENCE: (
        *("evidence", "evidence url", "evidence link", "portfolio"),
        *("preuve", "lien de preuve", "evidencia"),
    ),
}
"""How columns are called in English, French, Spanish and te reo Māori, as `_plain` writes them."""


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """For each field the position of its column, from 0; a field without one is not read."""

    columns: Mapping[Field, int]

    @classmethod
    def guess(cls, header: tuple[str, ...]) -> ColumnMapping:
        """Choose columns by their names; of two columns with one meaning the first is taken."""
        plain = [_plain(name) for name in header]
        found: dict[Field, int] = {}
        for field, names in NAMES.items():
            positions = [at for at, name in enumerate(plain) if name in names]
            if positions:
                found[field] = positions[0]
        return cls(found)

    @classmethod
    def chosen(cls, header: tuple[str, ...], choice: Mapping[str, str]) -> ColumnMapping:
        """Take the columns that a person chose: field name to column position as text.

        Raises `RosterError` (ROSTER_COLUMNS) for a field or a column that does not exist.
        """
        found: dict[Field, int] = {}
        for name, position in choice.items():
            if name not in set(Field) or not position.isdecimal() or int(position) >= len(header):
                text = f"There is no such field or column: {name!r}. Choose the columns again."
                raise RosterError(text, code="ROSTER_COLUMNS")
            found[Field(name)] = int(position)
        return cls(found)

    def require_usable(self, header: tuple[str, ...]) -> None:
        """Refuse a mapping by which nobody could be named, or that reads one column twice.

        Raises `RosterError`: COLUMN_MISSING, ROSTER_COLUMNS.
        """
        if not any(field in self.columns for field in IDENTIFYING):
            told = ", ".join(name for name in header if name) or "none"
            raise RosterError(
                "No column says who the learners are: there must be one with e-mail addresses "
                f"(email) or with ids of learners (learner_id). The columns are: {told}.",
                code="COLUMN_MISSING",
            )
        positions = list(self.columns.values())
        if len(set(positions)) != len(positions) or max(positions) >= len(header):
            text = "One column is chosen for two things. Choose another one for one of them."
            raise RosterError(text, code="ROSTER_COLUMNS")


def _plain(name: str) -> str:
    """Write a name without accents, case and punctuation."""
    letters = unicodedata.normalize("NFKD", name).casefold()
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return re.sub(r"[^\w]+|_+", " ", plain).strip()
