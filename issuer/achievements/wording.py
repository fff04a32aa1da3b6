"""Headings inside a credential, in the language of the achievement.

The French and Spanish ones are drafts that a person who speaks the language has not read yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of one language; `ways` are the ways of taking part."""

    outcomes: str
    assessment: str
    participation: str
    prerequisites: str
    quality_assurance: str
    supervised: str
    identity_verified: str
    ways: Mapping[str, str]
    colon: str = ":"


ENGLISH = Wording(
    outcomes="Learning outcomes",
    assessment="Assessment",
    participation="Form of participation",
    prerequisites="Prerequisites",
    quality_assurance="Quality assurance",
    supervised="supervised",
    identity_verified="identity verified",
    ways={
        "online": "online",
        "onsite": "on site",
        "blended": "blended",
        "work-based": "work-based",
    },
)
FRENCH = Wording(
    outcomes="Résultats d’apprentissage",
    assessment="Évaluation",
    participation="Mode de participation",
    prerequisites="Préalables",
    quality_assurance="Assurance de la qualité",
    supervised="sous surveillance",
    identity_verified="identité vérifiée",
    ways={
        "online": "en ligne",
        "onsite": "sur place",
        "blended": "hybride",
        "work-based": "en milieu de travail",
    },
    colon="\N{NO-BREAK SPACE}:",
)
SPANISH = Wording(
    outcomes="Resultados de aprendizaje",
    assessment="Evaluación",
    participation="Forma de participación",
    prerequisites="Requisitos previos",
    quality_assurance="Aseguramiento de la calidad",
    supervised="supervisada",
    identity_verified="identidad verificada",
    ways={
        "online": "en línea",
        "onsite": "presencial",
        "blended": "híbrida",
        "work-based": "en el trabajo",
    },
)
OF_LANGUAGE = {"en": ENGLISH, "fr": FRENCH, "es": SPANISH}


def wording_for(language: str | None) -> Wording:
    """Choose the words of a language by the beginning of its tag; English where there are none."""
    return OF_LANGUAGE.get((language or "").partition("-")[0].lower(), ENGLISH)
