"""Several institutions and several tools behind one issuer."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from demo_lms.ags import ITEM, ITEMS
from demo_lms.directory import load_directory
from demo_lms.links import list_links
from demo_lms.registration import (
    LINE_ITEM,
    MEMBERSHIP_READ,
    SCORE,
    Deployment,
    ToolRegistration,
    with_deployment,
)
from demo_lms.settings import HILL, PEOPLE
from demo_lms.testing import RunningLMS
from tests.demo_lms.stand_in_tool import CLAIM, Pair, StandInTool


@pytest.fixture
def second(shared: Pair) -> Iterator[Pair]:
    """Another tool with a client id of its own, deployed at Hill College alone."""
    with StandInTool() as tool:
        registration = ToolRegistration(
            issuer=shared.lms.url,
            client_id="second-client",
            name="Second Tool",
            login_url=f"{tool.url}/lti/login?from=lms",
            launch_url=f"{tool.url}/lti/launch",
            jwks_url=f"{tool.url}/lti/jwks",
            redirect_uris=(f"{tool.url}/lti/launch",),
            deployments=(Deployment("7:hill", "hill"),),
            scopes=(LINE_ITEM, MEMBERSHIP_READ),
        )
        shared.lms.lms.put_tool(registration)
        yield Pair(shared.lms, tool, "second-client")


def _links_of(pair: Pair, course: str) -> list[str]:
    with pair.lms.lms.database.reading() as connection:
        links = list_links(connection, course)
    return [link.id for link in links if link.client_id == pair.client_id]


def test_one_client_has_a_deployment_per_institution(shared: Pair) -> None:
    said = {}
    for username, course in (("amara", "algorithms"), ("hana", "hill-algorithms")):
        visitor = shared.lms.visit(username)
        login = visitor.start_link(course)
        query = parse_qs(urlsplit(login).query)
        claims = shared.claims_of(shared.launch(visitor, login))
        assert query["lti_deployment_id"] == [claims[f"{CLAIM}deployment_id"]]
        assert (query["iss"], query["client_id"]) == ([claims["iss"]], [claims["aud"]])
        said[course] = claims
    harbour, hill = said.values()
    assert (harbour["iss"], harbour["aud"]) == (hill["iss"], hill["aud"])
    assert (harbour[f"{CLAIM}deployment_id"], hill[f"{CLAIM}deployment_id"]) == ("1", "2")
    platform = f"{CLAIM}tool_platform"
    assert (harbour[platform]["guid"], hill[platform]["guid"]) == (
        "harbour-practice-lms",
        "hill-practice-lms",
    )
    assert hill[platform]["name"] == "Hill College"


def test_two_institutions_may_use_the_same_context_id(shared: Pair) -> None:
    visitor = shared.lms.visit("priya")
    claims = shared.claims_of(shared.launch(visitor, visitor.start_link("hill-algorithms")))
    assert claims[f"{CLAIM}context"]["id"] == "algorithms"
    roster = shared.call("GET", "hill-algorithms/memberships", shared.token(MEMBERSHIP_READ))
    assert roster.json()["context"]["id"] == "algorithms"
    assert len(roster.json()["members"]) == 10


@pytest.mark.parametrize("username", ["ingrid", "maria", "amara"])
def test_nobody_enters_a_course_of_the_other_institution(shared: Pair, username: str) -> None:
    visitor = shared.lms.visit(username)
    for path in ("", "/grades", "/people"):
        url = f"{shared.lms.url}/courses/hill-writing{path}"
        assert visitor.get(url, timeout=10).status_code == 404
    assert "Academic Writing" not in visitor.get(f"{shared.lms.url}/courses", timeout=10).text


def test_the_sign_in_page_keeps_the_institutions_apart(shared: Pair) -> None:
    page = requests.get(shared.lms.url, timeout=10).text
    assert "Hill College: teachers" in page
    assert "Harbour University: learners" in page


def test_a_tool_added_at_run_time_is_launched_with_its_own_client_id(second: Pair) -> None:
    visitor = second.lms.visit("hana")
    (link,) = _links_of(second, "hill-writing")
    login = visitor.start_link("hill-writing", link)
    assert login.startswith(f"{second.tool.url}/lti/login?")
    claims = second.claims_of(second.launch(visitor, login))
    assert claims["aud"] == "second-client"
    assert claims[f"{CLAIM}deployment_id"] == "7:hill"
    page = second.lms.visit("priya").get(f"{second.lms.url}/courses/hill-writing", timeout=10)
    assert "Add from Second Tool" in page.text
    policy = page.headers["Content-Security-Policy"]
    assert second.tool.url in policy


def test_the_hint_of_one_tool_is_refused_to_the_other(shared: Pair, second: Pair) -> None:
    visitor = shared.lms.visit("hana")
    form = second.launch(visitor, visitor.start_link("hill-writing"))
    assert form.action == f"{second.tool.url}/lti/launch"
    assert form.fields["error"] == "invalid_request"
    asked = second.authentication(
        visitor.start_link("hill-writing"), redirect_uri=f"{shared.tool.url}/lti/launch"
    )
    assert second.ask(visitor, asked).status_code == 400


def test_a_tool_gets_the_scopes_of_its_own_registration(second: Pair) -> None:
    assert second.ask_token(f"{SCORE} {LINE_ITEM}").json()["scope"] == LINE_ITEM
    assert second.ask_token(SCORE).json()["error"] == "invalid_scope"


def test_a_tool_cannot_sign_for_another(shared: Pair, second: Pair) -> None:
    thief = Pair(shared.lms, second.tool, "quoin-demo")
    assert thief.ask_token(MEMBERSHIP_READ).json()["error"] == "invalid_client"


def test_services_end_where_the_tool_is_not_deployed(second: Pair) -> None:
    token = second.token(MEMBERSHIP_READ)
    assert second.call("GET", "hill-writing/memberships", token).status_code == 200
    assert second.call("GET", "algorithms/memberships", token).status_code == 404


def test_a_tool_sees_its_own_columns_and_links_only(shared: Pair, second: Pair) -> None:
    own, foreign = second.token(LINE_ITEM), shared.token(LINE_ITEM)
    item = {"label": "Essay", "scoreMaximum": 10}
    path = "hill-writing/lineitems"
    made = second.call("POST", path, own, body=item, content_type=ITEM)
    assert made.status_code == 201
    url = made.json()["id"]
    assert shared.call("GET", path, foreign, accept=ITEMS).json() == []
    assert shared.call("GET", url, foreign, accept=ITEM).status_code == 404
    assert shared.call("DELETE", url, foreign).status_code == 404
    (link,) = _links_of(second, "hill-writing")
    linked = {**item, "resourceLinkId": link}
    answer = shared.call("POST", path, foreign, body=linked, content_type=ITEM)
    assert answer.status_code == 403


def test_a_deep_linking_answer_is_for_the_tool_that_was_asked(shared: Pair, second: Pair) -> None:
    settings = second.deep_linking_settings("priya", "hill-writing")
    item = {"type": "ltiResourceLink", "title": "Essay", "custom": {"placement": "p-1"}}
    assert shared.reply(settings, [item], deployment_id="2").status_code == 400
    assert second.reply(settings, [item], deployment_id="2").status_code == 400
    assert second.reply(settings, [item], deployment_id="7:hill").status_code == 200
    assert len(_links_of(second, "hill-writing")) == 2


def test_a_tool_may_be_deployed_at_one_more_institution(second: Pair) -> None:
    tool = second.lms.lms.tool("second-client")
    assert tool is not None
    assert _links_of(second, "algorithms") == []
    stored = second.lms.lms.put_tool(with_deployment(tool, "8:harbour", "harbour"))
    assert stored.number == tool.number
    assert [entry.id for entry in stored.deployments] == ["7:hill", "8:harbour"]
    assert len(_links_of(second, "algorithms")) == 1


def test_a_registration_has_a_known_flavour(shared: Pair) -> None:
    tool = shared.lms.lms.tool("quoin-demo")
    assert tool is not None
    with pytest.raises(ValueError, match="flavour must be one of"):
        replace(tool, flavour="unknown")


def test_institutions_that_share_an_id_are_refused() -> None:
    with pytest.raises(ValueError, match="Two institutions use the same id"):
        load_directory((PEOPLE, PEOPLE))
    assert set(load_directory((PEOPLE, HILL)).institutions) == {"harbour", "hill"}


OLDER = """
CREATE TABLE links (
    position INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, course TEXT NOT NULL,
    title TEXT NOT NULL, text TEXT NOT NULL DEFAULT '', url TEXT,
    custom TEXT NOT NULL DEFAULT '{}');
