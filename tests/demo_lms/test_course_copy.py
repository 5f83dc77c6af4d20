"""Copied courses, the variables that tell of them, and the notices that announce them."""

from typing import Any

import jwt
import pytest
import requests

from demo_lms.ags import ITEM
from demo_lms.links import list_links
from demo_lms.lms import open_lms
from demo_lms.registration import NOTICE_HANDLERS, SCOPES
from tests.demo_lms.stand_in_tool import CLAIM, Pair

SECONDS = 10
VARIABLES = {
    "quoin_placement": "p-1",
    "context": "$Context.id",
    "context_history": "$Context.id.history",
    "link": "$ResourceLink.id",
    "link_history": "$ResourceLink.id.history",
    "user": "$User.id",
    "role": "$Membership.role",
    "unknown": "$Canvas.course.id",
}
CHOSEN: dict[str, Any] = {
    "type": "ltiResourceLink",
    "title": "Sorting",
    "custom": VARIABLES,
    "lineItem": {"label": "Sorting", "scoreMaximum": 100, "resourceId": "r-1", "tag": "quoin"},
}


def _place(pair: Pair) -> None:
    assert pair.reply(pair.deep_linking_settings(), [CHOSEN]).status_code == 200


def _link(pair: Pair, course: str) -> str:
    with pair.lms.lms.database.reading() as connection:
        links = list_links(connection, course)
    return next(link.id for link in links if link.custom)


def _custom(pair: Pair, course: str, username: str = "amara") -> dict[str, str]:
    visitor = pair.lms.visit(username)
    claims = pair.claims_of(pair.launch(visitor, visitor.start_link(course, _link(pair, course))))
    custom: dict[str, str] = claims[f"{CLAIM}custom"]
    return custom


def test_variables_are_filled_in_and_unknown_ones_stay(pair: Pair) -> None:
    _place(pair)
    custom = _custom(pair, "algorithms")
    assert custom["context"] == "algorithms"
    assert custom["link"] == _link(pair, "algorithms")
    assert (custom["context_history"], custom["link_history"]) == ("", "")
    assert custom["user"] == pair.lms.sub("amara")
    assert custom["role"].startswith("http://purl.imsglobal.org/vocab/lis/v2/membership#Learner,")
    assert (custom["unknown"], custom["quoin_placement"]) == ("$Canvas.course.id", "p-1")


def test_a_copy_has_new_ids_the_same_content_and_no_grades(pair: Pair) -> None:
    _place(pair)
    (column,) = pair.lms.state()["columns"]
    grade = f"{pair.lms.url}/courses/algorithms/grades/{column['id']}/amara"
    pair.lms.visit("maria").post(grade, data={"score": "5"}, timeout=SECONDS)
    copy = pair.lms.copy_course("algorithms", "Algorithms, spring")
    assert copy["title"] == "Algorithms, spring"
    assert copy["context_id"] not in {"algorithms", copy["id"]}
    columns = {entry["course"]: entry for entry in pair.lms.state()["columns"]}
    copied = columns[copy["id"]]
    assert columns["algorithms"]["scores"][0]["score"] == 5.0
    assert copied["scores"] == []
    same = ("label", "score_maximum", "resource_id", "tag", "client_id")
    assert all(copied[name] == column[name] for name in same)
    assert copied["link_id"] == _link(pair, copy["id"])
    links = pair.lms.state()["links"]
    ids = [link["id"] for link in links]
    assert len(ids) == len(set(ids)) == 6


def test_the_history_names_the_nearest_course_first(pair: Pair) -> None:
    _place(pair)
    first = pair.lms.copy_course("algorithms")
    second = pair.lms.copy_course(first["id"])
    custom = _custom(pair, second["id"])
    assert custom["context"] == second["context_id"]
    assert custom["context_history"] == f"{first['context_id']},algorithms"
    links = [_link(pair, course) for course in (first["id"], "algorithms")]
    assert custom["link_history"] == ",".join(links)
    assert custom["quoin_placement"] == "p-1"
    assert second["title"] == "Algorithms in Practice (copy) (copy)"


def test_a_tool_may_have_parameters_of_its_own_and_they_win(pair: Pair) -> None:
    _place(pair)
    custom = {"origin": "$Context.id.history", "unknown": "of the tool", "link": "$ResourceLink.id"}
    pair.lms.control("custom", client_id="quoin-demo", custom=custom)
    copy = pair.lms.copy_course("algorithms")
    filled = _custom(pair, copy["id"])
    assert (filled["origin"], filled["unknown"]) == ("algorithms", "of the tool")
    assert filled["quoin_placement"] == "p-1"
    visitor = pair.lms.visit("maria")
    claims = pair.claims_of(pair.launch(visitor, visitor.start_deep_linking(copy["id"])))
    assert claims[f"{CLAIM}custom"]["origin"] == "algorithms"
    assert claims[f"{CLAIM}custom"]["link"] == "$ResourceLink.id"


