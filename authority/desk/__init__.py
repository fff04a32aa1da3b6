"""The desk of a framework authority: courses come in, are rated, approved, listed and published."""

from authority.desk.desk import NAVIGATION, desk_of
from authority.desk.services import DeskServices, Role

__all__ = ["NAVIGATION", "DeskServices", "Role", "desk_of"]
