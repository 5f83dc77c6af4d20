"""The LTI claims: V19-V31, V34."""

from uuid import uuid4

import pytest

from lti_tool.errors import LTIError
from lti_tool.lti.claims import Trust, parse_launch
from lti_tool.lti.launch import DeepLinkingSettings, MessageType
from lti_tool.lti.return_url import return_url_of
from lti_tool.lti.roles import ASSISTANT_ADDRESS, TEST_USER, CourseRole
from tests.lti.platform import (
    CONTEXT_ROLE,
    INSTITUTION_ROLE,
    INSTRUCTOR,
    LEARNER,
    PUBLIC_URL,
    REMOVED,
    TARGET,
    TestPlatform,
)

PLATFORM = TestPlatform()
TRUST = Trust(PUBLIC_URL, PLATFORM.registration)
ITEMS = "https://lms.example.edu/items?type_id=1"


def _launch(**claims):
    return parse_launch(PLATFORM.claims(**claims), TRUST)


def _deep(**claims):
    return parse_launch(PLATFORM.deep_linking_claims(**claims), TRUST)


def _refused(code, read=_launch, **claims):
    with pytest.raises(LTIError) as caught:
        read(**claims)
    assert caught.value.code == code
    return caught.value.message


def test_a_learners_launch_is_read():
    launch = _launch()
    assert launch.message_type is MessageType.RESOURCE_LINK
    assert (launch.user_id, launch.name, launch.is_instructor) == ("user-7", "Ada Example", False)
    assert (launch.context_id, launch.context_title) == ("course-1", "Data literacy")
    assert (launch.resource_link_id, launch.resource_link_title) == ("link-1", "Data cleaning")
    assert (launch.grades, launch.memberships_url, launch.deep_linking) == (None, None, None)


@pytest.mark.parametrize("sub", [REMOVED, None, ""])
def test_an_anonymous_launch_is_refused(sub):
    """V19."""
    _refused("lti-claim-missing", sub=sub)


def test_only_version_1_3_0_and_known_messages_are_understood():
    """V20."""
    _refused("lti-claim-missing", version=REMOVED)
    _refused("lti-version", version="1.3")
    _refused("lti-version", version=1.3)
    _refused("lti-claim-missing", message_type=REMOVED)
    for name in ("LtiAssetProcessorSettingsRequest", "LtiStartProctoring", "", 7, ["a"], {}):
        _refused("lti-message-unsupported", message_type=name)


@pytest.mark.parametrize("value", [7, ["deployment-1"], "a" * 256, "dé", "a\x00"])
def test_ids_are_short_ascii_texts(value):
    """V21, V23."""
    _refused("lti-claim-invalid", deployment_id=value)
    _refused("lti-claim-invalid", sub=value)
    _refused("lti-claim-invalid", resource_link={"id": value})
    _refused("lti-claim-invalid", context={"id": value})


def test_ids_are_kept_exactly():
    """V21: no trimming, no case folding."""
    assert _launch(deployment_id=" Dep/1 ").deployment_id == " Dep/1 "
    assert _launch(sub="a" * 255).user_id == "a" * 255


def test_the_target_is_there_and_ours():
    """V22."""
    _refused("lti-claim-missing", target_link_uri=REMOVED)
    _refused("lti-claim-invalid", target_link_uri="https://evil.example/lti/launch")
    _refused("lti-claim-invalid", target_link_uri=[TARGET])
    assert _deep(target_link_uri=REMOVED).target_link_uri is None


@pytest.mark.parametrize("link", [REMOVED, None, {}, {"id": ""}, {"id": None}])
def test_a_resource_link_has_an_id(link):
    """V24."""
    _refused("lti-claim-missing", resource_link=link)


def test_a_resource_link_of_the_wrong_type_is_refused():
    """V24."""
    for link in ([], "link-1", 7, [{"id": "link-1"}]):
        _refused("lti-claim-invalid", resource_link=link)


def test_roles_are_a_bounded_list_of_texts():
    """V25."""
    _refused("lti-claim-missing", roles=REMOVED)
    for roles in ("Instructor", {}, [7], [None], [[INSTRUCTOR]], ["x"] * 1001):
        _refused("lti-claim-invalid", roles=roles)
    assert not _launch(roles=[]).is_instructor
    assert not _launch(roles=["x" for _ in range(200)]).is_instructor


