"""The published document and the answers say the same."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from jsonschema import Draft202012Validator
from jsonschema.validators import validator_for

from tests.api.site import ISSUER, Site, item

COMPLETIONS, PROGRESS = "/api/v1/completions", "/api/v1/progress"
CATALOGUE, DOCUMENT = "/api/v1/catalogue", "/api/v1/openapi.json"
ERASURES = "/api/v1/erasures"
CREDENTIALS = "/api/v1/credentials/{award_uuid}"
DIALECT = "https://json-schema.org/draft/2020-12/schema"


@pytest.fixture
def document(sqlite_site: Site) -> dict[str, Any]:
    """The document as anybody gets it, without a key."""
    answer = sqlite_site.send_as("GET", DOCUMENT, b"", {})
    assert answer.status_code == 200
    found: dict[str, Any] = answer.get_json()
    return found


def _validator(document: dict[str, Any], name: str) -> Draft202012Validator:
    schema = {
        "$schema": DIALECT,
        "components": document["components"],
        "$ref": f"#/components/schemas/{name}",
    }
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


def _check(document: dict[str, Any], answer: Any, path: str, method: str) -> None:
    """Hold an answer against what the document says of its status and media type."""
    responses = document["paths"][path][method]["responses"]
    told = responses[str(answer.status_code)]
    if answer.status_code == 304:
        assert "content" not in told
        return
    content = told["content"][answer.mimetype]
    name = content["schema"]["$ref"].rpartition("/")[2]
    _validator(document, name).validate(answer.get_json())


def _path(rule: Any) -> str:
    """Give a route as the document writes it: names in braces."""
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)


def _walk(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for below in value.values():
            yield from _walk(below)
    if isinstance(value, list):
        for below in value:
            yield from _walk(below)


def test_every_schema_is_one_and_every_reference_leads_somewhere(
    document: dict[str, Any],
) -> None:
    assert document["openapi"] == "3.1.0"
    schemas = document["components"]["schemas"]
    for schema in schemas.values():
        validator_for({"$schema": DIALECT}).check_schema(schema)
    used = {found["$ref"] for found in _walk(document) if "$ref" in found}
    assert used == {f"#/components/schemas/{name}" for name in schemas}


def test_the_paths_are_the_routes(document: dict[str, Any], sqlite_site: Site) -> None:
    routes = {
        (_path(rule), method.lower())
        for rule in sqlite_site.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule.startswith("/api/")
    }
    told = {(path, method) for path, found in document["paths"].items() for method in found}
    assert told == routes


def test_signing_is_asked_for_where_the_policy_is_signed(
    document: dict[str, Any], sqlite_site: Site
) -> None:
    views = sqlite_site.app.view_functions
    for rule in sqlite_site.app.url_map.iter_rules():
        if rule.rule.startswith("/api/"):
            (operation,) = document["paths"][_path(rule)].values()
            policy = getattr(views[rule.endpoint], "policy", None)
            assert bool(operation["security"]) == (policy == "signed"), rule.rule
            assert policy in ("signed", "public")


def test_answers_are_what_the_document_says(document: dict[str, Any], sqlite_site: Site) -> None:
    site = sqlite_site
    told = [
        item("1", grade="80", evidence=[{"text": "a"}]),
        item("2", competency="charts"),
        item("3", competency="ethics", grade="10"),
        item("3", competency="ethics"),
        item("4", competency="unknown"),
        item("1", grade="80", evidence=[{"text": "a"}]),
        None,
    ]
    for batch in ([], told[:1], told):
        body = json.dumps({"completions": batch}).encode()
        _check(document, site.send("POST", COMPLETIONS, body), COMPLETIONS, "post")
        for query in ("", "&stack=data-basics"):
            target = f"{PROGRESS}?issuer={ISSUER}&subject=ada{query}"
            answer = site.send("GET", target)
            _check(document, answer, PROGRESS, "get")
            same = site.send("GET", target, headers={"If-None-Match": answer.headers["ETag"]})
            _check(document, same, PROGRESS, "get")
    site.work()
    (award,) = {s["award"]["uuid"] for s in site.progress(stack="data-basics")["stacks"]}
    for named, status in ((award, 200), (UUID(int=1), 404)):
        target = f"/api/v1/credentials/{named}?issuer={ISSUER}&subject=ada"
        answer = site.send("GET", target)
        assert answer.status_code == status
        _check(document, answer, CREDENTIALS, "get")
    _check(document, site.send("GET", CATALOGUE), CATALOGUE, "get")
    gone = json.dumps({"key": "g", "issuer": ISSUER, "subject": "ada"}).encode()
    for _ in range(2):
        _check(document, site.send("POST", ERASURES, gone), ERASURES, "post")


def test_refusals_are_what_the_document_says(document: dict[str, Any], sqlite_site: Site) -> None:
    site = sqlite_site
    refused = [
        (COMPLETIONS, "post", site.send_as("POST", COMPLETIONS, b"{}", {})),
        (COMPLETIONS, "post", site.send("POST", COMPLETIONS, b"{")),
        (COMPLETIONS, "post", site.send("POST", COMPLETIONS, b"{}")),
        (COMPLETIONS, "post", site.send("POST", COMPLETIONS, b" " * (8 * 1024 * 1024 + 1))),
        (
            COMPLETIONS,
            "post",
            site.send("POST", COMPLETIONS, b"{}", headers={"Content-Type": "text/csv"}),
        ),
        (PROGRESS, "get", site.send("GET", PROGRESS)),
        (PROGRESS, "get", site.send("GET", f"{PROGRESS}?issuer={ISSUER}&subject=a&stack=x")),
        (PROGRESS, "get", site.send("GET", f"{PROGRESS}?issuer=x&subject=a")),
    ]
    assert [answer.status_code for _, _, answer in refused] == [
        *(401, 400, 422, 413, 415),
        *(422, 404, 403),
    ]
    for path, method, answer in refused:
        _check(document, answer, path, method)


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"grade": "100"},
        {"grade": "0.5"},
        {"evidence": []},
        {"grade": "101"},
        {"grade": 5},
        {"key": ""},
        {"key": "k" * 201},
        {"subject": "é"},
        {"evidence": [{}]},
        {"evidence": [{"url": "ftp://x"}]},
        {"evidence": [{"text": "x" * 2001}]},
        {"other": 1},
        {"completed_at": 5},
        {"issuer": None},
    ],
)
def test_what_the_document_allows_is_recorded_and_nothing_else(
    document: dict[str, Any], sqlite_site: Site, changed: dict[str, Any]
) -> None:
    told = item(**changed)
    is_allowed = _validator(document, "Completion").is_valid(told)
    (result,) = sqlite_site.report(told)
    assert (result["status"] == "recorded") == is_allowed


def test_every_code_stands_in_the_documentation() -> None:
    """And the other way round is held by the tests that meet each code."""
    root = Path(__file__).resolve().parents[2]
    text = (root / "docs" / "api.md").read_text("utf-8")
    sources = [*(root / "lti_tool" / "api").glob("*.py"), root / "lti_tool" / "signatures.py"]
    names = ("admit_request", "receive_completions", "tell_progress")
    sources += [root / "lti_tool" / "services" / f"{name}.py" for name in names]
    codes = {
        code
        for source in sources
        for code in re.findall(r'code="([a-z-]+)"', source.read_text("utf-8"))
    }
    assert len(codes) >= 9
    assert {code for code in codes if f"`{code}`" not in text} == set()
