"""Texts of issuers in Markdown, as HTML that is safe to show: no tags, pictures or foreign schemes.

Our own texts are escaped by the templates; this is for what a credential says in Markdown.
"""

from __future__ import annotations

from functools import cache

from markdown_it import MarkdownIt
from markupsafe import Markup

LONGEST = 20_000


def markdown(text: str) -> Markup:
    """Return the HTML of a text: paragraphs, lists, emphasis, code and links to the web.

    HTML in it is shown as text. Headings stay text, so that a page keeps its own.
    """
    return Markup(_reader().render(text[:LONGEST]))  # noqa: S704 - html is off, see above


@cache
def _reader() -> MarkdownIt:
    reader = MarkdownIt("commonmark", {"html": False}).disable(
        ["image", "heading", "lheading", "html_block", "html_inline"]
    )
    reader.validateLink = _is_web  # type: ignore[method-assign]
    return reader


def _is_web(url: str) -> bool:
    return url.lower().startswith(("https://", "http://"))
