"""Worked cases: files that say what must come out, run against the rules."""

from frameworks.cases.runner import KINDS, CaseResult, run_cases

__all__ = ["KINDS", "CaseResult", "run_cases"]
