"""What a platform is told of this tool: the registration document and Canvas's JSON."""

import pytest

from lti_tool.lti.canvas import canvas_configuration
from lti_tool.lti.families import ProductFamily, family_of
from lti_tool.lti.grades import LINE_ITEM, LINE_ITEM_READONLY, RESULT_READONLY, SCORE
from lti_tool.lti.platform_configuration import parse_configuration
from lti_tool.lti.roster import SCOPE as MEMBERSHIPS
from lti_tool.lti.scopes import missing_scopes
from lti_tool.lti.tool_document import TOOL_CONFIGURATION, tool_document

PUBLIC_URL = "https://quoin.example.edu:8443"
SCOPES = {LINE_ITEM, LINE_ITEM_READONLY, RESULT_READONLY, SCORE, MEMBERSHIPS}


def test_the_document_holds_what_moodle_demands_and_no_member_of_others():
    document = tool_document(PUBLIC_URL, ProductFamily.MOODLE)
    assert document["application_type"] == "web"
    assert document["response_types"] == ["id_token"]
    assert document["token_endpoint_auth_method"] == "private_key_jwt"
    assert set(document["scope"].split()) == SCOPES
    assert "jwks" not in document
    inner = document[TOOL_CONFIGURATION]
    assert inner["domain"] == "quoin.example.edu:8443"
    assert inner["target_link_uri"] == f"{PUBLIC_URL}/lti/launch"
    assert inner["custom_parameters"] == {
        "context_history": "$Context.id.history",
        "resource_link_history": "$ResourceLink.id.history",
    }
    assert [message["type"] for message in inner["messages"]] == [
        "LtiResourceLinkRequest",
        "LtiDeepLinkingRequest",
        "LtiSubmissionReviewRequest",
        "DataPrivacyLaunchRequest",
    ]
    assert not [name for name in inner if "canvas" in name]
    assert all(set(message) == {"type", "target_link_uri"} for message in inner["messages"])


def test_canvas_gets_placements_and_the_privacy_level_under_its_names():
    inner = tool_document(PUBLIC_URL, ProductFamily.CANVAS)[TOOL_CONFIGURATION]
    assert inner["https://canvas.instructure.com/lti/privacy_level"] == "name_only"
    assert {message["placements"][0]: message["type"] for message in inner["messages"]} == {
        "course_navigation": "LtiResourceLinkRequest",
        "link_selection": "LtiDeepLinkingRequest",
        "assignment_selection": "LtiDeepLinkingRequest",
    }


def test_the_developer_key_says_the_same_as_the_document():
    found = canvas_configuration(PUBLIC_URL)
    assert found["oidc_initiation_url"] == f"{PUBLIC_URL}/lti/login"
    assert found["public_jwk_url"] == f"{PUBLIC_URL}/lti/jwks"
    assert set(found["scopes"]) == SCOPES
    (extension,) = found["extensions"]
    assert extension["platform"] == "canvas.instructure.com"
    assert extension["privacy_level"] == "name_only"
    placements = {
        place["placement"]: place["message_type"] for place in extension["settings"]["placements"]
    }
    assert placements == {
        "course_navigation": "LtiResourceLinkRequest",
        "link_selection": "LtiDeepLinkingRequest",
        "assignment_selection": "LtiDeepLinkingRequest",
    }


def test_each_missing_scope_says_what_it_breaks():
    assert missing_scopes(SCOPES) == ()
    (lost,) = missing_scopes(SCOPES - {SCORE})
    assert (lost.name, lost.loss) == ("score", "no score reaches the gradebook")


@pytest.mark.parametrize(
    ("code", "family"),
    [
        ("moodle", "moodle"),
        ("Canvas", "canvas"),
        ("BlackboardLearn", "blackboard"),
        ("desire2learn", "brightspace"),
        ("sakai", "generic"),
        (None, "generic"),
        (["moodle"], "generic"),
    ],
)
def test_a_family_is_read_from_its_code(code, family):
    assert family_of(code) == family


CANVAS = b"""{"issuer": "https://canvas.instructure.com",
 "authorization_endpoint": "https://sso.canvaslms.com/api/lti/authorize_redirect",
 "token_endpoint": "https://sso.canvaslms.com/login/oauth2/token",
 "jwks_uri": "https://sso.canvaslms.com/api/lti/security/jwks",
 "registration_endpoint": "https://school.instructure.com/api/lti/registrations",
 "authorization_server": "canvas.instructure.com",
 "https://purl.imsglobal.org/spec/lti-platform-configuration": {
   "product_family_code": "canvas",
   "https://canvas.instructure.com/lti/account_name": "Harbour\\u202e School"}}"""
AT = "https://canvas.instructure.com/api/lti/security/openid-configuration"


def test_hosted_canvas_may_have_its_documented_hosts_and_they_are_named_for_confirmation():
    found = parse_configuration(CANVAS, AT)
    assert found.other_hosts == ("school.instructure.com", "sso.canvaslms.com")
    assert (found.family, found.name, found.token_audience) == ("canvas", "Harbour School", None)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"sso.canvaslms.com/api/lti/security", b"sso.canvaslms.com.evil.example/x"),
        (b"school.instructure.com", b"evil-instructure.com"),
        (b'"https://canvas.instructure.com",', b'"https://canvas.evil.example",'),
    ],
)
def test_only_hosts_of_canvas_count_as_its_own(old, new):
    from lti_tool.errors import LTIRegistrationError

    with pytest.raises(LTIRegistrationError):
        parse_configuration(CANVAS.replace(old, new), AT)