@pytest.mark.parametrize(
    "role",
    [
        *(CONTEXT_ROLE + n for n in ("Instructor", "Administrator", "ContentDeveloper")),
        "http://purl.imsglobal.org/vocab/lis/v2/membership/Instructor#TeachingAssistant",
        "Instructor",
        "TeachingAssistant",
    ],
)
def test_these_roles_teach_a_course(role):
    assert _launch(roles=["unknown", role]).is_instructor


@pytest.mark.parametrize(
    "roles",
    [
        [LEARNER],
        [LEARNER, INSTITUTION_ROLE + "Instructor"],
        [INSTITUTION_ROLE + "Administrator"],
        ["http://purl.imsglobal.org/vocab/lis/v2/system/person#Administrator"],
        [CONTEXT_ROLE + "Mentor"],
        [CONTEXT_ROLE.lower() + "instructor"],
        ["instructor"],
        [INSTRUCTOR + " "],
    ],
)
def test_no_other_role_teaches_a_course(roles):
    """Section 13: an instructor of the institution is a learner where the course says so."""
    assert not _launch(roles=roles).is_instructor


@pytest.mark.parametrize("value", ["text", 7, ["a"], True])
@pytest.mark.parametrize(
    "name", ["context", "custom", "presentation", "endpoint", "roster", "resource_link"]
)
def test_an_object_of_the_wrong_type_is_refused_and_never_a_crash(name, value):
    """V26."""
    _refused("lti-claim-invalid", **{name: value})


@pytest.mark.parametrize(
    "name",
    ["lis", "tool_platform", "for_user"],
)
def test_objects_that_are_not_used_are_checked_too(name):
    """V26."""
    claim = f"https://purl.imsglobal.org/spec/lti/claim/{name}"
    _refused("lti-claim-invalid", **{claim: ["a"]})
    assert _launch(**{claim: None})


def test_null_counts_as_absent():
    """V26."""
    launch = _launch(context=None, custom=None, presentation=None, endpoint=None, name=None)
    assert (launch.context_id, launch.name, launch.custom) == (None, None, {})


def test_names_and_titles_are_cleaned_and_cut():
    """V28."""
    launch = _launch(
        name="A\x00d\x07a\u202e <b>\U0001f600",
        context={"id": "course-1", "title": "one\r\ntwo" + "x" * 500},
        resource_link={"id": "link-1", "title": None},
    )
    assert launch.name == "Ada <b>\U0001f600"
    assert launch.context_title.startswith("one  twox")
    assert len(launch.context_title) == 255
    assert launch.resource_link_title == ""


def test_a_missing_name_is_put_together_or_none():
    """V28."""
    assert _launch(name=REMOVED).name is None
    assert _launch(name="", given_name="Ada", family_name="Example").name == "Ada Example"
    _refused("lti-claim-invalid", name=7)
    _refused("lti-claim-invalid", context={"id": "course-1", "title": 7})


def test_custom_values_are_texts_or_absent():
    """V29."""
    launch = _launch(
        custom={
            "text": "<script>",
            "number": 7,
            "flag": True,
            "nothing": None,
            "empty": "",
            "variable": "$Context.id.history",
            "list": ["a"],
            "object": {"a": 1},
            "huge": "x" * 5000,
        }
    )
    assert launch.custom == {"text": "<script>", "number": "7", "flag": "true"}


def test_the_placement_is_a_uuid_or_none():
    """V29."""
    uuid = uuid4()
    assert _launch(custom={"quoin_placement": str(uuid)}).placement_uuid == uuid
    for value in ("not-a-uuid", "$Placement", 7, None, ["a"], "\x00"):
        assert _launch(custom={"quoin_placement": value}).placement_uuid is None


def test_services_on_the_platforms_own_hosts_are_offered():
    """V30."""
    launch = _launch(
        endpoint={
            "scope": ["a", "b"],
            "lineitems": ITEMS,
            "lineitem": "https://lms.example.edu/items/1",
        },
        roster={"context_memberships_url": "https://lms.example.edu/members"},
    )
    assert launch.grades is not None
    assert launch.grades.line_items_url == ITEMS
    assert launch.grades.line_item_url == "https://lms.example.edu/items/1"
    assert launch.grades.scopes == ("a", "b")
    assert launch.memberships_url == "https://lms.example.edu/members"


