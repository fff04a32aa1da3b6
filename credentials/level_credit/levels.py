"""Reading levels: alignments of our profile and of others, extensions, the Learning Model."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from credentials.json_types import JsonObject, JsonValue, as_list, id_of, member, only, pointed
from credentials.level_credit.claims import StatedLevel, amount_of, decimal_text

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
_EQF_CODES = frozenset("12345678")
_NOT_LEVELS = frozenset({"QualityAssurance", "CFItem", "CFRubric", "CTDL"})


def achievement_levels(achievement: JsonObject, pointer: str) -> tuple[StatedLevel, ...]:
    """Read the levels of an achievement, from alignments and extensions, in an order of their own.

    All of them are read or, beyond `LEVELS_READ`, none: which ones come first is not signed.
    """
    levels = claimed_levels(achievement, pointer)
    return levels if len(levels) <= LEVELS_READ else ()


def claimed_levels(achievement: JsonObject, pointer: str) -> tuple[StatedLevel, ...]:
    """Read all levels that an achievement claims, however many they are."""
    return in_order(_levels(achievement, pointer))


def in_order(levels: Iterable[StatedLevel]) -> tuple[StatedLevel, ...]:
    """Sort levels by what they say, never by where they stand; the same one is kept once."""
    ordered = sorted(levels, key=lambda one: (*_said(one), one.label or ""))
    if len(ordered) < 2:
        return tuple(ordered)
    return tuple({(*_said(one), None if one.code else one.label): one for one in ordered}.values())


def _said(level: StatedLevel) -> tuple[str, str, str]:
    return level.framework or "", level.uri or "", level.code or ""


def learning_model_levels(specification: JsonObject, pointer: str) -> tuple[StatedLevel, ...]:
    """Read eqfLevel and nqfLevel of a learning specification (European Learning Model 3)."""
    return in_order(_learning_model_levels(specification, pointer))


def contradicted_levels(achievement: JsonObject, pointer: str) -> Iterator[StatedLevel]:
    """Yield levels whose stated code is another number than the one in their own EQF URI.

    Which code belongs to the URI of another framework only a register can tell.
    """
    for place, item in pointed(achievement.get("alignment"), f"{pointer}/alignment"):
        level = _aligned_level(item, place) if isinstance(item, dict) else None
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
    for name, stated in achievement.items():
        if name not in names and not name.endswith("Extension"):
            continue
        match = _EXTENSION.fullmatch(name)
        value = only(stated)
        if name in names and not isinstance(value, dict | list):
            yield name, value
        if match and match[1] in names and isinstance(value, dict) and match[1] in value:
            yield match[1], only(value[match[1]])


def concept_label(concept: JsonValue) -> str | None:
    """Read the preferred label of a concept, in English if it has one."""
    label = member(concept, "prefLabel")
    if isinstance(label, dict):
        # The order of members is not signed, so the first language by its name is taken.
        label = label.get("en") or next((text for _name, text in sorted(label.items())), None)
    texts = sorted(text for text in as_list(label) if isinstance(text, str))
    return texts[0] if texts else None


def text_of(item: JsonObject, name: str) -> str | None:
    """Read a member that must be one text with something in it."""
    value = item.get(name)
    # An object of nothing but an id stands for this id, so that its id is no member of it.
    if not isinstance(value, str) or name == "id":
        value = member(item, name)
    return value if isinstance(value, str) and value else None


def _levels(achievement: JsonObject, pointer: str) -> Iterator[StatedLevel]:
    """Read levels from alignments, then from extensions."""
    for place, item in pointed(achievement.get("alignment"), f"{pointer}/alignment"):
        if isinstance(item, dict) and (level := _aligned_level(item, place)):
            yield level
    for name, number in extension_members(achievement, ("EQF", "Level")):
        code = _code(number)
        yield StatedLevel(
            framework=_EQF_NAME if name == "EQF" else None,
            code=code,
            uri=f"http://data.europa.eu/snb/eqf/{code}"
            if name == "EQF" and code in _EQF_CODES
            else None,
            label=None,
            pointer=pointer,
        )


def _code(number: JsonValue) -> str:
    """Write a code that stands as a number: `6` and `6.0` are the same once signed."""
    amount = None if isinstance(number, str) else amount_of(number)
    return decimal_text(amount) or str(number)


def _aligned_level(item: JsonObject, pointer: str) -> StatedLevel | None:
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
        pointer=pointer,
    )


def _learning_model_levels(specification: JsonObject, pointer: str) -> Iterator[StatedLevel]:
    for name in ("eqfLevel", "nqfLevel"):
        for place, concept in pointed(specification.get(name), f"{pointer}/{name}"):
            uri = id_of(concept)
            if uri is None and not isinstance(concept, dict):
                continue
            eqf = _EQF_URI.fullmatch(uri or "")
            yield StatedLevel(
                framework=_EQF_NAME if eqf else None,
                code=eqf[1] if eqf else None,
                uri=uri,
                label=concept_label(concept),
                pointer=place,
            )
