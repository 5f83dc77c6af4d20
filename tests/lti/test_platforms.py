"""What one product does and others do not: each symptom once (lms-facts.md)."""

import json
from dataclasses import replace
from decimal import Decimal

import pytest

from lti_tool.errors import LTIServiceError
from lti_tool.lti.grades import Result, Score, find_result, post_score, score_body
from lti_tool.lti.platforms import BY_FAMILY, GENERIC, quirks_of
from lti_tool.lti.score_answers import Meaning
from tests.lti.local_server import Reply, json_reply
from tests.lti.platform import NOW, TestPlatform

MOODLE, CANVAS, OPENEDX = BY_FAMILY["moodle"], BY_FAMILY["canvas"], BY_FAMILY["openedx"]
BLACKBOARD, BRIGHTSPACE = BY_FAMILY["blackboard"], BY_FAMILY["brightspace"]
ALL = [GENERIC, *BY_FAMILY.values()]
SCORE = Score("user-7", Decimal("80"), Decimal("100"), NOW, "First line\nsecond line")


@pytest.fixture
def family_book(book):
    return lambda family: replace(
        book, registration=replace(book.registration, product_family=family)
    )


def test_the_family_of_the_registration_chooses_and_others_are_generic():
    registration = TestPlatform().registration
    assert quirks_of(registration) is GENERIC
    assert quirks_of(replace(registration, product_family="moodle")) is MOODLE
    assert quirks_of(replace(registration, product_family="sakai")) is GENERIC


@pytest.mark.parametrize("quirks", ALL)
def test_every_family_knows_the_plain_answers(quirks):
    for status, meaning in [
        (200, Meaning.STORED),
        (None, Meaning.UNKNOWN),
        (503, Meaning.UNKNOWN),
        (401, Meaning.UNAUTHORISED),
        (409, Meaning.CONFLICT),
        (422, Meaning.NOT_GRADABLE),
        (429, Meaning.TOO_FAST),
    ]:
        assert quirks.classify(status, b"") is meaning


def test_open_edx_says_that_a_newer_score_stands_by_400():
    body = b'{"error": "Refusing score with older Timestamp"}'
    assert OPENEDX.classify(400, body) is Meaning.CONFLICT
    assert OPENEDX.classify(400, b"bad") is Meaning.REFUSED


def test_moodle_says_by_400_that_the_learner_is_not_graded():
    assert MOODLE.classify(400, b"Incorrect score received") is Meaning.REFUSED
    assert MOODLE.classify(400, b"user not gradable at this timestamp") is Meaning.REFUSED


def test_blackboard_says_by_400_that_it_does_not_know_the_learner():
    assert BLACKBOARD.classify(400, b"User could not be found") is Meaning.UNKNOWN_LEARNER
    assert BLACKBOARD.classify(400, b"bad") is Meaning.REFUSED


@pytest.mark.parametrize(
    ("status", "body", "meaning"),
    [
        (403, b"User not enrolled", Meaning.UNKNOWN_LEARNER),
        (403, b"Insufficient scope", Meaning.FORBIDDEN),
        (404, b"Not Found", Meaning.UNKNOWN_LEARNER),
        (404, b"LineItem does not exist", Meaning.NOT_FOUND),
    ],
)
def test_brightspace_means_the_learner_first(status, body, meaning):
    assert BRIGHTSPACE.classify(status, body) is meaning
    assert GENERIC.classify(status, body) in (Meaning.FORBIDDEN, Meaning.NOT_FOUND)


def test_only_canvas_is_told_that_a_score_is_no_new_submission(server, client, family_book):
    server.on("POST /items/1/scores", Reply(200))
    for family in ("canvas", "moodle"):
        post_score(client, family_book(family), f"{server.url}/items/1", SCORE)
    canvas, moodle = (request.json for request in server.sent("POST /items/1/scores"))
    extension = "https://canvas.instructure.com/lti/submission"
    assert canvas.pop(extension) == {"new_submission": False}
    assert canvas == moodle


@pytest.mark.parametrize("quirks", ALL)
def test_a_timestamp_is_finer_than_a_second_everywhere(quirks):
    """Canvas wants it; nobody minds."""
    assert json.loads(score_body(SCORE, quirks))["timestamp"] == "2026-06-30T12:00:00.000000Z"


def test_lines_of_a_comment_are_kept_by_blackboard_too():
    assert json.loads(score_body(SCORE, BLACKBOARD))["comment"] == "First line<br/>second line"
    assert json.loads(score_body(SCORE, MOODLE))["comment"] == "First line\nsecond line"


RESULTS = [
    {"userId": "user-8", "resultScore": 1, "resultMaximum": 1},
    {"userId": "user-7", "resultScore": 40, "resultMaximum": 50},
]


@pytest.mark.parametrize(
    ("family", "path", "query"),
    [
        ("generic", "/items/1/results", {"type_id": "1", "user_id": "user-7"}),
        ("moodle", "/items/1/results", {"type_id": "1", "user_id": "user-7"}),
        ("openedx", "/items/1/results/user-7", {"type_id": "1"}),
        ("blackboard", "/items/1/results", {"type_id": "1", "limit": "1000"}),
    ],
)
def test_the_result_of_a_learner_is_asked_for_as_the_product_wants(
    server, client, family_book, family, path, query
):
    """Moodle: never a limit. Blackboard: all of them, the learner is picked out here."""
    server.on(f"GET {path}", json_reply(RESULTS))
    found = find_result(client, family_book(family), f"{server.url}/items/1?type_id=1", "user-7")
    assert found == Result(Decimal(40), Decimal(50))
    (request,) = server.sent(f"GET {path}")
    assert request.query == query


def test_where_a_learner_has_no_address_of_their_own_all_are_read(server, client, family_book):
    """Otherwise a teacher's grade would be overwritten unseen."""
    server.on("GET /items/1/results", json_reply(RESULTS))
    found = find_result(client, family_book("openedx"), f"{server.url}/items/1", "user-7")
    assert found == Result(Decimal(40), Decimal(50))
    with pytest.raises(LTIServiceError):
        find_result(client, family_book("openedx"), f"{server.url}/items/2", "user-7")


def test_results_that_break_off_say_nothing(server, client, book):
    """B42: an absence on a part of the list is no absence."""
    server.on("GET /items/1/results", json_reply([], Link='<http://127.0.0.1:1/2>; rel="next"'))
    with pytest.raises(LTIServiceError, match="to their end"):
        find_result(client, book, f"{server.url}/items/1", "user-7")


def test_an_id_with_odd_characters_stays_one_segment_of_a_path():
    url = OPENEDX.results_url("https://lms/items/1/results", "a/b?c")
    assert url == "https://lms/items/1/results/a%2Fb%3Fc"


def test_only_open_edx_hides_a_score_of_nothing_and_one_outside_of_a_block():
    assert "score of 0" in OPENEDX.remark_on_stored(is_zero=True, is_linked=True)
    assert "no block" in OPENEDX.remark_on_stored(is_zero=False, is_linked=False)
    assert OPENEDX.remark_on_stored(is_zero=False, is_linked=True) == ""
    for quirks in (GENERIC, MOODLE, CANVAS):
        assert quirks.remark_on_stored(is_zero=True, is_linked=False) == ""


def test_a_refused_roster_is_not_an_empty_one():
    """B43: Open edX above a configured size."""
    assert "too many" in (OPENEDX.roster_refusal("edX", 403) or "")
    assert "does not give" in (GENERIC.roster_refusal("LMS", 403) or "")
    assert GENERIC.roster_refusal("LMS", 500) is None