def test_services_elsewhere_are_not_offered_and_the_launch_goes_on():
    """V30."""
    launch = _launch(
        endpoint={"lineitems": "https://evil.example/", "lineitem": "http://lms.example.edu/1"},
        roster={"context_memberships_url": "https://lms.example.edu@evil.example/"},
    )
    assert launch.grades is not None
    assert (launch.grades.line_items_url, launch.grades.line_item_url) == (None, None)
    assert launch.memberships_url is None


def test_service_claims_of_the_wrong_type_are_refused():
    """V26."""
    _refused("lti-claim-invalid", endpoint={"scope": "a"})
    _refused("lti-claim-invalid", endpoint={"lineitems": ["a"]})
    _refused("lti-claim-invalid", roster={"context_memberships_url": {}})


def test_a_deep_linking_request_is_read():
    """V31."""
    launch = _deep()
    assert launch.message_type is MessageType.DEEP_LINKING
    assert launch.resource_link_id is None
    assert launch.deep_linking == DeepLinkingSettings(
        return_url="https://lms.example.edu/return",
        accept_types=("ltiResourceLink",),
        accept_targets=("iframe", "window"),
        accept_multiple=True,
        accept_line_item=True,
        data="to be echoed <exactly> & so",
    )
    assert DeepLinkingSettings.from_json(launch.deep_linking.to_json()) == launch.deep_linking


def _settings(**changed):
    settings = PLATFORM.deep_linking_claims()[
        "https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings"
    ]
    return {name: v for name, v in (settings | changed).items() if v is not REMOVED}


@pytest.mark.parametrize(
    "url", [REMOVED, None, "", 7, "http://lms.example.edu/return", "https://evil.example/return"]
)
def test_the_choice_goes_back_to_the_platform_only(url):
    """V31, B20."""
    _refused("lti-return-url", _deep, settings=_settings(deep_link_return_url=url))


def test_deep_linking_settings_are_complete_and_typed():
    """V31."""
    _refused("lti-claim-missing", _deep, settings=REMOVED)
    _refused("lti-claim-missing", _deep, settings=_settings(accept_types=REMOVED))
    _refused(
        "lti-claim-missing",
        _deep,
        settings=_settings(accept_presentation_document_targets=REMOVED),
    )
    _refused("lti-claim-invalid", _deep, settings=_settings(accept_types="link"))
    _refused("lti-claim-invalid", _deep, settings=_settings(data=7))
    _refused("lti-claim-invalid", _deep, settings=_settings(accept_multiple="perhaps"))
    _refused("lti-claim-invalid", _deep, settings=[])


def test_deep_linking_does_not_need_our_own_kind_among_the_types():
    """V31."""
    found = _deep(settings=_settings(accept_types=["link"], accept_multiple="false")).deep_linking
    assert found is not None
    assert (found.accept_types, found.accept_multiple) == (("link",), False)


def test_a_learner_cannot_open_deep_linking():
    """V34, B21."""
    _refused("lti-role", _deep, roles=[LEARNER, INSTITUTION_ROLE + "Instructor"])


@pytest.mark.parametrize(
    ("locale", "found"),
    [("de", "de"), ("pt_BR", "pt-BR"), ("../../etc", None), ("x" * 5000, None), ("", None)],
)
def test_the_locale_is_a_language_tag_or_none(locale, found):
    """B19."""
    assert _launch(presentation={"locale": locale}).locale == found


REVIEW = {
    "message_type": "LtiSubmissionReviewRequest",
    "roles": [INSTRUCTOR],
    "for_user": {"user_id": "user-9"},
    "endpoint": {"lineitem": "https://lms.example.edu/items/1", "scope": []},
}
PRIVACY = {
    "message_type": "LtiDataPrivacyLaunchRequest",
    "roles": [INSTITUTION_ROLE + "Administrator"],
    "for_user": {"user_id": "user-9"},
    "context": REMOVED,
    "resource_link": REMOVED,
    "target_link_uri": REMOVED,
}


