"""What a level and a credit mean: frameworks, units, maps between levels, conversions, checks.

Pure: everything comes in by value.  Amounts are fractions and dates are calendar dates; levels
are codes with a rank, and only ranks are compared.
"""
