"""What a credential says it is worth: its level, its credits and their unit, its hours.

`reader` and `levels` understand our own profile (docs/level-credit-profile.md) and the forms that
others use, `value_rules` judges what they read; `writer` writes the profile.  All compute in
fractions and never in floats.
"""

from credentials.level_credit.claims import StatedLevel, StatedValue
from credentials.level_credit.reader import read_values
from credentials.level_credit.value_rules import read_and_judge, value_findings
from credentials.level_credit.writer import CreditStatement, LevelStatement, write_values

__all__ = [
    "CreditStatement",
    "LevelStatement",
    "StatedLevel",
    "StatedValue",
    "read_and_judge",
    "read_values",
    "value_findings",
    "write_values",
]
