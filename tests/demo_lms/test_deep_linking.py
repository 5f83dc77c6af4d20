"""A deep linking reply is checked in full before anything is stored, and stored once."""

import time
from typing import Any

import pytest

from demo_lms.hints import DeepLinkingData, sign_deep_linking_data
from tests.demo_lms.stand_in_tool import CLAIM, Pair, changed

ITEM: dict[str, Any] = {
    "type": "ltiResourceLink",
    "title": "Sorting",
    "text": "Show that you can sort",
    "custom": {"quoin_placement": "p-1"},
    "lineItem": {"label": "Sorting", "scoreMaximum": 100, "resourceId": "r-1", "tag": "quoin"},
}


def test_a_reply_makes_a_link_and_its_column(pair: Pair) -> None:
    answer = pair.reply(pair.deep_linking_settings(), [ITEM])
    assert answer.status_code == 200
    assert 'target="_top" href="/courses/algorithms"' in answer.text
    state = pair.lms.state()
    (link,) = [entry for entry in state["links"] if entry["custom"]]
    (column,) = state["columns"]
    assert (link["title"], link["course"]) == ("Sorting", "algorithms")
    assert (column["resource_id"], column["tag"]) == ("r-1", "quoin")
    assert column["link_id"] == link["id"]
    visitor = pair.lms.visit("amara")
    claims = pair.claims_of(pair.launch(visitor, visitor.start_link("algorithms", link["id"])))
    assert claims[f"{CLAIM}custom"] == {"quoin_placement": "p-1"}
    endpoint = claims["https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"]
    assert endpoint["lineitem"].endswith(f"/lineitems/{column['id']}")


def test_choosing_the_same_again_adds_nothing(pair: Pair) -> None:
    settings = pair.deep_linking_settings()
    for _ in range(2):
        assert pair.reply(settings, [ITEM, ITEM]).status_code == 200
    state = pair.lms.state()
    assert (len(state["links"]), len(state["columns"])) == (4, 1)


def test_an_item_may_be_ungraded_and_have_an_address_of_its_own(pair: Pair) -> None:
    url = f"{pair.tool.url}/lti/launch?stack=1"
    changes = {"lineItem": ..., "url": url, "iframe": {"width": 400, "height": 300}}
    pair.reply(pair.deep_linking_settings(), [changed(ITEM, changes)])
    state = pair.lms.state()
    assert state["columns"] == []
    (link,) = [entry for entry in state["links"] if entry["custom"]]
    visitor = pair.lms.visit("amara")
    login = visitor.start_link("algorithms", link["id"])
    claims = pair.claims_of(pair.launch(visitor, login))
    assert claims[f"{CLAIM}target_link_uri"] == url


def test_an_empty_choice_is_fine(pair: Pair) -> None:
    settings = pair.deep_linking_settings()
    assert "Nothing was added" in pair.reply(settings, []).text
    assert pair.reply(settings, [], content_items=...).status_code == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "another"},
        {"aud": "https://elsewhere.example"},
        {"aud": ...},
        {"aud": []},
        {"aud": {}},
        {"aud": ["https://elsewhere.example"]},
        {"azp": "another"},
        {"iss": ...},
        {"iat": int(time.time()) + 600},
        {"exp": int(time.time()) + 90_000},
        {"nonce": ""},
        {"nonce": 7},
        {"exp": int(time.time()) - 60},
        {"exp": ...},
        {"iat": ...},
        {"nonce": ...},
        {"deployment_id": "2"},
        {"deployment_id": ...},
        {"message_type": "LtiResourceLinkRequest"},
        {"version": "1.1"},
        {"data": ...},
        {"data": "forged"},
        {"data": 7},
        {"content_items": "many"},
        {"content_items": [ITEM] * 101},
    ],
)
def test_a_reply_with_a_wrong_claim_stores_nothing(pair: Pair, changes: dict[str, Any]) -> None:
    answer = pair.reply(pair.deep_linking_settings(), [ITEM], **changes)
    _assert_refused(pair, answer.status_code)