def test_a_teacher_copies_on_the_course_page(pair: Pair) -> None:
    url = f"{pair.lms.url}/courses/algorithms"
    maria = pair.lms.visit("maria")
    assert "Copy this course" in maria.get(url, timeout=SECONDS).text
    answer = maria.post(f"{url}/copy", data={"title": "Spring"}, timeout=SECONDS)
    assert "<h1>Spring</h1>" in answer.text
    assert answer.url.startswith(f"{url}-")
    for username in ("amara", "ingrid"):
        visitor = pair.lms.visit(username)
        assert "Copy this course" not in visitor.get(url, timeout=SECONDS).text
        assert visitor.post(f"{url}/copy", timeout=SECONDS).status_code == 403
    unknown = requests.post(f"{pair.lms.url}/copies", json={"course": "x"}, timeout=SECONDS)
    assert unknown.status_code == 400


# ---- notices


class Bell:
    """The tool's side of the notification service."""

    def __init__(self, pair: Pair, username: str = "maria", course: str = "algorithms") -> None:
        self.pair = pair
        self.inbox = pair.tool.received
        self.inbox.clear()
        visitor = pair.lms.visit(username)
        claims = pair.claims_of(pair.launch(visitor, visitor.start_link(course)))
        self.claim = claims[f"{CLAIM}platformnotificationservice"]
        self.url = self.claim["platform_notification_service_url"]
        self.token = pair.token(NOTICE_HANDLERS)

    def put(self, handler: object, kind: object = "LtiContextCopyNotice") -> requests.Response:
        body = {"notice_type": kind, "handler": handler}
        media = "application/json"
        return self.pair.call("PUT", self.url, self.token, body=body, content_type=media)

    def listen(self) -> None:
        assert self.put(f"{self.pair.tool.url}/lti/notices").status_code == 200

    def heard(self) -> list[dict[str, Any]]:
        """The verified claims of all notices that came."""
        keys = requests.get(f"{self.pair.lms.url}/lti/jwks", timeout=SECONDS).json()["keys"]
        key = jwt.PyJWK.from_dict(keys[0]).key
        tokens = [notice["jwt"] for batch in self.inbox for notice in batch["notices"]]
        return [jwt.decode(one, key, algorithms=["RS256"], audience="quoin-demo") for one in tokens]


def test_the_claim_says_what_is_offered(pair: Pair) -> None:
    bell = Bell(pair)
    assert bell.url.startswith(f"{pair.lms.url}/lti/notice-handlers/")
    assert bell.claim == {
        "service_versions": ["1.0"],
        "platform_notification_service_url": bell.url,
        "scope": [NOTICE_HANDLERS],
        "notice_types_supported": ["LtiHelloWorldNotice", "LtiContextCopyNotice"],
    }


def test_handlers_are_set_read_and_removed(pair: Pair) -> None:
    bell = Bell(pair)
    handler = f"{pair.tool.url}/lti/notices"
    assert bell.put(handler).json() == {"notice_type": "LtiContextCopyNotice", "handler": handler}
    listed = pair.call("GET", bell.url, bell.token).json()
    assert (listed["client_id"], listed["deployment_id"]) == ("quoin-demo", "1")
    known = {entry["notice_type"]: entry["handler"] for entry in listed["notice_handlers"]}
    assert known == {"LtiHelloWorldNotice": "", "LtiContextCopyNotice": handler}
    assert bell.put("").json()["handler"] == ""
    pair.lms.copy_course("algorithms")
    assert bell.inbox == []


@pytest.mark.parametrize(
    ("handler", "kind"),
    [
        ("https://elsewhere.example/notices", "LtiContextCopyNotice"),
        ("http://[", "LtiContextCopyNotice"),
        (7, "LtiContextCopyNotice"),
        ("", "LtiAssetProcessorSubmissionNotice"),
        ("", None),
    ],
)
def test_a_wrong_handler_is_refused(pair: Pair, handler: object, kind: object) -> None:
    assert Bell(pair).put(handler, kind).status_code == 400


