"""Pages behind each other by ``Link`` headers (RFC 8288), within bounds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urljoin

from lti_tool.errors import LTIServiceError
from lti_tool.lti.http_client import Answer
from lti_tool.lti.urls import origin_of

_TARGET = re.compile(r"[\s,]*<([^<>]*)>")
_PARAMETER = re.compile(
    r"""\s*;\s*([^\s=;,"<>]+)\s*(?:=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;,"<>]*)))?"""
)


@dataclass(frozen=True, slots=True)
class Link:
    """One link of a header: the address as it was received, and its relations in lower case."""

    target: str
    relations: tuple[str, ...]


def parse_links(header: str) -> list[Link]:
    """Read a ``Link`` header; the case of addresses is kept (some cursors depend on it).

    ``ValueError`` for what is no such header: a list that may go on must not look finished.
    """
    links, position = [], 0
    while header[position:].strip(" \t,"):
        target = _TARGET.match(header, position)
        if target is None:
            raise ValueError("not a Link header")
        position = target.end()
        relations: str | None = None
        is_about_other = False
        while parameter := _PARAMETER.match(header, position):
            position = parameter.end()
            name = parameter.group(1).lower()
            value = parameter.group(2) or parameter.group(3) or ""
            if name == "rel" and relations is None:
                relations = value
            is_about_other = is_about_other or name == "anchor"
        if relations and not is_about_other:
            links.append(Link(target.group(1).strip(), tuple(relations.lower().split())))
    return links


class Pages:
    """The pages of a collection, fetched one after the other while they are iterated over.

    ``is_complete`` is true only after the last page was seen. It stays false when a later page
    fails, leads to another origin, leads back, or is one too many; what was read so far counts.
    """

    def __init__(self, fetch: Callable[[str], Answer], url: str, *, most_pages: int) -> None:
        self.is_complete = False
        self._fetch = fetch
        self._url = url
        self._most_pages = most_pages

    def __iter__(self) -> Iterator[Answer]:
        answer = self._fetch(self._url)
        seen = {self._url}
        while True:
            yield answer
            try:
                url = next_page(answer)
            except ValueError:
                return
            if url is None:
                self.is_complete = True
                return
            if url in seen or len(seen) >= self._most_pages or not self._is_same_origin(url):
                return
            seen.add(url)
            try:
                answer = self._fetch(url)
            except LTIServiceError:
                return

    def _is_same_origin(self, url: str) -> bool:
        return origin_of(url) is not None and origin_of(url) == origin_of(self._url)


def linked(answer: Answer, relation: str) -> str | None:
    """Return the absolute address of a link on the same origin, None when there is none."""
    try:
        links = parse_links(answer.headers.get("Link", ""))
    except ValueError:
        return None
    for link in links:
        if relation in link.relations:
            url = urljoin(answer.url, link.target)
            is_near = origin_of(url) is not None and origin_of(url) == origin_of(answer.url)
            return url if is_near else None
    return None


def next_page(answer: Answer) -> str | None:
    """Return the absolute address of the next page, None on the last one."""
    for link in parse_links(answer.headers.get("Link", "")):
        if "next" in link.relations:
            return urljoin(answer.url, link.target)
    return None
