"""Tests of claiming into wallets."""
