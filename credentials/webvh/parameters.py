"""The parameters of a log: what each entry may say, and what holds for the next one.

Source: did:webvh DID Method 1.0, "did:webvh DID Method Parameters" and "The witness Parameter".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from credentials.json_types import JsonObject, JsonValue, as_list, id_of
from credentials.webvh.errors import wrong
from keys.errors import UnresolvableError

METHOD = "did:webvh:1.0"
"""The only version of the method that is read here."""

KEYS = 64
"""How many keys, hashes or witnesses one entry may list."""


@dataclass(frozen=True, slots=True)
class Witnesses:
    """Who has to approve an entry: at least `threshold` of the `members` (did:key)."""

    threshold: int
    members: frozenset[str]


@dataclass(frozen=True, slots=True)
class Parameters:
    """The parameters that hold at an entry."""

    scid: str = ""
    update_keys: tuple[str, ...] = ()
    next_key_hashes: tuple[str, ...] = ()
    witnesses: Witnesses | None = None
    portable: bool = False
    deactivated: bool = False

    def followed_by(self, stated: JsonValue, number: int) -> Parameters:
        """Return what holds with the parameters that entry `number` states.

        Raises `HistoryError`; `UnresolvableError` for another version of the method.
        """
        if not isinstance(stated, dict) or not stated.keys() <= _FORMS.keys():
            raise wrong(number, "it states parameters that the method does not know")
        for name, value in stated.items():
            if not _FORMS[name](value):
                raise wrong(number, f"the parameter {name} is not of its form")
        _require_method(stated, number)
        if number == 1 and not stated.get("updateKeys"):
            raise wrong(number, "it names nobody who may continue the log")
        if (number == 1) != ("scid" in stated):
            raise wrong(number, "the parameter scid stands in the first entry and no other")
        if number > 1 and stated.get("portable") and not self.portable:
            raise wrong(number, "only the first entry can make the identifier portable")
        if self.next_key_hashes and not {"updateKeys", "nextKeyHashes"} <= stated.keys():
            raise wrong(number, "it must name the keys that were announced, and the next ones")
        return self._with(stated, number)

    def _with(self, stated: JsonObject, number: int) -> Parameters:
        changes: dict[str, object] = {
            field: tuple(stated[name]) if isinstance(stated[name], list) else stated[name]
            for name, field in _FIELDS.items()
            if name in stated
        }
        if "witness" in stated:
            changes["witnesses"] = _witnesses(stated["witness"], number)
        return replace(self, **changes)  # type: ignore[arg-type]


def _require_method(stated: Mapping[str, JsonValue], number: int) -> None:
    if number == 1 and "method" not in stated:
        raise wrong(number, "it does not say which version of the method it follows")
    if stated.get("method", METHOD) != METHOD:
        raise UnresolvableError(
            f"The issuer's log follows another version of did:webvh than {METHOD}.",
            code="UNSUPPORTED_DID_METHOD",
        )


def _witnesses(stated: JsonObject, number: int) -> Witnesses | None:
    if not stated:
        return None
    threshold, listed = stated.get("threshold"), as_list(stated.get("witnesses"))
    members = {id_of(one) for one in listed}
    # Duplicates would let one witness count several times.
    names = frozenset(name for name in members if name is not None and name.startswith("did:key:"))
    if (
        not isinstance(threshold, int)
        or isinstance(threshold, bool)
        or not len(names) == len(members) == len(listed) <= KEYS
        or not 1 <= threshold <= len(names)
    ):
        raise wrong(number, "the witnesses or their threshold are not of their form")
    return Witnesses(threshold, names)


def _is_list(value: JsonValue) -> bool:
    return isinstance(value, list) and len(value) <= KEYS


def _is_texts(value: JsonValue) -> bool:
    return _is_list(value) and all(isinstance(item, str) for item in value)


def _is_number(value: JsonValue) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0


_FIELDS = {
    "scid": "scid",
    "updateKeys": "update_keys",
    "nextKeyHashes": "next_key_hashes",
    "portable": "portable",
    "deactivated": "deactivated",
}
_FORMS: dict[str, Callable[[JsonValue], bool]] = {
    "method": lambda value: isinstance(value, str),
    "scid": lambda value: isinstance(value, str),
    "updateKeys": _is_texts,
    "nextKeyHashes": _is_texts,
    "witness": lambda value: isinstance(value, dict),
    "watchers": _is_texts,
    "portable": lambda value: isinstance(value, bool),
    "deactivated": lambda value: isinstance(value, bool),
    "ttl": _is_number,
}
"""The parameters that the method knows, each with the form of its value; null is none of them."""