@pytest.mark.parametrize(
    ("roles", "expected"),
    [
        ([CONTEXT_ROLE + "Administrator", INSTRUCTOR], CourseRole.ADMINISTRATOR),
        ([INSTRUCTOR], CourseRole.INSTRUCTOR),
        ([CONTEXT_ROLE + "ContentDeveloper"], CourseRole.CONTENT_DEVELOPER),
        ([ASSISTANT_ADDRESS], CourseRole.ASSISTANT),
        ([INSTRUCTOR, ASSISTANT_ADDRESS], CourseRole.ASSISTANT),
        ([LEARNER, ASSISTANT_ADDRESS], CourseRole.ASSISTANT),
        ([CONTEXT_ROLE + "Administrator", ASSISTANT_ADDRESS], CourseRole.ADMINISTRATOR),
        ([CONTEXT_ROLE[:-1] + "/Instructor#Grader"], CourseRole.INSTRUCTOR),
        ([CONTEXT_ROLE[:-1] + "/Mentor#Observer"], CourseRole.MENTOR),
        ([CONTEXT_ROLE + "Mentor", LEARNER], CourseRole.LEARNER),
        (["Mentor"], CourseRole.MENTOR),
        ([], CourseRole.LEARNER),
        (["http://purl.imsglobal.org/vocab/lis/v2/person#Instructor"], CourseRole.LEARNER),
    ],
)
def test_a_course_role_is_the_strongest_one_and_an_assistant_stays_one(roles, expected):
    """B14."""
    assert _launch(roles=roles).roles.in_course is expected


def test_a_test_user_is_a_preview_and_a_site_administrator_is_no_teacher():
    assert _launch(roles=[LEARNER, TEST_USER]).roles.is_preview
    launch = _launch(roles=[INSTITUTION_ROLE + "Administrator"])
    assert launch.roles.is_site_administrator
    assert not launch.is_instructor


def test_a_review_names_whom_and_which_column_it_is_about():
    """V32, V34."""
    launch = _launch(**REVIEW)
    assert (launch.for_user_id, launch.message_type) == ("user-9", MessageType.SUBMISSION_REVIEW)
    assert launch.grades.line_item_url == "https://lms.example.edu/items/1"
    for missing in ("for_user", "endpoint", "context"):
        _refused("lti-claim-missing", **{**REVIEW, missing: REMOVED})
    _refused("lti-claim-missing", **{**REVIEW, "endpoint": {"scope": []}})
    _refused("lti-claim-missing", **{**REVIEW, "for_user": {}})
    _refused("lti-claim-invalid", **{**REVIEW, "for_user": "user-9"})
    _refused("lti-role", **{**REVIEW, "roles": [LEARNER]})


def test_a_privacy_launch_comes_from_an_administrator_and_from_no_course():
    """V33, B33."""
    launch = _launch(**PRIVACY)
    assert (launch.for_user_id, launch.context_id) == ("user-9", None)
    _refused("lti-claim-invalid", **{**PRIVACY, "context": {"id": "course-1"}})
    _refused("lti-claim-invalid", **{**PRIVACY, "resource_link": {"id": "link-1"}})
    _refused("lti-claim-missing", **{**PRIVACY, "for_user": REMOVED})
    for roles in ([INSTRUCTOR], [LEARNER], [CONTEXT_ROLE + "Administrator"]):
        _refused("lti-role", **{**PRIVACY, "roles": roles})


def test_a_mentors_list_is_a_list_of_texts():
    assert _launch(roles=["Mentor"], mentees=["user-1", "user-2"]).mentees == ("user-1", "user-2")
    assert _launch(roles=["Mentor"]).mentees == ()
    _refused("lti-claim-invalid", roles=["Mentor"], mentees="user-1")


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://lms.example.edu/course?id=4&sesskey=x", True),
        ("https://evil.example/", False),
        ("javascript:alert(1)", False),
        ("http://lms.example.edu/", False),
        (7, False),
        (None, False),
    ],
)
def test_a_return_address_must_be_the_platforms(url, kept):
    """B18."""
    claims = PLATFORM.claims(presentation={"return_url": url})
    assert return_url_of(claims, PLATFORM.registration) == (url if kept else None)
