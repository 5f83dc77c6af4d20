"""The signed reply (section 9, B20)."""

from dataclasses import replace
from decimal import Decimal
from uuid import uuid4

import jwt
import pytest

from lti_tool.errors import DeepLinkingError
from lti_tool.lti.deep_linking import LinkItem, Parties, sign_reply
from lti_tool.lti.keys import SigningKey
from lti_tool.lti.launch import DeepLinkingSettings
from tests.lti.platform import CLIENT_ID, ISSUER, NOW, PUBLIC_URL, TARGET, make_key

KEY = SigningKey("our-key", make_key(3))
CLAIM = "https://purl.imsglobal.org/spec/lti-dl/claim/"
SETTINGS = DeepLinkingSettings(
    return_url=f"{ISSUER}/return",
    accept_types=("ltiResourceLink", "link"),
    accept_targets=("iframe",),
    accept_multiple=True,
    accept_line_item=True,
    data="  exactly <this> ",
)
ITEM = LinkItem(uuid4(), "Data\ncleaning", "What it is", Decimal(100), "resource-1")


def _reply(*items, **settings):
    text = sign_reply(
        KEY,
        replace(SETTINGS, **settings),
        items,
        Parties(ISSUER, CLIENT_ID, "deployment-1"),
        public_url=PUBLIC_URL,
        now=NOW,
    )
    assert jwt.get_unverified_header(text)["kid"] == "our-key"
    return jwt.decode(
        text,
        make_key(3).public_key(),
        algorithms=["RS256"],
        audience=ISSUER,
        options={"verify_exp": False, "verify_iat": False},
    )


def test_the_reply_names_both_sides_and_lives_five_minutes():
    claims, again = _reply(ITEM), _reply(ITEM)
    assert (claims["iss"], claims["aud"]) == (CLIENT_ID, ISSUER)
    assert claims["exp"] == int(NOW.timestamp()) + 300
    assert claims["nonce"] != again["nonce"]
    lti = "https://purl.imsglobal.org/spec/lti/claim/"
    assert claims[lti + "message_type"] == "LtiDeepLinkingResponse"
    assert claims[lti + "version"] == "1.3.0"
    assert claims[lti + "deployment_id"] == "deployment-1"


def test_an_item_is_a_link_with_its_placement_and_its_column():
    assert _reply(ITEM)[CLAIM + "content_items"] == [
        {
            "type": "ltiResourceLink",
            "title": "Data cleaning",
            "text": "What it is",
            "url": TARGET,
            "custom": {"quoin_placement": str(ITEM.placement_uuid)},
            "lineItem": {
                "label": "Data cleaning",
                "scoreMaximum": 100,
                "resourceId": "resource-1",
                "tag": "quoin",
            },
        }
    ]


def test_data_is_echoed_exactly_and_left_out_when_there_was_none():
    assert _reply(ITEM)[CLAIM + "data"] == "  exactly <this> "
    assert _reply(ITEM, data="")[CLAIM + "data"] == ""
    assert CLAIM + "data" not in _reply(ITEM, data=None)


def test_a_platform_without_line_items_gets_none():
    (item,) = _reply(ITEM, accept_line_item=False)[CLAIM + "content_items"]
    assert "lineItem" not in item


def test_one_link_at_a_time_where_that_is_asked_for():
    with pytest.raises(DeepLinkingError):
        _reply(ITEM, ITEM, accept_multiple=False)
    assert len(_reply(ITEM, accept_multiple=False)[CLAIM + "content_items"]) == 1


def test_a_cancelled_choice_is_an_empty_list():
    assert _reply()[CLAIM + "content_items"] == []


def test_plain_links_where_nothing_else_is_taken():
    (item,) = _reply(ITEM, accept_types=("link", "file"))[CLAIM + "content_items"]
    assert item == {"type": "link", "title": "Data cleaning", "text": "What it is", "url": TARGET}
    with pytest.raises(DeepLinkingError):
        _reply(ITEM, accept_types=("file", "html"))
