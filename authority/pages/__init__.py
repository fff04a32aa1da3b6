"""The public pages of a register: search, a page for each listing, levels compared, the edition."""

from authority.pages.pages import SITE, START, new_register_pages

__all__ = ["SITE", "START", "new_register_pages"]
