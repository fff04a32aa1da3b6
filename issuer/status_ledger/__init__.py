"""The ledger of an institution's status lists: which index is whose, and what was withdrawn."""

from issuer.status_ledger.ledger import Changed, Overview, StatusChange, StatusLedger

__all__ = ["Changed", "Overview", "StatusChange", "StatusLedger"]