CREATE UNIQUE INDEX links_by_custom ON links (course, custom) WHERE custom <> '{}';
CREATE TABLE gradebook_columns (
    id INTEGER PRIMARY KEY AUTOINCREMENT, course TEXT NOT NULL, label TEXT NOT NULL,
    score_maximum REAL NOT NULL, resource_id TEXT, tag TEXT, link_id TEXT REFERENCES links (id));
CREATE TABLE scores (
    column_id INTEGER NOT NULL REFERENCES gradebook_columns (id) ON DELETE CASCADE,
    username TEXT NOT NULL, score REAL, comment TEXT NOT NULL DEFAULT '',
    activity_progress TEXT NOT NULL, grading_progress TEXT NOT NULL, timestamp TEXT NOT NULL,
    PRIMARY KEY (column_id, username));
INSERT INTO links (id, course, title, custom) VALUES ('l-1', 'algorithms', 'Old', '{"a": "b"}');
INSERT INTO gradebook_columns (course, label, score_maximum, link_id)
    VALUES ('algorithms', 'Old', 10, 'l-1');
INSERT INTO scores VALUES (1, 'amara', 5, '', 'Completed', 'FullyGraded', '2026-01-01T00:00:00Z');
"""


def test_the_data_of_an_older_demo_go_on(tmp_path: Path) -> None:
    path = tmp_path / "lms.sqlite3"
    connection = sqlite3.connect(path)
    connection.executescript(OLDER)
    connection.close()
    with RunningLMS(database=path) as lms:
        state = lms.state()
        lms.copy_course("algorithms")
        assert len(lms.state()["columns"]) == 2
    (column,) = state["columns"]
    assert (column["client_id"], column["link_id"]) == ("quoin-demo", "l-1")
    (score,) = column["scores"]
    assert (score["username"], score["score"], score["changed_by"]) == ("amara", 5.0, "")
    assert len(state["links"]) == 4
