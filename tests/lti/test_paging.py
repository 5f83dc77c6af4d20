"""Paging by Link headers (RFC 8288; section 6, B42)."""

import time

import pytest

from lti_tool.errors import LTIServiceError
from lti_tool.lti.http_client import Answer
from lti_tool.lti.paging import Link, Pages, next_page, parse_links

URL = "https://lms.example.edu/members?limit=10"


@pytest.mark.parametrize(
    ("header", "links"),
    [
        ("", []),
        ('<https://a/B?c=D>; rel="next"', [Link("https://a/B?c=D", ("next",))]),
        ("<https://a/B>;rel=next", [Link("https://a/B", ("next",))]),
        ('<a>; title="x, <y>; rel=next"; rel="prev Next"', [Link("a", ("prev", "next"))]),
        ('<a>; rel=first, <b>; REL="NEXT"', [Link("a", ("first",)), Link("b", ("next",))]),
        ("<a>; rel=prev; rel=next", [Link("a", ("prev",))]),
        ('<a>; rel="next"; anchor="/other"', []),
        ("<a>; crossorigin; rel=next", [Link("a", ("next",))]),
        (", ,<a>; rel=next, ,", [Link("a", ("next",))]),
        ("<a>", []),
    ],
)
def test_a_link_header_is_read_as_it_was_received(header, links):
    assert parse_links(header) == links


@pytest.mark.parametrize("header", ["https://a; rel=next", "<a; rel=next", "<a>; rel=”next” <b"])
def test_what_is_no_link_header_is_not_taken_for_the_last_page(header):
    with pytest.raises(ValueError, match="Link"):
        parse_links(header)


def test_a_hostile_header_is_read_in_linear_time():
    started = time.process_time()
    for unit in ("<", "<a>;", "; ", '<a>; x="', '\\"', "<a>; " + "a" * 1000):
        try:
            parse_links((unit * 60_000)[:60_000])
        except ValueError:
            continue
    assert time.process_time() - started < 5


def test_the_address_may_be_relative_and_keeps_its_case():
    answer = Answer(URL, 200, {"Link": '<?cursor=AbC%2f>; rel="next"'}, b"")
    assert next_page(answer) == "https://lms.example.edu/members?cursor=AbC%2f"


def _pages(headers, most_pages=10):
    """Return Pages over answers with these Link headers; the keys are addresses."""
    calls = []

    def fetch(url):
        calls.append(url)
        header = headers[url]
        if header is None:
            raise LTIServiceError("down")
        return Answer(url, 200, {"Link": header} if header else {}, url.encode())

    return Pages(fetch, "https://a.example/1", most_pages=most_pages), calls


def test_pages_are_complete_after_the_last_one():
    pages, calls = _pages(
        {"https://a.example/1": '<https://a.example/2>; rel="next"', "https://a.example/2": ""}
    )
    assert not pages.is_complete
    assert (
        [answer.url for answer in pages] == calls == ["https://a.example/1", "https://a.example/2"]
    )
    assert pages.is_complete


@pytest.mark.parametrize(
    "header",
    [
        '<https://evil.example/2>; rel="next"',
        '<http://a.example/2>; rel="next"',
        '<https://a.example:8443/2>; rel="next"',
        '<https://a.example/1>; rel="next"',
        '<https://a.example/down>; rel="next"',
        "not a header with next",
    ],
)
def test_pages_that_lead_astray_are_incomplete(header):
    pages, calls = _pages({"https://a.example/1": header, "https://a.example/down": None})
    assert len(list(pages)) == 1
    assert not pages.is_complete
    assert all(url.startswith("https://a.example/") for url in calls)


def test_there_are_only_so_many_pages():
    headers = {
        f"https://a.example/{n}": f'<https://a.example/{n + 1}>; rel="next"' for n in range(1, 99)
    }
    pages, _ = _pages(headers, most_pages=5)
    assert len(list(pages)) == 5
    assert not pages.is_complete


def test_a_first_page_that_fails_is_an_error():
    pages, _ = _pages({"https://a.example/1": None})
    with pytest.raises(LTIServiceError):
        list(pages)
