"""Errors as pages and problem documents: a status, a code, a reference, and no traces."""

from __future__ import annotations

import json
import logging

import pytest
from flask import Flask

from lti_tool import errors as tool_errors
from lti_tool.lti.error_codes import CODES
from lti_tool.web.errors import status_of
from lti_tool.web.launch_words import SENTENCES
from lti_tool.web.session import public
from tests.web.world import ORIGIN, World

SECRET = "amara@example.edu"


@pytest.fixture
def broken(app: Flask) -> Flask:
    """The application with a route that fails in every way that is asked for."""

    @public
    def fail(kind: str) -> str:
        if kind == "surprise":
            raise RuntimeError(SECRET)
        kinds = {
            "conflict": tool_errors.ConflictError("It was decided meanwhile."),
            "input": tool_errors.InvalidInputError("Too many.", field="count"),
            "service": tool_errors.LTIServiceError("The platform did not answer."),
            "launch": tool_errors.LTILaunchError("The launch is too old."),
            "setting": tool_errors.ConfigurationError("QUOIN_X is wrong."),
        }
        raise kinds[kind]

    app.add_url_rule("/fail/<kind>", "fail", fail)
    return app


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("conflict", 409, "conflict"),
        ("input", 422, "invalid-input"),
        ("service", 502, "lti-service"),
        ("launch", 400, "lti-launch"),
        ("setting", 500, "configuration"),
        ("surprise", 500, "internal"),
    ],
)
def test_each_error_has_its_status_and_code(
    broken: Flask, kind: str, status: int, code: str
) -> None:
    client = broken.test_client()
    page = client.get(f"/fail/{kind}", base_url=ORIGIN)
    assert page.status_code == status
    assert code in page.text
    problem = client.get(f"/fail/{kind}", headers={"Accept": "application/json"}, base_url=ORIGIN)
    assert problem.content_type == "application/problem+json"
    assert problem.json is not None
    assert problem.json["status"] == status
    assert problem.json["code"] == code
    assert problem.json["type"] == f"urn:quoin:problem:{code}"
    assert {"title", "detail", "reference"} <= set(problem.json)


def test_what_was_refused_stands_in_the_headline(broken: Flask) -> None:
    client = broken.test_client()
    assert "<h1>The launch was refused</h1>" in client.get("/fail/launch", base_url=ORIGIN).text
    refused = client.get("/lti/register/unknown", base_url=ORIGIN)
    assert "<h1>The registration was refused</h1>" in refused.text


def test_invalid_input_points_to_its_field(broken: Flask) -> None:
    headers = {"Accept": "application/problem+json"}
    answer = broken.test_client().get("/fail/input", headers=headers, base_url=ORIGIN)
    assert answer.json is not None
    assert answer.json["errors"] == [{"pointer": "#/count", "detail": "Too many."}]


def test_a_surprise_shows_and_logs_nothing_of_what_it_says(
    broken: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        answer = broken.test_client().get("/fail/surprise", base_url=ORIGIN)
    assert SECRET not in answer.text
    assert "Traceback" not in answer.text
    assert SECRET not in caplog.text
    lines = [json.loads(record.message) for record in caplog.records]
    surprise = next(line for line in lines if line["event"] == "surprise")
    assert surprise["error"] == "RuntimeError"
    assert surprise["reference"] in answer.text
    assert any("fail" in frame for frame in surprise["where"])


def test_the_access_line_has_the_template_of_the_route_and_no_values(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        answer = world.learner.get(f"learners/{world.learner.learner_uuid}?secret={SECRET}")
    (line,) = [json.loads(record.message) for record in caplog.records]
    assert line["route"] == "/courses/<uuid:context_uuid>/learners/<uuid:learner_uuid>"
    assert (line["method"], line["status"], line["code"]) == ("GET", 403, "forbidden")
    assert line["reference"] == answer.headers["X-Request-ID"]
    assert SECRET not in caplog.text
    assert str(world.learner.learner_uuid) not in caplog.text
    assert world.learner.token not in caplog.text


def test_unknown_addresses_and_methods_get_pages_of_ours(app: Flask) -> None:
    client = app.test_client()
    assert "This page is not here" in client.get("/nowhere", base_url=ORIGIN).text
    answer = client.post("/healthz", base_url=ORIGIN)
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]
    assert "This address does not work that way" in answer.text


def test_too_large_a_form_is_refused_with_words(world: World) -> None:
    answer = world.teacher.post("completions", {"note": "x" * (300 * 1024)})
    assert answer.status_code == 413
    assert "256 KiB" in answer.text


def test_a_missing_session_has_a_status_of_its_own() -> None:
    assert status_of(tool_errors.ForbiddenError("x", code="session-missing")) == 401
    assert status_of(tool_errors.ForbiddenError("x")) == 403


def test_home_says_that_it_is_opened_from_a_course(app: Flask) -> None:
    assert "Open it from your course" in app.test_client().get("/", base_url=ORIGIN).text


def test_a_refused_launch_says_in_the_language_what_to_do_and_the_reason_in_english(
    broken: Flask,
) -> None:
    client = broken.test_client()
    page = client.get("/fail/launch", base_url=ORIGIN, headers={"Accept-Language": "de"}).text
    assert "Der Start ist nicht gelungen. Öffnen Sie das Werkzeug erneut aus Ihrem Kurs." in page
    assert '<p class="soft small" lang="en" dir="ltr">The launch is too old.</p>' in page
    english = client.get("/fail/launch", base_url=ORIGIN).text
    assert "The launch is too old." in english
    assert "The launch did not work." not in english


def test_every_code_of_a_refused_launch_is_known() -> None:
    assert set(SENTENCES) <= set(CODES)
