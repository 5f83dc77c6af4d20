"""The claims of the two messages the LMS sends: resource link and deep linking."""

from lti1p3platform.message_launch import LTIAdvantageMessageLaunchAbstract

from demo_lms.gradebook import list_columns
from demo_lms.hints import DeepLinkingData, MessageHint, sign_deep_linking_data
from demo_lms.links import Link
from demo_lms.lms import LMS
from demo_lms.people import Course, Person
from demo_lms.registration import LINE_ITEM_READ

MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership#"
INSTITUTION = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#"
CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
AGS_CLAIM = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"


def roles_in(course: Course, person: Person) -> list[str]:
    """Role URIs: the registrar administers, the others are what the course says they are."""
    if person.username in course.teachers:
        return [f"{MEMBERSHIP}Instructor", f"{INSTITUTION}Faculty"]
    if person.role == "registrar":
        return [f"{MEMBERSHIP}Administrator", f"{INSTITUTION}Administrator"]
    return [f"{MEMBERSHIP}Learner", f"{INSTITUTION}Student"]


def describe_person(
    message: LTIAdvantageMessageLaunchAbstract, course: Course, person: Person
) -> None:
    """Set sub, roles, names and e-mail."""
    message.set_user_data(
        person.sub, roles_in(course, person), full_name=person.name, email_address=person.email
    )
    message.lti_claim_user_data |= {"given_name": person.given, "family_name": person.family}


def describe_course(
    message: LTIAdvantageMessageLaunchAbstract, lms: LMS, course: Course, target: str
) -> None:
    """Set context, presentation, platform and the services of the course."""
    services = lms.settings.context_url(course.id)
    institution = lms.institution_of(course)
    message.set_launch_context_claim(
        course.context_id,
        ["http://purl.imsglobal.org/vocab/lis/v2/course#CourseSection"],
        course.title,
        course.context_id,
    )
    message.set_launch_presentation_claim(target, f"{lms.settings.public_url}/courses/{course.id}")
    presentation = message.lti_claim_launch_presentation[f"{CLAIM}launch_presentation"]
    presentation["locale"] = lms.settings.locale
    message.set_nrps(f"{services}/memberships")
    message.set_extra_claims(
        {
            f"{CLAIM}tool_platform": {
                "guid": institution.guid,
                "name": institution.name,
                "product_family_code": "quoin-practice-lms",
                "version": "1",
            }
        }
    )


def describe_link(message: LTIAdvantageMessageLaunchAbstract, lms: LMS, link: Link) -> None:
    """Set resource link, custom values and the gradebook addresses for a resource link launch."""
    message.set_resource_link_claim(link.id, description=link.text, title=link.title)
    message.set_custom_parameters_claim(link.custom)
    if link.url:
        message.set_launch_url(link.url)
    with lms.database.reading() as connection:
        columns = list_columns(connection, link.course, link_id=link.id)
    items = f"{lms.settings.context_url(link.course)}/lineitems"
    own = f"{items}/{columns[0].id}" if len(columns) == 1 else None
    message.set_ags(items, own)
    message.extra_claims[AGS_CLAIM]["scope"].append(LINE_ITEM_READ)


def ask_for_links(message: LTIAdvantageMessageLaunchAbstract, lms: LMS, hint: MessageHint) -> None:
    """Turn the message into a deep linking request."""
    choice = DeepLinkingData(client_id=hint.client_id, sub=hint.sub, course=hint.course)
    data = sign_deep_linking_data(lms, choice)
    message.set_dl(
        f"{lms.settings.context_url(hint.course)}/deep-links",
        accept_types={"ltiResourceLink"},
        extra_data=data,
    )
    items = f"{lms.settings.context_url(hint.course)}/lineitems"
    message.set_ags(items)
    message.extra_claims[AGS_CLAIM]["scope"].append(LINE_ITEM_READ)