def test_handlers_are_set_with_the_scope_and_for_ones_own_deployment_only(pair: Pair) -> None:
    bell = Bell(pair)
    assert pair.call("GET", f"{bell.url}9", bell.token).status_code == 404
    assert pair.call("GET", bell.url, pair.token(SCOPES[0])).status_code == 403
    assert pair.call("GET", bell.url, "garbage").status_code == 401
    assert requests.get(bell.url, timeout=SECONDS).status_code == 401


def test_a_copy_is_announced_with_its_origin(pair: Pair) -> None:
    bell = Bell(pair)
    bell.listen()
    copy = pair.lms.copy_course("algorithms")
    (claims,) = bell.heard()
    assert (claims["iss"], claims["aud"]) == (pair.lms.url, "quoin-demo")
    assert claims[f"{CLAIM}deployment_id"] == "1"
    assert claims[f"{CLAIM}version"] == "1.3.0"
    assert claims[f"{CLAIM}context"]["id"] == copy["context_id"]
    assert claims[f"{CLAIM}origin_contexts"] == ["algorithms"]
    assert claims[f"{CLAIM}notice"]["type"] == "LtiContextCopyNotice"
    assert {"id", "timestamp"} < claims[f"{CLAIM}notice"].keys()
    assert "sub" not in claims
    assert claims["exp"] > claims["iat"]
    assert claims["nonce"]


def test_a_hello_greets_a_new_handler(pair: Pair) -> None:
    bell = Bell(pair)
    handler = f"{pair.tool.url}/lti/notices"
    assert bell.put(handler, "LtiHelloWorldNotice").status_code == 200
    (claims,) = bell.heard()
    assert claims[f"{CLAIM}notice"]["type"] == "LtiHelloWorldNotice"
    assert f"{CLAIM}context" not in claims


def test_a_notice_may_come_twice_with_the_same_id(pair: Pair) -> None:
    bell = Bell(pair)
    bell.listen()
    pair.lms.control("notices", notices="twice")
    pair.lms.copy_course("algorithms")
    first, second = bell.heard()
    assert first[f"{CLAIM}notice"] == second[f"{CLAIM}notice"]
    assert first["nonce"] != second["nonce"]


def test_a_notice_may_come_late_or_never(pair: Pair) -> None:
    bell = Bell(pair)
    bell.listen()
    pair.lms.control("notices", notices="late")
    pair.lms.copy_course("algorithms")
    assert bell.inbox == []
    state = pair.lms.control("send")
    assert [entry["answers"] for entry in state["sent"]] == [["204"]]
    assert len(bell.heard()) == 1
    pair.lms.control("notices", notices="never")
    pair.lms.copy_course("algorithms")
    assert len(pair.lms.control("send")["sent"]) == len(bell.heard()) == 1
    again = pair.lms.control("send", notice=state["sent"][0]["id"])
    assert again["sent"][0]["answers"] == ["204", "204"]
    assert "Answers: 204, 204" in requests.get(f"{pair.lms.url}/controls", timeout=SECONDS).text


def test_a_tool_that_is_down_misses_its_notice_and_the_copy_stands(pair: Pair) -> None:
    bell = Bell(pair)
    bell.listen()
    with pair.lms.lms.database.writing() as connection:
        connection.execute("UPDATE notice_handlers SET handler = 'http://127.0.0.1:9/notices'")
    copy = pair.lms.copy_course("algorithms")
    assert _page(pair, copy["id"]).status_code == 200
    (notice,) = pair.lms.control("page-size")["sent"]
    assert notice["answers"] == ["ConnectionError"]


def test_each_institution_has_its_own_handlers(shared: Pair) -> None:
    harbour, hill = Bell(shared), Bell(shared, "priya", "hill-algorithms")
    hill.listen()
    shared.lms.copy_course("algorithms")
    assert hill.heard() == []
    shared.lms.copy_course("hill-algorithms")
    (claims,) = hill.heard()
    assert claims[f"{CLAIM}deployment_id"] == "2"
    assert claims[f"{CLAIM}origin_contexts"] == ["algorithms"]
    assert harbour.url != hill.url


def test_copies_outlive_the_process_and_have_services(pair: Pair) -> None:
    copy = pair.lms.copy_course("algorithms")
    again = open_lms(pair.lms.settings).directory.courses[copy["id"]]
    assert (again.context_id, again.history) == (copy["context_id"], ("algorithms",))
    item = {"label": "Sorting", "scoreMaximum": 10}
    token = pair.token(SCOPES[0])
    path = f"{copy['id']}/lineitems"
    assert pair.call("POST", path, token, body=item, content_type=ITEM).status_code == 201


def _page(pair: Pair, course: str) -> requests.Response:
    return pair.lms.visit("maria").get(f"{pair.lms.url}/courses/{course}", timeout=SECONDS)
