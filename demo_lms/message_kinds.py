"""The messages that the LMS sends, each with its own claims and its own conditions."""

import json

from lti1p3platform.message_launch import LTIAdvantageMessageLaunchAbstract

from demo_lms.custom import fill_in
from demo_lms.gradebook import Column, find_column, list_columns
from demo_lms.hints import DeepLinkingData, MessageHint, sign_deep_linking_data
from demo_lms.links import Link, find_link
from demo_lms.lms import LMS
from demo_lms.messages import (
    CLAIM,
    describe_course,
    describe_learner,
    describe_link,
    describe_mentor,
    describe_person,
    describe_platform,
    offer_gradebook,
    offer_notices,
    tool_of,
)
from demo_lms.people import Course, Person
from demo_lms.roles import BEYOND_THE_COURSE, administers, course_roles, roles_in

RESOURCE_LINK = "LtiResourceLinkRequest"
DEEP_LINKING = "LtiDeepLinkingRequest"
REVIEW = "LtiSubmissionReviewRequest"
PRIVACY = "LtiDataPrivacyLaunchRequest"


class MessageError(Exception):
    """This message cannot be sent, or not to this person; the text says why."""


def describe_message(
    message: LTIAdvantageMessageLaunchAbstract, lms: LMS, person: Person, hint: MessageHint
) -> None:
    """Set all claims of the message that ``hint`` asks for; raises MessageError."""
    describe_platform(message, lms, person, hint.target)
    offer_notices(message, lms)
    if hint.message == PRIVACY:
        _ask_for_privacy(message, lms, person, hint)
        return
    course = lms.course(hint.course)
    if course is None or not course.has_member(person):
        raise MessageError("This course is not open to you")
    describe_person(message, person, roles_in(course, person))
    describe_mentor(message, lms, course, person)
    describe_course(message, lms, course)
    if hint.message == DEEP_LINKING:
        _ask_for_links(message, lms, hint)
        if tool_of(message).custom:
            message.set_custom_parameters_claim(fill_in(tool_of(message), None, course, person))
    elif hint.message == REVIEW:
        _ask_for_review(message, lms, course, person, hint)
    else:
        _open_link(message, lms, course, person, hint)


def _open_link(
    message: LTIAdvantageMessageLaunchAbstract,
    lms: LMS,
    course: Course,
    person: Person,
    hint: MessageHint,
) -> None:
    with lms.database.reading() as connection:
        link = find_link(connection, course.id, hint.link)
        columns = list_columns(connection, course.id, link_id=hint.link)
    if link is None or not link.is_open_to(course, person):
        raise MessageError("This link is not there any more, or not open to you")
    describe_link(message, course, person, link)
    if link.url:
        message.set_launch_url(link.url)
    offer_gradebook(message, lms, course.id, columns[0] if len(columns) == 1 else None)


def _ask_for_links(message: LTIAdvantageMessageLaunchAbstract, lms: LMS, hint: MessageHint) -> None:
    choice = DeepLinkingData(client_id=hint.client_id, sub=hint.sub, course=hint.course)
    message.set_dl(
        f"{lms.settings.context_url(hint.course)}/deep-links",
        accept_types={"ltiResourceLink"},
        extra_data=sign_deep_linking_data(lms, choice),
    )
    offer_gradebook(message, lms, hint.course, None)


def _ask_for_review(
    message: LTIAdvantageMessageLaunchAbstract,
    lms: LMS,
    course: Course,
    person: Person,
    hint: MessageHint,
) -> None:
    """LTI submission review 1.0: the column's own address and values, if it has some."""
    learner = lms.directory.person_of(hint.for_user)
    column, link = _column_and_link(lms, course, hint)
    if learner is None or learner.username not in course.learners or column is None:
        raise MessageError("There is no such submission")
    message.set_extra_claims({f"{CLAIM}message_type": REVIEW})
    describe_learner(message, learner, course_roles(course, learner))
    offer_gradebook(message, lms, course.id, column)
    if link is not None:
        describe_link(message, course, person, link)
    review = json.loads(column.review or "{}")
    if review.get("url"):
        message.set_launch_url(review["url"])
    if isinstance(review.get("custom"), dict):
        message.set_custom_parameters_claim(review["custom"])


def _column_and_link(
    lms: LMS, course: Course, hint: MessageHint
) -> tuple[Column | None, Link | None]:
    with lms.database.reading() as connection:
        column = find_column(connection, course.id, hint.column)
        if column is None or column.client_id != hint.client_id:
            return None, None
        return column, find_link(connection, course.id, column.link_id or "")


def _ask_for_privacy(
    message: LTIAdvantageMessageLaunchAbstract, lms: LMS, person: Person, hint: MessageHint
) -> None:
    """LTI data privacy launch 1.0: an administrator about one person, outside any course."""
    about = lms.directory.person_of(hint.for_user)
    if not administers(person) or about is None or about.institution != person.institution:
        raise MessageError("Only an administrator may ask this, about people of the institution")
    message.set_extra_claims({f"{CLAIM}message_type": PRIVACY})
    describe_person(message, person, BEYOND_THE_COURSE[person.role])
    describe_learner(message, about, BEYOND_THE_COURSE.get(about.role, []))
