"""What the desk keeps: people, cases, and the log of who saw them."""

from recognition.desk.store.store import DeskStore

__all__ = ["DeskStore"]
