"""The languages in which plans are told."""

from __future__ import annotations

from collections.abc import Mapping

from stacking.french import FRENCH
from stacking.spanish import SPANISH
from stacking.texts import ENGLISH, Texts

TEXTS: Mapping[str, Texts] = {one.language: one for one in (ENGLISH, FRENCH, SPANISH)}
"""What is said about a plan, by the tag of the language."""
