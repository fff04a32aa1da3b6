"""Language, overlap, families and what awards contain: which lots count, and why others do not."""

from __future__ import annotations

import time
from fractions import Fraction
from typing import Any

import pytest

from frameworks.credit_units import CreditUnit
from stacking import Conditions, LedgerEntry, Lot, plan, read_award_rule
from stacking.wallet import sort_out

UNITS = {"x": CreditUnit("x", "total-notional", None, None)}


def rule(*constraints: dict[str, Any], **changes: Any) -> Any:
    total = {"id": "total", "type": "sum", "min": "10"}
    return read_award_rule(
        {"id": "award", "unit": "x", "constraints": [total, *constraints], **changes}
    )


def lot(name: str, **facts: Any) -> Lot:
    return Lot(id=name, amount=Fraction(10), unit="x", digest=f"digest of {name}", **facts)


def excluded(one: Lot, award: Any, *ledger: LedgerEntry) -> tuple[str, ...]:
    found = plan((one,), award, Conditions(units=UNITS, ledger=ledger))
    return found.excluded[0].reasons if found.excluded else ()


FRENCH = {"id": "french", "type": "language_in", "accept": ["fr", "en-CA"]}


@pytest.mark.parametrize(
    ("language", "reasons"),
    [
        ("fr", ()),
        ("fr-CA", ()),
        ("FR", ()),
        ("en-CA", ()),
        ("en", ("LANGUAGE_NOT_ACCEPTED",)),
        ("en-GB", ("LANGUAGE_NOT_ACCEPTED",)),
        ("frr", ("LANGUAGE_NOT_ACCEPTED",)),
        (None, ("LANGUAGE_UNKNOWN",)),
    ],
)
def test_a_language_is_accepted_with_its_regions(
    language: str | None, reasons: tuple[str, ...]
) -> None:
    assert excluded(lot("a", language=language), rule(FRENCH)) == reasons


SAME = {
    "id": "same",
    "type": "min_overlap",
    "outcomes": ["urn:o:1", "urn:o:2", "urn:o:3"],
    "min": "2/3",
}


@pytest.mark.parametrize(
    ("outcomes", "reasons"),
    [
        ({"urn:o:1", "urn:o:2"}, ()),
        ({"urn:o:1", "urn:o:2", "urn:o:3", "urn:o:9"}, ()),
        ({"urn:o:1", "urn:O:2"}, ("OVERLAP_BELOW_MIN",)),
        ({"urn:o:9"}, ("OVERLAP_BELOW_MIN",)),
        (set(), ("OVERLAP_UNKNOWN",)),
    ],
)
def test_overlap_counts_equal_uris(outcomes: set[str], reasons: tuple[str, ...]) -> None:
    assert excluded(lot("a", outcomes=frozenset(outcomes)), rule(SAME)) == reasons


def entry(award: str = "other", **changes: Any) -> LedgerEntry:
    return LedgerEntry(**{"award": award, "spent": False, "digest": "digest of a", **changes})


def test_credit_in_use_counts_for_an_award_of_another_family() -> None:
    in_family = rule(family="one")
    assert excluded(lot("a"), in_family, entry(family="two")) == ()
    assert excluded(lot("a"), in_family, entry()) == ()
    assert excluded(lot("a"), rule(), entry(family="two")) == ()


def test_credit_that_served_the_same_family_is_spent() -> None:
    in_family = rule(family="one")
    assert excluded(lot("a"), in_family, entry(family="one")) == ("LOT_REDEEMED",)
    assert excluded(lot("a"), in_family, entry("award", family="one")) == ()


def test_an_award_and_its_component_never_count_together() -> None:
    award = lot("award", contains=frozenset({"digest of a"}))
    both = plan((lot("a"), award), rule(), Conditions(units=UNITS))
    assert both.sums["total"].number == 10
    apart = plan((lot("a"), lot("b", contains=frozenset({"x"}))), rule(), Conditions(units=UNITS))
    assert apart.sums["total"].number == 20


def test_two_awards_of_one_component_never_count_together() -> None:
    contents = frozenset({"digest of a"})
    two = (lot("award", contains=contents), lot("degree", contains=contents | {"y"}))
    assert plan(two, rule(), Conditions(units=UNITS)).sums["total"].number == 10


def test_spending_a_component_spends_the_award_and_the_reverse() -> None:
    award = lot("award", contains=frozenset({"digest of a"}))
    assert excluded(award, rule(), entry(spent=True)) == ("LOT_REDEEMED",)
    spent_award = LedgerEntry("other", spent=True, digest="digest of award")
    found = plan((award, lot("a")), rule(), Conditions(units=UNITS, ledger=(spent_award,)))
    assert [one.reasons for one in found.excluded] == [("LOT_REDEEMED",), ("LOT_REDEEMED",)]


def test_a_long_ledger_is_not_held_against_every_lot() -> None:
    ledger = tuple(entry(digest=f"digest {number}") for number in range(20_000))
    wallet = tuple(lot(f"l{number}", contains=frozenset({"x"})) for number in range(50))
    started = time.process_time()
    found = sort_out(wallet, rule(), Conditions(units=UNITS, ledger=(*ledger, entry())))
    assert (len(found[0]), found[1]) == (50, ())
    assert time.process_time() - started < 1


def test_two_values_of_one_credential_are_not_kin() -> None:
    one, two = lot("a#1", contains=frozenset({"c"})), lot("a#2", contains=frozenset({"c"}))
    same = Lot(**{**{n: getattr(two, n) for n in Lot.__slots__}, "digest": one.digest})
    found = plan((one, same), rule(), Conditions(units=UNITS))
    assert [item.reasons for item in found.excluded] == [("DUPLICATE_DIGEST",)]
