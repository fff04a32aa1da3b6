"""Fetching documents from the network: one guarded way out for everything."""

from service.fetching.answers import JSON_TYPES
from service.fetching.fetcher import Fetched, Fetcher, FetchPolicy

__all__ = ["JSON_TYPES", "FetchPolicy", "Fetched", "Fetcher"]
