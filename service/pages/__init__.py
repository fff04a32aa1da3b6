"""What all web pages of Tallystick share: design, languages, forms, uploads, headers, errors.

A room has its pages in a `Pages` of its own; `add_pages` puts them into an application of
`service.web` (docs/pages.md).  Every page works without JavaScript, and nothing foreign is loaded.
"""

from service.pages.answers import page_response, redirect
from service.pages.forms import FieldError, form_text
from service.pages.languages import N_, current_language, gettext, ngettext
from service.pages.markdown import html_of_markdown
from service.pages.rooms import Frame, NavigationItem, Pages, PagesSettings, add_pages
from service.pages.statuses import say
from service.pages.uploads import Upload, uploads

__all__ = [
    "N_",
    "FieldError",
    "Frame",
    "NavigationItem",
    "Pages",
    "PagesSettings",
    "Upload",
    "add_pages",
    "current_language",
    "form_text",
    "gettext",
    "html_of_markdown",
    "ngettext",
    "page_response",
    "redirect",
    "say",
    "uploads",
]
