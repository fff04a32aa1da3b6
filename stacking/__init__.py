"""Stacking: lots of credit from several institutions and frameworks add up to an award, or not yet.

Pure and exact: amounts are fractions, intervals are kept, and what is not known is referred to a
person.  A solver proposes the allocation; outcome and sums are computed from it anew.
"""

from stacking.award_rules import AwardRule
from stacking.errors import StackingError
from stacking.lots import LedgerEntry, Lot, SourceClass
from stacking.planning import Outcome, StackPlan, plan
from stacking.rule_reading import read_award_rule, require_usable
from stacking.several_awards import assign
from stacking.wallet import Conditions

__all__ = [
    "AwardRule",
    "Conditions",
    "LedgerEntry",
    "Lot",
    "Outcome",
    "SourceClass",
    "StackPlan",
    "StackingError",
    "assign",
    "plan",
    "read_award_rule",
    "require_usable",
]
