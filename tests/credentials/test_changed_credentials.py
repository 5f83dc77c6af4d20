"""A signed credential, changed in every place: never good any more, and never an error of ours."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest

from lti_tool.credentials.recognition.outcomes import Verdict
from lti_tool.credentials.recognition.pipeline import check
from tests.credentials.outside import LIST, NOW, Issuer, Web, hosted, jws, raw

ODD: tuple[Any, ...] = (
    None,
    True,
    -1,
    1e308,
    10**30,
    "",
    "_:a",
    "1:x",
    "urn:x y",
    "did:web:",
    "https://",
    "did:key:z",
    [],
    {},
    [[]],
    [{}],
    {"id": 1},
    {"id": []},
    {"@id": "x"},
    {"type": {}},
)
"""Values that nobody expects where they are put."""

ADDED: tuple[tuple[str, Any], ...] = (
    ("grade", "A"),
    ("name", "Another"),
    ("creditsEarned", 9),
    ("@id", "x:y"),
    ("@type", "x:y"),
    ("urn:x:y", 1),
    ("evidence", [{"id": "1:x", "type": ["Evidence"], "name": "Forged"}]),
)


@pytest.fixture(scope="module")
def web() -> Web:
    """The documents of a university and of a house of badges."""
    return Web()


@pytest.fixture(scope="module")
def uni(web: Web) -> Issuer:
    """A university with a status list."""
    issuer = Issuer(web)
    web.put(LIST, issuer.status_list(8))
    return issuer


def _paths(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    members: Any = ()
    if isinstance(node, dict):
        members = node.items()
    elif isinstance(node, list):
        members = enumerate(node)
    for name, member in members:
        yield from _paths(member, (*path, name))


def _with(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    changed = copy.deepcopy(document)
    node = changed
    for name in path[:-1]:
        node = node[name]
    node[path[-1]] = value
    return changed


def _at(document: Any, path: tuple[Any, ...]) -> Any:
    for name in path:
        document = document[name]
    return document


def _checked(web: Web, made: Any) -> Verdict:
    return check(raw(made), fetch=web.fetch, now=NOW)


def test_every_text_is_covered_by_the_signature(web: Web, uni: Issuer) -> None:
    signed = uni.with_status()
    assert _checked(web, signed).outcome == "unknown issuer"
    for path in _paths(signed):
        if path and isinstance(_at(signed, path), str):
            changed = _with(signed, path, _at(signed, path) + "x")
            assert _checked(web, changed).outcome in ("invalid", "not supported"), path


def test_nothing_can_be_added_anywhere(web: Web, uni: Issuer) -> None:
    signed = uni.with_status()
    for path in _paths(signed):
        for name, value in ADDED if isinstance(_at(signed, path), dict) else ():
            if name not in _at(signed, path):
                changed = _with(signed, (*path, name), value)
                assert _checked(web, changed).outcome == "invalid", (path, name)


@pytest.mark.parametrize("form", ["json", "jwt", "transcript", "hosted"])
def test_odd_values_end_in_a_verdict(web: Web, uni: Issuer, form: str) -> None:
    document = {
        "json": uni.with_status,
        "jwt": lambda: {**uni.with_status(), "iss": uni.did},
        "transcript": lambda: uni.transcript([uni.member(1)]),
        "hosted": lambda: hosted(web),
    }[form]()
    for place, path in enumerate(_paths(document)):
        for value in ODD[place % 3 :: 3] if path else ():
            made = _with(document, path, value)
            if form == "jwt":
                header = {"alg": "ES256", "kid": uni.key_id("ES256")}
                made = jws(header, made, uni.keys["ES256"].sign)
            assert _checked(web, made).reasons


@pytest.mark.parametrize("part", ["keys", "list", "profile", "badge"])
def test_odd_documents_of_others_end_in_a_verdict(web: Web, uni: Issuer, part: str) -> None:
    badge: Any = hosted(web)
    url = {
        "keys": uni.document,
        "list": LIST,
        "profile": "https://badges.example/issuer",
        "badge": "https://badges.example/badges/1",
    }[part]
    served = web.documents[url]
    document = json.loads(served.body)
    handed_in = (
        (uni.with_status(), uni.jwt(uni.credential())) if part in ("keys", "list") else (badge,)
    )
    for place, path in enumerate(_paths(document)):
        for value in ODD[place % 3 :: 3]:
            web.put(url, _with(document, path, value) if path else value)
            for made in handed_in:
                assert _checked(web, made).reasons
    web.documents[url] = served
