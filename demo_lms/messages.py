"""Claims that messages are made of: who, where, which link, which services."""

from lti1p3platform.message_launch import LTIAdvantageMessageLaunchAbstract

from demo_lms.custom import fill_in
from demo_lms.gradebook import Column
from demo_lms.links import Link
from demo_lms.lms import LMS
from demo_lms.people import Course, Person
from demo_lms.registration import AGS_SCOPES, NOTICE_HANDLERS, NOTICE_TYPES, ToolRegistration
from demo_lms.service_urls import handlers_url, service_url

COURSE_TYPE = "http://purl.imsglobal.org/vocab/lis/v2/course#CourseSection"
CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
FRAME_WIDTH, FRAME_HEIGHT = 900, 700
AGS_CLAIM = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"


def describe_person(
    message: LTIAdvantageMessageLaunchAbstract, person: Person, roles: list[str]
) -> None:
    """Set sub, roles, names and e-mail as far as there are any."""
    message.set_user_data(person.sub, roles, full_name=person.name, email_address=person.email)
    names = {"given_name": person.given, "family_name": person.family}
    message.lti_claim_user_data |= {name: text for name, text in names.items() if text}


def describe_mentor(
    message: LTIAdvantageMessageLaunchAbstract, lms: LMS, course: Course, person: Person
) -> None:
    """Set whom a mentor sees; a mentor of nobody (an observer) has no such claim."""
    seen = course.mentors.get(person.username, ())
    if seen:
        subs = [lms.directory.people[username].sub for username in seen]
        message.set_extra_claims({f"{CLAIM}role_scope_mentor": subs})


def describe_course(message: LTIAdvantageMessageLaunchAbstract, lms: LMS, course: Course) -> None:
    """Set context, the way back and the roster of the course."""
    message.set_launch_context_claim(
        course.context_id, [COURSE_TYPE], course.title, course.context_id
    )
    presentation = message.lti_claim_launch_presentation[f"{CLAIM}launch_presentation"]
    presentation["return_url"] = f"{lms.settings.public_url}/courses/{course.id}"
    message.set_nrps(service_url(lms.settings, tool_of(message), course.id, "memberships"))


def describe_platform(
    message: LTIAdvantageMessageLaunchAbstract, lms: LMS, person: Person, target: str
) -> None:
    """Set presentation (in the person's language) and platform; the way back is the course list."""
    institution = lms.directory.institutions[person.institution]
    message.set_launch_presentation_claim(target, f"{lms.settings.public_url}/courses")
    presentation = message.lti_claim_launch_presentation[f"{CLAIM}launch_presentation"]
    presentation["locale"] = person.locale or lms.settings.locale
    if target == "iframe":
        presentation |= {"width": FRAME_WIDTH, "height": FRAME_HEIGHT}
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


def describe_link(
    message: LTIAdvantageMessageLaunchAbstract, course: Course, person: Person, link: Link
) -> None:
    """Set resource link and custom values."""
    message.set_resource_link_claim(link.id, description=link.text, title=link.title)
    custom = fill_in(tool_of(message), link, course, person)
    message.set_custom_parameters_claim(custom)


def offer_gradebook(
    message: LTIAdvantageMessageLaunchAbstract, lms: LMS, course_id: str, column: Column | None
) -> None:
    """Set the addresses of the gradebook, and of one column; only granted scopes count."""
    tool = tool_of(message)
    items = service_url(lms.settings, tool, course_id, "lineitems")
    own = service_url(lms.settings, tool, course_id, "lineitems", column.id) if column else None
    message.set_ags(items, own)
    granted = [scope for scope in AGS_SCOPES if scope in tool.scopes]
    message.extra_claims[AGS_CLAIM]["scope"] = granted


def tool_of(message: LTIAdvantageMessageLaunchAbstract) -> ToolRegistration:
    """The tool that a message is for."""
    tool: ToolRegistration = message._registration.tool  # the package's attribute
    return tool


def offer_notices(message: LTIAdvantageMessageLaunchAbstract, lms: LMS) -> None:
    """Set where handlers of notices are registered, if the tool may do so."""
    registration = message._registration
    if NOTICE_HANDLERS in registration.tool.scopes:
        url = handlers_url(lms.settings, registration.tool, registration.get_deployment_id())
        claim = {
            "service_versions": ["1.0"],
            "platform_notification_service_url": url,
            "scope": [NOTICE_HANDLERS],
            "notice_types_supported": list(NOTICE_TYPES),
        }
        message.set_extra_claims({f"{CLAIM}platformnotificationservice": claim})


def describe_learner(
    message: LTIAdvantageMessageLaunchAbstract, person: Person, roles: list[str]
) -> None:
    """Set whom the message is about (LTI submission review 1.0 and data privacy launch 1.0)."""
    values = {
        "name": person.name,
        "given_name": person.given,
        "family_name": person.family,
        "email": person.email,
    }
    about = {name: text for name, text in values.items() if text}
    message.set_extra_claims({f"{CLAIM}for_user": {"user_id": person.sub, "roles": roles, **about}})
