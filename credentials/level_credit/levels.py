"""Reading levels: alignments of our profile and of others, extensions, the Learning Model."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from credentials.json_types import JsonObject, JsonValue, as_list
from credentials.level_credit.claims import StatedLevel

LEVELS_READ = 16
"""How many level claims one achievement may make; an achievement with more is not read at all."""

_LEVEL_TARGET_TYPE = re.compile(r"ext:([A-Za-z0-9._-]{1,32}?)(?:Level|Alignment)?")
_EQF_URI = re.compile(
    r"https?://(?:data\.europa\.eu/snb/eqf/|publications\.europa\.eu/resource/[A-Za-z/_-]*eqf/)"
    r"([1-8])",
    re.IGNORECASE,
)
_URI_OF_FRAMEWORK = re.compile(r"([a-z][a-z0-9+.-]*:.*[^/:#][/:#])[^/:#]+[/#]?", re.IGNORECASE)
_NUMBER = re.compile(r"[0-9]+")
_EXTENSION = re.compile(r"(?:extensions:)?([A-Za-z]+)Extension")
_EQF_NAME = "European Qualifications Framework"
_NOT_LEVELS = frozenset({"QualityAssurance", "CFItem", "CFRubric", "CTDL"})


def achievement_levels(achievement: JsonObject, pointer: str) -> tuple[StatedLevel, ...]:
    """Read the levels of an achievement, from alignments and extensions, in an order of their own.

    All of them are read or, beyond `LEVELS_READ`, none: which ones come first is not signed.
    """
    levels = in_order(_levels(achievement, pointer))
    return levels if len(levels) <= LEVELS_READ else ()


def has_too_many_levels(achievement: JsonObject) -> bool:
    """Tell whether an achievement claims more levels than are read."""
    return sum(1 for _level in _levels(achievement, "")) > LEVELS_READ


def in_order(levels: Iterable[StatedLevel]) -> tuple[StatedLevel, ...]:
    """Sort levels by what they say, never by where they stand."""
    return tuple(
        sorted(levels, key=lambda one: (one.framework or "", one.uri or "", one.code or ""))
    )


def learning_model_levels(specification: JsonObject, pointer: str) -> tuple[StatedLevel, ...]:
    """Read eqfLevel and nqfLevel of a learning specification (European Learning Model 3)."""
    return in_order(_learning_model_levels(specification, pointer))


def contradicted_levels(achievement: JsonObject, pointer: str) -> Iterator[StatedLevel]:
    """Yield levels whose stated code is another number than the one in their own EQF URI.

    Which code belongs to the URI of another framework only a register can tell.
    """
    for index, item in enumerate(as_list(achievement.get("alignment"))):
        level = _aligned_level(item, pointer, index) if isinstance(item, dict) else None
        if level is not None and _EQF_URI.fullmatch(level.uri or ""):
            numbers = _NUMBER.findall(text_of(item, "targetCode") or "")
            if len(numbers) == 1 and numbers[0].lstrip("0") != level.code:
                yield level


def framework_uri(level: StatedLevel) -> str | None:
    """Name a level's framework by the part of its URI that its levels share, if there is one."""
    match = _URI_OF_FRAMEWORK.fullmatch(level.uri or "")
    return match[1].lower() if match else None


def extension_members(
    achievement: JsonObject, names: tuple[str, ...]
) -> Iterator[tuple[str, JsonValue]]:
    """Find members by name: bare, or inside an "extensions:…Extension" object."""
    for name, value in achievement.items():
        if name in names and not isinstance(value, dict | list):
            yield name, value
        match = _EXTENSION.fullmatch(name)
        if match and match[1] in names and isinstance(value, dict) and match[1] in value:
            yield match[1], value[match[1]]


def concept_label(concept: JsonValue) -> str | None:
    """Read the preferred label of a concept, in English if it has one."""
    label = concept.get("prefLabel") if isinstance(concept, dict) else None
    if isinstance(label, dict):
        label = label.get("en") or next(iter(label.values()), None)
    label = label[0] if isinstance(label, list) and label else label
    return label if isinstance(label, str) else None


def text_of(item: JsonObject, member: str) -> str | None:
    """Read a member that must be a text with something in it."""
    value = item.get(member)
    return value if isinstance(value, str) and value else None


def _levels(achievement: JsonObject, pointer: str) -> Iterator[StatedLevel]:
    """Read levels from alignments, then from extensions."""
    for index, item in enumerate(as_list(achievement.get("alignment"))):
        if isinstance(item, dict) and (level := _aligned_level(item, pointer, index)):
            yield level
    for name, number in extension_members(achievement, ("EQF", "Level")):
        code = str(number)
        is_eqf = name == "EQF" and code in "12345678"
        yield StatedLevel(
            framework=_EQF_NAME if name == "EQF" else None,
            code=code,
            uri=f"http://data.europa.eu/snb/eqf/{code}" if is_eqf else None,
            label=None,
            pointer=pointer,
        )


def _aligned_level(item: JsonObject, pointer: str, index: int) -> StatedLevel | None:
    """Read an alignment as a level if its URI or its target type says that it is one."""
    uri, kind = text_of(item, "targetUrl"), text_of(item, "targetType") or ""
    eqf = _EQF_URI.fullmatch(uri or "")
    match = _LEVEL_TARGET_TYPE.fullmatch(kind)
    stated = match[1] if match and match[1] not in _NOT_LEVELS else None
    is_level = kind.endswith("Level") or stated in ("EQF", "NQF", "NLQF")
    if eqf is None and not is_level:
        return None
    return StatedLevel(
        framework=_EQF_NAME if eqf else text_of(item, "targetFramework") or stated,
        code=eqf[1] if eqf else text_of(item, "targetCode"),
        uri=uri,
        label=text_of(item, "targetName"),
        pointer=f"{pointer}/alignment/{index}",
    )


def _learning_model_levels(specification: JsonObject, pointer: str) -> Iterator[StatedLevel]:
    for member in ("eqfLevel", "nqfLevel"):
        for concept in as_list(specification.get(member)):
            if not isinstance(concept, dict):
                continue
            uri = text_of(concept, "id")
            eqf = _EQF_URI.fullmatch(uri or "")
            yield StatedLevel(
                framework=_EQF_NAME if eqf else None,
                code=eqf[1] if eqf else None,
                uri=uri,
                label=concept_label(concept),
                pointer=f"{pointer}/{member}",
            )
