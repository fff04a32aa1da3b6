"""Fetching documents from the network: one guarded way out for everything."""

from service.fetching.answers import JSON_TYPES
from service.fetching.fetcher import Fetched, Fetcher, FetchPolicy
from service.fetching.keeping import DocumentCache, Found

__all__ = ["JSON_TYPES", "DocumentCache", "FetchPolicy", "Fetched", "Fetcher", "Found"]
