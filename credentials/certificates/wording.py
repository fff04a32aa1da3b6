"""The words of a certificate in three languages.

The French and Spanish ones are drafts that a person who speaks the language has not read yet; the
page says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of one language; `locale` is what Babel writes days and numbers by."""

    tag: str
    locale: str
    heading: str
    certifies: str
    unnamed_holder: str
    has_earned: str
    level: str
    credits: str
    hours: str
    hours_of_learning: str
    outcomes: str
    issued_by: str
    issued_on: str
    valid_until: str
    no_end: str
    number: str
    attached: str
    scan: str
    badge: str
    code: str
    more: str
    draft: str
    colon: str = ":"


ENGLISH = Wording(
    tag="en",
    locale="en_NZ",
    heading="Certificate",
    certifies="This certifies that",
    unnamed_holder="the person to whom the attached credential was issued",
    has_earned="has earned the micro-credential",
    level="Level",
    credits="Credits",
    hours="Learning",
    hours_of_learning="{hours} hours",
    outcomes="What was learned and assessed",
    issued_by="Issued by",
    issued_on="Issued on",
    valid_until="Valid until",
    no_end="no end date",
    number="Credential",
    attached="This page is a picture of a digital credential. The signed credential is attached to "
    "this file: give the file to a verifier to have it checked.",
    scan="Scan to check this certificate",
    badge="Badge",
    code="QR code that leads to",
    more="The full text is in the attached credential.",
    draft="",
)

FRENCH = Wording(
    tag="fr-CA",
    locale="fr_CA",
    heading="Certificat",
    certifies="Le présent document atteste que",
    unnamed_holder="la personne à qui le titre joint a été délivré",
    has_earned="a obtenu la microcertification",
    level="Niveau",
    credits="Crédits",
    hours="Apprentissage",
    hours_of_learning="{hours} heures",
    outcomes="Ce qui a été appris et évalué",
    issued_by="Délivré par",
    issued_on="Délivré le",
    valid_until="Valide jusqu’au",
    no_end="sans date de fin",
    number="Titre",
    attached="Cette page est l’image d’un titre numérique. Le titre signé est joint à ce "
    "fichier\N{NO-BREAK SPACE}: remettez le fichier à un vérificateur pour le faire vérifier.",
    scan="Balayez pour vérifier ce certificat",
    badge="Badge",
    code="Code QR qui mène à",
    more="Le texte complet se trouve dans le titre joint.",
    draft="Traduction provisoire\N{NO-BREAK SPACE}: elle n’a pas encore été relue.",
    colon="\N{NO-BREAK SPACE}:",
)

SPANISH = Wording(
    tag="es",
    locale="es",
    heading="Certificado",
    certifies="Se certifica que",
    unnamed_holder="la persona a quien se expidió la credencial adjunta",
    has_earned="ha obtenido la microcredencial",
    level="Nivel",
    credits="Créditos",
    hours="Aprendizaje",
    hours_of_learning="{hours} horas",
    outcomes="Lo aprendido y evaluado",
    issued_by="Expedido por",
    issued_on="Fecha de expedición",
    valid_until="Válido hasta",
    no_end="sin fecha de vencimiento",
    number="Credencial",
    attached="Esta página es la imagen de una credencial digital. La credencial firmada está "
    "adjunta a este archivo: entregue el archivo a un verificador para que la compruebe.",
    scan="Escanee para comprobar este certificado",
    badge="Insignia",
    code="Código QR que lleva a",
    more="El texto completo está en la credencial adjunta.",
    draft="Traducción provisional: aún no ha sido revisada.",
)

WORDINGS: Mapping[str, Wording] = {one.tag: one for one in (ENGLISH, FRENCH, SPANISH)}
"""The languages of certificates, by tag (BCP 47)."""


def wording_for(language: str | None) -> Wording:
    """Choose the words for a language, also by its first part alone; English for any other."""
    primary = (language or "").partition("-")[0].lower()
    return next((one for one in WORDINGS.values() if one.tag.partition("-")[0] == primary), ENGLISH)
