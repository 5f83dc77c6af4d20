"""Gradebook columns (section 7.1; B44)."""

from dataclasses import replace
from decimal import Decimal

import pytest

from lti_tool.errors import LTIServiceError
from lti_tool.lti.grades import LINE_ITEM, LINE_ITEM_READONLY, RESULT_READONLY, SCORE
from lti_tool.lti.line_items import (
    ColumnValues,
    create_column,
    delete_column,
    list_columns,
    read_column,
    update_column,
)
from tests.lti.local_server import Reply, json_reply

OURS = {"resourceId": "resource-1", "tag": "quoin"}


def test_our_line_items_are_found_by_resource_id_and_tag(server, client, book):
    items = [
        {"id": f"{server.url}/items/1", **OURS, "resourceLinkId": "link-1"},
        {"id": f"{server.url}/items/2", **OURS, "tag": "other"},
        {"id": f"{server.url}/items/3", "resourceId": "resource-2", "tag": "quoin"},
        {"id": "https://evil.example/items/4", **OURS},
        {"id": 7, **OURS},
        "text",
    ]
    server.on("GET /items", json_reply(items))
    columns = list_columns(client, book, "resource-1")
    assert [column.url for column in columns.found] == [f"{server.url}/items/1"]
    assert columns.found[0].resource_link_id == "link-1"
    assert columns.is_complete
    (request,) = server.sent("GET /items")
    assert request.query == {"type_id": "1", "resource_id": "resource-1", "tag": "quoin"}
    assert request.headers["Accept"] == "application/vnd.ims.lis.v2.lineitemcontainer+json"


def test_one_token_with_every_granted_scope_of_ours_is_asked_for(server, client, book):
    server.on("GET /items", json_reply([]))
    list_columns(client, book, "resource-1")
    (request,) = server.sent("POST /token")
    assert set(request.form["scope"].split()) == {
        LINE_ITEM,
        LINE_ITEM_READONLY,
        RESULT_READONLY,
        SCORE,
    }


def test_a_list_that_breaks_off_is_incomplete(server, client, book):
    server.on("GET /items", json_reply([], Link=f'<{server.url}/more>; rel="next"'))
    server.on("GET /more", Reply(403))
    assert not list_columns(client, book, "resource-1").is_complete


@pytest.mark.parametrize("reply", [Reply(200, b"<html>"), json_reply({}), Reply(200, b"")])
def test_what_is_no_list_is_an_error(server, client, book, reply):
    server.on("GET /items", reply)
    with pytest.raises(LTIServiceError):
        list_columns(client, book, "resource-1")


VALUES = ColumnValues("L" * 300, Decimal("100"), "resource-1", "link-1")


def test_a_column_is_made_with_its_marks_and_its_link(server, client, book):
    server.on("POST /items", json_reply({"id": f"{server.url}/items/9?type_id=1"}, 201))
    assert create_column(client, book, VALUES).url == f"{server.url}/items/9?type_id=1"
    (request,) = server.sent("POST /items")
    assert request.json == {
        "label": "L" * 100,
        "scoreMaximum": 100,
        "resourceId": "resource-1",
        "tag": "quoin",
        "resourceLinkId": "link-1",
    }
    assert request.headers["Content-Type"] == "application/vnd.ims.lis.v2.lineitem+json"
    create_column(client, book, replace(VALUES, resource_link_id=None))
    assert "resourceLinkId" not in server.sent("POST /items")[1].json


@pytest.mark.parametrize(
    "reply", [Reply(403), Reply(201, b""), json_reply({"id": "https://evil.example/1"}, 201)]
)
def test_a_column_that_was_not_made_is_an_error(server, client, book, reply):
    """B44: no address elsewhere is ever used."""
    server.on("POST /items", reply)
    with pytest.raises(LTIServiceError):
        create_column(client, book, VALUES)


