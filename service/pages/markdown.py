"""Text in Markdown that others wrote, as HTML that does nothing."""

from __future__ import annotations

from functools import cache

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

from service.pages.foreign import foreign

CHARACTERS = 20_000
"""Longest text that is laid out; a longer one is shown as it is."""

TAGS = {
    "a", "blockquote", "br", "code", "em", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre",
    "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
"""Elements that stay: no images, nothing that loads, moves or asks for something."""

SCHEMES = {"https", "http"}


def html_of_markdown(text: str) -> Markup:
    """Lay out a text: HTML in it stays text, links lead to web addresses only and are marked."""
    text = foreign(text)
    if len(text) > CHARACTERS:
        return Markup("<p>{}</p>").format(text)
    clean = nh3.clean(
        _reader().render(text),
        tags=TAGS,
        attributes={"a": {"href"}},
        url_schemes=SCHEMES,
        link_rel="noopener noreferrer nofollow ugc",
        url_relative="deny",
    )
    return Markup(clean)  # noqa: S704 - just cleaned


@cache
def _reader() -> MarkdownIt:
    # Headings of others begin below those of the page.
    return MarkdownIt("js-default", {"html": False, "linkify": False, "typographer": False})
