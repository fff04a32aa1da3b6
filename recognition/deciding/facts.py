"""Facts: what was established about what is to be recognised, each with who established it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from credentials.level_credit.costs import Price, is_currency
from frameworks.amounts import Interval, canonical, parse_amount
from frameworks.cases import parsing
from frameworks.conversions import Credit
from frameworks.dates import parse_date
from frameworks.errors import FrameworkError
from frameworks.levels import Level
from recognition.errors import RecognitionError

LONGEST_TEXT = 500
"""Most characters of a fact that is a text, and of the name of who established one."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What was established; None means not known.

    An overlap may be an interval: what explicit alignments show is the least that it can be.  No
    gate reads what a course costs, as it is declared, and how much of that others pay.
    """

    kind: str | None = None
    accredited: bool | None = None
    level: Level | None = None
    overlap: Interval | None = None
    credits: Credit | None = None
    hours: Fraction | None = None
    grade: str | None = None
    assurance: str | None = None
    assessment: str | None = None
    awarded: date | None = None
    field: str | None = None
    language: str | None = None
    quality_assurance: str | None = None
    identity_verified: bool | None = None
    redeemed: bool | None = None
    cost: Price | None = None
    subsidy: Price | None = None


NAMES = tuple(one.name for one in fields(Facts))
"""Names of all facts."""


@dataclass(frozen=True, slots=True)
class Established:
    """A fact in JSON form, with who established it ("credential", "verifier", "register:ID", …)."""

    value: Any
    by: str


def read_facts(values: Mapping[str, Any]) -> Facts:
    """Read facts in JSON form; absent or null means not known.

    Raises `RecognitionError` (FACT_MALFORMED) with the place of what cannot be read.
    """
    known = {}
    for name, value in values.items():
        reader = _READERS.get(name)
        if reader is None:
            told = ", ".join(NAMES)
            raise _malformed(name, f"there is no such fact; there are {told}")
        if value is not None:
            known[name] = _read(name, reader, value)
    return Facts(**known)


def _read(name: str, reader: Callable[[Any], Any], value: Any) -> Any:
    try:
        return reader(value)
    except FrameworkError as fault:
        raise _malformed(name, fault.message.rstrip(".")) from fault
    except (KeyError, TypeError) as fault:
        raise _malformed(name, "it does not have the form of this fact") from fault


def _text(value: Any) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_TEXT:
        raise FrameworkError(f"it is a text of 1 to {LONGEST_TEXT} characters")
    return value


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise FrameworkError("it is true or false")
    return value


def _level(value: Any) -> Level:
    return Level(_text(value["framework"]), _text(value["code"]))


def _credits(value: Any) -> Credit:
    _text(value["unit"])
    _truth(value.get("already_converted", False))
    return parsing.credit(value)


def _overlap(value: Any) -> Interval:
    if isinstance(value, Mapping):
        return Interval(parse_amount(value["min"]), parse_amount(value["max"]))
    return Interval.of(parse_amount(value))


def read_price(value: Any) -> Price:
    """Read a price; raise `FrameworkError`, or `KeyError` and `TypeError` for another form."""
    amount, currency = parse_amount(value["amount"]), value["currency"]
    if not is_currency(currency):
        raise FrameworkError('a currency is three capital letters, such as "NZD"')
    return Price(amount, currency)


_READERS: Mapping[str, Callable[[Any], Any]] = MappingProxyType(
    {
        "kind": _text,
        "accredited": _truth,
        "level": _level,
        "overlap": _overlap,
        "credits": _credits,
        "hours": parse_amount,
        "grade": _text,
        "assurance": _text,
        "assessment": _text,
        "awarded": parse_date,
        "field": _text,
        "language": _text,
        "quality_assurance": _text,
        "identity_verified": _truth,
        "redeemed": _truth,
        "cost": read_price,
        "subsidy": read_price,
    }
)


def told(facts: Facts) -> dict[str, Any]:
    """Write the facts that are known in JSON form, each in the one form that it has."""
    known = ((name, getattr(facts, name)) for name in NAMES)
    return {name: told_fact(value) for name, value in known if value is not None}


def told_fact(value: Any) -> Any:
    """Write the value of one fact in JSON form."""
    match value:
        case Fraction():
            return canonical(value)
        case Interval():
            return parsing.told(value)
        case date():
            return value.isoformat()
        case Level():
            return {"framework": value.framework, "code": value.code}
        case Price() | Credit():
            return _told_amount(value)
        case _:
            return value


def _told_amount(value: Price | Credit) -> dict[str, Any]:
    amount = canonical(value.amount)
    if isinstance(value, Price):
        return {"amount": amount, "currency": value.currency}
    members = {"amount": amount, "unit": value.unit}
    return members | ({"already_converted": True} if value.already_converted else {})


def _malformed(name: str, why: str) -> RecognitionError:
    text = f"The fact {name[:LONGEST_TEXT]!a} cannot be used: {why}."
    return RecognitionError(text, code="FACT_MALFORMED", pointer=f"/facts/{name[:LONGEST_TEXT]}")