def test_a_change_sends_the_whole_column_back(server, client, book):
    """A member that is left out would be cleared (Moodle)."""
    standing = {
        "id": f"{server.url}/items/9",
        "label": "Old",
        "scoreMaximum": 10,
        "endDateTime": "2026-07-01T00:00:00Z",
        "submissionReview": {"reviewableStatus": ["Completed"]},
        **OURS,
    }
    # Open edX tells of what it has not by null, and refuses a null that is sent back.
    server.on("GET /items/9", json_reply(standing | {"startDateTime": None}))
    server.on("PUT /items/9", json_reply({}))
    update_column(client, book, f"{server.url}/items/9?type_id=1", VALUES)
    (request,) = server.sent("PUT /items/9")
    new = {"label": "L" * 100, "scoreMaximum": 100, "resourceLinkId": "link-1"}
    assert request.json == standing | new
    assert request.query == {"type_id": "1"}
    assert request.headers["Content-Type"] == "application/vnd.ims.lis.v2.lineitem+json"


@pytest.mark.parametrize("status", [403, 405, 500])
def test_a_change_that_is_refused_is_an_error(server, client, book, status):
    server.on("GET /items/9", json_reply(OURS))
    server.on("PUT /items/9", Reply(status))
    with pytest.raises(LTIServiceError) as caught:
        update_column(client, book, f"{server.url}/items/9", VALUES)
    assert caught.value.status == status


@pytest.mark.parametrize("status", [200, 204, 404, 410])
def test_a_column_is_removed_or_gone_already(server, client, book, status):
    server.on("DELETE /items/9", Reply(status))
    delete_column(client, book, f"{server.url}/items/9?type_id=1")
    assert server.count("DELETE /items/9") == 1


@pytest.mark.parametrize("status", [400, 401, 403, 405, 500])
def test_a_removal_that_is_refused_is_an_error(server, client, book, status):
    """Open edX has no right for it."""
    server.on("DELETE /items/9", Reply(status))
    with pytest.raises(LTIServiceError):
        delete_column(client, book, f"{server.url}/items/9")


@pytest.mark.parametrize("work", [read_column, delete_column])
def test_nothing_goes_to_a_column_on_a_foreign_host(server, client, book, work):
    """B44: neither a token nor a request."""
    with pytest.raises(LTIServiceError) as caught:
        work(client, book, "https://evil.example/items/9")
    assert caught.value.code == "lti-address-refused"
    assert server.requests == []


def test_the_read_only_scope_is_asked_for_beside_the_writing_one(server, client, book):
    """Moodle wants it named; the launch may name the writing one alone."""
    server.on("GET /items", json_reply([]))
    list_columns(client, replace(book, scopes=(LINE_ITEM, SCORE)), "resource-1")
    (request,) = server.sent("POST /token")
    assert set(request.form["scope"].split()) == {LINE_ITEM, LINE_ITEM_READONLY, SCORE}


@pytest.mark.parametrize("granted", [LINE_ITEM, LINE_ITEM_READONLY])
def test_either_line_item_scope_is_enough_to_look(server, client, book, granted):
    """B40: whatever the launch has promised, the token says what holds."""

    def grant(request):
        if granted not in request.form["scope"].split():
            return json_reply({"error": "invalid_scope"}, 400)
        return json_reply({"access_token": "t", "expires_in": 3600, "scope": granted})

    server.on("POST /token", grant)
    server.on("GET /items", json_reply([{"id": f"{server.url}/items/1", **OURS}]))
    assert len(list_columns(client, book, "resource-1").found) == 1


def test_a_course_with_one_read_only_column_is_looked_at(server, client, book):
    """The declarative mode of Open edX."""
    server.on("GET /items", json_reply([]))
    bare = replace(book, scopes=(LINE_ITEM_READONLY, SCORE))
    assert list_columns(client, bare, "resource-1").is_complete
    assert set(server.sent("POST /token")[0].form["scope"].split()) == {LINE_ITEM_READONLY, SCORE}
