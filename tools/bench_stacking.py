"""How fast awards are planned: the lines of the report about stacking."""

from __future__ import annotations

import random
import time

from stacking import Outcome, assign, plan, read_award_rule
from stacking.budget import Budget
from stacking.enumeration import enumerated_use
from stacking.search import best_use
from stacking.several_awards import Standing
from stacking.wallet import sort_out
from tools.made_up_wallets import made_up_wallet, read, rule_of_twelve, small_rule
from tools.measuring import row

LOTS = 200
LOTS_FOR_SEVERAL = 40
AWARDS = 20
LOTS_TRIED = 11
"""As many lots as are still tried one by one: 2^14 uses."""
SEEDS = range(8)
WALLETS = ("plain", "exact", "intervals", "awkward", "kin", "divisible", "short", "tight")
WALLETS_FOR_SEVERAL = ("plain", "intervals", "kin", "awkward")

WHAT_WALLETS_ARE = """Wallets are made up from seeds, eight of each kind. *exact*: the total is one
number. *intervals*: a third of the lots is converted by hours and read through a map, so that
amounts and levels are open. *awkward*: amounts such as 17.43 and a cap of 211/3. *kin*: programmes
beside their modules. *divisible*: lots may be used in halves. *short*: what is asked for is not
there. *tight*: awkward amounts that must add up to exactly 360. Not settled means that the search
ended before it was sure, and a person is asked."""


def planned(kind: str, seed: int) -> tuple[float, bool]:
    """Plan one award over a made-up wallet: milliseconds, and whether the search was sure."""
    chance = random.Random(f"{kind} {seed}")
    lots, conditions = read(made_up_wallet(chance, LOTS, kind))
    rule = read_award_rule(rule_of_twelve(kind))
    begun = time.process_time()
    found = plan(lots, rule, conditions)
    return (time.process_time() - begun) * 1_000, found.is_exhaustive


def assigned(kind: str, seed: int) -> tuple[float, bool]:
    """Plan several awards over a made-up wallet: milliseconds, and whether all was settled."""
    chance = random.Random(f"several {kind} {seed}")
    lots, conditions = read(made_up_wallet(chance, LOTS_FOR_SEVERAL, kind))
    rules = tuple(read_award_rule(small_rule(chance, f"aw{number}")) for number in range(AWARDS))
    begun = time.process_time()
    found = assign(lots, rules, conditions)
    passed = (time.process_time() - begun) * 1_000
    referred = [name for name, one in found.standings.items() if one is Standing.REFER]
    by_id = {rule.id: rule for rule in rules}
    # Referred alone too: because of what is not known, and not because the search ended.
    return passed, all(
        plan(lots, by_id[name], conditions).outcome is Outcome.REFER for name in referred
    )


def compared(seed: int) -> tuple[float, float]:
    """Find the best use of a few lots by search and by trying all: milliseconds of each."""
    chance = random.Random(f"few {seed}")
    lots, conditions = read(made_up_wallet(chance, LOTS_TRIED, "intervals"))
    rule = read_award_rule(rule_of_twelve("plain"))
    items, _excluded = sort_out(lots, rule, conditions)
    ladder = conditions.ladders["fw"]
    begun = time.process_time()
    best_use(items, rule, ladder, (), Budget())
    between = time.process_time()
    enumerated_use(items, rule, ladder, ())
    return (between - begun) * 1_000, (time.process_time() - between) * 1_000


def stacking_rows() -> list[str]:
    """Measure planning, and write the lines of the report."""
    compared(0)  # the solver is loaded once, before anything is measured
    lines = []
    for title, kinds, work, goal in (
        (f"plan {LOTS} lots, 12 constraints", WALLETS, planned, "1000"),
        (
            f"{LOTS_FOR_SEVERAL} lots, {AWARDS} exclusive awards",
            WALLETS_FOR_SEVERAL,
            assigned,
            "2000",
        ),
    ):
        for kind in kinds:
            results = [work(kind, seed) for seed in SEEDS]
            sure = sum(is_sure for _passed, is_sure in results)
            what = f"{title}: {kind} ({sure} of {len(results)} settled)"
            lines.append(row(what, [passed for passed, _is_sure in results], goal))
    several = [compared(seed) for seed in SEEDS]
    for what, place in (("by search", 0), ("by trying all uses", 1)):
        title = f"{LOTS_TRIED} lots, 12 constraints: {what}"
        lines.append(row(title, [one[place] for one in several], "-"))
    return lines