@pytest.mark.parametrize(
    "changes",
    [
        {"type": "html"},
        {"type": ...},
        {"url": "javascript:alert(1)"},
        {"url": "data:text/html,x"},
        {"url": "https://elsewhere.example/"},
        {"url": "http://["},
        {"url": "http:///lti/launch"},
        {"icon": {"url": "javascript:alert(1)"}},
        {"icon": {"url": "http://["}},
        {"icon": {"width": 10}},
        {"iframe": {"src": "javascript:alert(1)"}},
        {"thumbnail": "file:///etc/passwd"},
        {"title": ["a"]},
        {"custom": "a=b"},
        {"custom": {"a": {}}},
        {"lineItem": {"label": "x", "scoreMaximum": 0}},
        {"lineItem": {"label": "x"}},
        {"lineItem": []},
        {"lineItem": {"label": "x", "scoreMaximum": 1, "submissionReview": "there"}},
        {
            "lineItem": {
                "label": "x",
                "scoreMaximum": 1,
                "submissionReview": {"url": "https://elsewhere.example/"},
            }
        },
    ],
)
def test_one_bad_item_refuses_the_whole_reply(pair: Pair, changes: dict[str, Any]) -> None:
    items = [changed(ITEM, {"custom": {"quoin_placement": "p-2"}}), changed(ITEM, changes)]
    answer = pair.reply(pair.deep_linking_settings(), items)
    _assert_refused(pair, answer.status_code)


def test_an_answer_is_for_this_lms_alone(pair: Pair) -> None:
    settings = pair.deep_linking_settings()
    both = [pair.lms.url, "https://elsewhere.example"]
    _assert_refused(pair, pair.reply(settings, [ITEM], aud=both).status_code)
    assert pair.reply(settings, [], aud=[pair.lms.url], azp="quoin-demo").status_code == 200


def test_the_data_and_the_addresses_of_one_course_serve_no_other(pair: Pair) -> None:
    settings = pair.deep_linking_settings()
    elsewhere = settings["deep_link_return_url"].replace("/algorithms/", "/data-skills/")
    answer = pair.reply({**settings, "deep_link_return_url": elsewhere}, [ITEM])
    _assert_refused(pair, answer.status_code)


def test_a_placed_column_knows_where_it_is_reviewed(pair: Pair) -> None:
    review = {"url": f"{pair.tool.url}/lti/launch?review=1"}
    item = changed(ITEM, {"lineItem": {**ITEM["lineItem"], "submissionReview": review}})
    assert pair.reply(pair.deep_linking_settings(), [item]).status_code == 200
    (column,) = pair.lms.state()["columns"]
    visitor = pair.lms.visit("maria")
    login = visitor.start_review("algorithms", column["id"], "amara")
    claims = pair.claims_of(pair.launch(visitor, login))
    assert claims[f"{CLAIM}target_link_uri"] == review["url"]


def test_a_foreign_signature_is_refused(pair: Pair) -> None:
    settings = pair.deep_linking_settings()
    assert pair.reply(settings, []).status_code == 200
    kid = pair.tool.kid
    pair.tool.new_key()
    pair.tool.kid = kid
    _assert_refused(pair, pair.reply(settings, [ITEM]).status_code)
    _assert_refused(pair, pair.post_reply(settings, "no jwt").status_code)


def test_a_nonce_is_good_once(pair: Pair) -> None:
    settings = pair.deep_linking_settings()
    assert pair.reply(settings, [], nonce="n-1").status_code == 200
    _assert_refused(pair, pair.reply(settings, [ITEM], nonce="n-1").status_code)


def test_data_of_another_course_or_of_a_learner_are_refused(pair: Pair) -> None:
    settings = pair.deep_linking_settings()
    for username, course in (("maria", "data-skills"), ("amara", "algorithms")):
        note = DeepLinkingData("quoin-demo", sub=pair.lms.sub(username), course=course)
        data = sign_deep_linking_data(pair.lms.lms, note)
        _assert_refused(pair, pair.reply(settings, [ITEM], data=data).status_code)


def _assert_refused(pair: Pair, status: int) -> None:
    assert status == 400
    state = pair.lms.state()
    assert (len(state["links"]), state["columns"]) == (3, [])
