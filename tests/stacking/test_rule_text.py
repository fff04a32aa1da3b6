"""Rules as text: in which line something is wrong."""

from __future__ import annotations
