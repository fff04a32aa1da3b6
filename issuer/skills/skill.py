"""A skill as a list names it, and what of it a credential says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from unicodedata import combining, normalize

ALIGNMENT_TYPES = (
    "ceasn:Competency",
    "ceterms:Credential",
    "CFItem",
    "CFRubric",
    "CFRubricCriterion",
    "CTDL",
)
"""What an alignment to a skill may be of (Open Badges 3.0, AlignmentTargetType).

CFRubricCriterionLevel is left out, as its name is that of a level, and so are extensions
(`ext:…`): there is none for skills that others know.
"""


@dataclass(frozen=True, slots=True)
class SkillText:
    """The name of a skill in one language, and its description there."""

    name: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Skill:
    """A skill: its address, its texts by language, a code and a kind, "" where not stated.

    `alternatives` are other names, by which it is found.
    """

    uri: str
    texts: Mapping[str, SkillText]
    code: str = ""
    type: str = ""
    alternatives: str = ""

    def text_in(self, languages: Iterable[str]) -> SkillText:
        """Take the text in the first of the languages that there is, else in any."""
        for wanted in languages:
            for tag, text in self.texts.items():
                if wanted and _primary(tag) == _primary(wanted):
                    return text
        return next(iter(self.texts.values()))

    @property
    def alignment_type(self) -> str:
        """The type that a credential names, "" if the standard has none for this kind."""
        return self.type if self.type in ALIGNMENT_TYPES else ""

    @property
    def searched(self) -> str:
        """All by which it is found, as `folded` writes it: names come first."""
        names = [text.name for text in self.texts.values()]
        return folded("\n".join([*names, self.code, self.alternatives, self.uri]))


def folded(text: str) -> str:
    """Write a text so that capitals and accents make no difference."""
    decomposed = normalize("NFKD", text.casefold())
    return "".join(sign for sign in decomposed if not combining(sign))


def _primary(tag: str) -> str:
    return tag.partition("-")[0].lower()
